import { spelledDouble, spelledPath, spelledText } from '#shared/filters/spelling.ts'
import type { FieldKind, RowField } from '#shared/model/row-field.ts'

/** A field's text is cut at 256 bytes: of a longer one only the beginning is known. */
const MOST_KNOWN = 240

/** What every record that has this there fulfils, as an expression; null: it cannot be said of such a value. */
export function conditionOf(field: RowField, found: { kind: FieldKind; text: string }, isSame: boolean): string | null {
  const value = spelledValue(found)
  if (value === null) return null
  const root = field.part === 'header' ? 'headers' : field.part
  return `${spelledPath(root, field.path)} ${isSame ? '==' : '!='} ${value}`
}

function spelledValue({ kind, text }: { kind: FieldKind; text: string }): string | null {
  if (text.length > MOST_KNOWN) return null
  switch (kind) {
    case 'text':
    case 'enum':
      return spelledText(text)
    case 'integer':
      return /^-?\d+$/.test(text) ? text : null
    case 'float':
      return spelledDouble(Number(text))
    case 'boolean':
      return text === 'true' || text === 'false' ? text : null
    case 'null':
      return 'null'
    default:
      return null
  }
}

/** An expression that this has to hold for as well. */
export function withCondition(expression: string, condition: string): string {
  const before = expression.trim()
  if (before === '') return condition
  return before.includes('||') || before.includes('?') ? `(${before}) && ${condition}` : `${before} && ${condition}`
}
