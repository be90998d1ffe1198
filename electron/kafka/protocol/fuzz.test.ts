import { describe, expect, it } from 'vitest'
import { PartitionKeys } from '../partition-keys.ts'
import { decodeBody } from './api.ts'
import { decodeAssignment, decodeSubscription } from './consumer-protocol.ts'
import { listGroupsApi } from './list-groups.ts'
import { MalformedResponse, MAX_ELEMENTS, Reader } from './reader.ts'
import { Writer } from './writer.ts'
import { threadMs } from '../../../tests/support/measure.ts'
import { spokenApis } from '../../../tests/support/spoken-apis.ts'
import { rounds, seedOfRun } from '../../../tests/support/rounds.ts'

// What a hostile broker, or noise on the way, may answer: every decoder must end soon with a value or a MalformedResponse, and
// hold no more than its bound. Nothing else may come out, for only that class is told as the broker's fault.

const apis = await spokenApis()
const request = {
  topics: [],
  groups: [{ group: 'x', topics: null }],
  keys: ['x'],
  kind: 0,
  group: 'x',
  resources: [],
  partitionKeys: new PartitionKeys(),
}

const seed = seedOfRun()
let state = seed | 0 || 1
const below = (n: number): number => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % n
}

/** Mostly small counts and lengths, so that a decoder gets deep before it meets something that cannot be. */
function noise(): Uint8Array {
  const bytes = new Uint8Array(below(8) === 0 ? below(2_000) : below(200))
  const calm = below(5)
  for (let i = 0; i < bytes.length; i += 1) {
    const roll = below(10)
    if (roll < 4 + calm) bytes[i] = 0
    else if (roll < 8) bytes[i] = below(5)
    else bytes[i] = [0xff, 0x7f, 0x80, 0xfe, below(256)][below(5)]!
  }
  return bytes
}

describe('answers of a hostile broker', () => {
  it('end in a value or in a MalformedResponse', { timeout: 60_000 }, () => {
    const wrong: string[] = []
    let read = 0
    let refused = 0
    for (let round = 0; round < rounds(1_500); round += 1) {
      for (const api of apis) {
        const version = api.versions.min + below(api.versions.max - api.versions.min + 1)
        try {
          decodeBody(api, version, request, noise())
          read += 1
        } catch (error) {
          if (!(error instanceof MalformedResponse)) wrong.push(`${api.name} v${version}: ${String(error)}`)
          refused += 1
        }
      }
      decodeAssignment(noise())
      decodeSubscription(noise())
    }
    expect(wrong.slice(0, 5), `seed ${seed}`).toEqual([])
    // Neither everything swallowed nor everything refused at its first byte.
    expect(read).toBeGreaterThan(rounds(500))
    expect(refused).toBeGreaterThan(rounds(5_000))
  })

  it.each([
    ['a list of 2³¹ − 1', false, (w: Writer) => w.int32(2 ** 31 - 1), 'announces 2147483647 elements'],
    [
      'a compact list of 2³⁵',
      true,
      (w: Writer) => [0xff, 0xff, 0xff, 0xff, 0x7f].forEach((b) => w.int8((b << 24) >> 24)),
      'announces',
    ],
    ['an endless number', true, (w: Writer) => Array.from({ length: 50 }, () => w.int8(-1)), 'longer than five bytes'],
  ])('are refused at once: %s', (_, flexible, write, words) => {
    const w = new Writer(flexible)
    write(w)
    const read = () => new Reader(w.bytes(), flexible).array((r) => r.int8())
    expect(threadMs(() => expect(read).toThrow(words))).toBeLessThan(500)
  })

  // Each element of this list is five bytes long and becomes an object of four texts: 50 MB would be a gigabyte.
  it('hold no more things than any cluster has', () => {
    const count = MAX_ELEMENTS + 1
    const bytes = new Uint8Array(16 + count * 5).fill(1)
    const head = new Writer(true)
      .tags()
      .int32(0)
      .int16(0)
      .uvarint(count + 1)
      .bytes()
    bytes.set(head)
    for (let at = head.length + 4; at < bytes.length; at += 5) bytes[at] = 0
    const decode = () => decodeBody(listGroupsApi, 5, { states: [], types: [] }, bytes)
    expect(threadMs(() => expect(decode).toThrow('more than any cluster has'))).toBeLessThan(1_000)
  })

  it('hold no more in lists of lists, nor in fields of their own', () => {
    const lists = new Writer(true).uvarint(1_001)
    for (let i = 0; i < 1_000; i += 1) {
      lists.uvarint(5_001)
      for (let n = 0; n < 5_000; n += 1) lists.int8(0)
    }
    const bytes = Uint8Array.from(lists.bytes())
    expect(() => new Reader(bytes, true).array((r) => r.array((one) => one.int8()))).toThrow('more than any cluster')
    const fields = new Writer(true).uvarint(1_000)
    for (let i = 0; i < 1_000; i += 1) {
      const inner = new Writer(true).uvarint(5_001)
      for (let n = 0; n < 5_000; n += 1) inner.int8(0)
      fields.uvarint(0).uvarint(inner.bytes().length)
      for (const byte of inner.bytes()) fields.int8((byte << 24) >> 24)
    }
    const tagged = Uint8Array.from(fields.bytes())
    const all: unknown[] = []
    expect(() => new Reader(tagged, true).tags((_, field) => all.push(field.array((one) => one.int8())))).toThrow(
      'more than any cluster',
    )
  })
})
