import type { RecordFilter } from './filter.ts'
import { NoFilter } from './predicate.ts'
import { re2Of } from './regex.ts'

/** `to` is exclusive. */
export interface TextPlace {
  readonly from: number
  readonly to: number
}

/** Where in a text that is shown stands what a filter looks for: in order, apart, and the first few of them. */
export type MarkFinder = (text: string) => readonly TextPlace[]

/** Of one text: a cell shows no more. */
const MOST = 50
/** One letter or digit of an expression stands everywhere. */
const SHORTEST = 2

/**
 * Finds what made a record match, to be marked; undefined: there is nothing to mark. It judges nothing: of an expression it
 * finds the literals, wherever they stand.
 */
export function placesOf(filter: RecordFilter): MarkFinder | undefined {
  switch (filter.kind) {
    case 'text':
      return words([filter.text], filter.matchCase, filter.wholeWord)
    case 'regex':
      return pattern(filter.pattern, filter.matchCase)
    case 'expression':
      return words(literalsOf(filter.source), true, true)
    case 'all':
    case 'any':
      return merged(filter.of.map(placesOf).filter((one) => one !== undefined))
    case 'not':
      return undefined
  }
}

function words(needles: readonly string[], matchCase: boolean, isWhole: boolean): MarkFinder | undefined {
  const folded = (text: string): string => (matchCase ? text : text.toLowerCase())
  const finders = needles
    .filter((needle) => needle !== '')
    .map((needle): MarkFinder => {
      const sought = folded(needle)
      return (text) => {
        const within = folded(text)
        const places: TextPlace[] = []
        // Letters whose other case has another length: places in the one are none in the other.
        if (within.length !== text.length) return places
        for (let at = within.indexOf(sought); at !== -1 && places.length < MOST; at = within.indexOf(sought, at + 1)) {
          const to = at + sought.length
          const isApart = at >= (places.at(-1)?.to ?? 0)
          if (isApart && (!isWhole || (isEdge(within, at, at - 1) && isEdge(within, to - 1, to)))) places.push({ from: at, to }) // prettier-ignore
        }
        return places
      }
    })
  return merged(finders)
}

const WORD = /[\p{L}\p{N}_]/u

/** Whether a word ends between the two: what begins or ends with a sign has an edge there. */
function isEdge(text: string, inside: number, outside: number): boolean {
  return !WORD.test(text[inside] ?? '') || !WORD.test(text[outside] ?? '')
}

function pattern(source: string, matchCase: boolean): MarkFinder | undefined {
  try {
    const regex = re2Of(source, matchCase)
    return (text) => {
      const places: TextPlace[] = []
      const matcher = regex.matcher(text)
      while (places.length < MOST && matcher.find()) if (matcher.end() > matcher.start()) places.push({ from: matcher.start(), to: matcher.end() }) // prettier-ignore
      return places
    }
  } catch (error) {
    if (error instanceof NoFilter) return undefined
    throw error
  }
}

/** The texts and numbers that an expression names. */
function literalsOf(source: string): string[] {
  const found = source.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(?<![\w.])(\d[\d.]*)/g)
  const texts = [...found].map(([, double, single, number]) =>
    (double ?? single ?? number ?? '').replaceAll(/\\(.)/g, '$1'),
  )
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST).slice(0, 20)
}

function merged(finders: readonly MarkFinder[]): MarkFinder | undefined {
  const [only] = finders
  if (only === undefined || finders.length === 1) return only
  return (text) => {
    const places: TextPlace[] = []
    for (const place of finders.flatMap((find) => find(text)).toSorted((a, b) => a.from - b.from || b.to - a.to))
      if (place.from >= (places.at(-1)?.to ?? 0)) places.push(place)
    return places.slice(0, MOST)
  }
}
