import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { INT64_MAX } from '../../ui/parse-offset.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import { topicsWords } from '../../shared-views/position-diff/diff-rows.ts'
import { ComboField } from '../../ui/combo-field.tsx'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import type { TargetKind } from './plan-form.ts'
import type { PlanState, PlanStore } from './plan-store.ts'
import { ScopeFields } from './scope-fields.tsx'
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
          key={state.begun}
          connectionId={connectionId}
          value={form.group}
          isDisabled={isApplying}
          onChange={(group) => store.change({ group })}
        />
      ) : (
        <Moved verb="Move" group={form.group} />
      )}
      <ScopeFields store={store} state={state} connectionId={connectionId} />
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
