import type { Value } from '#shared/model/value.ts'
import { decimalOf, decimalText } from './decimals.ts'
import { type JsonMember, type JsonNode, parseJson } from './json-places.ts'
import { cutDeeper, cutMore, textValue, TreeRoom } from './tree-limits.ts'

/** An exponent of four letters stands for thousands of digits, and there may be many. */
const MOST_WRITTEN = 1_000

/** The tree of a JSON text, exact in every digit. The text is JSON: somebody has looked. */
export function jsonValue(text: string): Value {
  return valueOf(parseJson(text), new TreeRoom(), 0)
}

function valueOf(node: JsonNode, room: TreeRoom, level: number): Value {
  if (!room.take(level)) return cutDeeper
  switch (node.kind) {
    case 'null':
      return { kind: 'null' }
    case 'boolean':
      return { kind: 'boolean', value: node.value }
    case 'number':
      return numberValue(node.digits)
    case 'text':
      return textValue(node.value)
    case 'list': {
      const items: Value[] = []
      for (const item of node.items) {
        if (room.isFull) break
        items.push(valueOf(item, room, level + 1))
      }
      if (items.length < node.items.length) items.push(cutMore(node.items.length - items.length, 'items'))
      return { kind: 'list', items }
    }
    case 'object': {
      const fields: { name: string; value: Value }[] = []
      for (const { name, value } of node.members) {
        if (room.isFull) break
        fields.push({ name, value: valueOf(value, room, level + 1) })
      }
      const left = node.members.length - fields.length
      if (left > 0) fields.push({ name: '…', value: cutMore(left, 'fields') })
      return { kind: 'record', ...(hasOneTwice(node.members) ? { type: 'object with a name twice' } : {}), fields }
    }
  }
}

/** As a number where it is one in all digits; 1e400 and longer fractions are decimals. */
function numberValue(digits: string): Value {
  if (/^-?\d+$/.test(digits) && digits !== '-0') return { kind: 'integer', value: BigInt(digits) }
  const number = Number(digits)
  const decimal = decimalOf(digits)
  if (decimal === null) return { kind: 'float', value: number, meant: digits }
  if (Number.isFinite(number)) {
    const other = decimalOf(String(number))!
    const scale = Math.max(decimal.scale, other.scale)
    const equal = (of: typeof decimal): bigint => of.unscaled * 10n ** BigInt(scale - of.scale)
    if (equal(decimal) === equal(other)) return { kind: 'float', value: number }
  }
  const text = decimalText(decimal)
  if (text === null || text.length > MOST_WRITTEN) return { kind: 'float', value: number, meant: digits }
  return { kind: 'decimal', digits: text }
}

function hasOneTwice(members: readonly JsonMember[]): boolean {
  return new Set(members.map(({ name }) => name)).size < members.length
}
