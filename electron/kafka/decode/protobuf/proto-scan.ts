import { SchemaProblem } from '../codec.ts'

/** Messages, fields and values: several times what the largest public interfaces have, read in a second or two. */
const MOST_DECLARATIONS = 100_000

/** Space and comments; texts; words and numbers; anything else, a character at a time. */
const token = /(\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([A-Za-z_][\w]*)|([^])/gy

export type ProtoEdition = 'proto2' | 'proto3' | '2023' | '2024'

/**
 * Looks a .proto over before it is parsed: in which edition it is written, and whether the parser can be trusted with it.
 * Throws `SchemaProblem`.
 */
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
      // It would be lost without a word: the parser keeps names as keys of objects.
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

/** The line of the first use of a word that is none of a comment's; null: it is nowhere. */
export function placeOfWord(name: string, text: string, word: string): string | null {
  const last = word.slice(word.lastIndexOf('.') + 1)
  token.lastIndex = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[3] === last) return placeIn(name, text, found.index)
  }
  return null
}
