/** The number of parts above which a text is not parsed. Each member of an object costs as much as a dozen items of a list. */
export interface MostParts {
  items?: number
  members?: number
}

/**
 * JSON.parse, except for text nested deeper than anything of ours: V8 takes half a second per megabyte of open brackets, and
 * blocks everything meanwhile. The caller limits the text's length; since a hostile text of three bytes per part makes objects
 * a hundred times as large, `most` limits the parts (a RangeError).
 */
export function parseShallow(text: string, mostLevels: number = 64, most: MostParts = {}): unknown {
  const excess = excessOf(text, mostLevels, most)
  if (excess === 'levels') throw new SyntaxError(`It nests deeper than ${mostLevels} levels.`)
  if (excess !== null) throw new RangeError(`It has more than ${most[excess]} ${excess}.`)
  return JSON.parse(text) as unknown
}

/** Stops at the first bracket, comma or colon too many. Characters in strings do not count. */
function excessOf(
  text: string,
  mostLevels: number,
  { items: mostItems = Number.POSITIVE_INFINITY, members: mostMembers = Number.POSITIVE_INFINITY }: MostParts,
): 'levels' | 'items' | 'members' | null {
  let depth = 0
  let items = 0
  let members = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at)
        break
      case openList:
      case openObject:
        depth += 1
        if (depth > mostLevels) return 'levels'
        break
      case closeList:
      case closeObject:
        depth -= 1
        break
      case comma:
        items += 1
        if (items >= mostItems) return 'items'
        break
      case colon:
        members += 1
        if (members > mostMembers) return 'members'
    }
  }
  return null
}

/** Where the string that starts here ends; past the end of the text if it does not end. */
function endOfString(text: string, start: number): number {
  const first = text.indexOf('"', start + 1)
  if (first < 0) return text.length
  if (text.charCodeAt(first - 1) !== backslash) return first
  // A search per escape would be the slowest part of a text with many escapes.
  for (let at = start + 1; at < text.length; at += 1) {
    const one = text.charCodeAt(at)
    if (one === quote) return at
    if (one === backslash) at += 1
  }
  return text.length
}

const [quote, openList, openObject, closeList, closeObject, backslash, comma, colon] = Array.from('"[{]}\\,:', (c) =>
  c.charCodeAt(0),
)
