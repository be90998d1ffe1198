import { crc32 } from 'node:zlib'
import type { RecordToWrite } from '../../electron/kafka/records/batch-writer.ts'

/** Generates the same data on every machine: a small generator with a seed instead of Math.random. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** 0 ≤ n < limit. */
  next(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * limit)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.next(items.length)]! // next() is below the length
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.next(256)))
  }
}

const products = [
  ['SKU-1001', 'Espresso cups, set of four', 24.9],
  ['SKU-1002', 'Burr grinder', 189],
  ['SKU-1003', 'Filter papers, 100', 6.5],
  ['SKU-1004', 'Café crème, 1 kg', 21.9],
  ['SKU-1005', 'Pour-over kettle', 64.5],
  ['SKU-1006', 'Milk jug, 350 ml', 17.2],
  ['SKU-1007', 'Descaler', 9.95],
  ['SKU-1008', 'Travel mug', 29],
] as const
const cities = ['Zürich', 'Kraków', 'São Paulo', 'Reykjavík', '東京', 'Nairobi', 'Montréal', 'Athens'] as const
const names = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Niklaus', 'Radia', 'Leslie', 'Hedy'] as const
const statuses = ['created', 'paid', 'packed', 'shipped', 'delivered', 'returned'] as const

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

export function header(name: string, value: string | Uint8Array | null) {
  return { name: text(name), value: typeof value === 'string' ? text(value) : value }
}

/** One order as a web shop would publish it; `n` numbers them from 1. */
export function order(n: number, timestamp: bigint, dice: Dice): RecordToWrite {
  const customer = `C-${String(1 + dice.next(400)).padStart(4, '0')}`
  const lines = Array.from({ length: 1 + dice.next(4) }, () => {
    const [sku, title, price] = dice.pick(products)
    return { sku, title, quantity: 1 + dice.next(3), price }
  })
  const value = {
    orderId: `ORD-${String(n).padStart(6, '0')}`,
    customer: { id: customer, name: dice.pick(names), city: dice.pick(cities) },
    status: dice.pick(statuses),
    createdAt: new Date(Number(timestamp)).toISOString(),
    lines,
    total: Math.round(lines.reduce((sum, line) => sum + line.quantity * line.price, 0) * 100) / 100,
    currency: dice.pick(['EUR', 'CHF', 'USD']),
    ...(n % 97 === 0 ? { note: 'Please leave it with the neighbour <script>alert("not run")</script>' } : {}),
  }
  const headers = [
    header('trace-id', dice.bytes(8).toString('hex')),
    header('source', dice.pick(['web', 'app', 'phone'])),
    header('content-type', 'application/json'),
    // Kafka allows two headers of one name, and values that are empty, null or not text.
    ...(n % 5 === 0 ? [header('tag', 'gift'), header('tag', 'express')] : []),
    ...(n % 11 === 0 ? [header('coupon', '')] : []),
    ...(n % 13 === 0 ? [header('referrer', null), header('signature', dice.bytes(12))] : []),
  ]
  return { timestamp, key: text(customer), value: text(JSON.stringify(value)), headers }
}

export function customer(id: number, version: number, timestamp: bigint, dice: Dice): RecordToWrite {
  const value = {
    id: `C-${String(id).padStart(4, '0')}`,
    version,
    name: dice.pick(names),
    city: dice.pick(cities),
    newsletter: dice.next(2) === 1,
    points: dice.next(5000),
  }
  return { timestamp, key: text(value.id), value: text(JSON.stringify(value)), headers: [] }
}

export function payment(n: number, timestamp: bigint, state: string, dice: Dice): RecordToWrite {
  const orderId = `ORD-${String(n).padStart(6, '0')}`
  const value = {
    paymentId: `PAY-${n}`,
    orderId,
    amount: dice.next(50_000) / 100,
    method: dice.pick(['card', 'invoice', 'twint']),
    state,
  }
  return { timestamp, key: text(orderId), value: text(JSON.stringify(value)), headers: [header('source', 'checkout')] }
}

/** A sensor's packed reading: big-endian id, milliseconds, temperature, humidity. Binary on purpose. */
export function reading(sensor: number, timestamp: bigint, dice: Dice): RecordToWrite {
  const value = Buffer.alloc(20)
  value.writeUInt32BE(sensor, 0)
  value.writeBigInt64BE(timestamp, 4)
  value.writeFloatBE(15 + dice.next(100) / 10, 12)
  value.writeFloatBE(30 + dice.next(500) / 10, 16)
  const key = Buffer.alloc(4)
  key.writeUInt32BE(sensor, 0)
  return { timestamp, key, value, headers: [] }
}

/** A catalogue export of about `megabytes` MB on one line. */
export function catalogue(megabytes: number, timestamp: bigint, dice: Dice): RecordToWrite {
  const items: object[] = []
  for (let size = 0; size < megabytes * 1_000_000; size += 240) {
    items.push({
      sku: `SKU-${items.length}`,
      title: dice.pick(products)[1],
      stock: dice.next(900),
      description: 'Roasted, ground, brewed and poured. '.repeat(4),
    })
  }
  return {
    timestamp,
    key: text('catalogue'),
    value: text(JSON.stringify({ items })),
    headers: [header('content-type', 'application/json')],
  }
}

export function partitionOf(key: Uint8Array | null, partitions: number): number {
  return key === null ? 0 : crc32(key) % partitions
}
