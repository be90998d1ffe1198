import { decode as cborgDecode, encode as cborgEncode } from 'cborg'
import { encode as msgpackEncode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { floatJson, jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { Random } from '../avro/fixtures/random.ts'
import { cbor } from './cbor.ts'
import type { Decoder, Success } from '../decoder.ts'
import { contextOf } from '../fixtures/chains.ts'
import { messagePack } from './message-pack.ts'

const context = contextOf('value')
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

function answerOf(decoder: Decoder, bytes: Uint8Array): Success {
  const answer = decoder.decode(bytes, context)
  if (answer === null || !('form' in answer)) throw new Error(JSON.stringify(answer))
  return answer
}
const textOf = (decoder: Decoder, bytes: Uint8Array): string =>
  Buffer.from(answerOf(decoder, bytes).written!).toString()
const treeOf = (decoder: Decoder, bytes: Uint8Array): Value => answerOf(decoder, bytes).value!()
const reasonOf = (decoder: Decoder, bytes: Uint8Array): unknown => decoder.decode(bytes, context)

/** What Python's msgpack 1.2 wrote, and what it means; then what none of its types make. */
const messagePacks: [hex: string, json: string][] = [
  ['00', '0'],
  ['7f', '127'],
  ['cc80', '128'],
  ['ccff', '255'],
  ['cd0100', '256'],
  ['ce00010000', '65536'],
  ['ceffffffff', '4294967295'],
  ['cf0000000100000000', '4294967296'],
  ['cf0020000000000001', '9007199254740993'],
  ['cfffffffffffffffff', '18446744073709551615'],
  ['ff', '-1'],
  ['e0', '-32'],
  ['d0df', '-33'],
  ['d1ff7f', '-129'],
  ['d280000000', '-2147483648'],
  ['d3ffffffff7fffffff', '-2147483649'],
  ['d38000000000000000', '-9223372036854775808'],
  ['c3', 'true'],
  ['c2', 'false'],
  ['c0', 'null'],
  ['cb3ff8000000000000', '1.5'],
  ['cb8000000000000000', '-0.0'],
  ['cb7ff8000000000000', '"NaN"'],
  ['cb7ff0000000000000', '"Infinity"'],
  ['a0', '""'],
  ['bf61616161616161616161616161616161616161616161616161616161616161', `"${'a'.repeat(31)}"`],
  ['d902c3bc', '"ü"'],
  ['c400', '""'],
  ['c40200ff', '"AP8="'],
  ['9201920290', '[1,[2,[]]]'],
  ['82a16101a16281a16391c3', '{"a":1,"b":{"c":[true]}}'],
  ['8201a178fea179', '{"1":"x","-2":"y"}'],
  ['81c4016bcb3ff4000000000000', '{"aw==":1.25}'],
  ['d7ff1c9c38006929dd0b', '"2025-11-28T17:34:03.120000000Z"'],
  ['d6ff00000001', '"1970-01-01T00:00:01.000Z"'],
  ['c70cff3b9ac9ffffffffffffffffff', '"1969-12-31T23:59:59.999999999Z"'],
  ['d5050102', '{"ext 5":"AQI="}'],
  ['c70307616263', '{"ext 7":"YWJj"}'],
  ['ca3fc00000', '1.5'],
  ['da0001 61', '"a"'],
  ['db00000001 61', '"a"'],
  ['c50001 61', '"YQ=="'],
  ['dd00000001 c0', '[null]'],
  ['df00000001 a161 c0', '{"a":null}'],
  ['82a16101a16102', '{"a":1,"a":2}'],
  ['a1ff', '{"bytes":"/w=="}'],
  ['81a1ff01', '{"/w==":1}'],
  ['d4ff00', '{"ext -1":"AA=="}'],
]

/** What Python's cbor2 6.3 wrote, then examples of RFC 8949, Appendix A, and what else there is. */
const cbors: [hex: string, json: string][] = [
  ['00', '0'],
  ['17', '23'],
  ['1818', '24'],
  ['1bffffffffffffffff', '18446744073709551615'],
  ['c249010000000000000000', '18446744073709551616'],
  ['20', '-1'],
  ['3bffffffffffffffff', '-18446744073709551616'],
  ['c349010000000000000000', '-18446744073709551617'],
  ['fb3ff199999999999a', '1.1'],
  ['f97e00', '"NaN"'],
  ['f97c00', '"Infinity"'],
  ['fb8000000000000000', '-0.0'],
  ['420102', '"AQI="'],
  ['62c3bc', '"ü"'],
  ['8201820203', '[1,[2,3]]'],
  ['a161618101', '{"a":[1]}'],
  ['a201022204', '{"1":2,"-3":4}'],
  ['f7', 'null'],
  ['f8ff', '{"simple":255}'],
  ['c48221196ab3', '273.15'],
  ['c4820301', '1000'],
  ['c074323031332d30332d32315432303a30343a30305a', '{"tag 0":"2013-03-21T20:04:00Z"}'],
  ['d8255012345678123456781234567812345678', '"12345678-1234-5678-1234-567812345678"'],
  ['c11a514b67b0', '"2013-03-21T20:04:00.000Z"'],
  ['c1fb41d452d9ec200000', '"2013-03-21T20:04:00.500000Z"'],
  ['d82068687474703a2f2f78', '{"tag 32":"http://x"}'],
  ['d9d9f7a1616101', '{"a":1}'],
  ['1a000f4240', '1000000'],
  ['1b000000e8d4a51000', '1000000000000'],
  ['3903e7', '-1000'],
  ['f90000', '0'],
  ['f98000', '-0.0'],
  ['f93c00', '1'],
  ['f93e00', '1.5'],
  ['f97bff', '65504'],
  ['fa47c35000', '100000'],
  ['fa7f7fffff', '3.4028234663852886e+38'],
  ['fb7e37e43c8800759c', '1e+300'],
  ['f90001', '5.960464477539063e-8'],
  ['f90400', '0.00006103515625'],
  ['f9c400', '-4'],
  ['f9fc00', '"-Infinity"'],
  ['f0', '{"simple":16}'],
  ['d74401020304', '{"tag 23":"AQIDBA=="}'],
  ['d818456449455446', '{"tag 24":"ZElFVEY="}'],
  ['40', '""'],
  ['6449455446', '"IETF"'],
  ['62225c', '"\\"\\\\"'],
  ['64f0908591', '"𐅑"'],
  ['5f42010243030405ff', '"AQIDBAU="'],
  ['7f657374726561646d696e67ff', '"streaming"'],
  ['9fff', '[]'],
  ['9f018202039f0405ffff', '[1,[2,3],[4,5]]'],
  ['83018202039f0405ff', '[1,[2,3],[4,5]]'],
  ['bf61610161629f0203ffff', '{"a":1,"b":[2,3]}'],
  ['bf6346756ef563416d7421ff', '{"Fun":true,"Amt":-2}'],
  ['a2616101616102', '{"a":1,"a":2}'],
  ['a182010204', '{"[1,2]":4}'],
  ['a1a1616101 02', '{"{\\"a\\":1}":2}'],
  ['61ff', '{"bytes":"/w=="}'],
  ['c5822003', '{"tag 5":[-1,3]}'],
  ['c100', '"1970-01-01T00:00:00.000Z"'],
  ['c1f6', '{"tag 1":null}'],
  ['c2c24101', '{"tag 2":1}'],
  ['d820d82101', '{"tag 32":{"tag 33":1}}'],
]

describe.each([
  ['MessagePack', messagePack, messagePacks],
  ['CBOR', cbor, cbors],
] as const)('%s', (_, decoder, vectors) => {
  it.each(vectors)('%s is %s, as a row and as a tree', (hex, json) => {
    expect(textOf(decoder, bytesOf(hex))).toBe(json)
    expect(jsonOf(treeOf(decoder, bytesOf(hex)))).toBe(json)
  })

  it('is cut nowhere without a word', () => {
    for (const [hex] of vectors) {
      const bytes = bytesOf(hex)
      for (let end = 0; end < bytes.length; end += 1)
        expect(reasonOf(decoder, bytes.subarray(0, end))).toHaveProperty('reason')
      expect(reasonOf(decoder, Uint8Array.from([...bytes, 0]))).toEqual({ reason: 'after its value more follows' })
    }
  })
})

describe('what a tree says of it', () => {
  it('has a map for keys that are no texts, and a record for the others, all that are there twice kept', () => {
    expect(treeOf(messagePack, bytesOf('8201a178fea179'))).toMatchObject({
      kind: 'map',
      entries: [{ key: { kind: 'integer', value: 1n } }, {}],
    })
    expect(treeOf(cbor, bytesOf('a2616101616102'))).toMatchObject({
      kind: 'record',
      type: 'map with a key twice',
      fields: [{}, {}],
    })
    expect(treeOf(messagePack, bytesOf('82a9 5f5f70726f746f5f5f 01 a161 02'))).toMatchObject({
      fields: [{ name: '__proto__' }, { name: 'a' }],
    })
  })

  it('has what is stored beside what it means', () => {
    expect(treeOf(cbor, bytesOf('c11a514b67b0'))).toEqual({ kind: 'integer', value: 1_363_896_240n, type: 'time', meant: '2013-03-21T20:04:00.000Z' }) // oxfmt-ignore
    expect(treeOf(cbor, bytesOf('f7'))).toEqual({ kind: 'null', type: 'undefined' })
    expect(treeOf(messagePack, bytesOf('d6ff00000001'))).toMatchObject({ kind: 'bytes', type: 'timestamp' })
  })

  it('is cut where it is large, and says by how much', () => {
    const many = Uint8Array.from([0xdc, 0xff, 0xff, ...Array.from({ length: 65_535 }, () => 1)])
    expect(treeOf(messagePack, many)).toMatchObject({
      kind: 'list',
      items: { length: 20_000, 19999: { kind: 'cut', why: '45,536 more items' } },
    })
    const entries = Uint8Array.from([0xbf, ...Array.from({ length: 60_000 }, () => 1), 0xff])
    const map = treeOf(cbor, entries)
    expect(map.kind === 'map' && map.entries.at(-1)).toMatchObject({
      key: { value: '…' },
      value: { kind: 'cut', why: '20,000 more entries' },
    })
    expect(JSON.parse(textOf(messagePack, many))).toHaveLength(65_535)
    const deep = Uint8Array.from([...Array.from({ length: 500 }, () => 0x91), 0xc0])
    expect(jsonOf(treeOf(messagePack, deep))).toMatch(/^\[{100}"… more than a tree shows"\]{100}$/)
  })
})

describe('bytes that mean harm', () => {
  const levels = { reason: 'nested more than 1,000 levels deep' }

  it('nest 200,000 arrays: a reason, and no stack that overflows', () => {
    const deep = (head: number): Uint8Array => new Uint8Array(200_000).fill(head)
    for (const head of [0x91, 0x81]) expect(reasonOf(messagePack, deep(head))).toEqual(levels)
    for (const head of [0x81, 0x9f, 0xa1, 0xbf, 0xc6]) expect(reasonOf(cbor, deep(head))).toEqual(levels)
  })

  it.each([
    ['dd ffffffff', 'it ends in the middle of a value'],
    ['df ffffffff', 'it ends in the middle of a value'],
    ['db ffffffff 61', 'it ends in the middle of a value'],
    ['c1', 'a byte that begins no value (0xc1)'],
    ['', 'it ends in the middle of a value'],
    ['c0c0', 'after its value more follows'],
  ])('MessagePack %s: %s', (hex, reason) => {
    expect(reasonOf(messagePack, bytesOf(hex))).toEqual({ reason })
  })

  it.each([
    ['9b ffffffffffffffff', 'it ends in the middle of a value'],
    ['bb 4000000000000000 01', 'it ends in the middle of a value'],
    ['7b ffffffffffffffff 61', 'it ends in the middle of a value'],
    ['bf 01 ff', 'a map that ends behind a key'],
    ['ff', 'the end of a list that did not begin, or has a length'],
    ['81ff', 'the end of a list that did not begin, or has a length'],
    ['9f c5 ff', 'the end of a list that did not begin, or has a length'],
    ['1c', 'a byte that begins no value'],
    ['1f', 'a byte that begins no value'],
    ['df', 'a byte that begins no value'],
    ['f801', 'a byte that begins no value'],
    ['7f 4101 ff', 'a piece of a text or of bytes that is none'],
    ['5f 5f4101ff ff', 'a piece of a text or of bytes that is none'],
    ['9f 01', 'it ends in the middle of a value'],
    ['', 'it ends in the middle of a value'],
  ])('CBOR %s: %s', (hex, reason) => {
    expect(reasonOf(cbor, bytesOf(hex))).toEqual({ reason })
  })
})

describe('what other libraries write', () => {
  const texts = ['', 'a', 'größer', '"\\\n', '🦆', '__proto__', '7', 'x'.repeat(300)]
  const numbers = [
    0,
    1,
    -1,
    127,
    128,
    -33,
    255,
    256,
    65_536,
    -65_537,
    4_294_967_296,
    1.5,
    -0.1,
    1e300,
    Number.MAX_SAFE_INTEGER,
  ]
  const bigs = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 9_007_199_254_740_993n]

  function anyValue(random: Random, levels: number): unknown {
    switch (random.below(levels > 0 ? 8 : 6)) {
      case 0:
        return random.one([null, true, false])
      case 1:
        return random.one(bigs)
      case 2:
        return random.one([NaN, Infinity, -Infinity, 0.5])
      case 3:
        return Uint8Array.from({ length: random.below(40) }, () => random.below(256))
      case 4:
        return random.one(texts)
      case 5:
        return random.one(numbers)
      case 6:
        return Array.from({ length: random.below(20) }, () => anyValue(random, levels - 1))
      default:
        // A name that JavaScript keeps in its own order, or keeps as something else, is not for these libraries.
        return Object.fromEntries(Array.from({ length: random.below(20) }, (_, i) => [`key ${i}`, anyValue(random, levels - 1)])) // oxfmt-ignore
    }
  }

  /** The JSON form of what was written. */
  function jsonOfAny(value: unknown): string {
    if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
    if (typeof value === 'number') return floatJson({ value })
    if (typeof value === 'string') return JSON.stringify(value)
    if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
    if (Array.isArray(value)) return `[${value.map(jsonOfAny).join(',')}]`
    return `{${Object.entries(value as object)
      .map(([name, of]) => `${JSON.stringify(name)}:${jsonOfAny(of)}`)
      .join(',')}}`
  }

  it('is read as it was meant: @msgpack/msgpack', () => {
    const random = new Random(11)
    for (let i = 0; i < 2_000; i += 1) {
      const value = anyValue(random, 3)
      const bytes = msgpackEncode(value, { useBigInt64: true })
      expect(textOf(messagePack, bytes)).toBe(jsonOfAny(value))
      expect(jsonOf(treeOf(messagePack, bytes))).toBe(jsonOfAny(value))
    }
  })

  it('is read as it was meant: cborg, which reads the same', () => {
    const random = new Random(12)
    for (let i = 0; i < 2_000; i += 1) {
      const value = anyValue(random, 3)
      const bytes = cborgEncode(value, { mapSorter: () => 0 } as never)
      const json = jsonOfAny(cborgDecode(bytes))
      expect(textOf(cbor, bytes)).toBe(json)
      expect(jsonOf(treeOf(cbor, bytes))).toBe(json)
    }
  })
})
