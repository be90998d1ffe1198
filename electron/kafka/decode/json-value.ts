import type { Value } from '#shared/model/decoded-value.ts'
import { type JsonMember, type JsonNode, parseJson } from './exact-json-parser.ts'
import { cutDeeper, cutMore, textValue, TreeRoom } from './tree-limits.ts'

/** The tree of a JSON text, exact in every digit. The text must be valid JSON. */
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

/** Each number as it is written: 129.90 is not shown as 129.9, and a double holds neither 1e400 nor twenty digits. */
function numberValue(digits: string): Value {
  if (/^-?\d+$/.test(digits) && digits !== '-0') return { kind: 'integer', value: BigInt(digits) }
  const value = Number(digits)
  if (String(value) === digits) return { kind: 'float', value }
  return isPlain.test(digits) && !isExact(digits, value)
    ? { kind: 'decimal', digits }
    : { kind: 'float', value, written: digits }
}

const isPlain = /^-?\d+\.\d+$/

/** Whether a double has the same digits as this number, except for trailing zeros. */
function isExact(digits: string, value: number): boolean {
  return String(Math.abs(value)) === digits.replace('-', '').replace(/\.?0+$/, '')
}

function hasOneTwice(members: readonly JsonMember[]): boolean {
  return new Set(members.map(({ name }) => name)).size < members.length
}
