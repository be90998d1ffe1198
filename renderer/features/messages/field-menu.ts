import type { RowField } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { copiedValue } from '../../shared-views/value/value-words.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { conditionOf, presenceOf, type FoundField } from './search-conditions.ts'

/** Searches with a condition, in addition to the current search or on its own. */
export type OnCondition = (condition: string, isAlone: boolean) => void

/** The most characters of a condition that a menu shows. */
const MOST_SHOWN = 80

/** The searches offered for a field: records with the same value, with another value, or with the field at all. */
export function fieldMenu(field: RowField, found: FoundField | null, onCondition: OnCondition): MenuAction[] {
  const only = found === null ? null : conditionOf(field, found, true)
  const not = found === null ? null : conditionOf(field, found, false)
  const having = presenceOf(field)
  return [
    ...(only === null ? [] : [conditionAction('onlyThese', 'Only these', only, onCondition)]),
    ...(not === null ? [] : [conditionAction('notThese', 'Not these', not, onCondition)]),
    ...(having === null ? [] : [conditionAction('having', 'Only records that have it', having, onCondition)]),
  ]
}

export function conditionAction(id: string, label: string, condition: string, onCondition: OnCondition): MenuAction {
  const shown = condition.length > MOST_SHOWN ? `${condition.slice(0, MOST_SHOWN)}…` : condition
  return { id, label: `${label}: ${shown}`, onAction: () => onCondition(condition, false) }
}

/** The value of a field of the open record, as a column would show it. */
export function foundIn(value: Value): FoundField {
  return { kind: value.meant === undefined ? value.kind : 'meant', text: copiedValue(value) }
}
