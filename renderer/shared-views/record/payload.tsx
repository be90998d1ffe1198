import { useState, type Ref } from 'react'
import { utf8Text, wholeCharacters } from '#shared/bytes.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import { isReadable, isText, type Decoded } from '#shared/model/decoded.ts'
import { valueAt, type RowField } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { Toggle } from '../../ui/checkbox.tsx'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { HexView } from '../../ui/hex-view.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import type { MenuAction } from '../../ui/menu.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextView } from '../../ui/text-view.tsx'
import { stepName } from '../value/value-nodes.ts'
import { ValueTree } from '../value/value-tree.tsx'
import { Report } from './decoding-report.tsx'
import type { Part } from './whole-record.ts'
import s from './record.module.css'

export const shownForms = ['tree', 'json', 'text', 'hex', 'report'] as const
export type ShownForm = (typeof shownForms)[number]

/** A key or value as far as it is loaded. */
export interface ShownPayload {
  readonly part: Part
  /** The stored bytes. */
  readonly bytes: Uint8Array | null
  /** Size of the whole, in bytes. */
  readonly size: number
  readonly as: Decoded | null
  /** More is stored than is loaded. */
  readonly isPart: boolean
  /** The decoded text; null: it has none, or it is not loaded. */
  readonly text: string | null
  /** Only the beginning of that text is loaded. */
  readonly isBeginning: boolean
}

export function payloadOf(found: FullRecord, part: Part, fetched: Uint8Array | undefined): ShownPayload {
  const [own, size, as] =
    part === 'key' ? [found.key, found.keySize, found.keyAs] : [found.value, found.valueSize, found.valueAs]
  const bytes = fetched ?? own
  const isPart = bytes !== null && bytes.length < size
  const isBeginning = as?.written == null ? isPart : as.isCut
  const written = as?.written ?? bytes
  const text =
    written === null || as === null || !isText(as.form)
      ? null
      : utf8Text(isBeginning ? wholeCharacters(written) : written)
  return { part, bytes, size, as, isPart, text, isBeginning }
}

/** The chosen form, if this value has it; otherwise the most informative one. */
export function formOf({ as, text }: ShownPayload, chosen: ShownForm | undefined): ShownForm {
  const hasTree = as !== null && as.value !== null
  if (chosen !== undefined && (chosen !== 'tree' || hasTree)) return chosen
  if (hasTree) return 'tree'
  if (as === null || text === null || !isReadable(as.form)) return 'hex'
  return as.form === 'json' ? 'json' : 'text'
}

/** The menu entry of a field that adds or removes its column. */
export function columnItem({ has, toggle }: ColumnChoice, field: RowField, shortcut?: string): MenuAction[] {
  if (toggle === null) return []
  const label = has(field) ? 'Remove column' : 'Show as column'
  return [{ id: 'column', label, ...(shortcut === undefined ? {} : { shortcut }), onAction: () => toggle(field) }]
}

export interface PayloadProps {
  payload: ShownPayload
  form: ShownForm
  find: Ref<FindHandle>
  onDecodeAs: (part: Part) => void
  onOpenSchema: (part: Part) => void
  columns: FieldUses
}

/** Which fields are columns of the list. */
export interface ColumnChoice {
  has: (field: RowField) => boolean
  /** null: there is no list beside the record. */
  toggle: ((field: RowField) => void) | null
}

/** What else a field of a record can be used for. */
export interface FieldUses extends ColumnChoice {
  /** Searches for a field, depending on its value. */
  searches: (field: RowField, value: Value) => readonly MenuAction[]
}

export function Payload({ payload, form, find, onDecodeAs, onOpenSchema, columns }: PayloadProps) {
  const { part, bytes, as, text, isBeginning } = payload
  const label = part === 'key' ? 'Key' : 'Value'
  if (bytes === null || as === null) {
    const note = part === 'value' ? 'A tombstone: compaction removes the key’s older records.' : undefined
    return (
      <StateView kind="empty" title={`The ${part} is null.`}>
        {note}
      </StateView>
    )
  }
  if (form === 'report')
    return (
      <Report
        label={`How the ${part} was decoded`}
        as={as}
        onDecodeAs={() => onDecodeAs(part)}
        onOpenSchema={() => onOpenSchema(part)}
      />
    )
  if (bytes.length === 0) return <StateView kind="empty" title={`The ${part} is empty: 0 bytes, not null.`} />
  if (form === 'tree' && as.value !== null)
    return (
      <ValueTree
        label={`${label} as a tree`}
        root={part}
        value={as.value}
        find={find}
        actions={(path) => {
          const field = { part, path: path.map(stepName) }
          const found = as.value === null ? null : valueAt(as.value, field.path)
          const searches = found === null ? [] : columns.searches(field, found)
          return [
            ...columnItem(columns, field, 'Alt+L'),
            ...(searches.length === 0 ? [] : [{ heading: 'Search', items: searches }]),
          ]
        }}
        onKey={(path, event) => {
          if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== 'KeyL') return false
          columns.toggle?.({ part, path: path.map(stepName) })
          return true
        }}
      />
    )
  if (form === 'hex') return <HexView label={`${label} in hex`} bytes={bytes} find={find} />
  if (text === null) {
    return (
      <div className={s.notText}>
        <StateView kind="partial" title={`The ${part} is not UTF-8; its bytes are shown.`} />
        <HexView label={`${label} in hex`} bytes={bytes} find={find} />
      </div>
    )
  }
  if (form === 'text') return <TextView label={`${label} as text`} text={text} find={find} />
  return <Json label={`${label} as JSON`} text={text} isBeginning={isBeginning} find={find} />
}

/** Indented, or as it was sent: both keep each digit of a number. */
function Json({
  label,
  text,
  isBeginning,
  find,
}: {
  label: string
  text: string
  isBeginning: boolean
  find: Ref<FindHandle>
}) {
  const [isIndented, setIndented] = useState(true)
  return (
    <>
      {/* Part of a JSON text is none: it is shown as it came. */}
      {!isBeginning && (
        <div className={s.jsonBar}>
          <Toggle isSelected={isIndented} onChange={setIndented}>
            Indented
          </Toggle>
        </div>
      )}
      <JsonView label={label} text={text} isRaw={isBeginning || !isIndented} find={find} />
    </>
  )
}
