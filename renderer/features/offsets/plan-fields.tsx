import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { useServices } from '../../workbench/services.ts'
import { IfNoneField, placeOptions, PlaceValueField } from '../../shared-views/place/place-field.tsx'
import { placeForms } from '../../shared-views/place/place-kinds.tsx'
import { topicsWords } from '../../shared-views/position-diff/diff-rows.ts'
import { Button } from '../../ui/button.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { CommittedField } from './committed-field.tsx'
import { ElsewhereFields } from './elsewhere-fields.tsx'
import type { TargetKind } from './plan-form.ts'
import type { PlanState, PlanStore } from './plan-store.ts'
import { ScopeFields } from './scope-fields.tsx'
import { ShiftField } from './shift-field.tsx'
import s from './offsets.module.css'

export interface PlanFieldsProps {
  store: PlanStore
  state: PlanState
  connectionId: ConnectionId
  /** The tab does not fix the group: it can be a new one, or any. */
  isNameOpen: boolean
  onFile: () => void
}

/** "Move billing · Topics orders · Partitions all 8 · To timestamp 2026-11-22 14:05". */
export function PlanFields({ store, state, connectionId, isNameOpen, onFile }: PlanFieldsProps) {
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
      <Select<TargetKind | 'file'>
        label="To"
        layout="inline"
        isProminent
        placeholder="choose…"
        options={targets}
        value={form.to ?? null}
        isDisabled={isApplying}
        onChange={(to) => {
          if (to === 'file') onFile()
          // People mostly mean an earlier time of the same group.
          else if (to === 'group-then' && form.place.group === '') store.change({ to, place: { group: form.group } })
          else store.change({ to })
        }}
      />
      <TargetField store={store} state={state} connectionId={connectionId} />
    </>
  )
}

const targets: readonly SelectOption<TargetKind | 'file'>[] = [
  ...placeOptions({
    group: { label: 'another group’s positions', note: 'as they are now' },
    'group-then': { label: 'where it stood', note: 'at an earlier moment' },
  }),
  { id: 'elsewhere', label: 'a group on another cluster', note: 'found by its records' },
  { id: 'shift', label: 'shift by', note: 'back or forward' },
  { id: 'offsets', label: placeForms.offsets.label, note: placeForms.offsets.note },
  { id: 'file', label: 'from a file…', note: 'CSV, as of Kafka’s script' },
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

function GroupName({ connectionId, value, isDisabled, onChange }: GroupNameProps) {
  const groups = useStore(useServices().groups, (state) => state.byConnection[connectionId]?.value?.items)
  const names = useMemo(() => (groups ?? []).map((row) => row.group).filter((name) => name !== ''), [groups])
  return (
    <CommittedField
      label="Move"
      className={s.name}
      placeholder="group name"
      value={value}
      autoFocus={value === ''}
      options={names}
      isDisabled={isDisabled}
      onCommit={onChange}
    />
  )
}

interface GroupNameProps {
  connectionId: ConnectionId
  value: string
  isDisabled: boolean
  onChange: (group: string) => void
}

function TargetField({
  store,
  state: { form, isApplying },
  connectionId,
}: Omit<PlanFieldsProps, 'isNameOpen' | 'onFile'>) {
  switch (form.to) {
    case 'shift':
      return <ShiftField value={form.by} isDisabled={isApplying} onChange={(by) => store.change({ by })} />
    case 'elsewhere':
      return (
        <ElsewhereFields
          value={form.elsewhere}
          isDisabled={isApplying}
          onChange={(elsewhere) => store.change({ elsewhere })}
          onTakeAll={() => void store.takeAllOf()}
        />
      )
    case 'offsets':
    case undefined:
      return null
    default:
      return (
        <>
          <PlaceValueField
            at={form.to}
            values={form.place}
            connectionId={connectionId}
            isDisabled={isApplying}
            hasNoteBeside
            onChange={(place) => store.change({ place })}
          />
          {form.to === 'group' && form.place.group.trim() !== '' && form.place.group.trim() !== form.group && (
            <Button size="small" isDisabled={isApplying} onPress={() => void store.takeAllOf(form.place.group.trim())}>
              Take all its partitions
            </Button>
          )}
          <IfNoneField
            at={[form.to]}
            value={form.ifNone}
            policy={ifNonePolicies.plan}
            isDisabled={isApplying}
            onChange={(ifNone) => store.change({ ifNone })}
          />
        </>
      )
  }
}
