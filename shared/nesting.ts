/**
 * JSON.parse, but not of what nests deeper than anything of ours: V8 takes half a second for each megabyte of open
 * brackets, and nothing else gets a turn meanwhile. Whoever calls bounds the text's length; a stranger's text of three bytes
 * a part makes objects a hundred times as large, so `mostItems` bounds those (a RangeError).
 */
export function parseShallow(text: string, mostLevels: number = 64, mostItems = Number.POSITIVE_INFINITY): unknown {
  const excess = excessOf(text, mostLevels, mostItems)
  if (excess === 'levels') throw new SyntaxError(`It nests deeper than ${mostLevels} levels.`)
  if (excess === 'items') throw new RangeError(`It has more than ${mostItems} parts.`)
  return JSON.parse(text) as unknown
}

/** Stops at the first bracket or comma too many. What stands in strings does not count. */
function excessOf(text: string, mostLevels: number, mostItems: number): 'levels' | 'items' | null {
  let depth = 0
  let items = 0
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
    }
  }
  return null
}

/** Where the string that starts here ends; past the text when it does not. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

const [quote, openList, openObject, closeList, closeObject, backslash, comma] = Array.from('"[{]}\\,', (c) =>
  c.charCodeAt(0),
)
