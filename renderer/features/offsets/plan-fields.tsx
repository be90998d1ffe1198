import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { INT64_MAX } from '../../ui/parse-offset.ts'
import { useServices, useZone } from '../../app/services.ts'
import { topicsWords } from '../../shared-views/position-diff/diff-rows.ts'
import { ComboField } from '../../ui/combo-field.tsx'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { MultiSelect, PartitionPicker } from '../../ui/partition-picker.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { positioned, topicsOf, type TargetKind } from './plan-form.ts'
import type { PlanState, PlanStore } from './plan-store.ts'
import { TopicAdder } from './topic-adder.tsx'
import s from './offsets.module.css'

export interface PlanFieldsProps {
  store: PlanStore
  state: PlanState
  connectionId: ConnectionId
  /** The group is not named by the tab: a new one, or any. */
  isNameOpen: boolean
}

/** "Move billing · Topics orders · Partitions all 8 · To timestamp 2026-11-22 14:05". */
export function PlanFields({ store, state, connectionId, isNameOpen }: PlanFieldsProps) {
  const { form, isApplying } = state
  const positions = state.detail.value?.positions ?? []
  const known = [...new Set(positioned(positions).map((at) => at.topic))]
  const chosen = topicsOf(form, positions)
  const [added, setAdded] = useState<readonly string[]>([])
  const offered = [...new Set([...known, ...added, ...chosen])]
  if (form.undo !== undefined) {
    return (
      <Moved
        verb="Undo a change of"
        group={form.group}
        topics={topicsWords((state.plan.value?.rows ?? []).map((row) => row.topic))}
      />
    )
  }
  return (
    <>
      {isNameOpen ? (
        <GroupName
          connectionId={connectionId}
          value={form.group}
          isDisabled={isApplying}
          onChange={(group) => store.change({ group })}
        />
      ) : (
        <Moved verb="Move" group={form.group} />
      )}
      {offered.length > 0 && (
        <MultiSelect
          label="Topics"
          options={offered.map((topic) => ({ id: topic, label: topic }))}
          value={chosen}
          isDisabled={isApplying}
          onChange={(topics) => store.change({ topics })}
        />
      )}
      <TopicAdder
        connectionId={connectionId}
        chosen={offered}
        isDisabled={isApplying}
        onAdd={(topics) => {
          setAdded([...added, ...topics])
          store.change({ topics: [...chosen, ...topics] })
        }}
      />
      <Partitions store={store} state={state} connectionId={connectionId} chosen={chosen} />
      <Select<TargetKind>
        label="To"
        layout="inline"
        placeholder="choose…"
        options={targets}
        value={form.to ?? null}
        isDisabled={isApplying}
        onChange={(to) => store.change({ to })}
      />
      <TargetField store={store} state={state} />
    </>
  )
}

const targets: readonly { id: TargetKind; label: string; note?: string }[] = [
  { id: 'earliest', label: 'earliest', note: 'log start' },
  { id: 'latest', label: 'latest', note: 'high watermark' },
  { id: 'timestamp', label: 'timestamp', note: 'first record at or after' },
  { id: 'shift', label: 'shift by', note: 'back or forward' },
  { id: 'offset', label: 'offset', note: 'the same everywhere' },
  { id: 'offsets', label: 'offset per partition', note: 'in the table' },
]

function Moved({ verb, group, topics = '' }: { verb: string; group: string; topics?: string }) {
  return (
    <span className={s.move}>
      <span>{verb}</span>
      <span>
        <SafeText text={group} limit={200} />
      </span>
      {topics !== '' && (
        <span>
          in <SafeText text={topics} limit={300} />
        </span>
      )}
    </span>
  )
}

/** Taken when chosen, on Enter or on leaving the field: each keystroke would otherwise ask for a group nobody meant. */
function GroupName({ connectionId, value, isDisabled, onChange }: GroupNameProps) {
  const groups = useStore(useServices().groups, (state) => state.byConnection[connectionId]?.value?.items)
  const names = useMemo(() => (groups ?? []).map((row) => row.group).filter((name) => name !== ''), [groups])
  const [draft, setDraft] = useState(value)
  return (
    <ComboField
      label="Move"
      layout="inline"
      className={s.name}
      placeholder="group name"
      value={draft}
      autoFocus={value === ''}
      options={names}
      isDisabled={isDisabled}
      onChange={setDraft}
      onCommit={(name) => {
        if (name.trim() !== value) onChange(name.trim())
      }}
    />
  )
}

interface GroupNameProps {
  connectionId: ConnectionId
  value: string
  isDisabled: boolean
  onChange: (group: string) => void
}

type PartitionsProps = Pick<PlanFieldsProps, 'store' | 'state' | 'connectionId'> & { chosen: readonly string[] }

function Partitions({ store, state, connectionId, chosen }: PartitionsProps) {
  const { topics } = useServices()
  const list = useStore(topics, (all) => all.byConnection[connectionId]?.value)
  const { form, isApplying } = state
  const only = chosen.length === 1 ? chosen[0] : undefined
  const isUnknown = list === undefined
  useEffect(() => {
    if (isUnknown) void topics.load(connectionId)
  }, [topics, connectionId, isUnknown])
  if (chosen.length === 0) return null
  const own = positioned(state.detail.value?.positions ?? []).filter((at) => chosen.includes(at.topic))
  const total = only === undefined ? undefined : list?.items.find((topic) => topic.name === only)?.partitions
  if (total !== undefined) {
    const all = Array.from({ length: total }, (_, i) => i)
    const value =
      typeof form.partitions !== 'string'
        ? form.partitions
        : form.partitions === 'all' || own.length === 0
          ? all
          : own.map((at) => at.partition)
    return (
      <PartitionPicker
        count={total}
        value={value}
        isDisabled={isApplying}
        onChange={(partitions) => store.change({ partitions: partitions.length === total ? 'all' : partitions })}
      />
    )
  }
  if (own.length === 0) return null
  return (
    <Select
      label="Partitions"
      layout="inline"
      options={[
        { id: 'positioned', label: `with a position, ${own.length}` },
        { id: 'all', label: 'all of these topics' },
      ]}
      value={form.partitions === 'all' ? 'all' : 'positioned'}
      isDisabled={isApplying}
      onChange={(partitions) => store.change({ partitions })}
    />
  )
}

function TargetField({ store, state: { form, isApplying } }: Pick<PlanFieldsProps, 'store' | 'state'>) {
  const zone = useZone()
  switch (form.to) {
    case 'offset':
      return (
        <OffsetField
          label="Offset"
          layout="inline"
          className={s.number}
          value={form.offset}
          isDisabled={isApplying}
          autoFocus={form.offset === undefined}
          onChange={(offset) => store.change({ offset })}
        />
      )
    case 'shift':
      return (
        <OffsetField
          label="By"
          layout="inline"
          className={s.number}
          placeholder="−100 or 100"
          noun="number of offsets"
          min={-INT64_MAX}
          value={form.by}
          isDisabled={isApplying}
          autoFocus={form.by === undefined}
          onChange={(by) => store.change({ by })}
        />
      )
    case 'timestamp':
      return (
        <>
          <DateTimeField
            label="At"
            layout="inline"
            className={s.time}
            zone={zone}
            value={form.timestamp}
            isDisabled={isApplying}
            autoFocus={form.timestamp === undefined}
            onChange={(timestamp) => store.change({ timestamp })}
          />
          <Select
            label="None so new"
            layout="inline"
            options={[
              { id: 'refuse', label: 'leave out', note: 'the position stays' },
              { id: 'end', label: 'go to the end', note: 'as Kafka’s own tool: skips all' },
            ]}
            value={form.ifNone}
            isDisabled={isApplying}
            onChange={(ifNone) => store.change({ ifNone })}
          />
        </>
      )
    case 'earliest':
    case 'latest':
    case 'offsets':
    case undefined:
      return null
  }
}
