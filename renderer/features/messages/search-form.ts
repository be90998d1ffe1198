import type { RecordFilter } from '#shared/filters/filter.ts'
import { recordParts, type RecordPart } from '#shared/filters/predicate.ts'
import type { Place } from '#shared/model/place.ts'

export type SearchMode = 'text' | 'regex' | 'expression'

/** Where the range of a search ends: at the end of the log, at a time, or at an offset of each partition. */
export type SearchUntil = 'all' | 'timestamp' | 'offset'

/** What is searched for, and how. Where reading starts is the list's own setting. */
export interface SearchForm {
  readonly mode: SearchMode
  /** The expression is shown as rows as well. */
  readonly isForm: boolean
  /** The typed text of each mode: text is not a pattern, and a pattern is not an expression. */
  readonly texts: Readonly<Record<SearchMode, string>>
  /** Expressions that apply in addition to text or a pattern: those chosen from cells and fields. */
  readonly conditions: readonly string[]
  readonly matchCase: boolean
  readonly wholeWord: boolean
  readonly parts: readonly RecordPart[]
  readonly until: SearchUntil
  readonly untilTime: bigint | undefined
  readonly untilOffset: bigint | undefined
  /** Only the newest record of each key. */
  readonly newestPerKey: boolean
  /** A Follow with this filter ends with the first match. */
  readonly untilFirst: boolean
}

export const emptySearch: SearchForm = {
  mode: 'text',
  isForm: false,
  texts: { text: '', regex: '', expression: '' },
  conditions: [],
  matchCase: false,
  wholeWord: false,
  parts: recordParts,
  until: 'all',
  untilTime: undefined,
  untilOffset: undefined,
  newestPerKey: false,
  untilFirst: false,
}

/** The most characters of such a filter. */
const MOST_CHARACTERS: Readonly<Record<SearchMode, number>> = { text: 1_000, regex: 1_000, expression: 10_000 }

export function typedText({ mode, texts }: SearchForm): string {
  return texts[mode].trim().slice(0, MOST_CHARACTERS[mode])
}

/** The whole search as text: what was typed, and the additional conditions. */
export function formWords(form: SearchForm): string {
  return [typedText(form), ...form.conditions].filter((words) => words !== '').join(' && ')
}

/** The filter that the form describes; null: none. */
export function filterOf(form: SearchForm): RecordFilter | null {
  const own = ownFilter(form)
  if (form.conditions.length === 0) return own
  const conditions = form.conditions.map((source): RecordFilter => ({ kind: 'expression', source }))
  const all = own === null ? conditions : [own, ...conditions]
  const [only] = all
  return only !== undefined && all.length === 1 ? only : { kind: 'all', of: all }
}

function ownFilter(form: SearchForm): RecordFilter | null {
  const text = typedText(form)
  if (text === '') return null
  const { matchCase, wholeWord } = form
  const parts = [...form.parts]
  switch (form.mode) {
    case 'text':
      return { kind: 'text', text, matchCase, wholeWord, in: parts }
    case 'regex':
      return { kind: 'regex', pattern: text, matchCase, in: parts }
    case 'expression':
      return { kind: 'expression', source: text }
  }
}

/** The form's settings for this filter; undefined: a combination of several filters fits none of its modes. */
export function formOfFilter(
  filter: RecordFilter,
): (Pick<SearchForm, 'mode' | 'texts' | 'conditions'> & Partial<SearchForm>) | undefined {
  if (filter.kind === 'all') {
    const [first, ...others] = filter.of
    const own = first === undefined ? undefined : formOfFilter(first)
    const conditions = others.flatMap((one) => (one.kind === 'expression' ? [one.source] : []))
    return own === undefined || own.conditions.length > 0 || conditions.length < others.length ? undefined : { ...own, conditions } // oxfmt-ignore
  }
  const { texts, conditions } = emptySearch
  switch (filter.kind) {
    case 'text':
      return { mode: 'text', texts: { ...texts, text: filter.text }, conditions, matchCase: filter.matchCase, wholeWord: filter.wholeWord, parts: filter.in } // oxfmt-ignore
    case 'regex':
      return {
        mode: 'regex',
        texts: { ...texts, regex: filter.pattern },
        conditions,
        matchCase: filter.matchCase,
        parts: filter.in,
      }
    case 'expression':
      return { mode: 'expression', texts: { ...texts, expression: filter.source }, conditions }
    default:
      return undefined
  }
}

/** Newest first if reading starts at the newest records: the same direction as the list. */
export function directionFrom(start: Place): 'forward' | 'backward' {
  return start.at === 'high-watermark' ? 'backward' : 'forward'
}

/** The end of the range opposite its start, or a sentence that says what is missing. */
export function untilPlace({ until, untilTime, untilOffset }: SearchForm): Place | null | string {
  switch (until) {
    case 'all':
      return null
    case 'timestamp':
      return untilTime === undefined ? 'Until which time?' : { at: 'timestamp', timestamp: untilTime }
    case 'offset':
      return untilOffset === undefined ? 'Until which offset?' : { at: 'offset', offset: untilOffset }
  }
}

/** How many of its settings differ from their defaults. */
export function changedChoices({
  mode,
  matchCase,
  wholeWord,
  parts,
  until,
  newestPerKey,
  untilFirst,
}: SearchForm): number {
  const isWords = mode !== 'expression'
  return [isWords && matchCase, mode === 'text' && wholeWord, isWords && parts.length < recordParts.length, until !== 'all', newestPerKey, untilFirst].filter(Boolean).length // oxfmt-ignore
}
