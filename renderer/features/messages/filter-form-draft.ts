import {
  formFacts,
  formOfSource,
  formOperators,
  isForm,
  sourceOfForm,
  type FilterForm,
  type FormField,
  type FormOperator,
  type FormRow,
  type FormValue,
  type NoForm,
} from '#shared/filters/filter-form.ts'
import type { SampledField } from '#shared/contract/search.ts'
import { spelledPath } from '#shared/filters/spelling.ts'

/** The type that a typed value is meant to have. */
export type ValueType = 'text' | 'number' | 'bool' | 'timestamp' | 'duration'

/** A row as typed; its field or value may still be missing. */
export interface DraftRow {
  /** Identifies the row in this panel while it is edited. */
  readonly id: number
  readonly field: string
  readonly operator: FormOperator
  /** Several values, separated by commas, if the operator accepts several. */
  readonly value: string
  readonly type: ValueType
}

export interface FormDraft {
  readonly join: FilterForm['join']
  readonly rows: readonly DraftRow[]
}

let last = 0
export function emptyRow(): DraftRow {
  return { id: (last += 1), field: '', operator: 'is', value: '', type: 'text' }
}

/** The rows of an expression, at least one; or why it cannot be shown as rows. */
export function draftOf(source: string): FormDraft | NoForm {
  const form = formOfSource(source)
  if (!isForm(form)) return form
  return { join: form.join, rows: form.rows.length === 0 ? [emptyRow()] : form.rows.map(draftRow) }
}

/** The expression of the rows that are complete. */
export function sourceOfDraft({ join, rows }: FormDraft): string {
  return sourceOfForm({ join, rows: rows.map(rowOf).filter((row) => row !== undefined) })
}

/** The typed row; undefined: something is missing. */
export function rowOf({ field: typed, operator, value, type }: DraftRow): FormRow | undefined {
  const field = fieldOf(typed)
  if (field === undefined) return undefined
  const takes = formOperators[operator]
  if (takes === 'none') return { field, operator, values: [] }
  const texts = takes === 'some' ? splitTexts(value) : [value]
  const values = texts.map((text) => valueOf(text, takes === 'text' ? 'text' : type))
  const known = values.filter((one) => one !== undefined)
  return known.length === values.length ? { field, operator, values: known } : undefined
}

/** A field as written in expressions; a name alone is a field of the value. */
export function fieldOf(typed: string): FormField | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  if (Object.hasOwn(formFacts, text)) return { of: text as keyof typeof formFacts }
  const isRooted = /^(?:key|value|headers)(?![\w])/.test(text)
  return namedBy(isRooted ? text : `value.${text}`) ?? (isRooted ? undefined : namedBy(spelledPath('value', [text])))
}

function namedBy(text: string): FormField | undefined {
  const form = formOfSource(`${text} == null`)
  const field = isForm(form) && form.rows.length === 1 ? form.rows[0]!.field : undefined // its length is 1, as checked
  return field
}

/** Separated by commas; a value that contains a comma is in quotes. */
function splitTexts(value: string): string[] {
  return [...value.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]+))\s*(?:,|$)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll(/\\(.)/g, '$1'),
  )
}

function joinTexts(texts: readonly string[]): string {
  return texts
    .map((text) => (/[",]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : text))
    .join(', ')
}

function valueOf(text: string, type: ValueType): FormValue | undefined {
  const trimmed = text.trim()
  switch (type) {
    case 'text':
      return text === '' ? undefined : { type, value: text }
    case 'bool':
      return trimmed === 'true' || trimmed === 'false' ? { type, value: trimmed === 'true' } : undefined
    case 'number':
      if (/^[+-]?\d+$/.test(trimmed)) return { type: 'int', value: BigInt(trimmed.replace(/^\+/, '')) }
      return trimmed !== '' && Number.isFinite(Number(trimmed)) ? { type: 'double', value: Number(trimmed) } : undefined
    case 'timestamp':
    case 'duration':
      return trimmed === '' ? undefined : { type, value: trimmed }
  }
}

function draftRow({ field, operator, values }: FormRow): DraftRow {
  const [first] = values
  return {
    ...emptyRow(),
    field: 'path' in field ? spelledPath(field.of, field.path) : field.of,
    operator,
    value:
      formOperators[operator] === 'some'
        ? joinTexts(values.map(({ value }) => String(value)))
        : String(first?.value ?? ''),
    type: first === undefined ? 'text' : first.type === 'int' || first.type === 'double' ? 'number' : first.type,
  }
}

/** The type of a field's values, by the newest records. */
export function typeOfField(typed: string, sampled: readonly SampledField[]): ValueType | undefined {
  const field = fieldOf(typed)
  if (field === undefined) return undefined
  if (!('path' in field)) {
    const type = formFacts[field.of]
    return type === 'int' ? 'number' : type
  }
  const name = spelledPath(field.of, field.path)
  const types = sampled.find(({ expression }) => expression === name)?.types ?? []
  const type = types.find((one) => one !== 'null')
  return type === 'int' || type === 'double' ? 'number' : type === 'bool' ? 'bool' : type === 'string' ? 'text' : undefined // oxfmt-ignore
}
