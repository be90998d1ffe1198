/** `to` is exclusive. */
export interface TextPlace {
  readonly from: number
  readonly to: number
}

/** Finds in a displayed text what a filter searches for: the first few places, in order and without overlap. */
export type MarkFinder = (text: string) => readonly TextPlace[]

/** Places per text: a cell does not show more. */
export const MOST_MARKS = 50

/** The places of any of these texts; `isWhole`: only where no letter, digit or underscore is next to it. */
export function markedTexts(needles: readonly string[], matchCase: boolean, isWhole: boolean): MarkFinder | undefined {
  const folded = (text: string): string => (matchCase ? text : text.toLowerCase())
  const finders = needles
    .filter((needle) => needle !== '')
    .map((needle): MarkFinder => {
      const sought = folded(needle)
      return (text) => {
        const within = folded(text)
        const places: TextPlace[] = []
        // Some letters have another length in the other case, so places in the lower-case text would be wrong.
        if (within.length !== text.length) return places
        for (
          let at = within.indexOf(sought);
          at !== -1 && places.length < MOST_MARKS;
          at = within.indexOf(sought, at + 1)
        ) {
          const to = at + sought.length
          const isApart = at >= (places.at(-1)?.to ?? 0)
          if (isApart && (!isWhole || (isEdge(within, at, at - 1) && isEdge(within, to - 1, to)))) places.push({ from: at, to }) // oxfmt-ignore
        }
        return places
      }
    })
  return mergedMarks(finders)
}

const WORD = /[\p{L}\p{N}_]/u

/**
 * Whether a word ends between the two characters; a text that begins or ends with another character always has an edge there.
 */
function isEdge(text: string, inside: number, outside: number): boolean {
  return !WORD.test(text[inside] ?? '') || !WORD.test(text[outside] ?? '')
}

export function mergedMarks(finders: readonly MarkFinder[]): MarkFinder | undefined {
  const [only] = finders
  if (only === undefined || finders.length === 1) return only
  return (text) => {
    const places: TextPlace[] = []
    for (const place of finders.flatMap((find) => find(text)).toSorted((a, b) => a.from - b.from || b.to - a.to))
      if (place.from >= (places.at(-1)?.to ?? 0)) places.push(place)
    return places.slice(0, MOST_MARKS)
  }
}
