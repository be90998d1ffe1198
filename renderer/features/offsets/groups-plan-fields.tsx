import type { ConnectionId } from '#shared/model/ids.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { IfNoneField, placeOptions, PlaceValueField } from '../../shared-views/place/place-field.tsx'
import { Button } from '../../ui/button.tsx'
import { MultiSelect } from '../../ui/partition-picker.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { topicsInPlay, type GroupsTargetKind } from './groups-plan-form.ts'
import type { GroupsPlanState, GroupsPlanStore } from './groups-plan-store.ts'
import { ShiftField } from './shift-field.tsx'

export interface GroupsPlanFieldsProps {
  store: GroupsPlanStore
  state: GroupsPlanState
  connectionId: ConnectionId
  onFile: () => void
}

/** "Move a, b, c · Topics all 2 · To timestamp 2026-11-22 14:05". */
export function GroupsPlanFields({ store, state, connectionId, onFile }: GroupsPlanFieldsProps) {
  const { form, standing, isApplying } = state
  const named = [...(standing.value?.plans.map(({ group }) => group) ?? []), ...form.groups]
  const topics = topicsInPlay(standing.value, form)
  return (
    <>
      <MultiSelect
        label="Move"
        options={optionsOf(named)}
        value={form.groups}
        isDisabled={isApplying}
        onChange={(groups) => store.change({ groups })}
      />
      {topics.length > 0 && (
        <MultiSelect
          label="Topics"
          options={optionsOf(topics)}
          value={form.topics ?? topics}
          isDisabled={isApplying}
          onChange={(chosen) => store.change({ topics: chosen.length === topics.length ? undefined : chosen })}
        />
      )}
      {form.leftOut.size > 0 && (
        <Button size="small" isDisabled={isApplying} onPress={() => store.change({ leftOut: new Set() })}>
          {`Put back ${form.leftOut.size} left out`}
        </Button>
      )}
      <Select<GroupsTargetKind>
        label="To"
        layout="inline"
        isProminent
        placeholder="choose…"
        options={form.file === undefined ? targets : [...targets.filter(({ id }) => id !== 'file'), { id: 'file', label: form.file.name, note: 'its offsets' }]} // oxfmt-ignore
        value={form.to ?? null}
        isDisabled={isApplying}
        onChange={(to) => (to === 'file' && form.file === undefined ? onFile() : store.change({ to }))}
      />
      <Value store={store} state={state} connectionId={connectionId} />
    </>
  )
}

const targets: readonly SelectOption<GroupsTargetKind>[] = [
  ...placeOptions({ group: { label: 'one group’s positions', note: 'as they are now' } }),
  { id: 'shift', label: 'shift by', note: 'back or forward' },
  { id: 'file', label: 'from a file…', note: 'CSV, as of Kafka’s script' },
]

const optionsOf = (names: readonly string[]) => [...new Set(names)].map((id) => ({ id, label: id }))

function Value({ store, state: { form, isApplying }, connectionId }: Omit<GroupsPlanFieldsProps, 'onFile'>) {
  switch (form.to) {
    case undefined:
    case 'file':
      return null
    case 'shift':
      return <ShiftField value={form.by} isDisabled={isApplying} onChange={(by) => store.change({ by })} />
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
