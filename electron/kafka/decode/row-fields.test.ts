import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { fieldKinds, type RowField } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { CursorHeaders, type RecordHeaders } from '../records/headers.ts'
import type { DecodedBytes } from './decode-chain.ts'
import { contextOf, noHeaders, usualChain } from './fixtures/chains.ts'
import { RowFields } from './row-fields.ts'

const decodeHeader = (bytes: Uint8Array) => usualChain('header').decode(bytes, contextOf('header'))
const of = (value: Value): DecodedBytes => ({
  as: { encoding: 'x', form: 'json', attempts: [] },
  written: new Uint8Array(0),
  value: () => value,
  missing: null,
})
const text = (value: string): Value => ({ kind: 'text', value })

function picked(fields: RowField[], value: DecodedBytes | null, headers: RecordHeaders = noHeaders) {
  const rows = new RowFields(fields)
  rows.push(null, value, headers, decodeHeader)
  const { kind, text: bytes, ends, count } = rows.take()
  expect([count, kind.length, ends.length]).toEqual([fields.length, fields.length, fields.length])
  return fields.map((_, i) => [fieldKinds[kind[i]!], utf8Text(bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]))])
}
const at = (...path: (string | number)[]): RowField => ({ part: 'value', path })

describe('fields of rows', () => {
  const value = of({
    kind: 'record',
    fields: [
      { name: 'lines', value: { kind: 'list', items: [text('a'), { kind: 'integer', value: 2n ** 63n }] } },
      {
        name: 'tags',
        value: { kind: 'map', entries: [{ key: { kind: 'integer', value: 7n }, value: text('seven') }] },
      },
      { name: 'at', value: { kind: 'integer', value: 5n, meant: '1970-01-01T00:00:00.005Z' } },
      { name: 'none', value: { kind: 'null' } },
      { name: 'raw', value: { kind: 'bytes', value: Uint8Array.of(1, 255) } },
      { name: 'x', value: { kind: 'float', value: Number.NaN } },
    ],
  })

  it.each<[RowField, string, string]>([
    [at('lines', 0), 'text', 'a'],
    [at('lines', 1), 'integer', '9223372036854775808'],
    [at('lines', 2), 'absent', ''],
    [at('lines', 'length'), 'absent', ''],
    [at('lines'), 'list', '["a",9223372036854775808]'],
    [at('tags', '7'), 'text', 'seven'],
    [at('at'), 'meant', '1970-01-01T00:00:00.005Z'],
    [at('none'), 'null', 'null'],
    [at('none', 'deeper'), 'absent', ''],
    [at('raw'), 'bytes', '01 ff'],
    [at('x'), 'float', 'NaN'],
    [at('__proto__'), 'absent', ''],
    [{ part: 'key', path: ['id'] }, 'absent', ''],
    [{ part: 'header', path: ['trace'] }, 'absent', ''],
  ])('%j is %s %s', (field, kind, shown) => {
    expect(picked([field], value)).toEqual([[kind, shown]])
  })

  it('make one tree of a value, however many of them there are, and none of a value that nobody asked for', () => {
    let made = 0
    const counted = { ...value, value: () => ((made += 1), value.value!()) }
    picked([at('at'), at('none'), at('lines')], counted)
    expect(made).toBe(1)
    picked([{ part: 'header', path: ['a'] }], counted)
    expect(made).toBe(1)
  })

  it('are cut at 256 bytes, between characters', () => {
    const [[, shown]] = picked([at()], of(text('ä'.repeat(1_000)))) as [[string, string]]
    expect(shown).toBe('ä'.repeat(128))
    const [[, odd]] = picked([at()], of(text(`x${'€'.repeat(1_000)}`))) as [[string, string]]
    expect(odd).toBe(`x${'€'.repeat(85)}`)
  })

  it('are of the last header of a name', () => {
    const bytes = new Uint8Array([2, 0x61, 2, 0x31, 2, 0x62, 2, 0x32, 2, 0x61, 2, 0x33])
    const headers = new CursorHeaders()
    headers.at({ bytes, headersStart: 0, end: bytes.length, headerCount: 3 })
    expect(picked([{ part: 'header', path: ['a'] }], value, headers)).toEqual([['text', '3']])
  })

  it('are of a header by what was decoded of it: within it, and as it is meant', () => {
    const json = bytesOfText('{"id":129.90}')
    const name = bytesOfText('kafka_dlt-original-offset')
    const bytes = Uint8Array.of(
      2,
      0x61,
      2 * json.length,
      ...json,
      2 * name.length,
      ...name,
      16,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0x88,
    )
    const headers = new CursorHeaders()
    headers.at({ bytes, headersStart: 0, end: bytes.length, headerCount: 2 })
    const field = (...path: [string, ...(string | number)[]]): RowField => ({ part: 'header', path })
    const fields = [field('a', 'id'), field('a', 'none'), field('a'), field('kafka_dlt-original-offset')]
    expect(picked(fields, value, headers)).toEqual([
      ['float', '129.90'],
      ['absent', ''],
      ['text', '{"id":129.90}'],
      ['meant', '136'],
    ])
  })

  it('of what has no tree are the whole of it alone', () => {
    const plain = usualChain().decode(bytesOfText('plain'), contextOf('value'))
    expect(picked([at(), at('a')], plain)).toEqual([['text', 'plain'], ['absent', '']]) // oxfmt-ignore
    expect(picked([at(), at('a')], null)).toEqual([['null', 'null'], ['absent', '']]) // oxfmt-ignore
  })
})
