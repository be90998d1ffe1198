import { bytesOfText } from '#shared/bytes.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { compileSchema } from '../../electron/kafka/decode/compile-schema.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import type { Compression } from '../../electron/kafka/records/batch-types.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'

/** Records in a batch, as by a producer with linger for records of 200 B. */
const PER_BATCH = 400
const statuses = ['shipped', 'shipped', 'shipped', 'shipped', 'paid', 'paid', 'open', 'open', 'returned', 'failed']
export const START = 1_760_000_000_000

export interface TopicData {
  topic: string
  partitions: number
  records: number
  codec?: Compression
  /** The approximate size of a value. */
  bytes?: number
  isAvro?: boolean
}

/** One order; every hundred-thousandth is rare, and the ids of all are different. */
export function orderJson(n: number, bytes = 200): string {
  const id = 4_000_000 + n
  const state = n % 100_000 === 54_321 ? 'rarely-seen' : statuses[(n * 7) % 10]!
  const order = `{"id":${id},"customer":{"id":${n % 9_973},"name":"Customer ${n % 997}"},"status":"${state}","total":${(n % 40_000) / 100},"at":"2026-11-28T17:34:03Z","note":"`
  return `${order}${'x'.repeat(Math.max(1, bytes - order.length - 2))}"}`
}

export const avroOrder: SchemaText = {
  type: 'avro',
  text: JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'customer', type: { type: 'record', name: 'Customer', fields: [{ name: 'id', type: 'long' }, { name: 'name', type: 'string' }] } },
      { name: 'status', type: 'string' },
      { name: 'total', type: 'double' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'note', type: ['null', 'string'] },
    ],
  }),
  references: [],
} // oxfmt-ignore

function avroValues(): (n: number) => Uint8Array {
  const codec = compileSchema(avroOrder, null)
  if ('reason' in codec) throw new Error(codec.reason)
  return (n) => {
    const state = n % 100_000 === 54_321 ? 'rarely-seen' : statuses[(n * 7) % 10]!
    const json = { id: 4_000_000 + n, customer: { id: n % 9_973, name: `Customer ${n % 997}` }, status: state, total: (n % 40_000) / 100, at: START + n, note: 'leave it at the door, please' } // oxfmt-ignore
    const encoded = codec.encode(JSON.stringify(json))
    if ('problems' in encoded) throw new Error(JSON.stringify(encoded.problems))
    return Uint8Array.of(0, 0, 0, 0, 1, ...encoded.bytes)
  }
}

/** Fills a topic, all its partitions at the same time. Timestamps increase by a millisecond per record. */
export async function fill(bootstrap: string, data: TopicData): Promise<void> {
  const { topic, partitions, records, codec = 'none', bytes = 200, isAvro = false } = data
  const main = await connectWire(bootstrap)
  await main.createTopic(topic, partitions, { 'retention.ms': '-1', 'segment.bytes': String(1 << 30) })
  main.close()
  const valueOf = isAvro ? avroValues() : (n: number) => bytesOfText(orderJson(n, bytes))
  const perBatch = Math.max(1, Math.min(PER_BATCH, Math.floor((PER_BATCH * 200) / bytes)))
  const one = async (first: number): Promise<void> => {
    const wire = await connectWire(bootstrap)
    for (let partition = first; partition < partitions; partition += LINES) {
      const end = Math.floor((records * (partition + 1)) / partitions)
      for (let n = Math.floor((records * partition) / partitions); n < end; n += perBatch) {
        const count = Math.min(perBatch, end - n)
        const made = Array.from({ length: count }, (_, i) => ({ timestamp: BigInt(START + n + i), key: bytesOfText(`order-${n + i}`), value: valueOf(n + i), headers: [] })) // oxfmt-ignore
        await wire.produce(topic, partition, writeBatch(made, { codec }))
      }
    }
    wire.close()
  }
  await Promise.all(Array.from({ length: Math.min(LINES, partitions) }, (_, first) => one(first)))
}

/** Written at the same time. */
const LINES = 3
