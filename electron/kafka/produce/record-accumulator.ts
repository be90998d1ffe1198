import { BATCH_OVERHEAD, recordSize, writeBatch, type RecordToWrite } from '../records/batch-writer.ts'
import type { OutBatch } from '../sending/out-batch.ts'

/** Bytes of a batch: sent in one request, and resent as a whole. */
const MOST_BYTES = 256 << 10
const MOST_RECORDS = 1_000

interface Open {
  records: RecordToWrite[]
  lines: number[]
  bytes: number
}

/** Collects records into batches, one per partition. */
export class RecordAccumulator {
  readonly #mostBytes: number
  readonly #open = new Map<number, Open>()
  readonly #done: OutBatch[] = []

  /** `maxBatchBytes`: the topic's limit; a larger record travels alone, and the broker decides. */
  constructor(maxBatchBytes: number) {
    this.#mostBytes = Math.min(MOST_BYTES, maxBatchBytes)
  }

  put(partition: number, line: number, record: RecordToWrite): void {
    let open = this.#open.get(partition)
    const base = open?.records[0]?.timestamp ?? record.timestamp
    const size = recordSize(record, open?.records.length ?? 0, base)
    if (open !== undefined && (open.bytes + size > this.#mostBytes || open.records.length >= MOST_RECORDS)) {
      this.#close(partition, open)
      open = undefined
    }
    if (open === undefined) this.#open.set(partition, (open = { records: [], lines: [], bytes: BATCH_OVERHEAD }))
    open.records.push(record)
    open.lines.push(line)
    open.bytes += size
  }

  take(): OutBatch[] {
    for (const [partition, open] of this.#open) this.#close(partition, open)
    return this.#done
  }

  #close(target: number, { records, lines }: Open): void {
    this.#open.delete(target)
    const first = lines[0]! // a batch is opened for its first record, so it is never empty
    const isDense = lines.at(-1)! - first === lines.length - 1 // a batch is opened for its first record, so it is never empty
    this.#done.push({
      target,
      bytes: writeBatch(records),
      count: records.length,
      firstOffset: BigInt(first),
      deltas: isDense ? null : lines.map((line) => line - first),
    })
  }
}
