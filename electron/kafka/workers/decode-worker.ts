import { parentPort } from 'node:worker_threads'
import { ColumnOutput, ROW_BYTES } from '../records/column-output.ts'
import { transferList, type RecordColumns } from '../records/column-types.ts'
import { decodeOne, type DecodedOffset } from '../records/decode-one.ts'
import { transformPart } from '../replay/transform.ts'
import { ColumnWalker, WORK_BYTES } from '../records/walk-columns.ts'
import type { ColumnPart, DecodeResult, DecodeTask, ReplyMessage, TaskMessage } from './protocol.ts'

/** Tasks are done one after the other, and what they made is copied out at their end. */
const output = new ColumnOutput()

/** What one task makes of one partition, at most about so much. */
const MADE_BYTES = 64 << 20

const port = parentPort
port?.on('message', ({ id, task }: TaskMessage) => {
  let reply: ReplyMessage
  let transfer: ArrayBuffer[] = []
  try {
    const result = perform(task)
    transfer = transferOf(result)
    reply = { id, result }
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) }
  }
  port.postMessage(reply, transfer)
  // Gives the response's memory back now: the collector does not see how much hangs on so small an object.
  if (!task.buffer.detached) task.buffer.transfer(0)
})

function perform(task: DecodeTask): DecodeResult {
  if (task.kind === 'one') {
    const bytes = new Uint8Array(task.buffer, task.offset, task.length)
    return { kind: 'one', decoded: decodeOne(bytes, task.at, task.options) }
  }
  if (task.kind === 'transform') {
    const records = new Uint8Array(task.buffer)
    return { kind: 'transform', part: transformPart({ ...task.part, records }, task.options) }
  }
  return { kind: 'columns', parts: task.parts.map((part) => walkPart(task.buffer, part)) }
}

function walkPart(buffer: ArrayBuffer, part: ColumnPart): RecordColumns[] {
  const { maxRows, ...options } = part.options
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

function transferOf(result: DecodeResult): ArrayBuffer[] {
  if (result.kind === 'columns') return result.parts.flat().flatMap(transferList)
  if (result.kind === 'transform') return result.part.units.flatMap((unit) => unit.batches.map((b) => b.bytes.buffer))
  return recordBuffers(result.decoded)
}

function recordBuffers(decoded: DecodedOffset): ArrayBuffer[] {
  if (decoded.kind !== 'record') return []
  const { key, value, headers } = decoded
  return [key?.buffer, value?.buffer, headers.bytes.buffer, headers.marks.buffer].filter(
    (buffer) => buffer !== undefined,
  )
}
