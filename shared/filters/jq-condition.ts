import type { RecordFilter } from './filter.ts'
import { formOfSource, isForm, type FormField, type FormRow, type FormValue } from './filter-form.ts'
import { NoCommand } from './no-command.ts'
import type { RecordPart } from './predicate.ts'
import type { RegexFilter } from './regex-filter.ts'
import type { TextFilter } from './text-filter.ts'

/**
 * A filter as a jq condition on what `kcat -J` prints: {"topic", "partition", "offset", "ts", "headers": [name, value, …],
 * "key", "payload"}. It keeps to jq 1.6, which most systems have: its numbers are doubles, and its regular expressions those of
 * Oniguruma.
 */

interface Plain {
  readonly key: boolean
  readonly value: boolean
}

export function jqOf(filter: RecordFilter, isPlain: Plain): string {
  switch (filter.kind) {
    case 'text':
      return textCondition(filter, isPlain)
    case 'regex':
      return regexCondition(filter, isPlain)
    case 'expression':
      return expressionCondition(filter.source, isPlain)
    case 'all':
    case 'any':
      return `(${filter.of.map((one) => jqOf(one, isPlain)).join(filter.kind === 'all' ? ' and ' : ' or ')})`
    case 'not': {
      // A record that cannot be judged does not match the negation either, but jq cannot tell which records cannot be judged.
      if (hasExpression(filter.of)) throw new NoCommand('The opposite of an expression leaves out what cannot be judged; jq cannot tell that.') // oxfmt-ignore
      return `(${jqOf(filter.of, isPlain)} | not)`
    }
  }
}

const hasExpression = (filter: RecordFilter): boolean =>
  filter.kind === 'expression' || ('of' in filter && [filter.of].flat().some(hasExpression))

/** A text as a jq string. */
export function jqText(text: string): string {
  if (!text.isWellFormed()) throw new NoCommand('A text with half a character cannot be written for jq.')
  if (text.includes('\u{fffd}'))
    throw new NoCommand('jq reads U+FFFD where bytes are no text; it cannot be looked for.')
  return JSON.stringify(text)
}

const HEX = /^[0-9a-f]{2}(?: [0-9a-f]{2})+$/i
// oxlint-disable-next-line no-control-regex -- what ASCII is
const ASCII = /^[\0-\x7f]*$/

function textCondition({ text, matchCase, wholeWord, in: where }: TextFilter, isPlain: Plain): string {
  if (HEX.test(text)) throw new NoCommand('Pairs of hex digits are looked for as bytes too; jq reads texts alone.')
  if (!matchCase && !ASCII.test(text)) throw new NoCommand('jq leaves out the case of the letters a to z alone.')
  const folded = matchCase ? '.' : 'ascii_downcase'
  const sought = matchCase ? text : text.toLowerCase()
  const found = wholeWord
    ? `test(${jqText(`(?<!${WORD})${sought.replace(/[\\^$.*+?()[\]{}|/#-]/g, String.raw`\$&`)}(?!${WORD})`)})`
    : `(index(${jqText(sought)}) != null)`
  return inParts(where, isPlain, matchCase ? found : `(${folded} | ${found})`)
}

const WORD = String.raw`[\p{L}\p{M}\p{N}_]`

/** Patterns that mean the same to RE2 and to Oniguruma. */
const SAME = /^(?:[\w \-:/,"'=@#%&;<>~!^$]|\\[.*+?()[\]{}|\\^$/-]|\.|[*+?](?![*+?])|\{\d+(?:,\d*)?\}(?![*+?])|\((?:\?:)?|\)|\||\[[\w .:/,@-]+\])+$/ // oxfmt-ignore

function regexCondition({ pattern, matchCase, in: where }: RegexFilter, isPlain: Plain): string {
  return inParts(where, isPlain, patternTest(pattern, matchCase))
}

function patternTest(pattern: string, matchCase: boolean): string {
  if (!SAME.test(pattern)) throw new NoCommand('This pattern may mean something else to jq, whose regular expressions are not RE2’s.') // oxfmt-ignore
  if (!matchCase && /[a-z]/i.test(pattern)) throw new NoCommand('jq takes other letters for the same where their case does not matter.') // oxfmt-ignore
  // In Oniguruma `^` and `$` match at lines, in RE2 at the text's ends.
  const held = pattern.replace(/\\.|\^|\$/g, (sign) => (sign === '^' ? String.raw`\A` : sign === '$' ? String.raw`\z` : sign)) // oxfmt-ignore
  return `test(${jqText(held)})`
}

function inParts(where: readonly RecordPart[], isPlain: Plain, found: string): string {
  const parts = where.map((part) => {
    if (part === 'headers') return `((.headers // []) | any(.[]; . != null and ${found}))`
    requirePlain(part, isPlain)
    return `(.${nameOf(part)} | . != null and ${found})`
  })
  return parts.length === 1 ? parts[0]! : `(${parts.join(' or ')})` // its length is 1, as checked
}

const nameOf = (part: 'key' | 'value'): string => (part === 'key' ? 'key' : 'payload')

function requirePlain(part: 'key' | 'value', isPlain: Plain): void {
  if (!isPlain[part]) throw new NoCommand(`kcat does not decode ${part}s that are neither JSON nor text.`)
}

function expressionCondition(source: string, isPlain: Plain): string {
  const form = formOfSource(source)
  if (!isForm(form)) throw new NoCommand('This expression is more than rows of field, operator and value.')
  return `(${form.rows.map((row) => rowCondition(row, isPlain)).join(form.join === 'all' ? ' and ' : ' or ')})`
}

/** A condition on the field, which is a list with its value, or an empty list. */
function rowCondition({ field, operator, values }: FormRow, isPlain: Plain): string {
  if (operator === 'is not there') throw new NoCommand('jq cannot tell a value without the field from one that cannot be read.') // oxfmt-ignore
  const found = conditionOn(operator, values, field)
  return `(${fieldList(field, isPlain)} | any(.[]; ${found}))`
}

function conditionOn(operator: FormRow['operator'], values: readonly FormValue[], field: FormField): string {
  const [first] = values
  switch (operator) {
    case 'is there':
      return 'true'
    case 'is not there':
      return 'false'
    case 'is null':
      return '. == null'
    case 'is not null':
      return '. != null'
    case 'is':
      return `. == ${jqValue(first!, field)}` // an operator of this kind always comes with a value
    case 'is not':
      return `. != ${jqValue(first!, field)}` // an operator of this kind always comes with a value
    case 'is one of':
      return `(${values.map((value) => `. == ${jqValue(value, field)}`).join(' or ')})`
    case 'is none of':
      return `(${values.map((value) => `. != ${jqValue(value, field)}`).join(' and ')})`
    case 'less than':
    case 'at most':
    case 'more than':
    case 'at least':
      return ordered(operator, first!, field) // an operator of this kind always comes with a value
    default:
      return textOperator(operator, first!) // an operator of this kind always comes with a value
  }
}

const signs = { 'less than': '<', 'at most': '<=', 'more than': '>', 'at least': '>=' } as const

/** jq orders values of different types, CEL does not compare them. */
function ordered(operator: keyof typeof signs, value: FormValue, field: FormField): string {
  const spelled = jqValue(value, field)
  if (value.type === 'text') {
    // jq orders by code points, as we do for texts within the BMP.
    throw new NoCommand('The order of texts is not the same to jq.')
  }
  if (value.type === 'bool') throw new NoCommand('jq orders true and false otherwise.')
  return `(type == "number" and . ${signs[operator]} ${spelled})`
}

function textOperator(operator: FormRow['operator'], { value }: FormValue): string {
  const text = String(value)
  const of = (found: string, isWanted: boolean): string => `(type == "string" and ${isWanted ? found : `(${found} | not)`})` // oxfmt-ignore
  const contains = text === '' ? 'true' : `(index(${jqText(text)}) != null)`
  switch (operator) {
    case 'contains':
    case 'contains no':
      return of(contains, operator === 'contains')
    case 'begins with':
    case 'does not begin with':
      return of(`startswith(${jqText(text)})`, operator === 'begins with')
    case 'ends with':
    case 'does not end with':
      return of(`endswith(${jqText(text)})`, operator === 'ends with')
    default:
      return of(patternTest(text, true), operator === 'fits')
  }
}

const MOST_EXACT = 2n ** 53n

function jqValue({ type, value }: FormValue, field: FormField): string {
  switch (type) {
    case 'text':
      return jqText(value)
    case 'bool':
      return String(value)
    case 'int':
      if (value >= MOST_EXACT || value <= -MOST_EXACT) throw new NoCommand('jq tells integers of more than 53 bits not apart.') // oxfmt-ignore
      return String(value)
    case 'double':
      if (!Number.isFinite(value)) throw new NoCommand('jq has no such number.')
      return String(value)
    case 'timestamp': {
      if (field.of !== 'timestamp') throw new NoCommand('To jq a time within a value is a text.')
      const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/.test(value)
        ? Date.parse(value)
        : NaN
      if (Number.isNaN(ms)) throw new NoCommand('kcat tells times in milliseconds.')
      return String(ms)
    }
    case 'duration':
      throw new NoCommand('jq knows no durations.')
  }
}

function fieldList(field: FormField, isPlain: Plain): string {
  switch (field.of) {
    case 'key':
    case 'value':
      requirePlain(field.of, isPlain)
      return `(${nameList(field)}${steps(field.path)})`
    case 'headers':
      return `(${lastHeader(field.path)})`
    case 'partition':
    case 'offset':
      return `[.${field.of}]`
    case 'timestamp':
      // −1 means none.
      return '[.ts | select(. >= 0)]'
    case 'headerCount':
      return '[(.headers // []) | length / 2]'
    case 'isNull':
      return '[.payload == null]'
    default:
      throw new NoCommand(`kcat does not tell ${field.of} in its JSON.`)
  }
}

/** An object, a list or a quoted string is JSON; a bare number or word is text, as everywhere in the app. */
const JSON_BEGINS = `test(${jqText(String.raw`\A[ \t\r\n]*[{\["]`)})`

/**
 * The key or value: parsed as JSON, or as text. Bytes that are not text are detected by the character that jq puts in their
 * place.
 */
function nameList(field: FormField): string {
  const name = field.of === 'key' ? 'key' : 'payload'
  return `[.${name} | if . == null then null elif index("\\ufffd") != null then empty elif ${JSON_BEGINS} then (. as $raw | try fromjson catch $raw) else . end]`
}

function steps(path: readonly (string | number)[]): string {
  return path.map((step) =>
    typeof step === 'string'
      ? ` | [.[] | select(type == "object" and has(${jqText(step)})) | .[${jqText(step)}]]`
      : ` | [.[] | select(type == "array" and length > ${step}) | .[${step}]]`,
  ).join('') // oxfmt-ignore
}

/** The last header with this name. */
function lastHeader([name]: readonly (string | number)[]): string {
  const text = jqText(String(name))
  return `(.headers // []) as $h | [range(0; $h | length; 2) | select($h[.] == ${text}) | $h[. + 1]] | .[-1:]`
}
