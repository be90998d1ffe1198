import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import { predicateOf } from '#shared/filters/compile.ts'
import { RecordFilter, type GivenFilter } from '#shared/filters/filter.ts'
import type { DecodeChoice, DecodeRule } from '#shared/model/decode-choice.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import { DecodeChain } from './decode-chain.ts'
import { Chains } from './topic-chains.ts'
import { CursorRecord } from './filter-record.ts'
import { decodedAt, sameChains, usualChain } from './fixtures/chains.ts'
import { RowDecoder } from './row-decoder.ts'
import { WorkerSchemas } from './worker-schemas.ts'

const bytes = (of: string | Uint8Array | null) => (typeof of === 'string' ? Buffer.from(of) : of)

/** A cursor that stands on one record, laid out as the cursor would find it. */
function record(
  key: string | Uint8Array | null,
  value: string | Uint8Array | null,
  headers: [string, string | Uint8Array][] = [],
) {
  const cursor = new RecordCursor()
  const parts: Uint8Array[] = []
  let at = 0
  const put = (part: Uint8Array | null): [number, number] => {
    if (part === null) return [-1, -1]
    parts.push(part)
    at += part.length
    return [at - part.length, at]
  }
  ;[cursor.keyStart, cursor.keyEnd] = put(bytes(key))
  ;[cursor.valueStart, cursor.valueEnd] = put(bytes(value))
  cursor.headersStart = at
  for (const [name, of] of headers) {
    const text = [Buffer.from([name.length * 2]), Buffer.from(name), Buffer.from([of.length * 2]), bytes(of)!]
    for (const part of text) put(part)
  }
  cursor.headerCount = headers.length
  cursor.bytes = Buffer.concat(parts)
  cursor.end = at
  return cursor
}

const verdict = (filter: GivenFilter, cursor: RecordCursor, chain = usualChain()) => {
  const decoder = new RowDecoder(sameChains(chain), decodedAt)
  decoder.at(cursor)
  return predicateOf(RecordFilter.parse(filter)).verdict(new CursorRecord(cursor, decoder))
}

describe('a text in a whole record', () => {
  const large = `${'x'.repeat((1 << 20) - 3)}NeedLe${'y'.repeat(50)}`
  it.each<[string, string, RecordCursor, boolean]>([
    ['a key', 'ORDER', record('order-1', null), true],
    ['a value', 'total', record(null, '{"Total":1}'), true],
    ['a header’s name', 'trace', record(null, null, [['Trace-Id', 'abc']]), true],
    ['a header’s value', 'abc', record(null, null, [['trace', 'ABC']]), true],
    ['no field: from a name into its value', 'trace\u0006abc', record(null, null, [['trace', 'abc']]), false],
    ['no field: from the key into the value', 'ab', record('a', 'b'), false],
    ['the seam of two pieces of a large value', 'needle', record(null, large), true],
    ['letters beyond ASCII', 'ÄRGER', record(null, 'kein ärger'), true],
    ['letters in pieces', 'привет', record(null, `${'ы'.repeat((1 << 19) - 2)}ПРИВЕТ`), true],
    ['bytes that are no text, by their hex', 'ff 00', record(null, Uint8Array.of(1, 0xff, 0, 2)), true],
    ['text that only looks like hex', '61 62', record(null, 'ab'), false],
    ['hex in a text', '61 62', record(null, 'is 61 62'), true],
    ['nothing', 'zebra', record('order-1', 'total', [['a', 'b']]), false],
  ])('is found in %s', (_, text, cursor, isFound) => {
    expect(verdict({ kind: 'text', text, matchCase: false }, cursor)).toBe(isFound ? 'match' : 'no')
  })

  it.each([
    ['NeedLe', true],
    ['needle', false],
    ['ärger', true],
    ['Ärger', false],
  ])('is found with the case of its letters: %s', (text, isFound) => {
    const cursor = record('k', 'a NeedLe and ärger')
    expect(verdict({ kind: 'text', text, matchCase: true }, cursor)).toBe(isFound ? 'match' : 'no')
  })

  it('is looked for in what a value was decoded to, not in how it is stored', () => {
    const chain = new DecodeChain([
      { encoding: 'number', isPlain: false, decode: (bytes) => ({ form: 'text', written: bytesOfText(`number ${bytes[0]}`) }) }, // oxfmt-ignore
    ])
    const cursor = record(null, Uint8Array.of(65))
    expect(verdict({ kind: 'text', text: 'number 65', matchCase: false }, cursor, chain)).toBe('match')
    expect(verdict({ kind: 'text', text: 'a', matchCase: false }, cursor, chain)).toBe('no')
  })

  it('has bytes that can be looked for at once only where each match must have them', () => {
    const literalOf = (text: string, matchCase: boolean) =>
      predicateOf(RecordFilter.parse({ kind: 'text', text, matchCase })).literal?.anyOf
    expect(literalOf('Order', true)).toEqual([bytesOfText('Order')])
    expect([literalOf('Order', false), literalOf('ff 00', true)]).toEqual([undefined, undefined])
  })
})

describe('a header for whose name something was chosen', () => {
  const chains = new Chains(new WorkerSchemas(() => undefined))
  const rule = (header: string | undefined, choice: DecodeChoice): DecodeRule => ({ topic: 'orders', part: 'header', ...(header === undefined ? {} : { header }), chain: [choice] }) // oxfmt-ignore
  const judged = (rules: DecodeRule[], filter: GivenFilter, ...headers: [string, string | Uint8Array][]) => {
    chains.set(1, 'c', { registry: null, rules })
    const decoder = new RowDecoder(chains.of('c', 'orders'), decodedAt)
    const cursor = record('k', 'v', headers)
    decoder.at(cursor)
    const { verdict: judge } = predicateOf(RecordFilter.parse(filter))
    return { verdict: judge(new CursorRecord(cursor, decoder)), isPlain: decoder.isPlainAt(cursor) }
  }
  const packed = rule('trace', { as: 'msgpack' })
  const expression = (source: string): GivenFilter => ({ kind: 'expression', source })

  it('is what that makes of it, in a text as in an expression, and is not passed over for its bytes', () => {
    const of = (filter: GivenFilter) => judged([packed], filter, ['trace', Uint8Array.of(0x81, 0xa2, 0x69, 0x64, 7)])
    expect(of({ kind: 'text', text: '{"id":7}' })).toEqual({ verdict: 'match', isPlain: false })
    expect(of(expression('headers.trace.id == 7')).verdict).toBe('match')
    expect(of(expression('headers.trace.id == 8')).verdict).toBe('no')
    expect(of(expression('headers.all(name, name == "trace")')).verdict).toBe('match')
  })

  it('is the text that it was where nothing was chosen for its name, or the automatic way', () => {
    const json: [string, string] = ['meta', '{"id":7}']
    expect(judged([packed], expression('headers.meta == "{\\"id\\":7}"'), json).verdict).toBe('match')
    expect(judged([rule('meta', { as: 'json' })], expression('headers.meta.id == 7'), json).verdict).toBe('match')
    const none = judged([rule(undefined, { as: 'automatic' })], { kind: 'text', text: 'id' }, json)
    expect(none).toEqual({ verdict: 'match', isPlain: true })
    // Names are texts, whatever was chosen for what they name.
    const hex = [rule(undefined, { as: 'hex' })]
    expect(judged(hex, expression('headers.exists(name, name == "meta")'), json).verdict).toBe('match')
    expect(judged(hex, expression('headers.meta == b"{\\"id\\":7}"'), json).verdict).toBe('match')
  })

  it('cannot be judged where it is not what was chosen', () => {
    expect(judged([packed], expression('headers.trace == "no"'), ['trace', 'no']).verdict).toMatchObject({ cannot: 'undecodable' }) // oxfmt-ignore
    expect(judged([packed], { kind: 'text', text: 'no' }, ['trace', 'no']).verdict).toBe('match')
  })
})
