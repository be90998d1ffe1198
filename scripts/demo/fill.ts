import { writeBatch, type BatchOptions, type RecordToWrite } from '../../electron/kafka/records/batch-writer.ts'
import type { ProducerIdentity, WireClient } from '../lib/wire-client.ts'
import { catalogue, customer, Dice, header, order, partitionOf, payment, reading, text } from './sample-data.ts'

const day = 86_400_000
const orderPartitions = 6
const keepForEver = { 'retention.ms': '-1' }

/** Fills an empty cluster. Timestamps reach from five days ago to now, so nothing may be deleted by age. */
export async function fill(client: WireClient, now: number): Promise<void> {
  await orders(client, now)
  await codecs(client, now)
  await compacted(client, now)
  await payments(client, now)
  await others(client, now)
  await archive(client, now)
  await groups(client)
}

async function orders(client: WireClient, now: number): Promise<void> {
  await client.createTopic('orders', orderPartitions, keepForEver)
  const dice = new Dice(1)
  const count = 6000
  const records = Array.from({ length: count }, (_, i) => order(i + 1, spread(now, i, count, 5), dice))
  await produceByKey(client, 'orders', orderPartitions, records)
}

async function codecs(client: WireClient, now: number): Promise<void> {
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const topic = `orders-${codec}`
    await client.createTopic(topic, 3, { ...keepForEver, 'compression.type': 'producer' })
    const dice = new Dice(codec.length)
    const records = Array.from({ length: 900 }, (_, i) => order(i + 1, spread(now, i, 900, 3), dice))
    await produceByKey(client, topic, 3, records, { codec })
  }
}

/** Segments roll by the records' timestamps, so days of data are many segments and the cleaner has work at once. */
async function compacted(client: WireClient, now: number): Promise<void> {
  await client.createTopic('customers', 2, {
    ...keepForEver,
    'cleanup.policy': 'compact',
    'segment.ms': String(6 * 3_600_000),
    'segment.index.bytes': '65536',
    'min.cleanable.dirty.ratio': '0.01',
    'min.compaction.lag.ms': '0',
    // Tombstones stay visible.
    'delete.retention.ms': String(3650 * day),
  })
  const dice = new Dice(3)
  const records = Array.from({ length: 4000 }, (_, i): RecordToWrite => {
    const id = 1 + dice.next(400)
    const timestamp = spread(now, i, 4000, 4)
    const record = customer(id, i, timestamp, dice)
    return dice.next(20) === 0 ? { ...record, value: null } : record
  })
  // Small batches: a batch that is compacted away completely is visible as a hole.
  await produceByKey(client, 'customers', 2, records, {}, 10)
}

async function payments(client: WireClient, now: number): Promise<void> {
  await client.createTopic('payments', 2, keepForEver)
  const dice = new Dice(4)
  const producer = await client.initProducer('checkout-1', 60_000)
  const sequences = [0, 0]
  for (let round = 0; round < 24; round++) {
    const committed = round % 4 !== 2
    await client.addToTransaction(producer, 'payments', [0, 1])
    for (const partition of [0, 1]) {
      const records = Array.from({ length: 25 }, (_, i) =>
        payment(
          round * 50 + partition * 25 + i + 1,
          spread(now, round, 24, 2),
          committed ? 'booked' : 'rolled back',
          dice,
        ),
      )
      await client.produce('payments', partition, transactional(records, producer, sequences[partition]!), 'checkout-1') // the list has an entry per partition
      sequences[partition]! += records.length // the list has an entry per partition
    }
    await client.endTransaction(producer, committed)
  }
}

/**
 * Begins a transaction and leaves it open: its records are between the last stable offset and the high watermark.
 * If an earlier run left one open, the broker aborts that one when its id is used again.
 */
export async function openTransaction(client: WireClient, now: number): Promise<void> {
  const producer = await client.initProducer('checkout-open', day)
  await client.addToTransaction(producer, 'payments', [1])
  const dice = new Dice(now % 1000)
  const records = Array.from({ length: 8 }, (_, i) => payment(9000 + i, BigInt(now - 8 + i), 'pending', dice))
  await client.produce('payments', 1, transactional(records, producer, 0), 'checkout-open')
}

async function others(client: WireClient, now: number): Promise<void> {
  const dice = new Dice(5)
  await client.createTopic('sensor-readings', 3, keepForEver)
  const readings = Array.from({ length: 3000 }, (_, i) => reading(1 + (i % 40), spread(now, i, 3000, 1), dice))
  await produceByKey(client, 'sensor-readings', 3, readings, { codec: 'lz4' })

  await client.createTopic('catalogue-exports', 1, { ...keepForEver, 'max.message.bytes': '10485760' })
  for (const [i, size] of [0.2, 3, 6].entries()) {
    await client.produce('catalogue-exports', 0, writeBatch([catalogue(size, spread(now, i, 3, 2), dice)]))
  }

  await client.createTopic('audit-log', 1, { ...keepForEver, 'message.timestamp.type': 'LogAppendTime' })
  const entries = Array.from({ length: 200 }, (_, i) => ({
    timestamp: BigInt(now),
    key: null,
    value: text(`user=${i % 7} action=${i % 3 === 0 ? 'login' : 'view'} result=ok`),
    headers: [],
  }))
  await produceByKey(client, 'audit-log', 1, entries)

  await client.createTopic('odd-records', 1, keepForEver)
  const at = BigInt(now - day)
  const odd: RecordToWrite[] = [
    { timestamp: at, key: null, value: null, headers: [] },
    { timestamp: at, key: text(''), value: text(''), headers: [header('', ''), header('null', null)] },
    { timestamp: at, key: text('not-utf8'), value: Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28), headers: [] },
    {
      timestamp: at,
      key: text('html'),
      value: text('<script>alert(1)</script><img src=x onerror=alert(2)>'),
      headers: [],
    },
    {
      timestamp: at,
      key: text('bidi'),
      value: text('invoice\u202Efdp.exe and \u2066isolated\u2069 text'),
      headers: [],
    },
    { timestamp: at, key: text('one line of 1 MB'), value: text('x'.repeat(1_000_000)), headers: [] },
    { timestamp: at, key: text('big numbers'), value: text('{"id":9007199254740993,"price":1.10}'), headers: [] },
    { timestamp: 0n, key: text('timestamp 0'), value: text('1970'), headers: [] },
    {
      timestamp: at,
      key: dice.bytes(16),
      value: dice.bytes(4096),
      headers: [{ name: Uint8Array.of(0xe9), value: dice.bytes(4) }],
    },
    {
      timestamp: at,
      key: text('schema id'),
      value: Buffer.concat([Uint8Array.of(0, 0, 0, 0, 42), text('\u0006Ada')]),
      headers: [],
    },
  ]
  for (const record of odd) await client.produce('odd-records', 0, writeBatch([record]))
}

/** Its first thousand records are deleted after the group has committed, so the position is before the log start. */
async function archive(client: WireClient, now: number): Promise<void> {
  await client.createTopic('shipments', 1, keepForEver)
  const dice = new Dice(6)
  const records = Array.from({ length: 1500 }, (_, i) => order(i + 1, spread(now, i, 1500, 5), dice))
  await produceByKey(client, 'shipments', 1, records)
  await client.commit('shipment-indexer', [{ topic: 'shipments', partition: 0, offset: 250n }])
  await client.deleteRecords('shipments', 0, 1000n)
}

async function groups(client: WireClient): Promise<void> {
  // Partition 5 has no position: "none" is not 0.
  const behind = [400n, 650n, 0n, 120n, 800n]
  await client.commit(
    'order-mailer',
    behind.map((offset, partition) => ({ topic: 'orders', partition, offset })),
  )
  await client.commit(
    'billing-export',
    [0, 1, 2].map((partition) => ({
      topic: 'orders-gzip',
      partition,
      offset: 100n + BigInt(partition) * 40n,
      metadata: JSON.stringify({ run: 4711, file: `billing-${partition}.csv` }),
    })),
  )
}

/** Produces an order every moment, for the live tail, until the returned function is called. */
export function keepOrdering(client: WireClient, firstNumber: number): () => void {
  const dice = new Dice(firstNumber)
  let n = firstNumber
  const timer = setInterval(() => {
    const record = order(n, BigInt(Date.now()), dice)
    n += 1
    client
      .produce('orders', partitionOf(record.key, orderPartitions), writeBatch([record]))
      .catch(() => clearInterval(timer))
  }, 1_000)
  return () => clearInterval(timer)
}

/** The time of record `i` of `count`, spread evenly over the last `days` days. */
function spread(now: number, i: number, count: number, days: number): bigint {
  return BigInt(now - Math.round(((count - i) / count) * days * day))
}

async function produceByKey(
  client: WireClient,
  topic: string,
  partitions: number,
  records: RecordToWrite[],
  options: BatchOptions = {},
  batchOf = 100,
): Promise<void> {
  const parts = Map.groupBy(records, ({ key }) => partitionOf(key, partitions))
  for (const [partition, mine] of parts) {
    for (let i = 0; i < mine.length; i += batchOf) {
      await client.produce(topic, partition, writeBatch(mine.slice(i, i + batchOf), options))
    }
  }
}

function transactional(records: RecordToWrite[], producer: ProducerIdentity, baseSequence: number): Uint8Array {
  return writeBatch(records, {
    transactional: true,
    producerId: producer.producerId,
    producerEpoch: producer.epoch,
    baseSequence,
  })
}
