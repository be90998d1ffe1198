import { giveBack } from '#shared/bytes.ts'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { zstdCompressSync } from 'node:zlib'
import { readRows } from '../../kafka/records/table-rows.ts'

/** Rows of one group: they are held until the group is written, and a reader loads them together. */
const GROUP_ROWS = 20_000
const GROUP_BYTES = 8 << 20

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' }, repetition_type: 'OPTIONAL' } as const // oxfmt-ignore
const bytes = { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' } as const
const whole = { repetition_type: 'REQUIRED' } as const
const names = ['topic', 'key', 'key_bytes', 'value', 'value_bytes', 'headers'] as const

/** A table of records: takes batches of rows, returns bytes of the file. */
export class ParquetTable {
  readonly #out = new ByteWriter()
  readonly #writer = new ParquetWriter({
    writer: this.#out,
    schema: [
      { name: 'records', num_children: 9 },
      { name: 'topic', ...text, ...whole },
      { name: 'partition', type: 'INT32', ...whole },
      { name: 'offset', type: 'INT64', ...whole },
      { name: 'timestamp', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
      { name: 'key', ...text },
      { name: 'key_bytes', ...bytes },
      { name: 'value', ...text },
      { name: 'value_bytes', ...bytes },
      { name: 'headers', ...text, ...whole },
    ],
    codec: 'ZSTD',
    compressors: { ZSTD: (page) => zstdCompressSync(page) },
    createdBy: 'Seekline',
  })
  #partition: number[] = []
  #offset: bigint[] = []
  #timestamp: (bigint | null)[] = []
  #parts: (Uint8Array | null)[][] = names.map(() => [])
  #held = 0
  #topic = new Uint8Array(0)
  /** The buffers with the parts of rows that are not in a group yet. */
  #packed: Uint8Array[] = []

  /** Adds rows; returns the bytes of the file that are ready. The table takes over the given bytes and frees their memory. */
  add(packed: Uint8Array): Uint8Array<ArrayBuffer> | null {
    const made: Uint8Array[] = []
    this.#packed.push(packed)
    for (const { partition, offset, timestamp, parts } of readRows(packed)) {
      this.#partition.push(partition)
      this.#offset.push(offset)
      this.#timestamp.push(timestamp === -1n ? null : timestamp)
      // The least and the greatest topic of each group are written at the very end of the file.
      const topic = parts[0]! // every row has a topic as its first part
      if (Buffer.compare(this.#topic, topic) !== 0) this.#topic = Uint8Array.from(topic)
      for (const [i, part] of parts.entries()) this.#parts[i]!.push(i === 0 ? this.#topic : part) // there is a list per part
      this.#held += parts.reduce((sum, part) => sum + (part?.length ?? 0), 0)
      // Also inside a batch: a tightly packed one may hold a million rows.
      if (this.#held >= GROUP_BYTES || this.#offset.length >= GROUP_ROWS) made.push(this.#group()!) // #group answers null only if no row is held
    }
    return made.length === 0 ? null : joined(made)
  }

  finish(): Uint8Array<ArrayBuffer> {
    const last = this.#group()
    void this.#writer.finish()
    return joined(last === null ? [this.#take()] : [last, this.#take()])
  }

  #group(): Uint8Array | null {
    const rows = this.#offset.length
    if (rows === 0) return null
    const plain = { encoding: 'PLAIN', statistics: false } as const
    const [topic, ...others] = names.map((name, i) => ({ name, data: this.#parts[i]!, ...(i === 0 ? {} : plain) })) // there is a list per name
    void this.#writer.write({
      columnData: [
        topic!, // the topic's column is the first of `names`
        { name: 'partition', data: Int32Array.from(this.#partition) },
        { name: 'offset', data: this.#offset, encoding: 'PLAIN' },
        { name: 'timestamp', data: this.#timestamp, encoding: 'PLAIN' },
        ...others,
      ],
      rowGroupSize: rows,
    })
    this.#partition = []
    this.#offset = []
    this.#timestamp = []
    this.#parts = names.map(() => [])
    this.#held = 0
    // The last buffer may still have rows to come.
    for (const bytes of this.#packed.splice(0, this.#packed.length - 1)) giveBack(bytes)
    return this.#take()
  }

  #take(): Uint8Array<ArrayBuffer> {
    const taken = this.#out.getBytes().slice()
    this.#out.index = 0
    return taken
  }
}

/** In a buffer of its own, so that it can be transferred. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
