import type { ASTNode } from '@marcbachmann/cel-js'
import { bytesOfText } from '../../bytes.ts'
import { better, either, literal } from '../literal.ts'
import type { Literal, RecordPart } from '../predicate.ts'
import { literalsOf } from '../regex-literals.ts'
import { pathOf } from './paths.ts'

/** Variables that stand for a part of a key, a value or headers, as a macro's variable does. */
type Roots = ReadonlyMap<string, RecordPart>

/** Bytes that every record matching the expression has in its stored form; null: none are known. */
export function literalIn(node: ASTNode, roots: Roots = new Map()): Literal | null {
  switch (node.op) {
    case '&&':
      return better(literalIn(node.args[0], roots), literalIn(node.args[1], roots))
    case '||':
      return either(literalIn(node.args[0], roots), literalIn(node.args[1], roots))
    case '==': {
      const [left, right] = node.args
      return equalTo(rootOf(left, roots), right) ?? equalTo(rootOf(right, roots), left)
    }
    case 'in': {
      const [of, list] = node.args
      const root = rootOf(of, roots)
      if (list.op === 'list') return list.args.length === 0 ? null : list.args.map((one) => equalTo(root, one)).reduce(either) // oxfmt-ignore
      // The name of a field of an object, or an item of a list.
      return equalTo(rootOf(list, roots), of)
    }
    case 'call': {
      const [name, [of]] = node.args
      if (name !== 'has' || of?.op !== '.') return null
      const found = textIn(rootOf(of, roots), of.args[1])
      return found === null ? null : { ...found, areNames: true }
    }
    case 'rcall':
      return inMethod(node, roots)
    default:
      return null
  }
}

function inMethod(node: ASTNode & { op: 'rcall' }, roots: Roots): Literal | null {
  const [name, receiver, args] = node.args
  const root = rootOf(receiver, roots)
  const [first, second] = args
  if (name === 'exists' || name === 'exists_one') {
    if (root === null || first?.op !== 'id' || second === undefined) return null
    return literalIn(second, new Map([...roots, [first.args, root]]))
  }
  if (first?.op !== 'value' || typeof first.args !== 'string') return null
  if (['contains', 'startsWith', 'endsWith'].includes(name)) return textIn(root, first.args)
  if (name !== 'matches') return null
  return literalsOf(first.args)?.map((text) => textIn(root, text)).reduce(either) ?? null // oxfmt-ignore
}

/** The part of the record that a path leads into, or that a macro's variable was taken from. */
function rootOf(node: ASTNode, roots: Roots): RecordPart | null {
  const path = pathOf(node, roots)
  if (path !== null) return path.root
  let at = node
  while (at.op === '.' || at.op === '[]') at = at.args[0]
  return at.op === 'id' ? (roots.get(at.args) ?? null) : null
}

function equalTo(root: RecordPart | null, node: ASTNode): Literal | null {
  if (root === null) return null
  const of = node.op === '-_' && node.args.op === 'value' ? node.args.args : node.op === 'value' ? node.args : null
  if (typeof of === 'string') return textIn(root, of)
  if (of instanceof Uint8Array) return literal({ anyOf: [of], in: [root] })
  const isInteger = typeof of === 'bigint' || (typeof of === 'number' && Number.isSafeInteger(of))
  return isInteger && root !== 'headers'
    ? literal({ anyOf: spellingsOf(String(of)).map(bytesOfText), in: [root] })
    : null
}

/**
 * The spellings of a number in JSON. Whether it has a point or an exponent (4711, 4711.0, 4.711e3), its digits appear in order,
 * with at most a point between them. So either all digits are there in a row, or, with a point among many digits, the first or
 * the second half. The last digit is not certain: long numbers are rounded to doubles, and 4710.99999999999999 equals 4711.
 * Trailing zeros may be written as an exponent.
 */
function spellingsOf(written: string): string[] {
  const all = written.replace(/^-/, '')
  const digits = all.replace(/0+$/, '')
  if (digits.length > 5) {
    // Beyond 2^53 neighbouring doubles differ by more than 1.
    const sure = digits.slice(0, digits.length > 15 ? 12 : -1)
    const half = sure.length >> 1
    return [sure.slice(0, half), sure.slice(half)]
  }
  // The point may be among the nines; then one side of it has enough digits only if the other has few.
  if (digits.length < 3 || all.length - digits.length > 2) return []
  const pointed = Array.from({ length: digits.length - 1 }, (_, i) => `${digits.slice(0, i + 1)}.${digits.slice(i + 1)}`) // oxfmt-ignore
  return [digits, ...pointed, '99999999']
}

/** The longest part of a text that JSON writes unescaped, unless it uses `\u` escapes. */
function textIn(root: RecordPart | null, text: string): Literal | null {
  if (root === null) return null
  if (root === 'headers') return literal({ anyOf: [bytesOfText(text)], in: [root] })
  const runs = [...splitAtEscapes(text)].map((run) => bytesOfText(run))
  const longest = runs.reduce((one, other) => (other.length > one.length ? other : one), new Uint8Array())
  return literal({ anyOf: [longest], in: [root], orEscapes: true })
}

/** Quotes, backslashes and control characters are always escaped in JSON, slashes may be. */
function* splitAtEscapes(text: string): Iterable<string> {
  let run = ''
  for (const char of text) {
    const code = char.codePointAt(0)! // a string of one character
    if (code < 0x20 || code === 0x7f || '"\\/'.includes(char) || (code >= 0xd800 && code <= 0xdfff)) {
      yield run
      run = ''
    } else run += char
  }
  yield run
}
