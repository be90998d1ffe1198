import { describe, expect, it } from 'vitest'
import type { Value } from '#shared/model/decoded-value.ts'
import { differences } from './value-diff.ts'
import { pathText } from './value-nodes.ts'

const text = (value: string): Value => ({ kind: 'text', value })
const integer = (value: bigint): Value => ({ kind: 'integer', value })
const record = (fields: Record<string, Value>): Value => ({
  kind: 'record',
  fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
})
const list = (...items: Value[]): Value => ({ kind: 'list', items })
const rows = (before: Value, after: Value) =>
  differences(before, after).rows.map(({ path, change }) => `${change} ${pathText(path)}`)

describe('what differs between two values', () => {
  it('is told by paths, wherever a field stands', () => {
    const before = record({ id: integer(1n), status: text('open'), customer: record({ id: integer(4711n), country: text('DE') }) }) // oxfmt-ignore
    const after = record({ customer: record({ country: text('AT'), id: integer(4711n), vip: text('yes') }), id: integer(1n) }) // oxfmt-ignore
    expect(rows(before, after)).toEqual(['removed status', 'changed customer.country', 'added customer.vip'])
    expect(differences(before, after)).toMatchObject({ same: 2, isPartial: false })
  })

  it('is exact: integers beyond 2^53, the scale of decimals, bytes that are drawn in part, null and absent', () => {
    const long = (last: number): Value => ({ kind: 'bytes', value: Uint8Array.from({ length: 100 }, (_, i) => (i === 99 ? last : 0)) }) // oxfmt-ignore
    const of = (id: bigint, digits: string, last: number) => record({ id: integer(id), total: { kind: 'decimal', digits }, blob: long(last) }) // oxfmt-ignore
    expect(rows(of(9_007_199_254_740_993n, '1.50', 1), of(9_007_199_254_740_992n, '1.5', 2))).toEqual(['changed id', 'changed total', 'changed blob']) // oxfmt-ignore
    expect(rows(record({ a: { kind: 'null' } }), record({}))).toEqual(['removed a'])
    expect(rows(of(1n, '1.5', 1), of(1n, '1.5', 1))).toEqual([])
  })

  it('compares items by their numbers and maps by their keys', () => {
    expect(rows(list(text('a'), text('b')), list(text('a'), text('c'), text('d')))).toEqual([
      'changed [1]',
      'added [2]',
    ])
    const map = (...keys: bigint[]): Value => ({ kind: 'map', entries: keys.map((key) => ({ key: integer(key), value: text('x') })) }) // oxfmt-ignore
    expect(rows(map(1n, 2n), map(2n, 3n))).toEqual(['removed ["1"]', 'added ["3"]'])
  })

  it('is one row for another kind, another branch, or a part that is there on one side only', () => {
    expect(rows(record({ a: text('1') }), record({ a: record({ b: text('1') }) }))).toEqual(['changed a'])
    expect(rows({ ...text('1'), branch: 'A' }, { ...text('1'), branch: 'B' })).toEqual(['changed '])
    expect(rows(record({}), record({ a: record({ b: text('1'), c: text('2') }) }))).toEqual(['added a'])
  })

  it('tells names apart that JSON says twice, and says where it compared a part only', () => {
    const twice = (last: string): Value => ({ kind: 'record', fields: [{ name: 'a', value: text('1') }, { name: 'a', value: text(last) }] }) // oxfmt-ignore
    expect(rows(twice('2'), twice('3'))).toEqual(['changed a'])
    expect(differences(list({ kind: 'cut', why: '5 more' }), list({ kind: 'cut', why: '5 more' }))).toMatchObject({ rows: [], isPartial: true }) // oxfmt-ignore
  })
})
