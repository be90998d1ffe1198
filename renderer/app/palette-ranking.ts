/** How well a text matches what was typed: higher is better, 0 means no match. */
export function scoreText(text: string, query: string): number {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return 1
  const lowered = text.toLowerCase()
  let total = 0
  for (const word of words) {
    const score = scoreWord(lowered, word)
    if (score === 0) return 0
    total += score
  }
  // Of equal matches the shorter text is more likely meant.
  return total / words.length - Math.min(text.length, 200) / 10_000
}

/** Whether only the letters of a word occur in order, as in many a long text, but not the word itself. */
export function isLoose(text: string, query: string): boolean {
  const lowered = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .some((word) => !lowered.includes(word))
}

function scoreWord(text: string, word: string): number {
  if (text === word) return 100
  if (text.startsWith(word)) return 80
  const at = text.indexOf(word)
  if (at > 0) return /[\W_]/.test(text[at - 1]!) ? 60 : 40 // at > 0
  return isSubsequence(text, word) && word.length >= 2 ? 10 : 0
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

/** The best `limit` of many without sorting all: 5,000 topics are scored with each key press. */
export function best<T>(items: Iterable<T>, textOf: (item: T) => string, query: string, limit: number): T[] {
  const scored: { item: T; score: number }[] = []
  for (const item of items) {
    const score = scoreText(textOf(item), query)
    if (score > 0) scored.push({ item, score })
  }
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item)
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
