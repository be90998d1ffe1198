import type { Predicate } from '#shared/filters/predicate.ts'
import type { Decoded } from '#shared/model/decoded.ts'
import type { DecodeChain } from '../decode/chain.ts'
import type { DecodeContext } from '../decode/decoder.ts'
import { CursorRecord } from '../decode/cursor-record.ts'
import { RowDecoder } from '../decode/row-decoder.ts'
import { ColumnOutput, ROW_BYTES } from '../records/column-output.ts'
import type { ColumnOptions, RecordColumns } from '../records/column-types.ts'
import { decodeOne } from '../records/decode-one.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import { ColumnWalker, WORK_BYTES } from '../records/walk-columns.ts'
import { transformPart } from '../replay/transform.ts'
import type { ColumnPart, DecodeResult, DecodeTask } from './protocol.ts'

/** What a worker keeps from one task to the next. */
export interface WorkerParts {
  chain: DecodeChain
  /** The filter kept under a number. */
  filterOf: (ref: number) => Predicate
  /** Waits for what is missing; other tasks go on meanwhile. */
  wait: (missing: Iterable<Promise<unknown>>) => Promise<void>
}

/** What one task makes of one partition, at most about so much. */
const MADE_BYTES = 64 << 20
/** How often decoders may ask for more than is there, one thing leading to another, before it is done without. */
const WAITS = 8

/** What was made of each piece is copied out at its end, so one serves all tasks. */
const output = new ColumnOutput()

export async function perform(task: DecodeTask, parts: WorkerParts): Promise<DecodeResult> {
  switch (task.kind) {
    case 'one': {
      const bytes = new Uint8Array(task.buffer, task.offset, task.length)
      const { decodedAt, ...options } = task.options
      const decoded = decodeOne(bytes, task.at, options)
      if (decoded.kind !== 'record') return { kind: 'one', decoded, key: null, value: null }
      const key = await whole(decoded.key, { ...decodedAt, part: 'key' }, parts)
      return { kind: 'one', decoded, key, value: await whole(decoded.value, { ...decodedAt, part: 'value' }, parts) }
    }
    case 'transform': {
      const records = new Uint8Array(task.buffer)
      return { kind: 'transform', part: transformPart({ ...task.part, records }, task.options) }
    }
    case 'columns': {
      const made: RecordColumns[][] = []
      for (const part of task.parts) made.push(await walkPart(task.buffer, part, parts))
      return { kind: 'columns', parts: made }
    }
  }
}

/** Rows of which some wait for what decodes them are made anew once it is here. */
async function walkPart(buffer: ArrayBuffer, part: ColumnPart, parts: WorkerParts): Promise<RecordColumns[]> {
  const { decodedAt } = part.options
  if (decodedAt === undefined) return walk(buffer, part, part.options)
  for (let waits = 0; ; waits += 1) {
    const decoder = new RowDecoder(parts.chain, decodedAt, waits < WAITS)
    const pieces = walk(buffer, part, { ...part.options, decoder, ...filterOptions(part, decoder, parts) })
    if (decoder.missing.size === 0) return pieces
    await parts.wait(decoder.missing)
  }
}

function filterOptions(
  { options }: ColumnPart,
  decoder: RowDecoder,
  { filterOf }: WorkerParts,
): Partial<ColumnOptions> {
  if (options.matching === undefined) return {}
  const { verdict, literal } = filterOf(options.matching)
  let record: CursorRecord | null = null
  const accept = (cursor: RecordCursor): boolean => verdict((record ??= new CursorRecord(cursor, decoder))) === 'match'
  return { accept, ...(literal !== null && decoder.isPlain ? { filter: { bytes: literal } } : {}) }
}

function walk(buffer: ArrayBuffer, part: ColumnPart, options: ColumnOptions): RecordColumns[] {
  const { maxRows } = part.options
  const walker = new ColumnWalker(new Uint8Array(buffer, part.offset, part.length), options, output)
  if (maxRows !== undefined) return [walker.take({ maxRecords: maxRows })]
  const pieces: RecordColumns[] = []
  for (let made = 0; ;) {
    const piece = walker.take()
    pieces.push(piece)
    made += piece.count * ROW_BYTES + piece.preview.length
    // Little can hold much: what is left is fetched again once this has been taken.
    if (piece.stoppedBy !== 'limit' || made >= MADE_BYTES || walker.work >= WORK_BYTES) return pieces
  }
}

async function whole(
  bytes: Uint8Array | null,
  at: DecodeContext,
  { chain, wait }: WorkerParts,
): Promise<Decoded | null> {
  if (bytes === null) return null
  for (let waits = 0; ; waits += 1) {
    const found = waits < WAITS ? chain.decode(bytes, at) : chain.decodeNow(bytes, at)
    if (found instanceof Promise) await wait([found])
    else {
      const written = found.written === bytes ? null : new Uint8Array(found.written)
      return { ...found.as, written, isCut: false, value: found.value?.() ?? null }
    }
  }
}
