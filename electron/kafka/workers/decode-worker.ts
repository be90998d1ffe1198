import { parentPort, workerData } from 'node:worker_threads'
import { predicateOf } from '#shared/filters/compile.ts'
import type { Predicate } from '#shared/filters/predicate.ts'
import { Chains, type TopicChains } from '../decode/topic-chains.ts'
import type { DecodedAt } from '../decode/decoder.ts'
import { WorkerSchemas } from '../decode/worker-schemas.ts'
import { transferList } from '../records/column-types.ts'
import type { DecodedOffset } from '../records/one-record.ts'
import { compileOffsets } from './offsets-filter.ts'
import { perform } from './perform-task.ts'
import type { DecodeResult, DecodeTask, Kept, ReplyMessage, TaskMessage, WorkerData } from './tasks.ts'

const { running } = workerData as WorkerData
const port = parentPort! // set in every worker thread, and this file runs only in one
const schemas = new WorkerSchemas((ask) => port.postMessage({ ask } satisfies ReplyMessage))
const chains = new Chains(schemas)
const filters = new Map<number, Predicate>()

port.on('message', (message: TaskMessage) => {
  if ('keep' in message) keep(message.keep, message.kept)
  else void run(message.id, message.task)
})
port.postMessage({ ready: true } satisfies ReplyMessage)

function keep(ref: number, kept: Kept | null): void {
  if (kept === null) {
    filters.delete(ref)
    chains.remove(ref)
    schemas.remove(ref)
  } else if (kept.kind === 'filter')
    filters.set(ref, kept.filter.kind === 'offsets' ? compileOffsets(kept.filter) : predicateOf(kept.filter)) // oxfmt-ignore
  else if (kept.kind === 'decoding') chains.set(ref, kept.connection, kept.setup)
  else schemas.put(ref, kept, kept.answer)
}

/** One task at a time runs; while it waits for a schema, others may run. */
async function run(id: number, task: DecodeTask): Promise<void> {
  const wait = async (missing: readonly Promise<void>[], mostMs: number): Promise<void> => {
    port.postMessage({ id, waits: true } satisfies ReplyMessage)
    Atomics.store(running, 0, 0)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, mostMs)))
    await Promise.race([Promise.all(missing), late])
    clearTimeout(timer)
    Atomics.store(running, 0, id)
  }
  let reply: ReplyMessage
  let transfer: ArrayBuffer[] = []
  Atomics.store(running, 0, id)
  try {
    const result = await perform(task, { chainsOf, schemas, filterOf, wait })
    transfer = transferOf(result)
    reply = { id, result, used: schemas.takeUsed() }
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) }
  }
  port.postMessage(reply, transfer)
  // Frees the response's memory now: the garbage collector does not see how large the buffer behind this small object is.
  if ('buffer' in task && !task.buffer.detached) task.buffer.transfer(0)
  Atomics.store(running, 0, 0)
}

const chainsOf = ({ connection, topic, names }: DecodedAt): TopicChains => chains.of(connection, topic, names)

function filterOf(ref: number): Predicate {
  const filter = filters.get(ref)
  if (filter === undefined) throw new Error(`no filter is kept under ${ref}`)
  return filter
}

function transferOf(result: DecodeResult): ArrayBuffer[] {
  if (result.kind === 'columns') return result.parts.flat().flatMap(transferList)
  if (result.kind === 'transform') return result.part.units.flatMap((unit) => unit.batches.map((b) => b.bytes.buffer))
  if (result.kind === 'one') return recordBuffers(result.decoded)
  // Bounded, and small enough to be copied.
  if (result.kind === 'headers') return []
  return result.composed.batches.map(({ bytes }) => bytes.buffer)
}

function recordBuffers(decoded: DecodedOffset): ArrayBuffer[] {
  if (decoded.kind !== 'record') return []
  const { key, value, headers } = decoded
  return [key?.buffer, value?.buffer, headers.bytes.buffer, headers.marks.buffer].filter(
    (buffer) => buffer !== undefined,
  )
}
