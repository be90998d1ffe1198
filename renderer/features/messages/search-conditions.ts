import { sourceOfForm } from '#shared/filters/filter-form.ts'
import { spelledDouble, spelledPath, spelledText } from '#shared/filters/spelling.ts'
import type { FieldKind, RowField } from '#shared/model/row-field.ts'
import { typedText, type SearchForm } from './search-form.ts'

/** A field's text is cut at 256 bytes: of a longer one only the beginning is known. */
const MOST_KNOWN = 240

export interface FoundField {
  readonly kind: FieldKind
  readonly text: string
}

/** An expression for all records with this value in this field; null: the value cannot be expressed. */
export function conditionOf(field: RowField, found: FoundField, isSame: boolean): string | null {
  const value = field.part === 'header' ? spelledHeader(field, found) : spelledValue(found)
  return value === null ? null : `${spelledField(field)} ${isSame ? '==' : '!='} ${value}`
}

/** An expression for all records that have this field, with any value; null: it cannot be expressed. */
export function presenceOf({ part, path }: RowField): string | null {
  if (typeof path.at(-1) !== 'string' || (part === 'header' && path.length > 1)) return null
  return sourceOfForm({ join: 'all', rows: [{ field: { of: rootOf(part), path }, operator: 'is there', values: [] }] })
}

const rootOf = (part: RowField['part']) => (part === 'header' ? 'headers' : part)
const spelledField = ({ part, path }: RowField): string => spelledPath(rootOf(part), path)

/** In an expression a header is its text; bytes that are not text cannot be compared. */
function spelledHeader({ path }: RowField, found: FoundField): string | null {
  return path.length === 1 && (found.kind === 'text' || found.kind === 'null') ? spelledValue(found) : null
}

function spelledValue({ kind, text }: FoundField): string | null {
  if (text.length > MOST_KNOWN) return null
  switch (kind) {
    case 'text':
    case 'enum':
    // In an expression such a value is text.
    case 'meant':
      return spelledText(text)
    case 'integer':
      return /^-?\d+$/.test(text) ? text : null
    case 'float':
      return spelledDouble(Number(text))
    case 'decimal':
      return /^-?\d+\.\d+$/.test(text) ? text : `${text}.0`
    case 'boolean':
      return text === 'true' || text === 'false' ? text : null
    case 'null':
      return 'null'
    default:
      return null
  }
}

/** Adds a condition to the search: inside an expression, or beside text and patterns, which stay as they are. */
export function withCondition(form: SearchForm, condition: string): Partial<SearchForm> {
  const { mode, texts, conditions } = form
  if (mode !== 'expression' && typedText(form) === '' && conditions.length === 0) return onlyCondition(form, condition)
  if (mode === 'expression') return { texts: { ...texts, expression: joined(texts.expression, condition) } }
  return conditions.includes(condition) ? {} : { conditions: [...conditions, condition] }
}

/** Replaces the search by this condition. */
export function onlyCondition({ texts }: SearchForm, condition: string): Partial<SearchForm> {
  return { mode: 'expression', texts: { ...texts, expression: condition }, conditions: [] }
}

function joined(expression: string, condition: string): string {
  const before = expression.trim()
  if (before === '') return condition
  return before.includes('||') || before.includes('?') ? `(${before}) && ${condition}` : `${before} && ${condition}`
}
