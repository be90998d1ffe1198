import { useMemo } from 'react'
import { useStore } from 'zustand'
import { placeFacts, type IfNone, type IfNonePolicy, type PlaceKind } from '#shared/model/place.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { placeForms, type OfferedPlace, type PlaceValueProps } from './place-kinds.tsx'

/** All kinds of places that a view can offer; `words` replaces the words of some. */
export function placeOptions(
  words: Partial<Record<OfferedPlace, { label?: string; note?: string }>> = {},
): SelectOption<OfferedPlace>[] {
  const kinds = Object.keys(placeForms) as (keyof typeof placeForms)[]
  return kinds
    .filter((id) => id !== 'offsets')
    .map((id) => ({ id, label: placeForms[id].label, note: placeForms[id].note, ...words[id] }))
}

export interface PlaceValueFieldProps extends Omit<PlaceValueProps, 'zone' | 'groups'> {
  at: OfferedPlace
}

/** The field that the chosen kind of place needs, if any. */
export function PlaceValueField({ at, ...props }: PlaceValueFieldProps) {
  const { connectionId } = props
  const zone = useZone()
  const rows = useStore(useServices().groups, (all) =>
    connectionId === undefined ? undefined : all.byConnection[connectionId]?.value?.items,
  )
  const groups = useMemo(() => (rows ?? []).map((row) => row.group).filter((name) => name !== ''), [rows])
  const { Field } = placeForms[at]
  return Field === undefined ? null : <Field {...props} zone={zone} groups={groups} />
}

export interface IfNoneFieldProps {
  /** The chosen kinds of places: if none of them can be missing in a partition, there is nothing to choose. */
  at: readonly (PlaceKind | 'anchor' | undefined)[]
  value: IfNone | undefined
  /** What the view does if nothing was chosen. */
  policy: IfNonePolicy
  onChange: (ifNone: IfNone) => void
  isDisabled?: boolean | undefined
}

/** What to do with a partition that has no record that new, or no position. */
export function IfNoneField({ at, value, policy, onChange, isDisabled }: IfNoneFieldProps) {
  const why = ifNoneReason(at)
  if (why === undefined) return null
  return (
    <Select
      label={why === 'no-position' ? 'No position' : 'None so new'}
      layout="inline"
      options={ifNoneOptions}
      value={value ?? policy[why]}
      isDisabled={isDisabled}
      onChange={onChange}
    />
  )
}

const ifNoneOptions: readonly SelectOption<IfNone>[] = [
  { id: 'refuse', label: 'leave out', note: 'and say so' },
  { id: 'start', label: 'the log start', note: 'all that is there' },
  { id: 'end', label: 'the end', note: 'as Kafka’s own tool: nothing that is there' },
]

/** The choice, if one of these places may be missing in a partition; undefined: none may. */
export function chosenIfNone(
  at: readonly (PlaceKind | 'anchor' | undefined)[],
  value: IfNone | undefined,
  policy: IfNonePolicy,
): { ifNone?: IfNone } {
  const why = ifNoneReason(at)
  return why === undefined ? {} : { ifNone: value ?? policy[why] }
}

function ifNoneReason(at: readonly (PlaceKind | 'anchor' | undefined)[]): keyof IfNonePolicy | undefined {
  for (const kind of at) {
    const why = kind === undefined ? null : placeFacts[kind === 'anchor' ? 'offsets' : kind].mayMiss
    if (why === 'none-that-new' || why === 'no-position') return why
  }
  return undefined
}
