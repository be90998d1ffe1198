import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { StepPartition } from '#shared/contract/stepping.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { byTopicPartition, keyOf } from '#shared/model/topic-partition.ts'
import { useZone } from '../../workbench/services.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { LoneRecord } from '../../shared-views/record/lone-record.tsx'
import { nextWords } from '../../shared-views/position-diff/next-words.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTime } from '../../ui/format.ts'
import { KeyHint } from '../../ui/key-hint.tsx'
import { Bar, Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { Select } from '../../ui/select.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { Split } from '../../ui/split-panes.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { steppingGroup, type StepCommands } from './part.ts'
import { standingOf, type SessionState, type StepNote, type SteppingStore, type Taken } from './stepping-store.ts'
import s from './stepping.module.css'

interface SessionPaneProps {
  tabId: string
  store: SteppingStore
  connectionId: ConnectionId
  group: string
  isActive: boolean
}

const counts = ['1', '5', '10', '50', '100'] as const

/**
 * A member of the group that does one thing at a time: buttons and keys, its position, the records that it read, and a log of
 * events.
 */
export function SessionPane({ tabId, store, connectionId, group, isActive }: SessionPaneProps) {
  const state = useStore(store.session)
  const { member, taken, chosen, stepError } = state
  const isIn = member?.state === 'stable'
  const inHand = taken.find(({ id }) => id === chosen)
  const canGiveBack = isIn && inHand !== undefined && ['taken', 'committed'].includes(standingOf(inHand, state))
  const act = useMemo(() => actsOn(store), [store])
  useOffer(steppingGroup, act, isActive && member !== undefined)
  const status = useMemo(() => ({ main: state.said }), [state.said])
  useTabStatus(tabId, status)
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyped = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyped) return
    const key = event.key.toLowerCase()
    const does = { n: act.take, c: act.commit, z: canGiveBack ? act.giveBack : undefined, l: act.leave }[key]
    if (does === undefined || (key !== 'l' && !isIn)) return
    event.preventDefault()
    does()
  }
  const goTo = (way: -1 | 1) => {
    const at = taken.findIndex(({ id }) => id === chosen)
    const next = taken[at + way]
    if (at !== -1 && next !== undefined) store.choose(next.id)
  }
  const record = inHand !== undefined && {
    id: 'record',
    defaultSize: '42%',
    minSize: '25%',
    children: (
      <LoneRecord
        key={inHand.topic}
        connectionId={connectionId}
        topic={inHand.topic}
        partition={inHand.partition}
        offset={inHand.record.offset}
        onStep={goTo}
        onClose={() => store.choose(undefined)}
      />
    ),
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of what is inside
    <div className={s.session} onKeyDown={onKeyDown}>
      <View>
        <StepBar group={group} act={act} member={member} canGiveBack={canGiveBack} />
        <Head group={group} state={state} />
        {member?.error != null && <ErrorBanner error={member.error} />}
        {stepError !== undefined && <ErrorBanner error={stepError} />}
        <Split
          label="Resize the record"
          panes={[
            { id: 'list', minSize: '30%', children: <Lists group={group} state={state} onOpen={store.choose} /> },
            record,
          ]}
        />
      </View>
    </div>
  )
}

interface Acts extends StepCommands {
  takeMany: (count: number) => void
  rejoin: () => void
}

function actsOn(store: SteppingStore): Acts {
  const takeMany = (count: number) => void store.step({ do: 'take', count })
  return {
    takeMany,
    take: () => takeMany(1),
    commit: () => void store.step({ do: 'commit' }),
    giveBack: () => {
      const { taken, chosen } = store.session.getState()
      const one = taken.find(({ id }) => id === chosen)
      if (one === undefined) return
      void store.step({ do: 'nack', topic: one.topic, partition: one.partition, offset: one.record.offset })
    },
    leave: () => void store.step({ do: 'leave' }),
    rejoin: () => void store.step({ do: 'rejoin' }),
  }
}

interface StepBarProps {
  group: string
  act: Acts
  member: SessionState['member']
  canGiveBack: boolean
}

/** The possible steps, with their keys. */
function StepBar({ group, act, member, canGiveBack }: StepBarProps) {
  const [many, setMany] = useState<(typeof counts)[number]>('10')
  const isIn = member?.state === 'stable'
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Space then reads one record after the other.
    if (isIn) first.current?.focus()
  }, [isIn])
  const leave = (
    <Button onPress={act.leave} isDisabled={member === undefined}>
      Leave <KeyHint keys="L" />
    </Button>
  )
  return (
    <Bar label={`Step ${group}`} actions={leave}>
      <Button variant="primary" className={s.take} ref={first} isDisabled={!isIn} onPress={act.take}>
        Take one <KeyHint keys="N" />
      </Button>
      <Button isDisabled={!isIn} onPress={() => act.takeMany(Number(many))}>
        Take {many}
      </Button>
      <Select
        label="how many"
        layout="hidden"
        value={many}
        onChange={setMany}
        options={counts.map((id) => ({ id, label: id }))}
      />
      <Button isDisabled={!isIn} onPress={act.commit}>
        Commit <KeyHint keys="C" />
      </Button>
      <Button isDisabled={!canGiveBack} onPress={act.giveBack}>
        Give back <KeyHint keys="Z" />
      </Button>
      {member?.state === 'out' && (
        <Button variant="primary" onPress={act.rejoin}>
          Join again
        </Button>
      )}
    </Bar>
  )
}

function Lists({ group, state, onOpen }: { group: string; state: SessionState; onOpen: (id: number) => void }) {
  return (
    <Split
      label="Resize what was taken"
      direction="vertical"
      panes={[
        { id: 'partitions', minSize: '20%', children: <Partitions group={group} state={state} /> },
        { id: 'taken', defaultSize: '34%', minSize: '15%', children: <TakenTable state={state} onOpen={onOpen} /> },
        { id: 'notes', defaultSize: '24%', minSize: '60px', children: <Notes notes={state.notes} /> },
      ]}
    />
  )
}

function Head({ group, state }: { group: string; state: SessionState }) {
  const { member, partitions, said, waiting } = state
  const open = [...partitions.values()].filter(({ next, committed, started }) => next !== null && next !== (committed ?? started)) // oxfmt-ignore
  return (
    <Summary
      badges={
        <>
          {member?.isLeader === true && <Badge>leads the group</Badge>}
          <Badge tone={member?.state === 'stable' ? 'ok' : 'warn'}>{stateWords[member?.state ?? 'joining']}</Badge>
        </>
      }
    >
      <span role="status" aria-busy={waiting > 0 || undefined}>
        <strong>
          <SafeText text={headWords(group, state)} limit={400} />
        </strong>{' '}
        {said}
        {open.length > 0 &&
          ` ${open.length === 1 ? '1 partition has' : `${open.length} partitions have`} records that were taken and are not committed.`}{' '}
        {/* oxfmt-ignore */}
      </span>
    </Summary>
  )
}

const stateWords = { joining: 'rebalancing', stable: 'member', out: 'no member' } as const

function headWords(group: string, { member, partitions }: SessionState): string {
  if (member === undefined || member.state === 'joining') return `Waiting until all members of ${group} have joined.`
  if (member.state === 'out') return `No member of ${group} any more.`
  const how = member.assignor === null ? `epoch ${String(member.epoch)}` : `generation ${String(member.epoch)}, by ${member.assignor}` // oxfmt-ignore
  const has = partitions.size === 0 ? 'no partition' : partitions.size === 1 ? '1 partition' : `${partitions.size} partitions` // oxfmt-ignore
  return `Member of ${group} with ${has}, ${how}.`
}

function Partitions({ group, state: { partitions, member } }: { group: string; state: SessionState }) {
  const rows = useMemo(() => [...partitions.values()].toSorted(byTopicPartition), [partitions])
  const hasTopics = new Set(rows.map(({ topic }) => topic)).size > 1
  const columns = useMemo(() => partitionColumns(hasTopics), [hasTopics])
  return (
    <SmallTable
      label={`Partitions that are ours in ${group}`}
      columns={columns}
      columnsId="step-partitions"
      rows={rows}
      rowId={keyOf}
      tone={({ error }) => (error === null ? undefined : 'warn')}
      empty={
        member?.state === 'stable' ? (
          <StateView kind="empty" title="No partition is ours.">
            The group has as many members as the topics have partitions, or more.
          </StateView>
        ) : (
          <StateView kind={member?.state === 'out' ? 'partial' : 'loading'} title={member?.state === 'out' ? 'Its partitions are others’ now.' : 'Waiting for partitions…'} /> // oxfmt-ignore
        )
      }
    />
  )
}

function partitionColumns(hasTopics: boolean): TableColumn<StepPartition>[] {
  const number = (id: string, title: string, value: (at: StepPartition) => bigint | null, none = '–'): TableColumn<StepPartition> => ({ id, title, width: 104, align: 'end', mono: true, isSortable: true, value, cell: (at) => orNone(value(at), none) }) // oxfmt-ignore
  const columns: (TableColumn<StepPartition> | false)[] = [
    hasTopics && { id: 'topic', title: 'Topic', width: 140, flex: 1, isSortable: true, value: (at) => at.topic, cell: (at) => <SafeText text={at.topic} /> }, // oxfmt-ignore
    { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, isSortable: true, value: (at) => at.partition }, // oxfmt-ignore
    number('committed', 'Committed', (at) => at.committed, 'none'),
    { id: 'line', title: 'Log start → high watermark', width: 200, flex: 3, value: () => null, cell: lineCell },
    number('next', 'Next to take', (at) => at.next),
    number('left', 'Left', leftOf),
    { id: 'by', title: 'Started by', width: 200, flex: 1, isSortable: true, value: startedWords, cell: (at) => <SafeText text={at.error?.message ?? startedWords(at)} limit={400} /> }, // oxfmt-ignore
  ]
  return columns.filter((column) => column !== false)
}

const orNone = (value: bigint | null, none: string) =>
  value === null ? <span className={s.faint}>{none}</span> : formatGrouped(value)

const leftOf = ({ next, highWatermark }: StepPartition): bigint | null =>
  next === null || highWatermark === null ? null : highWatermark - next

const startedWords = ({ by, started }: StepPartition): string =>
  by === 'position' ? 'its position' : started === null ? 'nothing' : `auto.offset.reset=${by}`

/**
 * The group's committed position, and how far the member has read beyond it: a crash would cause this range to be read again.
 */
function lineCell({ partition, logStart, highWatermark, lastStable, committed, started, next }: StepPartition) {
  if (logStart === null || highWatermark === null) return null
  return (
    <Seekline
      label={`Partition ${partition}`}
      logStart={logStart}
      highWatermark={highWatermark}
      lastStable={lastStable ?? undefined}
      position={committed}
      {...rangeOf(committed ?? started, next)}
    />
  )
}

const rangeOf = (start: bigint | null, end: bigint | null) =>
  start === null || end === null || start >= end ? {} : { range: { start, end } }

function TakenTable({ state, onOpen }: { state: SessionState; onOpen: (id: number) => void }) {
  const zone = useZone()
  const { taken, chosen } = state
  const rows = useMemo(() => taken.toReversed(), [taken])
  const hasTopics = new Set(taken.map(({ topic }) => topic)).size > 1
  const columns = useMemo<TableColumn<Taken>[]>(
    () => [
      ...(hasTopics ? [{ id: 'topic', title: 'Topic', width: 140, flex: 1, value: (at: Taken) => at.topic, cell: (at: Taken) => <SafeText text={at.topic} limit={300} /> }] : []), // oxfmt-ignore
      { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, value: (at) => at.partition },
      { id: 'offset', title: 'Offset', width: 100, align: 'end', mono: true, value: (at) => at.record.offset, cell: (at) => formatGrouped(at.record.offset) }, // oxfmt-ignore
      { id: 'key', title: 'Key', width: 150, flex: 1, mono: true, value: (at) => nextWords(at.record, zone).short, cell: (at) => <SafeText text={nextWords(at.record, zone).short} limit={200} /> }, // oxfmt-ignore
      { id: 'time', title: 'Time', width: 150, mono: true, value: (at) => nextWords(at.record, zone).time },
      { id: 'standing', title: 'Now', width: 110, value: (at) => standingOf(at, state), cell: (at) => <Standing of={standingOf(at, state)} /> }, // oxfmt-ignore
    ],
    [zone, state, hasTopics],
  )
  return (
    <SmallTable
      label="Records that were taken, newest first"
      columns={columns}
      columnsId="step-taken"
      rows={rows}
      rowId={({ id }) => String(id)}
      selected={chosen === undefined ? [] : [String(chosen)]}
      onSelectionChange={([id]) => id !== undefined && onOpen(Number(id))}
      onOpen={({ id }) => onOpen(id)}
      empty={<StateView kind="empty" title="Nothing was taken yet." />}
    />
  )
}

const standingTones = { committed: 'ok', taken: 'warn', 'given back': 'neutral', 'not ours': 'neutral' } as const

function Standing({ of }: { of: ReturnType<typeof standingOf> }) {
  return <Badge tone={standingTones[of]}>{of}</Badge>
}

function Notes({ notes }: { notes: readonly StepNote[] }) {
  const zone = useZone()
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
    <section className={s.notes} aria-label="What happened" tabIndex={0}>
      <ol>
        {notes.toReversed().map(({ at, tone, text }, i) => (
          <li key={notes.length - i} className={tone === 'warn' ? s.warn : undefined}>
            <time>{formatTime(at, zone).slice(0, 8)}</time> <SafeText text={text} limit={600} />
          </li>
        ))}
      </ol>
    </section>
  )
}
