import type { Decoded } from '#shared/model/decoded.ts'
import type { DecodeChain } from '../decode/chain.ts'
import type { DecodeContext } from '../decode/decoder.ts'
import { RowDecoder } from '../decode/row-decoder.ts'
import { ColumnOutput, ROW_BYTES } from '../records/column-output.ts'
import type { RecordColumns } from '../records/column-types.ts'
import { decodeOne } from '../records/decode-one.ts'
import { ColumnWalker, WORK_BYTES } from '../records/walk-columns.ts'
import { transformPart } from '../replay/transform.ts'
import type { ColumnPart, DecodeResult, DecodeTask } from './protocol.ts'

/** What a worker keeps from one task to the next. */
export interface WorkerParts {
  chain: DecodeChain
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
async function walkPart(buffer: ArrayBuffer, part: ColumnPart, { chain, wait }: WorkerParts): Promise<RecordColumns[]> {
  const { decodedAt } = part.options
  if (decodedAt === undefined) return walk(buffer, part, null)
  for (let waits = 0; ; waits += 1) {
    const decoder = new RowDecoder(chain, decodedAt, waits < WAITS)
    const pieces = walk(buffer, part, decoder)
    if (decoder.missing.size === 0) return pieces
    await wait(decoder.missing)
  }
}

function walk(buffer: ArrayBuffer, part: ColumnPart, decoder: RowDecoder | null): RecordColumns[] {
  const { maxRows, decodedAt: _, ...options } = part.options
  const bytes = new Uint8Array(buffer, part.offset, part.length)
  const walker = new ColumnWalker(bytes, decoder === null ? options : { ...options, decoder }, output)
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
    else return { ...found.as, written: found.written === bytes ? null : new Uint8Array(found.written), isCut: false }
  }
}
