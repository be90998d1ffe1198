import { useState } from 'react'
import { useStore } from 'zustand'
import { holeReasons } from '#shared/model/rows.ts'
import type { IntentOf } from '../../workbench/navigation.ts'
import { useConnection, useServices, useZone } from '../../workbench/services.ts'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatBytes, formatCoordinates, formatTimestamp } from '../../ui/format.ts'
import { CloseIcon, DownIcon, UpIcon } from '../../ui/icons.ts'
import { Bar } from '../../ui/layout.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { BytesField } from './bytes-field.tsx'
import { warningOf } from '../../shared-views/plan-frame/concern-words.ts'
import { ConnectionField } from '../../shared-views/target/connection-field.tsx'
import { checkRecord, type RecordDraft, type RecordState, type RecordStore } from './record-store.ts'
import { useTopicNames } from '../../shared-views/target/use-topic-names.ts'
import s from './replay.module.css'

/** One record, edited and produced as a new one; the original stays where it is. */
export function RecordEditor({ store, start }: { store: RecordStore; start: IntentOf<'replay'> }) {
  const state = useStore(store)
  return (
    <>
      <Coordinates store={store} state={state} start={start} />
      <Content store={store} state={state} />
    </>
  )
}

/** One record from nothing: for a topic that holds none yet, too. */
export function NewRecordEditor({ store }: { store: RecordStore }) {
  const state = useStore(store)
  if (state.draft === undefined)
    return (
      <StateView kind="empty" title="Connect a cluster first.">
        A record is written through an open profile.
      </StateView>
    )
  return <Editor store={store} state={state} draft={state.draft} />
}

function Coordinates({ store, state, start }: { store: RecordStore; state: RecordState; start: IntentOf<'replay'> }) {
  const { connections } = useServices()
  const [connectionId, setConnection] = useState(start.connectionId ?? connections.getState().current)
  const [topic, setTopic] = useState(start.topic ?? '')
  const [partition, setPartition] = useState<bigint | undefined>(BigInt(start.partition ?? 0))
  const [offset, setOffset] = useState<bigint | undefined>(start.start)
  const [seen, setSeen] = useState(start)
  if (seen !== start) {
    setSeen(start)
    if (start.connectionId !== undefined) setConnection(start.connectionId)
    if (start.topic !== undefined) setTopic(start.topic)
    if (start.partition !== undefined) setPartition(BigInt(start.partition))
    if (start.start !== undefined) setOffset(start.start)
  }
  const names = useTopicNames(connectionId)
  const isReady = connectionId !== undefined && topic.trim() !== '' && partition !== undefined && offset !== undefined
  const load = () => {
    if (isReady) void store.open({ connectionId, topic: topic.trim(), partition: Number(partition), offset })
  }
  return (
    <Bar label="The record">
      <ConnectionField label="From" value={connectionId} onChange={setConnection} />
      <ComboField label="topic" layout="inline" className={s.topic} options={names} value={topic} onChange={setTopic} />
      <OffsetField
        label="Partition"
        layout="inline"
        className={s.number}
        noun="partition"
        max={2_147_483_647n}
        value={partition}
        onChange={setPartition}
        onEnter={load}
      />
      <OffsetField
        label="Offset"
        layout="inline"
        className={s.offset}
        value={offset}
        onChange={setOffset}
        onEnter={load}
      />
      <Button isDisabled={!isReady} isPending={state.status === 'loading'} onPress={load}>
        {state.status === 'idle' ? 'Load' : 'Load again'}
      </Button>
    </Bar>
  )
}

function Content({ store, state }: { store: RecordStore; state: RecordState }) {
  const { at, hole, draft, record, error, loaded } = state
  switch (state.status) {
    case 'idle':
      return (
        <StateView kind="empty" title="Which record?">
          Name its coordinates, or choose “Edit and replay” on a record in the messages of a topic.
        </StateView>
      )
    case 'loading':
      return (
        <StateView
          kind="loading"
          title={
            loaded === undefined
              ? 'Reading the record…'
              : `Reading the record: ${formatBytes(loaded.done)} of ${formatBytes(loaded.size)}…`
          }
        />
      )
    case 'failed':
      return <ErrorState error={error} onRetry={() => at !== undefined && void store.open(at)} />
    case 'hole':
      return (
        <StateView
          kind="empty"
          title="There is no record at this offset."
          actions={
            hole?.next != null &&
            at !== undefined && (
              <Button onPress={() => void store.open({ ...at, offset: hole.next! })}>Take the next record</Button>
            )
          }
        >
          {hole?.outside === 'before-log-start'
            ? 'It lies before the log start: retention has deleted it.'
            : hole?.outside === 'past-end'
              ? 'It lies past the end of the log.'
              : hole?.hole != null && `The offset belongs to: ${holeReasons(hole.hole)}.`}
        </StateView>
      )
    case 'ready':
      return draft === undefined || record === undefined ? null : <Editor store={store} state={state} draft={draft} />
  }
}

// oxlint-disable-next-line max-lines-per-function -- one view from top to bottom; what has a logic of its own stands in parts of its own
function Editor({ store, state, draft }: { store: RecordStore; state: RecordState; draft: RecordDraft }) {
  const { navigation } = useServices()
  const zone = useZone()
  const target = useConnection(draft.target)
  const names = useTopicNames(draft.target)
  /** A record from nothing has neither a place that it came from nor a time of its own. */
  const { record } = state
  const checked = checkRecord(draft)
  const errors = checked.ok ? {} : checked.errors
  const isTombstone = draft.value.kind === 'null'
  const { produced, plan } = state
  const isPlanned = plan.status === 'ready'
  return (
    <>
      <Bar
        label="Where it goes"
        actions={
          <>
            <Button isDisabled={isTombstone} onPress={() => store.change({ value: { kind: 'null' } })}>
              Tombstone for this key
            </Button>
            <Button onPress={store.revert}>{record === undefined ? 'Clear' : 'Revert'}</Button>
            <Button
              variant={isPlanned ? 'default' : 'primary'}
              isDisabled={!checked.ok || target === undefined}
              isPending={plan.status === 'loading'}
              onPress={() => void store.makePlan()}
            >
              {isPlanned ? 'Plan again' : 'Plan'}
            </Button>
            {isPlanned && (
              <ApplyButton
                connectionId={draft.target}
                label="Produce"
                action={isTombstone ? 'Produce the tombstone' : 'Produce the record'}
                title={`Write to ${draft.targetTopic} on ${target?.name ?? ''}?`}
                sentence={plan.value?.summary ?? ''}
                undo="What is produced cannot be taken back."
                isDanger
                isReady={plan.value?.refusal === null}
                isPending={state.isProducing}
                onApply={(confirm) => void store.produce(confirm)}
              />
            )}
          </>
        }
      >
        <ConnectionField label="To" isTarget value={draft.target} onChange={(id) => store.change({ target: id })} />
        <ComboField
          label="topic"
          layout="inline"
          className={s.topic}
          options={names}
          value={draft.targetTopic}
          onChange={(targetTopic) => store.change({ targetTopic })}
          error={errors['targetTopic']}
        />
        <TextField
          label="Partition"
          layout="inline"
          mono
          className={s.number}
          placeholder="by key"
          value={draft.partition}
          onChange={(partition) => store.change({ partition })}
          error={errors['partition']}
        />
        {record !== undefined && (
          <Select
            label="Timestamp"
            layout="inline"
            options={[
              {
                id: 'keep',
                label: 'kept',
                note: formatTimestamp(record.timestamp, zone),
                isDisabled: record.timestamp < 0n,
              },
              { id: 'now', label: 'now' },
            ]}
            value={draft.keepsTimestamp ? 'keep' : 'now'}
            onChange={(choice) => store.change({ keepsTimestamp: choice === 'keep' })}
          />
        )}
      </Bar>
      <AccessStrip connectionId={draft.target} />
      <PlanFrame
        {...sentenceOf(state)}
        badges={
          <>
            {isTombstone && <Badge tone="warn">tombstone</Badge>}
            {isTombstone && draft.key.kind === 'null' && <Badge tone="bad">a tombstone needs a key</Badge>}
          </>
        }
        refusal={plan.value?.refusal}
        warnings={plan.value?.concerns.map(warningOf)}
      />
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={() => void store.makePlan()} />}
      {state.produceError !== undefined && <ErrorBanner error={state.produceError} />}
      {produced !== undefined && (
        <div className={s.produced} role="status">
          <Badge tone="ok">written</Badge>
          <code>
            <SafeText text={formatCoordinates(produced.topic, produced.partition, produced.offset ?? 0n)} />
          </code>
          <span className={s.dim}>{formatTimestamp(produced.timestamp, zone)}</span>
          <Button
            size="small"
            onPress={() => {
              const { connectionId, topic, partition, offset } = produced
              if (offset !== null) navigation.open({ kind: 'messages', connectionId, topic, partition, offset })
            }}
          >
            Open it
          </Button>
          <Button size="small" onPress={() => navigation.open({ kind: 'journal', entry: produced.journalId })}>
            Journal entry
          </Button>
        </div>
      )}
      <div className={s.record}>
        <BytesField
          label="Key"
          rows={2}
          draft={draft.key}
          error={errors['key']}
          onChange={(key) => store.change({ key })}
        />
        <BytesField
          label="Value"
          rows={12}
          draft={draft.value}
          error={errors['value']}
          onChange={(value) => store.change({ value })}
        />
        <Headers store={store} draft={draft} errors={errors} />
      </div>
    </>
  )
}

/** What would be written, or that nobody has asked yet. */
function sentenceOf({ at, plan, produced }: RecordState): { sentence: string; afterword?: string } {
  const original =
    at === undefined ? '' : `The original stays at ${formatCoordinates(at.topic, at.partition, at.offset)}.`
  if (produced !== undefined) return { sentence: produced.summary, afterword: original }
  if (plan.value !== undefined) {
    return { sentence: plan.value.summary, afterword: `${original} Nothing is written until you produce it.` }
  }
  const afterword = `Plan it, and see which partition takes it and what the topic would do to it. ${original}`
  return { sentence: 'Nothing is written yet.', afterword }
}

/** Each is some fields and buttons: thousands of them would hold the page up. */
const DRAWN_HEADERS = 200

function Headers({
  store,
  draft,
  errors,
}: {
  store: RecordStore
  draft: RecordDraft
  errors: Readonly<Record<string, string>>
}) {
  const { headers } = draft
  const drawn = headers.slice(0, DRAWN_HEADERS)
  return (
    <section className={s.headers} aria-label="Headers">
      <div className={s.bytesHead}>
        <span className={s.bytesLabel}>Headers</span>
        <span className={s.dim}>{headers.length === 0 ? 'none' : `${headers.length}, in this order`}</span>
        <span className={s.grow} />
        <Button size="small" onPress={store.addHeader}>
          Add a header
        </Button>
      </div>
      {errors['headers'] !== undefined && <p role="alert">{errors['headers']}</p>}
      {drawn.length < headers.length && (
        <p className={s.dim}>
          The first {drawn.length} of {headers.length} are shown; the others are sent as they are.
        </p>
      )}
      {drawn.map((header, at) => {
        const set = (part: Partial<typeof header>) =>
          store.change({ headers: headers.map((other) => (other.id === header.id ? { ...other, ...part } : other)) })
        return (
          <div key={header.id} className={s.header}>
            <BytesField
              label={`Name ${at + 1}`}
              isNullable={false}
              draft={header.name}
              error={errors[`name-${header.id}`]}
              onChange={(name) => set({ name })}
            />
            <BytesField
              label={`Value ${at + 1}`}
              draft={header.value}
              error={errors[`value-${header.id}`]}
              onChange={(value) => set({ value, isCut: false })}
            />
            <div className={s.headerTools}>
              <IconButton
                label={`Move header ${at + 1} up`}
                size="small"
                isDisabled={at === 0}
                onPress={() => store.moveHeader(header.id, -1)}
              >
                <UpIcon size={13} />
              </IconButton>
              <IconButton
                label={`Move header ${at + 1} down`}
                size="small"
                isDisabled={at === headers.length - 1}
                onPress={() => store.moveHeader(header.id, 1)}
              >
                <DownIcon size={13} />
              </IconButton>
              <IconButton
                label={`Remove header ${at + 1}`}
                size="small"
                onPress={() => store.change({ headers: headers.filter((other) => other.id !== header.id) })}
              >
                <CloseIcon size={13} />
              </IconButton>
            </div>
          </div>
        )
      })}
    </section>
  )
}
