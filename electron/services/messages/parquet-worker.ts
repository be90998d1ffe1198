import { parentPort } from 'node:worker_threads'
import { ParquetTable } from './parquet-writer.ts'

// The thread that makes one Parquet file: compressing a group of rows would block the main thread for a second.

export type ParquetAsk = { rows: Uint8Array } | { finish: true }
/** The bytes to write to the file next; null: none yet. */
export type ParquetReply = Uint8Array<ArrayBuffer> | null

const table = new ParquetTable()
parentPort!.on('message', (ask: ParquetAsk) => {
  // set in every worker thread, and this file runs only in one
  const made: ParquetReply = 'rows' in ask ? table.add(ask.rows) : table.finish()
  parentPort!.postMessage(made, made === null ? [] : [made.buffer]) // set in every worker thread, and this file runs only in one
})
