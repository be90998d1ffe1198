import type { RecordFilter } from '#shared/filters/filter.ts'
import { recordParts, type RecordPart } from '#shared/filters/predicate.ts'
import type { Place } from '#shared/model/place.ts'

export type SearchMode = 'text' | 'regex' | 'expression'

/** Where the range of a search ends: as far as the log goes, at a time, or at an offset of each partition. */
export type SearchUntil = 'all' | 'timestamp' | 'offset'

/** What is looked for, and how: beside where reading starts, which is the list's own choice. */
export interface SearchForm {
  readonly mode: SearchMode
  /** The expression is shown as rows, too. */
  readonly isForm: boolean
  /** Of each mode what was typed in it: words are no pattern, and a pattern no expression. */
  readonly texts: Readonly<Record<SearchMode, string>>
  /** Expressions that have to hold beside words or a pattern: what cells and fields were chosen for. */
  readonly conditions: readonly string[]
  readonly matchCase: boolean
  readonly wholeWord: boolean
  readonly parts: readonly RecordPart[]
  readonly until: SearchUntil
  readonly untilTime: bigint | undefined
  readonly untilOffset: bigint | undefined
  /** Of each key its newest record only. */
  readonly newestPerKey: boolean
  /** A Follow by it ends with the first match. */
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

/** As long as such a filter may be. */
const MOST_CHARACTERS: Readonly<Record<SearchMode, number>> = { text: 1_000, regex: 1_000, expression: 10_000 }

export function typedText({ mode, texts }: SearchForm): string {
  return texts[mode].trim().slice(0, MOST_CHARACTERS[mode])
}

/** All that is looked for, in words: what was typed, and what has to hold beside. */
export function formWords(form: SearchForm): string {
  return [typedText(form), ...form.conditions].filter((words) => words !== '').join(' && ')
}

/** What the form stands for; null: nothing is looked for. */
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

/** What of the form makes this filter; undefined: several filters together are none of its modes. */
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

/** Newest first where reading starts at the newest: the way that the list itself goes. */
export function directionFrom(start: Place): 'forward' | 'backward' {
  return start.at === 'high-watermark' ? 'backward' : 'forward'
}

/** The end of the range that the start is not, or the question that is still open. */
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

/** How many of its choices are not as they were at first. */
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
