import { crc32 } from 'node:zlib'
import { RecordFilter, type GivenFilter } from '#shared/filters/filter.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { CODEC_MASK, CONTROL } from '../../electron/kafka/records/batch-attributes.ts'
import { AT } from '../../electron/kafka/records/batch-header.ts'
import { BatchWalker } from '../../electron/kafka/records/batch-walker.ts'
import { ReusedRoom } from '../../electron/kafka/records/block-copies.ts'
import { headersOf, join } from '../../electron/kafka/records/fixtures/records.ts'
import { RecordCursor } from '../../electron/kafka/records/record-cursor.ts'
import type { DecodePool } from '../../electron/kafka/workers/pool.ts'
import type { PartOptions } from '../../electron/kafka/workers/tasks.ts'
import {
  BEHIND_AT,
  BEHIND_RECORDS,
  MUTATED_AT,
  mutatedBatch,
  wrongAccounts,
  type MutatedBatch,
} from './mutated-batches.ts'
import { startBatchReader } from './serialisers.ts'

/** Results for damaged batches. */
export interface MutationRun {
  mutations: number
  /** Read by us and by the other decoder, with the same bytes. */
  alike: number
  refusedByBoth: number
  /** Read by only one of them, and why the other refused it. */
  onlyOurs: Reasons
  onlyTheirs: Reasons
  /** Errors, with the number of the batch. */
  wrong: string[]
  /** The longest time for a hundred batches, by the clock. */
  slowestMs: number
}

/**
 * The known reasons why one of two decoders reads what the other refuses; any other difference is an error.
 * Theirs verifies the codecs' own checksums (the batch's checksum covers that for us), requires names of headers to be UTF-8 and no
 * bytes after the last frame, and reads only the first LZ4 frame. Ours refuses offsets that go back, counts below 0, lengths below
 * −1, distances of 0, reserved bits, and truncated pieces.
 */
const known = {
  onlyOurs: /_reservedFlag_set|hecksum_invalid|UnicodeDecodeError|Not a gzipped file|Unknown frame descriptor/,
  onlyTheirs:
    /codec 3, bad-count: # bytes follow|the offset of a record|the batch says it holds|unknown header flags set|the length of a (key|value)|has no valid (value|name)|bad-offset|snappy framing is damaged|no LZ# frame where one should start|a block of the LZ# frame is damaged|unexpected end of file/,
}

/** How often each reason occurred, and the first batch with it. */
type Reasons = Record<string, { times: number; first: number }>

const AT_ONCE = 100
/** One of this many batches is also opened. */
const OPENED = 10

/**
 * Sends damaged batches through the workers like everything that is read, in turns as rows, by each kind of filter, counted
 * and as lines; and compares each with another client's decoder.
 */
export async function runMutations(
  pool: DecodePool,
  { from = 0, mutations }: { from?: number; mutations: number },
  onProgress: (done: MutationRun) => void = () => undefined,
): Promise<MutationRun> {
  const run: MutationRun = { mutations: 0, alike: 0, refusedByBoth: 0, onlyOurs: {}, onlyTheirs: {}, wrong: [], slowestMs: 0 } // oxfmt-ignore
  pool.keep({ kind: 'decoding', connection: 'mutated', setup: { registry: 'confluent', rules: [] } })
  const filters = given.map((one) => pool.keep({ kind: 'filter', filter: RecordFilter.parse(one) }).ref)
  const other = await startBatchReader()
  try {
    for (let first = from; first < from + mutations; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, from + mutations - first)
      const batches = Array.from({ length: count }, (_, i) => mutatedBatch(first + i))
      const start = performance.now()
      const walked = walkAll(pool, batches, optionsOf(Math.floor(first / AT_ONCE), filters))
      const [wrong, theirs] = await Promise.all([
        walked.finally(() => (run.slowestMs = Math.max(run.slowestMs, performance.now() - start))),
        other.read(batches.map(({ bytes, start: at, end }) => bytes.subarray(at, end))),
      ])
      for (const [i, one] of batches.entries()) compare(run, one, theirs[i]!, first + i)
      run.wrong.push(...wrong.map(([i, what]) => `${first + i} (${batches[i]!.seed}): ${what}`))
      run.mutations += count
      onProgress(run)
    }
  } finally {
    other.close()
  }
  return run
}

const given: GivenFilter[] = [
  { kind: 'text', text: 'failed', matchCase: true },
  { kind: 'expression', source: 'value.customer.id > 3 && value.status == "paid"' },
  { kind: 'regex', pattern: 'order-[0-9]+|x{20}' },
]

const decodedAt = { connection: 'mutated', topic: 'mutated', partition: 0 }
const customer: RowField = { part: 'value', path: ['customer', 'id'] }
const previewBytes = { key: 128, value: 384 }

/** The options of a list, a search, a count, an export and of the newest record of each key. */
function optionsOf(turn: number, filters: readonly number[]): PartOptions {
  const shared = { decodedAt, previewBytes, verifyCrc: 'rows', fromOffset: 0n, logEnd: 3_000n } as const
  const matching = filters[turn % filters.length]!
  const ways: PartOptions[] = [
    { ...shared, verifyCrc: 'flag', fields: [customer] },
    { ...shared, matching },
    { ...shared, lines: { as: 'ndjson' } },
    { ...shared, matching, list: 'none', spreads: [{ over: null, by: customer }] },
    { ...shared, matching, keys: true, pieces: { rows: 5, bytes: 4_096 } },
    { ...shared, time: { from: 1_764_000_000_001n, to: 1_764_000_100_000n } },
  ] // oxfmt-ignore
  return ways[turn % ways.length]!
}

/** What went wrong, with the index of the batch. */
async function walkAll(
  pool: DecodePool,
  batches: readonly MutatedBatch[],
  options: PartOptions,
): Promise<[number, string][]> {
  const buffer = join(...batches.map(({ bytes }) => bytes)).buffer as ArrayBuffer
  let offset = 0
  const parts = batches.map(({ bytes: { length } }) => {
    const part = { offset, length, options }
    offset += length
    return part
  })
  // Also as when one of its records is opened.
  const opened = batches
    .filter((_, i) => i % OPENED === 0)
    .map(async ({ bytes }, i) => {
      await pool.run({ kind: 'one', buffer: bytes.buffer, offset: 0, length: bytes.length, at: MUTATED_AT + BigInt(i), options: { decodedAt } }) // oxfmt-ignore
    })
  const all = Promise.all([pool.run({ kind: 'columns', buffer, parts }), ...opened])
  const done = await all.then(([columns]) => columns).catch((error: Error) => error)
  if (done instanceof Error) return [[0, `of these hundred: ${done.message}`]]
  return done.parts.flatMap((pieces, i) => {
    const one = batches[i]!
    const wrong = wrongAccounts(pieces, one)
    const last = pieces.at(-1)!
    // The batch after it must be read in any case, unless the damaged one claims the same offsets.
    const isWhole = last.nextOffset === BEHIND_AT + BigInt(BEHIND_RECORDS)
    const claims = new DataView(one.bytes.buffer).getBigInt64(one.start) + BigInt(new DataView(one.bytes.buffer).getInt32(one.start + AT.lastOffsetDelta)) // oxfmt-ignore
    if (one.isFramed && !isWhole && claims < BEHIND_AT) wrong.push(`ended before ${last.nextOffset}`)
    return wrong.map((what): [number, string] => [i, what])
  })
}

const room = new ReusedRoom()
const cursor = new RecordCursor(room.of)
const sizes = Buffer.alloc(24)

/** The other client reads a record's attributes as a number of variable length, and then misreads what follows. */
const isMistaken = (): boolean => cursor.attributes >= 0x80

/** "ok <records> <checksum>" or "no <why>", in the form of batches.py. */
function readByUs(batch: Uint8Array): string {
  const item = new BatchWalker(batch, {}).next()
  if (item === null) return 'no batch'
  if (item.kind !== 'batch') return `no ${item.kind === 'problem' ? `${item.reason}: ${item.detail}` : item.kind}`
  const unreadable = cursor.open(item)
  if (unreadable !== null) return `no ${unreadable.reason}: ${unreadable.detail}`
  let count = 0
  let crc = 0
  while (cursor.next()) {
    const [key, value] = [cursor.key(), cursor.value()]
    sizes.writeBigInt64BE(cursor.offset, 0)
    sizes.writeBigInt64BE(cursor.timestamp, 8)
    sizes.writeInt32BE(key?.length ?? -1, 16)
    sizes.writeInt32BE(value?.length ?? -1, 20)
    crc = crc32(sizes, crc)
    if (key !== null) crc = crc32(key, crc)
    if (value !== null) crc = crc32(value, crc)
    const { headers, problem } = headersOf(cursor)
    if (problem !== null) return `no headers: ${problem.detail}`
    if (isMistaken()) return 'no comparison'
    for (const { name, value: content } of headers) {
      const lengths = Buffer.alloc(8)
      lengths.writeInt32BE(name.length, 0)
      lengths.writeInt32BE(content?.length ?? -1, 4)
      crc = crc32(content === null ? name : Buffer.concat([name, content]), crc32(lengths, crc))
    }
    count += 1
  }
  if (isMistaken()) return 'no comparison'
  return cursor.problem === null ? `ok ${count} ${crc}` : `no ${cursor.problem.reason}: ${cursor.problem.detail}`
}

function compare(run: MutationRun, one: MutatedBatch, theirs: string, n: number): void {
  // With another length or format the other client reads other bytes. Markers are not records.
  if (!one.isFramed || (one.bytes[one.start + AT.attributes + 1]! & CONTROL) !== 0) return
  const ours = readByUs(one.bytes.subarray(one.start, one.end))
  if (ours === 'no comparison') return
  if (ours.startsWith('ok') && theirs.startsWith('ok')) {
    if (ours === theirs) run.alike += 1
    else run.wrong.push(`${n} (${one.seed}): we read ${ours}, and the other ${theirs}`)
  } else if (ours.startsWith('no') && theirs.startsWith('no')) run.refusedByBoth += 1
  else {
    const codec = one.bytes[one.start + AT.attributes + 1]! & CODEC_MASK
    const by = ours.startsWith('ok') ? 'onlyOurs' : 'onlyTheirs'
    const reason = `codec ${codec}, ${(by === 'onlyOurs' ? theirs : ours).slice(3).replaceAll(/b'.*|-?\d+/g, '#')}`
    const counted = (run[by][reason] ??= { times: 0, first: n })
    counted.times += 1
    if (!known[by].test(reason)) run.wrong.push(`${n} (${one.seed}), ${by}: ${ours}; ${theirs}`)
  }
}
