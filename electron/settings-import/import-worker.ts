import { parentPort, workerData } from 'node:worker_threads'
import { toErrorValue } from '#shared/errors.ts'
import type { ImportReply, ImportTask } from './import-thread.ts'
import { importSettings } from './import-settings.ts'

const { text, cluster } = workerData as ImportTask

let reply: ImportReply
try {
  reply = { value: importSettings(text, cluster) }
} catch (error) {
  reply = { error: toErrorValue(error) }
}
parentPort?.postMessage(reply)
