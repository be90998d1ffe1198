import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { GroupPosition } from '#shared/contract/groups.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import type { NextForGroup } from '#shared/contract/offsets.ts'
import type { Decoded } from '#shared/model/decoded.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { useApi, useNavigation, useZone } from '../../workbench/services.ts'
import type { Intent } from '../../workbench/navigation.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { LoneRecord } from '../../shared-views/record/lone-record.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { MoveIcon, RefreshIcon, UndoIcon } from '../../ui/icons.ts'
import { Figures, type Figure } from '../../ui/key-figures.tsx'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { Sparkline } from '../../ui/sparkline.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { createGroupStore } from './group-store.ts'
import { memberOf, stuckWords } from './stuck-words.ts'
import { createStuckStore, type StuckStore } from './stuck-store.ts'
import { usePolling } from './use-polling.ts'
import { useSamples } from './use-samples.ts'
import s from './stuck.module.css'

const EVERY_MS = 3_000
const SINCE_MS = 3_600_000
const LINE_LOOKS = 180

type Props = TabViewProps<'stuck'>

/**
 * A partition in which the group makes no progress: the record at its position, possible reasons, copying the record aside, and
 * a plan that skips it.
 */
export function StuckView({ intent, isActive }: Props) {
  const { connectionId, group, topic, partition } = intent
  const api = useApi()
  const [groupStore] = useState(() => createGroupStore(api, connectionId, group))
  const [store] = useState(() => createStuckStore(api, { connectionId, group, topic, partition }))
  const read = useStore(groupStore)
  usePolling(groupStore.load, EVERY_MS, isActive)
  useOffer(refreshing, () => void groupStore.load(), isActive)
  const { value: detail } = read
  const at = detail?.positions.find((one) => one.topic === topic && one.partition === partition)
  const offset = at?.position?.offset
  const topicId = at?.topicId ?? null
  useEffect(() => {
    if (offset !== undefined) void store.look(offset, topicId)
  }, [store, offset, topicId])
  useEffect(() => store.stop, [store])
  if (detail === undefined) {
    return read.status === 'failed' ? (
      <ErrorState error={read.error} onRetry={() => void groupStore.load()} />
    ) : (
      <StateView kind="loading" title={`Reading the position of ${group}…`} />
    )
  }
  if (at === undefined || at.position === null) {
    return (
      <StateView kind="empty" title={`${group} has no position in ${topic}[${partition}].`}>
        Without one there is no next record: each client starts where its auto.offset.reset says.
      </StateView>
    )
  }
  return (
    <View>
      {read.status === 'failed' && <ErrorBanner error={read.error} onRetry={() => void groupStore.load()} />}
      <Found
        at={at}
        client={memberOf(detail, at)}
        intent={intent}
        store={store}
        isActive={isActive}
        onRefresh={() => void groupStore.load()}
      />{' '}
      {/* oxfmt-ignore */}
    </View>
  )
}

interface FoundProps extends Pick<Props, 'intent' | 'isActive'> {
  at: GroupPosition
  client: string | null
  store: StuckStore
  onRefresh: () => void
}

function Found({ at, client, intent, store, isActive, onRefresh }: FoundProps) {
  const { connectionId, group, topic, partition } = intent
  const zone = useZone()
  const { next, moved } = useStore(store)
  const { model, version } = useSamples(connectionId, group, SINCE_MS, isActive)
  const key = keyOf(at)
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const still = useMemo(() => model.stillSince(key), [model, version, key])
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const line = useMemo(() => model.lineOf(key, LINE_LOOKS), [model, version, key])
  const words = stuckWords({ group, at, client, still, now: BigInt(Date.now()) })
  const record = next?.kind === 'record' ? next : undefined
  return (
    <>
      <StuckBar intent={intent} record={record?.offset} undo={moved} onRefresh={onRefresh} />
      <Summary badges={<Badge tone={words.tone}>{words.badge}</Badge>}>
        <strong>
          <SafeText text={words.head} limit={500} />
        </strong>{' '}
        <SafeText text={words.rest} limit={500} />
      </Summary>
      <div className={s.track}>
        <Figures label={`How ${group} stands`} items={figuresOf(at, line, record, zone)} />
        {at.logStart !== null && at.highWatermark !== null && (
          <Seekline
            label={`Partition ${partition}`}
            logStart={at.logStart}
            highWatermark={at.highWatermark}
            lastStable={at.lastStable ?? undefined}
            position={at.position?.offset ?? null}
          />
        )}
      </div>
      {record === undefined ? (
        <NoRecord next={next} />
      ) : (
        <LoneRecord
          key={topic}
          connectionId={connectionId}
          topic={topic}
          partition={partition}
          offset={record.offset}
          head={(found) => <Reasons record={found} />}
        />
      )}
    </>
  )
}

/** The actions, in the order in which they are taken. */
function StuckBar({
  intent,
  record,
  undo,
  onRefresh,
}: {
  intent: Props['intent']
  record: bigint | undefined
  undo: string | undefined
  onRefresh: () => void
}) {
  // oxfmt-ignore
  const { connectionId, group, topic, partition } = intent
  const navigation = useNavigation()
  const open = (target: Intent) => () => navigation.open(target)
  const offset = record ?? 0n
  return (
    <Bar label="What to do about it">
      <Button
        isDisabled={record === undefined}
        onPress={open({ kind: 'produce', connectionId, topic, partition, offset, aside: group })}
      >
        1. Copy it aside…
      </Button>
      <Button
        variant="primary"
        isDisabled={record === undefined}
        onPress={open({
          kind: 'plan',
          connectionId,
          group,
          scope: [{ topic, partitions: [partition] }],
          offset: offset + 1n,
        })}
      >
        <MoveIcon size={14} aria-hidden="true" />
        2. Move past it…
      </Button>
      {undo !== undefined && (
        <Button onPress={open({ kind: 'plan', connectionId, group, undo })}>
          <UndoIcon size={14} aria-hidden="true" />
          Undo…
        </Button>
      )}
      <Button onPress={open({ kind: 'group', connectionId, group })}>The group</Button>
      <Spacer />
      <IconButton label="Refresh" shortcut="F5" onPress={onRefresh}>
        <RefreshIcon size={14} />
      </IconButton>
    </Bar>
  )
}

function figuresOf(
  at: GroupPosition,
  line: readonly (number | null)[],
  record: Extract<NextForGroup, { kind: 'record' }> | undefined,
  zone: string,
): Figure[] {
  // oxfmt-ignore
  return [
    { value: at.lag === null ? '–' : formatGrouped(at.lag), words: 'offsets behind the high watermark' },
    ...(line.length < 2 ? [] : [{ value: <Sparkline words="Lag of the partition lately" values={line} />, words: 'lag lately' }]), // oxfmt-ignore
    ...(record === undefined || record.timestamp < 0n ? [] : [{ value: formatTimestamp(record.timestamp, zone), words: 'time of the record' }]), // oxfmt-ignore
  ]
}

function NoRecord({ next }: { next: NextForGroup | undefined }) {
  if (next === undefined) return <StateView kind="loading" title="Reading the record at the position…" />
  if (next.kind === 'failed') return <ErrorState error={next.error} />
  if (next.kind === 'record') return null
  return (
    <StateView kind="empty" title="No record blocks it.">
      {next.message}
    </StateView>
  )
}

/** Why a consumer may fail on the record: the ways in which decoding its bytes was tried and failed. */
function Reasons({ record }: { record: FullRecord }) {
  const parts = [
    { name: 'value', as: record.valueAs, size: record.valueSize },
    { name: 'key', as: record.keyAs, size: record.keySize },
  ]
  return (
    <section className={s.reasons} aria-label="How it decodes">
      <ul>
        {parts.map(({ name, as, size }) => (
          <li key={name}>
            <SafeText text={decodedWords(name, as, size)} limit={300} />
            {as !== null && as.attempts.length > 0 && (
              <ul>
                {as.attempts.map(({ encoding, reason }) => (
                  <li key={encoding}>
                    <SafeText text={`Not ${encoding}: ${reason}`} limit={1_000} />
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function decodedWords(name: string, as: Decoded | null, size: number): string {
  if (as === null) return size < 0 ? `Its ${name} is null.` : `Its ${name} is not decoded.`
  return as.encoding === 'bytes' ? `Its ${name} fits none of the encodings that were tried.` : `Its ${name} reads as ${as.encoding}.` // oxfmt-ignore
}
