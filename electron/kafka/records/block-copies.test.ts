import { expect, test } from 'vitest'
import { compress, decompress } from './compression.ts'
import { copyLiterals, copyMatch, newRoom, ReusedRoom, wordsOf } from './block-copies.ts'

let state = 20_261_129
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % below
}

const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256))

test('a match is copied as one byte after the other would be, whatever its distance, and nothing before it changes', () => {
  for (let round = 0; round < 5_000; round += 1) {
    const at = 1 + random(80)
    const length = 1 + random(round % 20 === 0 ? 900 : 90)
    const distance = 1 + random(at)
    const room = newRoom(at + length + random(12))
    room.bytes.set(randomBytes(at))
    const wanted = [...room.bytes.subarray(0, at)]
    for (let i = 0; i < length; i += 1) wanted.push(wanted[at + i - distance]!)
    expect(copyMatch(room.bytes, room.words, at, distance, length)).toBe(at + length)
    expect(Buffer.compare(room.bytes.subarray(0, at + length), Uint8Array.from(wanted))).toBe(0)
  }
})

test('literals are copied where they end with the text, with the room, and in between', () => {
  for (let round = 0; round < 5_000; round += 1) {
    const at = random(20)
    const start = random(20)
    const length = 1 + random(round % 20 === 0 ? 900 : 90)
    const from = randomBytes(start + length + random(12))
    const room = newRoom(at + length + random(12))
    const before = Uint8Array.from(room.bytes.subarray(0, at))
    expect(copyLiterals(from, wordsOf(from), start, length, room.bytes, room.words, at)).toBe(at + length)
    expect(Buffer.compare(room.bytes.subarray(0, at), before)).toBe(0)
    expect(Buffer.compare(room.bytes.subarray(at, at + length), from.subarray(start, start + length))).toBe(0)
  }
})

/** Of runs, of what was there before, and of what was not. */
function text(): Uint8Array {
  const made: number[] = []
  for (let pieces = random(60); pieces > 0; pieces -= 1) {
    const length = 1 + random(40)
    const distance = 1 + random(Math.max(1, Math.min(made.length, 70)))
    const kind = random(3)
    for (let i = 0; i < length; i += 1) {
      made.push(
        kind === 0 || made.length === 0 ? random(256) : kind === 1 ? made.at(-1)! : made[made.length - distance]!,
      )
    }
  }
  return Uint8Array.from(made)
}

test.each(['snappy', 'lz4'] as const)(
  '%s: in memory that others used before the same comes out, of damaged bodies too',
  (codec) => {
    const room = new ReusedRoom()
    for (let round = 0; round < 4_000; round += 1) {
      const plain = text()
      const packed = Uint8Array.from(compress(codec, plain))
      const whole = decompress(codec, packed, 1 << 20, room.of)
      expect(whole instanceof Uint8Array && Buffer.compare(whole, plain) === 0).toBe(true)
      for (let damages = 1 + random(3); damages > 0; damages -= 1) packed[random(packed.length)] = random(256)
      const body = random(4) === 0 ? packed.subarray(0, random(packed.length + 1)) : packed
      expect(decompress(codec, body, 1 << 20, room.of)).toEqual(decompress(codec, body, 1 << 20))
    }
  },
)

test('each body is another object, and a huge one is not kept', () => {
  const room = new ReusedRoom()
  const first = room.of(100)
  const second = room.of(90)
  expect(second.bytes).not.toBe(first.bytes)
  expect(second.bytes.buffer).toBe(first.bytes.buffer)
  expect(second.bytes).toHaveLength(90)
  const huge = room.of(64 << 20)
  expect(huge.bytes.buffer).not.toBe(first.bytes.buffer)
  expect(room.of(1 << 20).bytes.buffer.byteLength).toBeLessThanOrEqual(4 << 20)
})
