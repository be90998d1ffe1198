import { SchemaProblem } from '../codec.ts'

/**
 * The limit on messages, fields and enum values: several times what the largest public APIs have, parsed in a second or two.
 */
const MOST_DECLARATIONS = 100_000

/** White space and comments; strings; words and numbers; any other single character. */
const token = /(\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([A-Za-z_][\w]*)|([^])/gy

export type ProtoEdition = 'proto2' | 'proto3' | '2023' | '2024'

/** Scans a .proto before it is parsed: for its edition, and whether the parser can safely read it. Throws `SchemaProblem`. */
export function scanProto(text: string, name: string): ProtoEdition {
  let edition: ProtoEdition = 'proto2'
  let declarations = 0
  let before = ''
  let isSyntax = false
  token.lastIndex = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [all, space, quoted, word] = found
    if (space !== undefined) continue
    if (quoted !== undefined) {
      if (isSyntax && before === '=') edition = editionOf(quoted.slice(1, -1), () => placeIn(name, text, found.index))
    } else if (word !== undefined) {
      isSyntax = word === 'syntax' || word === 'edition'
      // It would be lost silently: the parser uses names as object keys.
      if (word === '__proto__') throw new SchemaProblem('"__proto__" cannot be a name here.', placeIn(name, text, found.index)) // oxfmt-ignore
    } else if (all === '}' || all === ';') {
      declarations += 1
      if (declarations > MOST_DECLARATIONS) throw new SchemaProblem('It declares more than can be read.', placeIn(name, text, found.index)) // oxfmt-ignore
    } else if (all === '"' || all === "'") throw new SchemaProblem('A text that begins here does not end.', placeIn(name, text, found.index)) // oxfmt-ignore
    before = all
  }
  return edition
}

function editionOf(text: string, place: () => string): ProtoEdition {
  if (text === 'proto2' || text === 'proto3' || text === '2023' || text === '2024') return text
  throw new SchemaProblem(`"${text.slice(0, 100)}" is no syntax or edition that is known.`, place())
}

/** "orders.proto, line 7". */
export function placeIn(name: string, text: string, at: number): string {
  let line = 1
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line += 1
  return linePlace(name, line)
}

export function linePlace(name: string, line: number): string {
  return name === '' ? `line ${line}` : `${name}, line ${line}`
}

/** The line where a word is first used outside comments; null: nowhere. */
export function placeOfWord(name: string, text: string, word: string): string | null {
  const last = word.slice(word.lastIndexOf('.') + 1)
  token.lastIndex = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[3] === last) return placeIn(name, text, found.index)
  }
  return null
}
