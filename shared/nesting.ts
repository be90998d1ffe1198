/**
 * JSON.parse, but not of what nests deeper than anything of ours: V8 takes half a second for each megabyte of open
 * brackets, and nothing else gets a turn meanwhile. Whoever calls bounds the text's length.
 */
export function parseShallow(text: string, mostLevels: number = 64): unknown {
  if (nestsDeeper(text, mostLevels)) throw new SyntaxError(`It nests deeper than ${mostLevels} levels.`)
  return JSON.parse(text) as unknown
}

/** Stops at the first bracket too many. What stands in strings does not count. */
function nestsDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at)
        break
      case openList:
      case openObject:
        depth += 1
        if (depth > most) return true
        break
      case closeList:
      case closeObject:
        depth -= 1
    }
  }
  return false
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

const [quote, openList, openObject, closeList, closeObject, backslash] = Array.from('"[{]}\\', (c) => c.charCodeAt(0))
