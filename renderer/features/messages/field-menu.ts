import type { RowField } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { copiedValue } from '../../shared-views/value/value-words.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { conditionOf, presenceOf, type FoundField } from './search-conditions.ts'

/** Searches for what fulfils a condition, beside what is looked for already, or alone. */
export type OnCondition = (condition: string, isAlone: boolean) => void

/** More of a condition than a menu shows. */
const MOST_SHOWN = 80

/** Searches that a field leads to: records that have the same there, something else, or such a field at all. */
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

/** What stands in a field of a record that is open, as a column would have it. */
export function foundIn(value: Value): FoundField {
  return { kind: value.meant === undefined ? value.kind : 'meant', text: copiedValue(value) }
}
