import type { TopicRow } from '#shared/contract/topics.ts'
import { boundsOf, placesWith, type TopicList } from '../stores/topics.ts'
import { wordsIn } from '../ui/words-in.ts'

/** How well a text matches these words: higher is better, 0 means no match. Below `least` it may be 0 as well. */
function scoreText(text: string, words: readonly string[], least: number): number {
  if (words.length === 0) return 1
  const lowered = text.toLowerCase()
  // What it can come to with one loose word: to look for its letters takes longer than all else.
  const isLooseEnough = (EXACT * (words.length - 1) + LOOSE) / words.length > least
  let total = 0
  for (const word of words) {
    const score = scoreWord(lowered, word, isLooseEnough)
    if (score === 0) return 0
    total += score
  }
  return total / words.length - shortFirst(text.length)
}

/** Whether only the letters of a word occur in order, as in many a long text, but not the word itself. */
export function isLoose(text: string, query: string): boolean {
  const lowered = text.toLowerCase()
  return wordsIn(query).some((word) => !lowered.includes(word))
}

const EXACT = 100
/** Of a word whose letters only occur in order. */
const LOOSE = 10

/** A lower-case letter or a digit of ASCII. */
const isWordCharacter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57)

function scoreWord(text: string, word: string, mayBeLoose: boolean): number {
  const at = text.indexOf(word)
  if (at >= 0) return scoreFound(text, at, word, 0, text.length)
  return mayBeLoose && word.length >= 2 && isSubsequence(text, word) ? LOOSE : 0
}

/** Of a word that is at `at`, in the name from `start` to `end`. */
function scoreFound(text: string, at: number, word: string, start: number, end: number): number {
  if (at === start) return end - start === word.length ? EXACT : 80
  return isWordCharacter(text.charCodeAt(at - 1)) ? 40 : 60
}

function isSubsequence(text: string, word: string): boolean {
  let from = 0
  for (const letter of word) {
    const at = text.indexOf(letter, from)
    if (at === -1) return false
    from = at + 1
  }
  return true
}

/** The best `limit` of many, equal ones in their order; all are scored with each key press. */
export function best<T>(items: Iterable<T>, textOf: (item: T) => string, query: string, limit: number): T[] {
  const words = wordsIn(query)
  return highest(items, (item, least) => scoreText(textOf(item), words, least), limit)
}

/**
 * As `best`, of topics by name; those in which only the letters occur count where no name contains the words. Of 200,000 names
 * a string each would be made and looked up with each key press: what contains them is scored where it lies.
 */
export function bestTopics(list: TopicList, query: string, limit: number): TopicRow[] {
  const words = wordsIn(query)
  const found = limit === 0 ? [] : placesWith(list, words)
  const { names, starts } = list
  const [first = '', ...others] = words
  // Without a pair or a list for each of them.
  const score = (place: number): number => {
    const start = starts[place] ?? 0
    const end = (starts[place + 1] ?? names.length + 1) - 1
    let total = scoreFound(names, names.indexOf(first, start), first, start, end)
    for (let at = 0; at < others.length; at += 1)
      total += scoreFound(names, names.indexOf(others[at]!, start), others[at]!, start, end) // at < others.length
    return total / words.length - shortFirst(end - start)
  }
  const places =
    found.length > 0
      ? highest(found, score, limit)
      : best(list.starts.keys(), (place) => list.names.slice(...boundsOf(list, place)), query, limit)
  return places.flatMap((place) => list.items[place] ?? [])
}

/** Of equal matches the shorter text is more likely meant. */
const shortFirst = (length: number): number => Math.min(length, 200) / 10_000

/** The `limit` items of the highest scores, equal ones in their order. What is not above `least` is of no use. */
function highest<T>(items: Iterable<T>, scoreOf: (item: T, least: number) => number, limit: number): T[] {
  if (limit === 0) return []
  const found: { item: T; score: number }[] = []
  let least = 0
  for (const item of items) {
    const score = scoreOf(item, least)
    if (score <= least) continue
    const at = found.findIndex((one) => one.score < score)
    found.splice(at < 0 ? found.length : at, 0, { item, score })
    if (found.length > limit) found.pop()
    if (found.length === limit) least = found.at(-1)?.score ?? 0
  }
  return found.map(({ item }) => item)
}

export interface TypedCoordinates {
  topic: string
  partition: number
  offset: bigint | undefined
  /** Whether a topic of that name is visible with these rights. */
  isKnown: boolean
}

/**
 * Reads `orders/7/48 211 907`, `orders 7 48211907`, `orders/7`. With a slash, coordinates are meant, so a topic that is not
 * visible is accepted too: it may exist, and opening it shows the reason if it cannot be read.
 */
export function coordinatesIn(query: string, isTopic: (name: string) => boolean): TypedCoordinates | undefined {
  const match =
    /^\s*([A-Za-z0-9._-]+?)\s*(?:[\s/:@#]|\s\/\s)\s*(\d{1,9})(?:\s*[\s/:@#]\s*([\d\s\u2009\u202f_,]{1,26}))?\s*$/.exec(
      query,
    )
  if (match === null) return undefined
  const isKnown = isTopic(match[1]!) // this group takes part in every match
  if (!isKnown && (!query.includes('/') || match[1]!.length > 249)) return undefined // this group takes part in every match
  const digits = match[3]?.replace(/\D/g, '')
  if (digits !== undefined && (digits === '' || BigInt(digits) > 9_223_372_036_854_775_807n)) return undefined
  const offset = digits === undefined ? undefined : BigInt(digits)
  return { topic: match[1]!, partition: Number(match[2]), offset, isKnown } // this group takes part in every match
}
