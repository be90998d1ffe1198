import { SeeklineError } from '#shared/errors.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { ColumnOptions, RecordColumns } from './records/column-types.ts'
import { abandonable } from './cancellation.ts'
import { BatchWalker } from './records/batch-walker.ts'
import { EventQueue } from './reading/event-queue.ts'
import type { FetchedPart } from './reading/fetch-answers.ts'
import { FetchLoop, type LoopEvent, type LoopOptions } from './reading/fetch-loop.ts'
import { findOne, type OffsetContent } from './reading/one-offset.ts'
import { ownedBuffer } from './reading/owned-buffer.ts'
import { ReadLimit } from './reading/rate-limit.ts'
import type { LogSource } from './reading/source.ts'
import type { AbortedTransaction } from './records/batch-types.ts'
import type { DecodedAt } from './decode/decoder.ts'
import type { DecodedHeader, StoredHeader } from './workers/decode-headers.ts'
import type { OffsetsFilter } from './workers/offsets-filter.ts'
import type { DecodePool } from './workers/pool.ts'
import { undecodable } from './reading/read-errors.ts'
import type { ColumnPart, Patience, PieceLimits } from './workers/tasks.ts'

export type { OffsetContent } from './reading/one-offset.ts'
export { ReadLimit } from './reading/rate-limit.ts'
export { clusterSource, type LogSource } from './reading/source.ts'

/*
 * Reading partitions, for everything that does: pages, tails, scans, replays, exports.
 *
 *   const reader = createReader(clusterSource(cluster), pool)
 *   for await (const event of reader.columns({ topic, ranges, signal })) …      // decoded in workers, packed columns
 *   for await (const event of reader.rawBatches({ topic, ranges, signal })) …   // undecoded, on this thread
 *
 * Both iterate until every range has an `end` or `failed` event, in offset order within a partition. Leaving the loop, or
 * the signal, ends the read at once. Both throw when the read as a whole fails (the topic is gone or was created again,
 * rights, a closed connection) and carry on through leader changes and lost connections. Memory: at most 16 MiB of fetched
 * bytes (`maxInFlightBytes`) and one response per leader are held; the next fetch is under way while these are decoded.
 */

/** Events of both kinds of read, except their data. */
export type ReadEvent =
  /** Offsets [from, next) hold nothing any more: they are before the log start, or the log ends. */
  | { kind: 'gap'; partition: number; from: bigint; next: bigint }
  | { kind: 'end'; partition: number; next: bigint; bounds: LogBounds }
  | { kind: 'failed'; partition: number; next: bigint; error: SeeklineError }
  /** A broker or leader is away (the error) and the read waits for it, or it is back (null). */
  | { kind: 'waiting'; error: SeeklineError | null }

export type ColumnEvent =
  | ReadEvent
  /** `columns.holes` cover every offset of [fromOffset, nextOffset) that has no row. */
  | { kind: 'rows'; partition: number; columns: RecordColumns; bounds: LogBounds }

export interface ColumnRead extends LoopOptions {
  /** How to decode; offsets, limits and transactions are filled in here. */
  decode?: Pick<
    ColumnOptions,
    'includeAborted' | 'previewBytes' | 'filter' | 'verifyCrc' | 'maxDecompressedBytes' | 'time' | 'list' | 'keys'
  >
  /** Whether keys and values are decoded, or rows have the stored bytes. Default false. */
  decoded?: boolean
  /** Instead of decoded rows, which schemas keys and values name. Needs `decoded`. */
  names?: 'schemas'
  /** Fields to read from each row. Needs `decoded`. */
  fields?: readonly RowField[]
  /** How long to wait for schemas. Default `look`. */
  patience?: Patience
  /** How to count matches, if `decode.list` is `none`. */
  spreads?: readonly SpreadRequest[]
  /** How to write matches as lines, if `decode.list` is `none`. */
  lines?: LineFormat
  /** Only matching records become rows; the others count among the records read. */
  matching?: RecordFilter | OffsetsFilter | undefined
  /** Every record becomes a row, together with the filter's verdict on it, or its fields. Needs `decoded`. */
  trial?: RecordFilter | 'fields'
  /** With `stepwise`: at most this many rows per partition and step. */
  maxRows?: number
  /** About this many rows and bytes per piece, so that each can be sent on as it is. */
  pieces?: PieceLimits
}

export interface ColumnStream extends AsyncIterable<ColumnEvent> {
  /** Also reads this partition, or another range of one that has ended or was finished. */
  add(range: LoopOptions['ranges'][number]): void
  /** In a stepwise read: starts the next step of this partition. */
  resume(partition: number): void
  /** Stops reading this partition; it gets no `end` event then. */
  finish(partition: number): void
  readonly topicId: string | null
  /** Bytes received from the brokers so far. */
  readonly bytes: number
}

/** Undecoded batches of one partition, as they are in the log. Valid until the next step of the iteration. */
export interface RawChunk {
  kind: 'batches'
  partition: number
  /** The first wanted offset: the first batch may start earlier, and the last may reach beyond `to`. */
  from: bigint
  next: bigint
  to: bigint | null
  bytes: Uint8Array
  /** At isolation level 1; the walker uses it. */
  aborted: readonly AbortedTransaction[]
  bounds: LogBounds
  /**
   * A new walk over the chunk: batches with their headers and whether they are aborted; damaged ones are reported as problems.
   */
  walk(): BatchWalker
}

export type RawEvent = ReadEvent | RawChunk

export type LogReader = ReturnType<typeof createReader>

/**
 * One per connection, whose id the workers need for decoding; `limit` is the read limit in bytes per second, shared by all
 * reads of the connection, and may be changed at any time.
 */
export function createReader(
  source: LogSource,
  pool: DecodePool,
  limit: ReadLimit = new ReadLimit(),
  connection: string = '',
) {
  const parts: ReaderParts = { source, pool, limit, connection }
  return {
    limit,
    source,
    columns: (read: ColumnRead): ColumnStream => columnStream(parts, read),
    rawBatches: (read: LoopOptions): AsyncIterable<RawEvent> => rawStream(source, limit, read),
    /**
     * A limit for a look of a few seconds, which begins once a worker can decode: it must not be over before anything was read.
     * Rejects with `call.cancelled` if `signal` is aborted before.
     */
    async timeLimit(milliseconds: number, signal: AbortSignal): Promise<AbortSignal> {
      await abandonable(pool.loaded(), signal)
      return AbortSignal.timeout(milliseconds)
    },
    /** The record at one offset, or why there is none; fully decoded by a worker. */
    async one(
      topic: string,
      partition: number,
      offset: bigint,
      options: { topicId?: string | null; signal?: AbortSignal; patience?: Patience } = {},
    ): Promise<OffsetContent> {
      const { patience, ...fetch } = options
      const range = { partition, from: offset, to: offset + 1n }
      const loop = new FetchLoop(source, limit, { topic, ranges: [range], partitionBytes: 65_536, ...fetch })
      try {
        return await findOne(loop, pool, { connection, topic, partition }, offset, { patience, signal: options.signal })
      } finally {
        loop.close()
      }
    },
    /** The decoded values of a page of a record's headers. */
    async headers(
      at: Omit<DecodedAt, 'connection'>,
      key: Uint8Array | null,
      headers: readonly StoredHeader[],
      { patience = 'open', signal }: { patience?: Patience; signal?: AbortSignal } = {},
    ): Promise<DecodedHeader[]> {
      const { topic, partition } = at
      const task = { kind: 'headers', at: { connection, topic, partition }, key, headers, patience } as const
      return headers.length === 0 ? [] : (await pool.run(task, signal)).headers
    },
  }
}

interface ReaderParts {
  source: LogSource
  pool: DecodePool
  limit: ReadLimit
  connection: string
}

interface Decoding {
  event: LoopEvent
  /** The results of a `data` event, by part. */
  results: Promise<DecodedPart>[]
}

/** Pieces in order; or the worker died while decoding: `alone` if nothing else was in its task. */
type DecodedPart = RecordColumns[] | { crash: SeeklineError; alone: boolean }

function columnStream({ source, pool, limit, connection }: ReaderParts, read: ColumnRead): ColumnStream {
  const loop = new FetchLoop(source, limit, read)
  const open = new Set(read.ranges.map((r) => r.partition))
  /** Partitions that may contain records that make a worker die: from then on each is decoded in a task of its own. */
  const suspects = new Set<number>()
  return {
    get topicId() {
      return loop.topicId
    },
    get bytes() {
      return loop.bytes
    },
    add: (range) => {
      loop.add(range)
      open.add(range.partition)
    },
    resume: (partition) => loop.resume(partition),
    finish: (partition) => {
      loop.finish(partition)
      open.delete(partition)
    },
    async *[Symbol.asyncIterator]() {
      const decoding = new EventQueue<Decoding>(Number.POSITIVE_INFINITY)
      const over = new AbortController()
      const used = read.matching ?? (read.trial === 'fields' ? undefined : read.trial)
      const filter = used === undefined ? null : pool.keep({ kind: 'filter', filter: used })
      const toPart = columnPart(read, connection, filter?.ref)
      const pumped = pump(loop, pool, toPart, decoding, suspects, over.signal)
      try {
        while (open.size > 0) {
          const item = await decoding.take()
          if (item === null) return
          const { event } = item
          if (event.kind === 'data') {
            for (const [i, part] of event.parts.entries()) {
              const { partition } = part
              const pieces = await item.results[i]! // there is a result per part
              if (!open.has(partition) || part.generation !== loop.generationOf(partition)) continue
              if ('crash' in pieces) {
                if (pieces.alone) {
                  loop.finish(partition)
                  open.delete(partition)
                  yield {
                    kind: 'failed',
                    partition,
                    next: part.from,
                    error: undecodable(read.topic, part, pieces.crash),
                  }
                } else {
                  if (pieces.crash.details?.['displaced'] !== true) suspects.add(partition)
                  loop.rewind(partition, part.from)
                  loop.resume(partition)
                }
                continue
              }
              const last = pieces.at(-1)
              if (last?.stoppedBy === 'limit') loop.rewind(partition, last.nextOffset)
              for (const columns of pieces) yield { kind: 'rows', partition, columns, bounds: part.bounds }
            }
            loop.release(event.bytes)
          } else if (event.kind === 'waiting') {
            yield event
          } else if (event.kind === 'failed') {
            open.delete(event.partition)
            yield event
          } else if (open.has(event.partition) && event.generation === loop.generationOf(event.partition)) {
            if (event.kind === 'end') open.delete(event.partition)
            yield event
          }
        }
      } finally {
        over.abort()
        loop.close()
        await pumped
        filter?.release()
      }
    },
  }
}

/** Sends each response to a worker as soon as it arrives; the reader awaits the results in order. */
async function pump(
  loop: FetchLoop,
  pool: DecodePool,
  toPart: (part: FetchedPart) => ColumnPart,
  out: EventQueue<Decoding>,
  suspects: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let event = await loop.next(); event !== null; event = await loop.next()) {
      const results = event.kind === 'data' ? decodeParts(event.parts, pool, toPart, suspects, signal) : []
      out.push({ event, results })
    }
    out.end()
  } catch (error) {
    out.fail(error)
  }
}

/** All parts of a response in one task, except those of suspects. */
function decodeParts(
  parts: FetchedPart[],
  pool: DecodePool,
  toPart: (part: FetchedPart) => ColumnPart,
  suspects: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<DecodedPart>[] {
  const together = parts.filter((part) => !suspects.has(part.partition))
  const tasks = together.length > 0 ? [together] : []
  for (const part of parts) {
    if (!suspects.has(part.partition)) continue
    part.records = new Uint8Array(part.records)
    tasks.push([part])
  }
  const results = new Map<FetchedPart, Promise<DecodedPart>>()
  for (const task of tasks) {
    const decoded = pool.run({ kind: 'columns', buffer: ownedBuffer(task), parts: task.map(toPart) }, signal)
    for (const [i, part] of task.entries()) {
      const result = decoded.then(
        (columns): DecodedPart => columns.parts[i]!, // the worker answers with a part for each one it was sent
        (error: unknown): DecodedPart => {
          if (!(error instanceof SeeklineError) || error.code !== 'worker.crashed') throw error
          return { crash: error, alone: task.length === 1 && error.details?.['displaced'] !== true }
        },
      )
      result.catch(() => undefined)
      results.set(part, result)
    }
  }
  return parts.map((part) => results.get(part)!) // every part is given a result
}

const columnPart =
  (read: ColumnRead, connection: string, filter: number | undefined) =>
  (part: FetchedPart): ColumnPart => ({
    offset: part.records.byteOffset,
    length: part.records.byteLength,
    options: {
      ...read.decode,
      fromOffset: part.from,
      ...(part.to === null ? {} : { toOffsetExclusive: part.to }),
      abortedTransactions: part.aborted,
      lastStableOffset: part.bounds.lastStable,
      logEnd: part.next,
      ...(read.trial !== undefined
        ? { trial: { filter: filter ?? null } }
        : filter === undefined
          ? {}
          : { matching: filter }),
      ...(read.patience === undefined ? {} : { patience: read.patience }),
      ...(read.fields === undefined ? {} : { fields: read.fields }),
      ...(read.spreads === undefined ? {} : { spreads: read.spreads }),
      ...(read.lines === undefined ? {} : { lines: read.lines }),
      ...(read.decoded === true || filter !== undefined || read.spreads !== undefined || read.lines !== undefined
        ? {
            decodedAt: {
              connection,
              topic: read.topic,
              partition: part.partition,
              ...(read.names === undefined ? {} : { names: read.names }),
            },
          }
        : {}),
      ...(read.maxRows === undefined ? {} : { maxRows: read.maxRows }),
      ...(read.pieces === undefined ? {} : { pieces: read.pieces }),
    },
  })

async function* rawStream(source: LogSource, limit: ReadLimit, read: LoopOptions): AsyncGenerator<RawEvent> {
  const loop = new FetchLoop(source, limit, read)
  const open = new Set(read.ranges.map((r) => r.partition))
  try {
    while (open.size > 0) {
      const event = await loop.next()
      if (event === null) return
      if (event.kind === 'data') {
        for (const part of event.parts) yield rawChunk(part)
        loop.release(event.bytes)
        continue
      }
      if (event.kind === 'end' || event.kind === 'failed') open.delete(event.partition)
      yield event
    }
  } finally {
    loop.close()
  }
}

function rawChunk(part: FetchedPart): RawChunk {
  return {
    kind: 'batches',
    partition: part.partition,
    from: part.from,
    next: part.next,
    to: part.to,
    bytes: part.records,
    aborted: part.aborted,
    bounds: part.bounds,
    walk: () =>
      new BatchWalker(part.records, {
        fromOffset: part.from,
        abortedTransactions: part.aborted,
        logEnd: part.next,
        verifyCrc: 'report',
      }),
  }
}
