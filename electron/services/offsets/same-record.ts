import { SeeklineError } from '#shared/errors.ts'
import { rowFlags } from '#shared/model/rows.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'

/**
 * The properties by which a record is recognised in another log: the sizes and beginnings of key and value, and its timestamp.
 */
export interface RecordFace {
  offset: bigint
  /** Milliseconds since 1970; −1: it has none. */
  timestamp: bigint
  /** The timestamp was set by a broker, so a copy has another one. */
  isAppended: boolean
  /** Bytes; −1 for null. */
  keySize: number
  valueSize: number
  /** Key and value, concatenated, cut. */
  start: Buffer
}

export interface FaceRange {
  partition: number
  from: bigint
  /** Exclusive. */
  to: bigint
}

interface Read {
  topic: string
  topicId: string | null
}

const beginnings = { key: 256, value: 2_048 }
/** A long run of markers, or of aborted records, is not read to its end for one record. */
const MOST_MS = 5_000
/** How far before a position the last record is searched for, and how many records from a timestamp on for its copy. */
const LOOK_BACK = 1_000n
const MOST_LOOKED = 20_000
const MOST_BYTES = 64 << 20

export function isSame(a: RecordFace, b: RecordFace): boolean {
  const isTimed = !a.isAppended && !b.isAppended
  return (
    a.keySize === b.keySize &&
    a.valueSize === b.valueSize &&
    (!isTimed || a.timestamp === b.timestamp) &&
    a.start.equals(b.start)
  )
}

/**
 * The first record that `read_committed` consumers see in each range, or why it could not be read; partitions without one are
 * absent.
 */
export async function findNext(access: MessagesAccess, read: Read, ranges: readonly FaceRange[], signal: AbortSignal) {
  const found = new Map<number, RecordFace | SeeklineError>()
  const failed = await visit(access, read, { ranges, rows: 1 }, signal, (partition, columns) => {
    if (columns.count > 0) found.set(partition, faceAt(columns, 0))
    return columns.count > 0
  })
  return new Map([...failed, ...found])
}

/** The last record before each range's end, not far before it. */
export async function findLast(access: MessagesAccess, read: Read, ranges: readonly FaceRange[], signal: AbortSignal) {
  const found = new Map<number, RecordFace | SeeklineError>()
  const near = ranges.map(({ partition, from, to }) => ({ partition, from: to - LOOK_BACK > from ? to - LOOK_BACK : from, to })) // oxfmt-ignore
  const failed = await visit(access, read, { ranges: near, rows: 1_000 }, signal, (partition, columns) => {
    if (columns.count > 0) found.set(partition, faceAt(columns, columns.count - 1))
    return false
  })
  return new Map([...found, ...failed])
}

/** Every record of each range, as far as it is read, with these properties. Partitions of which nothing was read are absent. */
export async function findSame(
  access: MessagesAccess,
  read: Read,
  ranges: readonly (FaceRange & { face: RecordFace })[],
  signal: AbortSignal,
) {
  const faces = new Map(ranges.map(({ partition, face }) => [partition, face]))
  const seen = new Map<number, SameFaces>()
  const failed = await visit(access, read, { ranges, rows: 1_000 }, signal, (partition, columns) => {
    const face = faces.get(partition)! // only partitions of this map are read
    const own = seen.get(partition) ?? { offsets: [], looked: 0 }
    seen.set(partition, own)
    let isPast = false
    for (let row = 0; row < columns.count && own.looked < MOST_LOOKED && !isPast; row += 1) {
      own.looked += 1
      if (
        columns.keySize[row] === face.keySize &&
        columns.valueSize[row] === face.valueSize &&
        isSame(face, faceAt(columns, row))
      ) {
        own.offsets.push(columns.offset[row]!) // row < count
      }
      // Similar records have the same timestamp and are close together.
      isPast = own.offsets.length > 0 && own.looked > FEW && columns.timestamp[row]! > face.timestamp // row < count
    }
    return isPast || own.looked >= MOST_LOOKED
  })
  return new Map<number, SameFaces | SeeklineError>([...failed, ...seen])
}

/** Where records with these properties are, among how many that were read. */
export interface SameFaces {
  offsets: bigint[]
  looked: number
}

const FEW = 100

/**
 * Reads piece by piece until `look` has seen enough of a partition, or the time is over. Returns why some could not be read, or
 * not as far as was wanted.
 */
async function visit(
  { reader }: MessagesAccess,
  { topic, topicId }: Read,
  { ranges, rows }: { ranges: readonly FaceRange[]; rows: number },
  signal: AbortSignal,
  look: (partition: number, columns: RecordColumns) => boolean,
): Promise<Map<number, SeeklineError>> {
  const failed = new Map<number, SeeklineError>()
  const wanted = ranges.filter(({ from, to }) => from < to)
  const left = new Set(wanted.map(({ partition }) => partition))
  if (wanted.length === 0) return failed
  const over = await reader.timeLimit(MOST_MS, signal)
  const stream = reader.columns({
    topic,
    topicId,
    ranges: wanted.map(({ partition, from, to }) => ({ partition, from, to })),
    signal: AbortSignal.any([signal, over]),
    giveUpAfterMs: MOST_MS,
    stepwise: true,
    maxRows: rows,
    decode: { previewBytes: beginnings, includeAborted: false },
  })
  try {
    for await (const event of stream) {
      if (event.kind === 'failed') failed.set(event.partition, event.error)
      if (event.kind === 'end') left.delete(event.partition)
      if (event.kind !== 'rows') continue
      if (look(event.partition, event.columns)) {
        stream.finish(event.partition)
        left.delete(event.partition)
      } else stream.resume(event.partition)
      if (stream.bytes > MOST_BYTES) break
    }
  } catch (error) {
    if (signal.aborted || !isCancelled(error)) throw error
  }
  const late = new SeeklineError('call.timeout', 'It was not found in the time of one look.', { retryable: true })
  for (const partition of left) if (!failed.has(partition)) failed.set(partition, late)
  return failed
}

/** A copy: the columns are valid only until the next piece. */
function faceAt(columns: RecordColumns, row: number): RecordFace {
  const start = row === 0 ? 0 : columns.ends[2 * row - 1]! // `ends` has two entries per row: where the key ends and where the value ends
  const flags = columns.flags[row]! // row < count
  return {
    offset: columns.offset[row]!, // row < count
    timestamp: columns.timestamp[row]!, // row < count
    isAppended: (flags & rowFlags.logAppendTime) !== 0,
    keySize: columns.keySize[row]!, // row < count
    valueSize: columns.valueSize[row]!, // row < count
    start: Buffer.from(columns.preview.subarray(start, columns.ends[2 * row + 1])),
  }
}
