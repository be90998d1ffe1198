import { parentPort, workerData } from 'node:worker_threads'
import { compileFilter } from '#shared/filters/filter.ts'
import type { Predicate } from '#shared/filters/predicate.ts'
import { DecodeChain } from '../decode/chain.ts'
import { transferList } from '../records/column-types.ts'
import type { DecodedOffset } from '../records/decode-one.ts'
import { perform } from './perform.ts'
import type { DecodeResult, DecodeTask, Kept, ReplyMessage, TaskMessage, WorkerData } from './protocol.ts'

/** What is on its way is waited for so long, a few times over; then it is done without. */
const WAIT_MS = 10_000

const { running } = workerData as WorkerData
const port = parentPort!
const chain = new DecodeChain()
const filters = new Map<number, Predicate>()

port.on('message', (message: TaskMessage) => {
  if ('keep' in message) keep(message.keep, message.kept)
  else void run(message.id, message.task)
})
port.postMessage({ ready: true } satisfies ReplyMessage)

function keep(ref: number, kept: Kept | null): void {
  if (kept === null) filters.delete(ref)
  else filters.set(ref, compileFilter(kept.filter))
}

/** One task at a time is worked on; those that wait let others go on. */
async function run(id: number, task: DecodeTask): Promise<void> {
  const wait = async (missing: Iterable<Promise<unknown>>): Promise<void> => {
    port.postMessage({ id, waits: true } satisfies ReplyMessage)
    Atomics.store(running, 0, 0)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, WAIT_MS)))
    await Promise.race([Promise.allSettled(missing), late])
    clearTimeout(timer)
    Atomics.store(running, 0, id)
  }
  let reply: ReplyMessage
  let transfer: ArrayBuffer[] = []
  Atomics.store(running, 0, id)
  try {
    const result = await perform(task, { chain, filterOf, wait })
    transfer = transferOf(result)
    reply = { id, result }
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) }
  }
  port.postMessage(reply, transfer)
  // Gives the response's memory back now: the collector does not see how much hangs on so small an object.
  if (!task.buffer.detached) task.buffer.transfer(0)
  Atomics.store(running, 0, 0)
}

function filterOf(ref: number): Predicate {
  const filter = filters.get(ref)
  if (filter === undefined) throw new Error(`no filter is kept under ${ref}`)
  return filter
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
