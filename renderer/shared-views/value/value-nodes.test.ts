import { describe, expect, it } from 'vitest'
import type { Value } from '#shared/model/decoded-value.ts'
import { findNodes } from './find-nodes.ts'
import { isCutInside, isOpenAtFirst, nodesOf, pathText, pathTo, shownNodes } from './value-nodes.ts'
import { copiedValue, shownValue, typeNote, typeText } from './value-words.ts'

const text = (value: string): Value => ({ kind: 'text', value })
const integer = (value: bigint): Value => ({ kind: 'integer', value })
const order: Value = {
  kind: 'record',
  type: 'com.acme.Order',
  fields: [
    { name: 'id', value: integer(9_007_199_254_740_993n) },
    {
      name: 'lines',
      value: { kind: 'list', items: [{ kind: 'record', fields: [{ name: 'sku', value: text('A-1') }] }] },
    },
    { name: 'labels', value: { kind: 'map', entries: [{ key: text('a.b'), value: text('x') }, { key: integer(7n), value: { kind: 'cut', why: '1,200 more items' } }] } }, // oxfmt-ignore
  ],
}
const nodes = nodesOf(order)
const paths = (shown: readonly number[]) => shown.map((at) => pathText(pathTo(nodes, at)))

describe('a value as rows', () => {
  it('has a path for each value in it, and none for itself', () => {
    expect(paths([...nodes.keys()])).toEqual(['', 'id', 'lines', 'lines[0]', 'lines[0].sku', 'labels', 'labels["a.b"]', 'labels["7"]']) // oxfmt-ignore
    expect(nodes.map(({ level }) => level)).toEqual([-1, 0, 0, 1, 2, 0, 1, 1])
  })

  it('leaves out what is in a folded one', () => {
    expect(paths(shownNodes(nodes, (at) => at !== 2))).toEqual([
      'id',
      'lines',
      'labels',
      'labels["a.b"]',
      'labels["7"]',
    ])
  })

  it('shows a value that has no parts as one row', () => {
    const single = nodesOf(text('a'))
    expect(shownNodes(single, () => true)).toEqual([0])
    expect(shownNodes(nodesOf({ kind: 'record', fields: [] }), () => true)).toEqual([0])
  })

  it('is open throughout where it is small, and outermost where it is not', () => {
    expect(nodes.every((node) => isOpenAtFirst(nodes, node))).toBe(true)
    const items = Array.from({ length: 30 }, (_, i) => text(String(i)))
    const large = nodesOf({ kind: 'record', fields: [{ name: 'short', value: order }, { name: 'long', value: { kind: 'list', items: [...items, ...items] } }] }) // oxfmt-ignore
    expect(shownNodes(large, (at) => isOpenAtFirst(large, large[at]!))).toHaveLength(5)
  })

  it('knows where something was left out', () => {
    expect([isCutInside(nodes, 2), isCutInside(nodes, 5), isCutInside(nodes, 0)]).toEqual([false, true, true])
  })

  it('finds in names and values, whatever the case of their letters', async () => {
    const found = async (typed: string) => paths(await findNodes(nodes, typed))
    expect(await found('SKU')).toEqual(['lines[0].sku'])
    expect(await found('a-1')).toEqual(['lines[0].sku'])
    expect(await found('0993')).toEqual(['id'])
    expect(await found('more items')).toEqual(['labels["7"]'])
    // How many there are is not what was stored.
    expect(await found('1 item')).toEqual([])
  })

  it('takes twenty thousand nodes within a frame', () => {
    const items = Array.from({ length: 20_000 }, (_, i) => integer(BigInt(i)))
    const many = nodesOf({ kind: 'list', items })
    expect(shownNodes(many, () => true)).toHaveLength(20_000)
  })
})

describe('the words of a value', () => {
  it.each<[Value, string, string]>([
    [integer(-9_223_372_036_854_775_808n), '-9223372036854775808', 'integer'],
    [{ kind: 'float', value: Number.NaN }, 'NaN', 'number'],
    [{ kind: 'float', value: -0 }, '-0.0', 'number'],
    [{ kind: 'decimal', digits: '129.90', type: 'decimal(12,2)' }, '129.90', 'decimal(12,2)'],
    [text('a"b'), '"a"b"', 'string'],
    [{ kind: 'bytes', value: Uint8Array.of(0, 255) }, '00 ff', 'bytes'],
    [{ kind: 'bytes', value: new Uint8Array() }, 'no bytes', 'bytes'],
    [{ kind: 'enum', symbol: 'PAID', number: 2n }, 'PAID', 'enum'],
    [{ kind: 'list', items: [] }, 'no items', 'array'],
    [{ kind: 'record', fields: [{ name: 'a', value: { kind: 'null' } }] }, '1 field', 'object'],
    [{ kind: 'cut', why: '3 more fields' }, '… 3 more fields', ''],
  ])('%o is shown as %s of type %s', (value, shown, type) => {
    expect([shownValue(value).text, typeText(value)]).toEqual([shown, type])
  })

  it('are what is meant, beside what is stored', () => {
    const placed: Value = { kind: 'integer', value: 1_764_338_711_482n, type: 'timestamp-millis', meant: '2025-11-28T14:05:11.482Z' } // oxfmt-ignore
    expect(shownValue(placed)).toEqual({ text: '2025-11-28T14:05:11.482Z', tone: 'string', stored: '1764338711482' })
    expect(copiedValue(placed)).toBe('2025-11-28T14:05:11.482Z')
    expect(typeNote({ ...placed, branch: 'time' })).toContain('the branch time of a union')
  })

  it('are copied without a quote or a digit more or less', () => {
    expect([text('a"b'), integer(2n ** 63n), { kind: 'bytes' as const, value: Uint8Array.of(0, 254) }].map(copiedValue)).toEqual(['a"b', '9223372036854775808', 'AP4=']) // oxfmt-ignore
    expect(copiedValue(order)).toContain('{"id":9007199254740993,"lines":[{"sku":"A-1"}]')
  })
})
