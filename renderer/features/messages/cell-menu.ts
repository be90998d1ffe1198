import { utf8Text } from '#shared/bytes.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { rowFlags } from '#shared/model/rows.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { fieldName } from './field-columns.ts'
import type { RowFieldText } from './held-rows.ts'
import type { Line } from './line.ts'
import { conditionOf } from './search-conditions.ts'

export interface CellMenu {
  line: Line | undefined
  /** Of the cell. */
  column: string | undefined
  fields: readonly RowField[]
  /** What the line has in the column of a field. */
  field: (at: number) => RowFieldText | null
  /** Searches for what fulfils this, beside what is looked for already, or alone. */
  onCondition: (condition: string, isAlone: boolean) => void
}

/** Searches that a cell leads to: records that have the same there, or something else, or the same key. */
export function cellMenu({ line, column, fields, field, onCondition }: CellMenu): MenuAction[] {
  if (line?.kind !== 'row') return []
  const { row } = line
  const at = fields.findIndex((one) => fieldName(one) === column)
  const key =
    row.key === null || row.keyAs?.form !== 'text' || (row.flags & rowFlags.keyCut) !== 0 ? null : utf8Text(row.key)
  const ofKey = key === null ? null : { field: { part: 'key', path: [] } satisfies RowField, found: { kind: 'text' as const, text: key } } // prettier-ignore
  const here = at !== -1 ? { field: fields[at]!, found: field(at) } : column === 'key' ? ofKey : null
  const [same, other] =
    column === 'partition'
      ? [`partition == ${row.partition}`, `partition != ${row.partition}`]
      : here?.found == null
        ? [null, null]
        : [conditionOf(here.field, here.found, true), conditionOf(here.field, here.found, false)]
  const sameKey = ofKey === null ? null : conditionOf(ofKey.field, ofKey.found, true)
  return [
    ...(same === null
      ? []
      : [{ id: 'onlyThese', label: `Only these: ${same}`, onAction: () => onCondition(same, false) }]),
    ...(other === null ? [] : [{ id: 'notThese', label: `Not these: ${other}`, onAction: () => onCondition(other, false) }]), // prettier-ignore
    ...(sameKey === null ? [] : [{ id: 'sameKey', label: 'Find the same key’s other records', onAction: () => onCondition(sameKey, true) }]), // prettier-ignore
  ]
}
