import { snappyCompress } from '@platformatic/wasm-utils/bundled'
import { constants, zstdCompressSync } from 'node:zlib'
import { CODEC_MASK } from '../../electron/kafka/records/batch-attributes.ts'
import { AT, FRAME_PREFIX } from '../../electron/kafka/records/batch-header.ts'
import { writeBatch, type RecordToWrite } from '../../electron/kafka/records/batch-writer.ts'
import { compress } from '../../electron/kafka/records/compression.ts'
import type { RecordColumns } from '../../electron/kafka/records/column-types.ts'
import { crc32c } from '../../electron/kafka/records/crc32c.ts'
import { javaFixture, join, utf8 } from '../../electron/kafka/records/fixtures/records.ts'
import { CODECS } from '../../electron/kafka/records/batch-types.ts'
import { lz4Frames, lz4Plain } from './lz4-frames.ts'

/** A batch that was damaged on purpose, between two intact ones. */
export interface MutatedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where it is in `bytes`. */
  readonly start: number
  readonly end: number
  /** Its length and magic are intact, so that the batch after it can be found. */
  readonly isFramed: boolean
  /** The name of the batch from which it was made. */
  readonly seed: string
}

/** Its first offset; those of the intact batches are before and after it. */
export const MUTATED_AT = 100n
export const BEHIND_AT = 2_000n
export const BEHIND_RECORDS = 3

const before = writeBatch([plain('before', 'one'), plain(null, 'two')])
const behind = writeBatch([plain('k', 'three'), plain('k', 'four'), plain('k', 'five')], { baseOffset: BEHIND_AT })

/** The nth batch, the same in each run. */
export function mutatedBatch(n: number): MutatedBatch {
  const random = chance(n)
  const { name, batch, body } = seeds[n % seeds.length]!
  const codec = batch[AT.attributes + 1]! & CODEC_MASK
  let made: Uint8Array
  // Damages the records and compresses them again: otherwise most damage to compressed records would end at the decompressor.
  if (codec !== 0 && random(3) === 0) made = withBody(batch, compress(CODECS[codec]!, mutated(body, random)))
  else made = withBody(batch, mutated(batch.subarray(AT.records), random))
  // The header names another codec than the one that was used.
  if (random(40) === 0) made[AT.attributes + 1] = (made[AT.attributes + 1]! & ~CODEC_MASK) | random(6)
  for (let changes = random(6) === 0 ? 1 + random(3) : 0; changes > 0; changes -= 1) {
    made[random(AT.records)] = anyByte(random)
  }
  if (random(6) !== 0) new DataView(made.buffer).setUint32(AT.crc, crc32c(made, AT.attributes))
  const isFramed = new DataView(made.buffer).getInt32(AT.length) === made.length - FRAME_PREFIX && made[AT.magic] === 2
  const bytes = join(before, made, behind) as Uint8Array<ArrayBuffer>
  return { bytes, start: before.length, end: before.length + made.length, isFramed, seed: name }
}

/** Errors in how a walk of such bytes reports offsets: each must be a record or in a hole, in order, once. */
export function wrongAccounts(pieces: readonly RecordColumns[], { isFramed }: MutatedBatch): string[] {
  const wrong: string[] = []
  for (const columns of pieces) {
    const { fromOffset, nextOffset, holes, passed, counts, offset, ends, preview } = columns
    let last = fromOffset - 1n
    let told = BigInt(counts.records)
    for (const { first, last: end } of passed) told += end - first + 1n
    for (const hole of holes) {
      if (hole.first <= last || hole.last < hole.first || hole.last >= nextOffset) wrong.push('a hole out of order')
      last = hole.last
      told += hole.last - hole.first + 1n
    }
    if (told !== nextOffset - fromOffset)
      wrong.push(`${told} of the offsets ${fromOffset} to ${nextOffset} are told of`)
    if (offset.some((one, i) => i > 0 && one <= offset[i - 1]!)) wrong.push('rows out of order')
    if (ends.some((end, i) => end < (i > 0 ? ends[i - 1]! : 0) || end > preview.length))
      wrong.push('previews out of place')
  }
  const end = pieces.at(-1)!
  if (end.stoppedBy === 'blocked' && end.problems.length === 0) wrong.push('blocked by nothing')
  if (end.stoppedBy !== 'end' && (isFramed || end.stoppedBy !== 'blocked')) wrong.push(`stopped by ${end.stoppedBy}`)
  return wrong
}

/** One of the changes that may happen to bytes by accident or on purpose. */
function mutated(of: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(of)
  if (bytes.length === 0) return bytes
  const at = random(bytes.length)
  const length = 1 + random(Math.min(64, bytes.length - at))
  switch (random(9)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return join(bytes.subarray(0, at), bytes.subarray(at + length))
    case 2:
      return join(bytes.subarray(0, at + length), bytes.subarray(at))
    case 3:
      for (let i = 0; i < length; i += 1) bytes[at + i] = random(256)
      return bytes
    case 4:
      return bytes.copyWithin(random(bytes.length), at, at + length)
    case 5:
      // The place where codecs and records have their lengths.
      bytes[Math.min(bytes.length - 1, random(24))] = anyByte(random)
      return bytes
    default:
      for (let changes = 1 + random(3); changes > 0; changes -= 1) bytes[random(bytes.length)] = anyByte(random)
      return bytes
  }
}

const edges = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0xf0, 0x0f]
const anyByte = (random: Random): number => (random(2) === 0 ? edges[random(edges.length)]! : random(256))

type Random = (below: number) => number

/** A different random sequence for each `n`, independent of the others. */
function chance(n: number): Random {
  let state = (Math.imul(n + 1, 0x9e37_79b1) ^ 0x5bd1_e995) | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** The batch with other records after its header, and the matching length in it. */
function withBody(batch: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const made = join(batch.subarray(0, AT.records), body) as Uint8Array<ArrayBuffer>
  new DataView(made.buffer).setInt32(AT.length, made.length - FRAME_PREFIX)
  return made
}

function plain(key: string | null, value: string | null, more: Partial<RecordToWrite> = {}): RecordToWrite {
  const bytes = (text: string | null): Uint8Array | null => (text === null ? null : utf8(text))
  return { timestamp: 1_764_000_000_000n, key: bytes(key), value: bytes(value), headers: [], ...more }
}

interface Seed {
  name: string
  batch: Uint8Array<ArrayBuffer>
  /** Its records, uncompressed. */
  body: Uint8Array
}

const order = (n: number): string => `{"id":${4_000 + n},"customer":{"id":${n % 7},"name":"Customer ${n % 5}"},"status":"${['paid', 'open', 'failed'][n % 3]}","total":${n * 1.25}}` // oxfmt-ignore

/** Ordinary records, data that repeats at every distance, data that does not repeat, and nulls. */
const kinds: { name: string; records: RecordToWrite[] }[] = [
  { name: 'orders', records: Array.from({ length: 24 }, (_, n) => plain(`order-${n}`, order(n), { timestamp: 1_764_000_000_000n + BigInt(n * n * 977) })) },
  { name: 'one', records: [plain('k', 'v')] },
  { name: 'runs', records: Array.from({ length: 12 }, (_, n) => plain(null, 'abcdefghij'.slice(0, n + 1).repeat(40))) },
  { name: 'long', records: [plain('long', 'x'.repeat(3_000)), plain('long', order(1).repeat(30))] },
  { name: 'odd', records: [plain(null, null), plain('', ''), plain('h', 'v', { headers: [{ name: utf8('größe'), value: utf8('1') }, { name: utf8(''), value: null }] }), plain('t', 'late', { timestamp: -1n }), plain('t', 'far', { timestamp: 4_102_444_800_000n })] },
  { name: 'noise', records: [{ ...plain(null, null), value: Uint8Array.from({ length: 600 }, chance(7).bind(null, 256)) }] },
] // oxfmt-ignore

const baseOffset = MUTATED_AT

/** A batch with the same records, compressed by another library. */
function otherwise(name: string, records: RecordToWrite[], packed: (body: Uint8Array) => Uint8Array): Seed {
  const codec = name.split(' ')[0] as (typeof CODECS)[number]
  const body = bodyOf(records)
  const batch = writeBatch(records, { baseOffset, codec })
  return { name, batch: withBody(batch, packed(body)), body }
}

const bodyOf = (records: RecordToWrite[]): Uint8Array => writeBatch(records).subarray(AT.records)

const seeds: Seed[] = [
  ...CODECS.flatMap((codec) =>
    kinds.map(({ name, records }) => ({ name: `${codec} ${name}`, batch: writeBatch(records, { codec, baseOffset }), body: bodyOf(records) })),
  ),
  ...kinds.slice(0, 4).map(({ name, records }) => otherwise(`snappy raw ${name}`, records, (body) => snappyCompress(Buffer.from(body)))),
  ...Object.entries(lz4Frames).map(([name, frame]) => otherwise(`lz4 ${name}`, lz4Plain, () => Buffer.from(frame, 'base64'))),
  otherwise('zstd checked', kinds[0]!.records, (body) => zstdCompressSync(body, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })),
  otherwise('zstd in two frames', kinds[0]!.records, (body) => join(zstdCompressSync(body.subarray(0, 500)), zstdCompressSync(body.subarray(500)))),
  ...(['gzip', 'snappy', 'lz4', 'zstd'] as const).map((codec) => ofJava(codec)),
] // oxfmt-ignore

function ofJava(name: string): Seed {
  const batch = Uint8Array.from(javaFixture(name).bytes)
  return { name: `${name} by Java`, batch, body: javaFixture('none').bytes.subarray(AT.records) }
}
