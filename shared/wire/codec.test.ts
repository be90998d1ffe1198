import { describe, expect, it } from 'vitest'
import { decodeWire, encodeWire } from './codec.ts'
import { misfit } from './wire-values.ts'

const nest = (levels: number): unknown => (levels === 0 ? 1 : [nest(levels - 1)])

const roundTrip = (value: unknown): unknown => decodeWire(encodeWire(value))

describe('the wire codec', () => {
  it.each([
    [
      'small and negative integers',
      [0, 1, 127, 128, 255, 256, 65_535, 65_536, -1, -32, -33, -128, -129, -2_147_483_648],
    ],
    ['numbers beyond 32 bits', [4_294_967_295, 4_294_967_296, Number.MAX_SAFE_INTEGER, 0.1, -Infinity, Infinity]],
    ['bigints', [0n, 1n, -1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]],
    ['strings of every length class', ['', 'a', 'x'.repeat(31), 'x'.repeat(32), 'x'.repeat(300), 'ü'.repeat(70_000)]],
    ['a lone surrogate’s neighbours', ['\u{1F600}', '\0', '\u202e']],
    ['bytes', [new Uint8Array(0), new Uint8Array(300).fill(7), new Uint8Array(70_000).fill(9)]],
    ['typed arrays', [new Int32Array([1, -1]), new Float64Array([0.5]), new BigInt64Array([-1n, 2n ** 62n])]],
    [
      'empty and odd typed arrays',
      [new Int32Array(0), new BigInt64Array(1), new BigInt64Array(2), new Int32Array(70_000)],
    ],
    ['objects of many keys', Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`key${n}`, n]))],
  ])('keeps %s', (_, value) => {
    expect(roundTrip(value)).toEqual(value)
  })

  it('keeps a number a number and a bigint a bigint, however small or large', () => {
    expect(roundTrip({ a: 5, b: 5n, c: 2 ** 53, d: 2n ** 53n })).toStrictEqual({
      a: 5,
      b: 5n,
      c: 2 ** 53,
      d: 2n ** 53n,
    })
  })

  it('gives bytes of their own, aligned, plain', () => {
    const message = Buffer.from(encodeWire({ pad: 'x', bytes: Buffer.from('abc'), longs: new BigInt64Array([3n]) }))
    const value = decodeWire(message) as { bytes: Uint8Array; longs: BigInt64Array }
    expect(value.bytes.constructor).toBe(Uint8Array)
    expect(value.bytes.buffer.byteLength).toBe(3)
    expect(value.longs.byteOffset % 8).toBe(0)
    message.fill(0)
    expect([...value.bytes]).toEqual([97, 98, 99])
  })

  it('leaves undefined properties out', () => {
    expect(roundTrip({ a: undefined, b: 1 })).toStrictEqual({ b: 1 })
  })

  it.each([
    ['Map', new Map([['a', 1]])],
    ['Date', new Date(0)],
    ['Set', new Set([1])],
    ['Error', new Error('x')],
    ['ArrayBuffer', new ArrayBuffer(2)],
    ['Float32Array', new Float32Array(1)],
    ['function', () => 1],
    ['undefined in a list', [undefined]],
    ['a prototype key', JSON.parse('{"__proto__": 1}') as unknown],
    ['a constructor key', { constructor: 1 }],
  ])('does not send %s', (_, value) => {
    expect(() => encodeWire({ value })).toThrow(/wire carries no/)
  })

  it('carries to a page integers of any length, as records hold them', () => {
    const integers = [2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 63n) - 1n, 10n ** 300n, -(10n ** 5_000n)]
    expect(roundTrip(integers)).toEqual(integers)
  })

  it('takes neither from one', () => {
    const most = 1_000
    for (const value of [2n ** 63n, -(10n ** 300n)]) expect(misfit({ value }, most)).toBe('bigint of more than 64 bits')
    expect(() => decodeWire(encodeWire(2n ** 64n), most)).toThrow('a type that the contract does not carry')
    expect(misfit(nest(33), most)).toBe('more than 32 levels')
    expect(() => decodeWire(encodeWire(nest(33)), most)).toThrow('deeper than 32 levels')
    expect(decodeWire(encodeWire(nest(32)), most)).toEqual(nest(32))
  })

  it('does not send a cycle or anything deeper than any answer', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(() => encodeWire(cycle)).toThrow('320 levels')
    expect(roundTrip(nest(320))).toEqual(nest(320))
    expect(() => encodeWire(nest(321))).toThrow('320 levels')
  })

  it('refuses deep nesting in what it gets, without running out of stack', () => {
    const arrays = new Uint8Array(200_001).fill(0x91)
    arrays[200_000] = 0xc0
    expect(() => decodeWire(arrays)).toThrow('nests deeper')
    const maps = new Uint8Array(300_000)
    for (let at = 0; at < maps.length; at += 3) maps.set([0x81, 0xa1, 0x61], at)
    expect(() => decodeWire(maps)).toThrow('nests deeper')
  })

  it.each([
    ['a __proto__ key', [0x81, 0xa9, ...Buffer.from('__proto__'), 0x01]],
    ['a __proto__ key as str8', [0x81, 0xd9, 9, ...Buffer.from('__proto__'), 0x01]],
    ['a constructor key', [0x81, 0xab, ...Buffer.from('constructor'), 0x01]],
    ['a key that is a number', [0x81, 0x01, 0x01]],
    ['a key that is an array', [0x81, 0x90, 0x01]],
    ['an array that claims four thousand million items', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map that claims more than there is', [0xdf, 0x10, 0, 0, 0, 0xa1, 0x61]],
    ['bytes that claim more than there is', [0xc6, 0x7f, 0xff, 0xff, 0xff, 1]],
    ['a date', [0xd6, 0xff, 0, 0, 0, 1]],
    ['msgpackr’s record definition', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]],
    ['msgpackr’s pointer', [0xd6, 0x70, 0, 0, 0, 1]],
    ['undefined', [0xd4, 0, 0]],
    ['the never used byte', [0xc1]],
    ['an array type of broken width', [0xc7, 3, 1, 0, 0, 0]],
    ['nothing at all', []],
    ['something after the end', [0xc0, 0xc0]],
    ['a cut value', [0x92, 0x01]],
    ['a cut number', [0xd3, 0, 0]],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeWire(new Uint8Array(bytes))).toThrow(/message was refused/)
  })

  it('refuses messages over 8 MiB, either way', () => {
    expect(() => encodeWire(new Uint8Array(8 * 1024 * 1024))).toThrow('over the limit')
    expect(() => decodeWire(new Uint8Array(8 * 1024 * 1024 + 1))).toThrow('over the limit')
  })
})
