import { describe, expect, it } from 'vitest'
import { MalformedResponse, Reader } from './reader.ts'
import { Writer } from './writer.ts'

const ID = 'X21DP27GSZ2FT-niA9enLQ'

describe.each([false, true])('flexible: %s', (flexible) => {
  it('reads back what it wrote', () => {
    const w = new Writer(flexible)
    w.boolean(true)
      .int8(-1)
      .int16(-2)
      .int32(-3)
      .int64(-(2n ** 63n))
      .uvarint(4_294_967_295)
      .uuid(ID)
    w.string('ü🙂')
      .nullableString(null)
      .string('')
      .bytesField(new Uint8Array([1, 2]))
      .bytesField(null)
    w.int32s([1, 2, 3])
      .array(null, () => undefined)
      .tags()
    const r = new Reader(w.bytes(), flexible)
    expect([r.boolean(), r.int8(), r.int16(), r.int32(), r.int64(), r.uvarint(), r.uuid()]).toEqual([
      true,
      -1,
      -2,
      -3,
      -(2n ** 63n),
      4_294_967_295,
      ID,
    ])
    expect([r.string(), r.nullableString(), r.string()]).toEqual(['ü🙂', null, ''])
    expect(r.bytesOrNull()).toEqual(new Uint8Array([1, 2]))
    expect(r.bytesOrNull()).toBeNull()
    expect(r.int32s()).toEqual([1, 2, 3])
    expect(r.nullableArray(() => 0)).toBeNull()
    r.tags()
    expect(r.remaining).toBe(0)
  })

  it('grows at any byte without losing what straddles the edge', () => {
    for (let before = 480; before <= 1030; before++) {
      const w = new Writer(flexible)
      w.raw(Buffer.alloc(before, 7))
        .int8(-3)
        .int16(-2)
        .int32(70_000)
        .int64(-1n)
        .uvarint(300)
        .string('grüße')
        .boolean(true)
      const r = new Reader(w.bytes().subarray(before), flexible)
      expect([r.int8(), r.int16(), r.int32(), r.int64(), r.uvarint(), r.string(), r.boolean()]).toEqual([
        -3,
        -2,
        70_000,
        -1n,
        300,
        'grüße',
        true,
      ])
    }
  })

  it('says so when the answer ends early, wherever it is cut', () => {
    const whole = new Writer(flexible).string('orders').int64(1n).int32s([1, 2]).bytes()
    for (let cut = 0; cut < whole.length; cut++) {
      const r = new Reader(whole.subarray(0, cut), flexible)
      expect(() => [r.string(), r.int64(), r.int32s()]).toThrow(MalformedResponse)
    }
  })

  it('does not believe a count that the rest cannot hold', () => {
    const w = new Writer(flexible)
    if (flexible) w.uvarint(1_000_000_000)
    else w.int32(1_000_000_000)
    expect(() => new Reader(w.bytes(), flexible).array((r) => r.int8())).toThrow(/announces/)
  })
})

it('gives each tagged field exactly its bytes and skips unknown ones', () => {
  const w = new Writer(true)
  w.uvarint(3)
    .uvarint(0)
    .uvarint(4)
    .int32(7)
    .uvarint(5)
    .uvarint(3)
    .raw(new Uint8Array(3))
    .uvarint(9)
    .uvarint(0)
    .int8(42)
  const seen: [number, number][] = []
  const r = new Reader(w.bytes(), true)
  r.tags((tag, field) => seen.push([tag, tag === 0 ? field.int32() : field.remaining]))
  expect(seen).toEqual([
    [0, 7],
    [5, 3],
    [9, 0],
  ])
  expect(r.int8()).toBe(42)
})

it('refuses a variable-length integer that never ends', () => {
  expect(() => new Reader(new Uint8Array(6).fill(0xff), true).uvarint()).toThrow(MalformedResponse)
})

it('hands bytes out as views into the response, so that nothing is copied on the way to a worker', () => {
  const body = new Uint8Array([0, 0, 0, 2, 8, 9])
  const view = new Reader(body, false).bytesOrNull()!
  expect(view.buffer).toBe(body.buffer)
  expect(view.byteOffset).toBe(4)
})
