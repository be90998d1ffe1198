import { utf8Text } from '#shared/bytes.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { rowFlags } from '#shared/model/rows.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { fieldName } from './field-columns.ts'
import type { RowFieldText } from './held-rows.ts'
import type { Line } from './grid-lines.ts'
import { conditionAction, fieldMenu, type OnCondition } from './field-menu.ts'
import { conditionOf, type FoundField } from './search-conditions.ts'

export interface CellMenu {
  line: Line | undefined
  /** The cell's column. */
  column: string | undefined
  fields: readonly RowField[]
  /** The line's value in the column of a field. */
  field: (at: number) => RowFieldText | null
  onCondition: OnCondition
}

/** The searches offered for a cell: records with the same value there, with another value, or with the same key. */
export function cellMenu({ line, column, fields, field, onCondition }: CellMenu): MenuAction[] {
  if (line?.kind !== 'row') return []
  const { row } = line
  const at = fields.findIndex((one) => fieldName(one) === column)
  const key =
    row.key === null || row.keyAs?.form !== 'text' || (row.flags & rowFlags.keyCut) !== 0 ? null : utf8Text(row.key)
  const ofKey: [RowField, FoundField] | null =
    key === null
      ? null
      : [
          { part: 'key', path: [] },
          { kind: 'text', text: key },
        ]
  const sameKey = ofKey === null ? null : conditionOf(...ofKey, true)
  return [
    ...(at !== -1 ? fieldMenu(fields[at]!, field(at), onCondition) : []), // found by searching this list
    ...(column === 'key' && ofKey !== null ? fieldMenu(...ofKey, onCondition) : []),
    ...(column === 'partition'
      ? [
          conditionAction('onlyThese', 'Only these', `partition == ${row.partition}`, onCondition),
          conditionAction('notThese', 'Not these', `partition != ${row.partition}`, onCondition),
        ]
      : []),
    ...(sameKey === null ? [] : [{ id: 'sameKey', label: 'Find other records with this key', onAction: () => onCondition(sameKey, true) }]), // oxfmt-ignore
  ]
}
