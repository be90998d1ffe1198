import { parentPort } from 'node:worker_threads'
import { DecodeChain } from '../decode/chain.ts'
import { transferList } from '../records/column-types.ts'
import type { DecodedOffset } from '../records/decode-one.ts'
import { perform } from './perform.ts'
import type { DecodeResult, ReplyMessage, TaskMessage } from './protocol.ts'

const chain = new DecodeChain()

const port = parentPort
port?.on('message', ({ id, task }: TaskMessage) => {
  void perform(task, { chain, wait: async (missing) => void (await Promise.allSettled(missing)) })
    .then((result): [ReplyMessage, ArrayBuffer[]] => [{ id, result }, transferOf(result)])
    .catch((error: unknown): [ReplyMessage, ArrayBuffer[]] => [
      { id, error: error instanceof Error ? error.message : String(error) },
      [],
    ])
    .then(([reply, transfer]) => {
      port.postMessage(reply, transfer)
      // Gives the response's memory back now: the collector does not see how much hangs on so small an object.
      if (!task.buffer.detached) task.buffer.transfer(0)
    })
})

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
