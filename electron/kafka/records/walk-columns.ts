import { notJudgedReasons } from '#shared/model/ledger.ts'
import type { RowDecoder } from '../decode/row-decoder.ts'
import type { BatchView } from './batch-header.ts'
import { BatchWalker, type PartialTail } from './batch-walker.ts'
import { ColumnOutput, ROW_BYTES } from './column-output.ts'
import {
  FLAG,
  FLAG_CODEC_SHIFT,
  type ColumnCounts,
  type ColumnLimits,
  type ColumnOptions,
  type CountedHole,
  type RecordColumns,
} from './column-types.ts'
import { KeyHashes } from './key-hashes.ts'
import { RecordCursor } from './record-cursor.ts'
import { SubstringMatcher } from './substring.ts'
import { DEFAULT_MAX_DECOMPRESSED_BYTES, type Problem, type ProblemBatch } from './batch-types.ts'

/**
 * One partition's bytes of a Fetch response as packed columns: what a worker does.
 * @internal Outside its file only tests use it.
 */
export function walkColumns(bytes: Uint8Array, options: ColumnOptions & ColumnLimits): RecordColumns {
  return new ColumnWalker(bytes, options).take(options)
}

const DEFAULT_LIMITS = { maxRecords: 65_536, maxBytes: 16 << 20 }
const DEFAULT_PREVIEW = { key: 256, value: 512 }

/** How much one `take` decompresses, approximately: a response of 4 MiB can hold thousands of batches of 128 MiB. */
export const WORK_BYTES = 256 << 20

/** For a piece whose keys are requested. */
const MOST_KEYS = 1 << 20

type HoleKind = 'aborted' | 'markers' | 'missing' | 'oldFormat' | 'corrupt'

/** The same in pieces: each `take` continues where the last one stopped, even inside a batch, and decodes nothing twice. */
export class ColumnWalker {
  readonly #walker: BatchWalker
  readonly #cursor: RecordCursor
  readonly #output: ColumnOutput
  readonly #options: ColumnOptions
  readonly #matcher: SubstringMatcher | null
  readonly #decoder: RowDecoder | null
  readonly #keyMax: number
  readonly #valueMax: number
  readonly #to: bigint
  /** The first offset that no row and no hole covers yet. */
  #next: bigint
  #batch: BatchView | null = null
  #stopped: RecordColumns['stoppedBy'] | null = null
  #holes: CountedHole[] = []
  #problems: ProblemBatch[] = []
  #passed: RecordColumns['passed'] = []
  readonly #notJudged = new NotJudgedOutput()
  readonly #keys: KeyHashes | null
  readonly #verifiesRows: boolean
  /** Of the open batch. */
  #isUnverified = false
  readonly #timeFrom: number
  readonly #timeTo: number
  #counts: ColumnCounts = zeroCounts()
  /** Decompressed bytes that the last `take` went through. */
  work = 0

  /** `output` may serve one walk after the other, so that its memory need not grow again. */
  constructor(bytes: Uint8Array, options: ColumnOptions, output: ColumnOutput = new ColumnOutput()) {
    const { verifyCrc = 'off' } = options
    this.#walker = new BatchWalker(bytes, { ...options, verifyCrc: verifyCrc === 'rows' ? 'off' : verifyCrc })
    this.#verifiesRows = verifyCrc === 'rows'
    this.#output = output
    output.begin()
    // Everything needed from one batch is in the output when the next one is opened.
    this.#cursor = new RecordCursor(output.room.of)
    this.#options = options
    const { filter, previewBytes } = options
    this.#matcher =
      filter !== undefined && filter.anyOf.every(({ length }) => length > 0) ? new SubstringMatcher(filter) : null
    this.#decoder = options.decoder ?? null
    this.#keyMax = previewBytes?.key ?? DEFAULT_PREVIEW.key
    this.#valueMax = previewBytes?.value ?? DEFAULT_PREVIEW.value
    this.#to = options.toOffsetExclusive ?? 2n ** 63n
    this.#keys = options.keys === true ? new KeyHashes() : null
    this.#timeFrom = Number(options.time?.from ?? Number.NEGATIVE_INFINITY)
    this.#timeTo = Number(options.time?.to ?? Number.POSITIVE_INFINITY)
    this.#next = options.fromOffset ?? 0n
  }

  /** The incomplete batch at the end of the bytes, once they have been read. */
  get tail(): PartialTail | null {
    return this.#walker.tail
  }

  take(limits: ColumnLimits = {}): RecordColumns {
    const maxRecords = Math.max(1, limits.maxRecords ?? DEFAULT_LIMITS.maxRecords)
    const maxBytes = (limits.maxBytes ?? DEFAULT_LIMITS.maxBytes) - ROW_BYTES - this.#keyMax - this.#valueMax
    this.#output.reset()
    this.#holes = []
    this.#problems = []
    this.#passed = []
    this.#counts = zeroCounts()
    this.work = 0
    const fromOffset = this.#next
    let stoppedBy = this.#stopped ?? (this.#next >= this.#to ? 'to' : null)
    while (stoppedBy === null) {
      if (this.#batch !== null) {
        stoppedBy = this.#readBatch(this.#batch, maxRecords, maxBytes)
        continue
      }
      stoppedBy = this.work >= WORK_BYTES ? 'limit' : this.#nextBatch()
    }
    if (stoppedBy !== 'limit') this.#stopped = stoppedBy
    return {
      ...this.#output.columns(this.#decoder),
      holes: this.#holes,
      problems: this.#problems,
      passed: this.#passed,
      notJudged: this.#notJudged.take(),
      spreads: this.#options.spreads?.take() ?? null,
      keys: this.#keys?.take() ?? null,
      lines: this.#options.lines?.take() ?? null,
      fromOffset,
      nextOffset: this.#next,
      counts: this.#counts,
      stoppedBy,
    }
  }

  /** Turns offsets without visible records into holes, and opens the next batch that has some. */
  #nextBatch(): RecordColumns['stoppedBy'] | null {
    const item = this.#walker.next()
    if (item === null) return 'end'
    this.#counts.bytes += item.sizeInBytes
    if (item.kind === 'problem') {
      this.#problems.push(item)
      if (!item.canContinue) return 'blocked'
      // Offsets that the walker does not believe make no hole.
      if (item.last < this.#walker.nextOffset) {
        this.#gapBefore(item.first)
        this.#hole(item.last, 'corrupt', Number(item.last - item.first) + 1, item.detail)
      }
    } else if (item.kind === 'old-format') {
      this.#gapBefore(item.first)
      const range = Number(item.last - item.first) + 1
      this.#hole(item.last, 'oldFormat', range, `message format ${item.magic} (before Kafka 0.11), not decoded`)
    } else {
      this.#gapBefore(item.baseOffset)
      if (this.#next >= this.#to) return 'to'
      if (item.control) this.#hole(item.lastOffset, 'markers', item.count, null)
      else if (item.aborted && this.#options.includeAborted !== true)
        this.#hole(item.lastOffset, 'aborted', item.count, null)
      else if (this.#isOutOfTime(item)) this.#pass(item.lastOffset)
      else this.#open(item)
    }
    return this.#next >= this.#to ? 'to' : null
  }

  /**
   * A batch states its newest timestamp, but its oldest only if the broker set one for all: records written by producers may be
   * older than any of these.
   */
  #isOutOfTime(batch: BatchView): boolean {
    if (this.#options.time === undefined) return false
    const newest = Number(batch.maxTimestamp)
    return newest < this.#timeFrom || (batch.timestampType === 'LogAppendTime' && newest >= this.#timeTo)
  }

  #pass(last: bigint): void {
    const first = this.#next
    const end = last < this.#to ? last : this.#to - 1n
    this.#next = end + 1n
    const before = this.#passed.at(-1)
    if (before !== undefined && before.last + 1n === first) before.last = end
    else this.#passed.push({ first, last: end })
  }

  #open(batch: BatchView): void {
    const problem = this.#cursor.open(batch, this.#options.maxDecompressedBytes)
    const isLarge = problem?.reason === 'too-large'
    this.work += isLarge ? (this.#options.maxDecompressedBytes ?? DEFAULT_MAX_DECOMPRESSED_BYTES) : batch.sizeInBytes
    if (problem === null && this.#cursor.bytes !== batch.bytes) this.work += this.#cursor.bytes.length
    if (problem !== null) return this.#corrupt(batch, problem)
    if (this.#passOver(batch)) return
    this.#batch = batch
    this.#isUnverified = this.#verifiesRows
  }

  /** Skips a batch in which no record can match: most batches, if the search is for something rare. */
  #passOver(batch: BatchView): boolean {
    const matcher = this.#matcher
    const decoder = this.#decoder
    const last = batch.lastOffset
    if (matcher === null || this.#keys !== null || batch.baseOffset !== this.#next || last >= this.#to) return false
    if (decoder?.isPlain === false || matcher.mayMatch(this.#cursor)) return false
    const bytes = this.#cursor.bytesOfAll(decoder?.leastPlain ?? 0)
    if (bytes < 0) return false
    this.#next = last + 1n
    this.#counts.records += batch.count
    this.#counts.recordBytes += bytes
    return true
  }

  #readBatch(batch: BatchView, maxRecords: number, maxBytes: number): RecordColumns['stoppedBy'] | null {
    const cursor = this.#cursor
    const output = this.#output
    const matcher = this.#matcher
    const { judge, spreads, lines, list = 'matches' } = this.#options
    const timeFrom = this.#timeFrom
    const timeTo = this.#timeTo
    const decoder = this.#decoder
    const keys = this.#keys
    const base = batch.baseOffset
    const baseNumber = base <= 9_007_199_254_740_991n ? Number(base) : Number.NaN
    const size = batch.sizeInBytes
    const keyMax = this.#keyMax
    const valueMax = this.#valueMax
    const toDelta = deltaOf(this.#to, base)
    const lso = this.#options.lastStableOffset
    const openDelta = lso === undefined ? Number.POSITIVE_INFINITY : deltaOf(lso, base)
    let flags = flagsOf(batch)
    let nextDelta = deltaOf(this.#next, base)
    let records = 0
    let recordBytes = 0
    let matched = 0
    let full = false
    let past = false
    for (;;) {
      if (this.#isFull(maxRecords, maxBytes)) {
        full = true
        break
      }
      if (!cursor.next()) break
      const delta = cursor.offsetDelta
      if (delta < nextDelta) continue
      if (delta >= toDelta) {
        past = true
        break
      }
      if (delta > nextDelta) {
        this.#next = base + BigInt(nextDelta)
        this.#hole(base + BigInt(delta - 1), 'missing', delta - nextDelta, null)
      }
      nextDelta = delta + 1
      records++
      recordBytes += cursor.end - cursor.start
      if (!(cursor.timestampNumber >= timeFrom && cursor.timestampNumber < timeTo) && !this.#isInTime(cursor)) continue
      keys?.push(cursor)
      decoder?.at(cursor)
      // If the value is decoded to something else than it is stored as, the bytes may be in it although the stored record does
      // not contain them.
      if (matcher !== null && !matcher.matches(cursor) && (decoder === null || decoder.isPlainAt(cursor))) continue
      const judgement = judge === undefined ? 'match' : judge(cursor)
      if (judgement === 'no') continue
      if (judgement === 'match') {
        matched++
        spreads?.add(cursor)
        lines?.add(cursor)
      } else this.#notJudged.push(cursor.offset, notJudgedReasons.indexOf(judgement))
      if (judgement === 'match' ? list !== 'matches' : list !== 'not-judged' && list !== judgement) continue
      if (this.#isUnverified) {
        this.#isUnverified = false
        batch.crcBad = batch.computeCrc() !== batch.crc
        flags = flagsOf(batch)
      }
      output.push(cursor, baseNumber, delta >= openDelta ? flags | FLAG.open : flags, size, keyMax, valueMax, decoder)
      keys?.isRow(output.rows - 1)
    }
    this.#next = base + BigInt(nextDelta)
    this.#counts.records += records
    this.#counts.recordBytes += recordBytes
    this.#counts.matched += matched
    if (full) return this.#next >= this.#to ? 'to' : 'limit'
    this.#batch = null
    if (!past && cursor.problem !== null) this.#corrupt(batch, cursor.problem)
    else this.#hole(batch.lastOffset, 'missing', Number.POSITIVE_INFINITY, null)
    return this.#next >= this.#to ? 'to' : null
  }

  #isFull(maxRecords: number, maxBytes: number): boolean {
    const output = this.#output
    const made = output.byteLength + (this.#decoder?.fieldBytes ?? 0)
    const written = this.#options.lines?.byteLength ?? 0
    return (
      output.rows >= maxRecords ||
      this.#notJudged.count >= maxRecords ||
      (this.#keys !== null && this.#keys.count >= MOST_KEYS) ||
      (written > maxBytes && written > 0) ||
      (made > maxBytes && output.rows > 0)
    )
  }

  /** For a timestamp that needs all 64 bits; usually numbers decide. */
  #isInTime({ timestamp }: RecordCursor): boolean {
    const { from = null, to = null } = this.#options.time ?? {}
    return (from === null || timestamp >= from) && (to === null || timestamp < to)
  }

  /** The rest of a batch cannot be read. */
  #corrupt(batch: BatchView, problem: Problem): void {
    const last = batch.lastOffset
    this.#problems.push({
      kind: 'problem',
      ...problem,
      first: this.#next <= last ? this.#next : last,
      last,
      sizeInBytes: batch.sizeInBytes,
      canContinue: true,
    })
    this.#hole(last, 'corrupt', Number.POSITIVE_INFINITY, problem.detail)
  }

  #gapBefore(first: bigint): void {
    if (first > this.#next) this.#hole(first - 1n, 'missing', Number.POSITIVE_INFINITY, null)
  }

  /** Covers [#next, last]: `count` offsets of this kind, and the rest was compacted away. */
  #hole(last: bigint, kind: HoleKind, count: number, reason: string | null): void {
    const first = this.#next
    const end = last < this.#to ? last : this.#to - 1n
    if (end < first) return
    this.#next = end + 1n
    const range = Number(end - first) + 1
    const known = Math.max(0, Math.min(count, range))
    let hole = this.#holes.at(-1)
    if (hole === undefined || hole.last + 1n !== first) {
      hole = { first, last: end, aborted: 0, markers: 0, missing: 0, oldFormat: 0, corrupt: 0, reason: null }
      this.#holes.push(hole)
    }
    hole.last = end
    hole[kind] += known
    hole.missing += range - known
    hole.reason ??= reason
    this.#counts[kind] += known
    this.#counts.missing += range - known
  }
}

class NotJudgedOutput {
  #offsets: bigint[] = []
  #reasons: number[] = []

  get count(): number {
    return this.#offsets.length
  }

  push(offset: bigint, reason: number): void {
    this.#offsets.push(offset)
    this.#reasons.push(reason)
  }

  take(): RecordColumns['notJudged'] {
    if (this.#offsets.length === 0) return null
    const taken = { offset: BigInt64Array.from(this.#offsets), reason: Uint8Array.from(this.#reasons) }
    this.#offsets = []
    this.#reasons = []
    return taken
  }
}

function flagsOf(batch: BatchView): number {
  return (
    (batch.transactional ? FLAG.transactional : 0) |
    (batch.aborted ? FLAG.aborted : 0) |
    (batch.crcBad ? FLAG.crcBad : 0) |
    (batch.timestampType === 'LogAppendTime' ? FLAG.logAppendTime : 0) |
    (batch.codecId << FLAG_CODEC_SHIFT)
  )
}

function deltaOf(offset: bigint, base: bigint): number {
  return offset <= base ? 0 : Number(offset - base)
}

function zeroCounts(): ColumnCounts {
  return {
    records: 0,
    matched: 0,
    aborted: 0,
    markers: 0,
    missing: 0,
    oldFormat: 0,
    corrupt: 0,
    bytes: 0,
    recordBytes: 0,
  }
}
