import { beforeEach, describe, expect, it } from 'vitest'
import { settled } from '../../../tests/support/wait-for.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ProducedPartition } from '../protocol/produce.ts'
import { BatchWalker } from '../records/batch-walker.ts'
import { writeBatch } from '../records/batch-writer.ts'
import { RecordCursor } from '../records/record-cursor.ts'
import { sequenceAfter } from './producer-sequence.ts'
import { Budget } from './byte-budget.ts'
import { compareGrowth } from './log-growth.ts'
import type { LogLook, LookOptions, OwnBatch } from './find-own-batches.ts'
import { PartitionSender, type ProduceLink, type Settled } from './idempotent-sender.ts'
import type { OutBatch } from './out-batch.ts'

/** A broker's log with Kafka's rules for idempotent producers (ProducerAppendInfo, ProducerStateEntry). */
class FakeLog implements ProduceLink {
  values: string[] = []
  requests = 0
  refreshes = 0
  producers = 1n
  /** By request number: what goes wrong. */
  faults = new Map<number, 'lost-before' | 'lost-after' | number>()
  maxBytes = Infinity
  bad = new Set<string>()
  onRequest: () => void = () => undefined
  /** As a broker does whose producer.id.expiration.ms the records' own timestamps exceed: any sequence is a first one. */
  forgetful = false
  /** Offsets below it were deleted by retention; nobody can say what they held. */
  logStart = 0n
  lookFails: SeeklineError | null = null
  looks = 0
  readonly #own: OwnBatch[] = []
  /** A lost answer takes all that is under way on its connection with it. */
  #connection = 0
  #state: { id: bigint; last: number; recent: { first: number; base: bigint }[] } | null = null

  forget(): void {
    this.#state = null
  }

  async produce(_partition: number, records: Uint8Array): Promise<ProducedPartition> {
    const bytes = records.slice()
    const request = this.requests++
    const fault = this.faults.get(request)
    this.onRequest()
    const connection = this.#connection
    await settled(1)
    if (this.forgetful && connection !== this.#connection) throw lost()
    if (typeof fault === 'string') this.#connection++
    if (fault === 'lost-before') throw lost()
    const answer = typeof fault === 'number' ? refused(fault) : this.#append(bytes)
    if (fault === 'lost-after') throw lost()
    return answer
  }

  async refresh(): Promise<void> {
    this.refreshes++
  }

  async end(): Promise<bigint> {
    return BigInt(this.values.length)
  }

  async look(
    _: number,
    from: bigint,
    producers: ReadonlySet<bigint>,
    { known = [] }: LookOptions = {},
  ): Promise<LogLook> {
    this.looks++
    if (this.lookFails !== null) throw this.lookFails
    const isKnown = (base: bigint) => known.some((span) => base >= span.from && base < span.to)
    const own = this.#own.filter(
      (b) =>
        producers.has(b.producerId) && b.baseOffset >= from && b.baseOffset >= this.logStart && !isKnown(b.baseOffset),
    )
    const hole = this.logStart > from ? this.logStart - from : 0n
    return { own, largestHole: known.length > 0 ? 0n : hole, end: BigInt(this.values.length) }
  }

  /** Another producer's records. */
  append(...values: string[]): void {
    this.values.push(...values)
  }

  async newProducer() {
    return { producerId: ++this.producers, producerEpoch: 0 }
  }

  #append(bytes: Uint8Array): ProducedPartition {
    const batch = new BatchWalker(bytes, { verifyCrc: 'report' }).next()
    if (batch?.kind !== 'batch') return refused(2)
    if (bytes.length > this.maxBytes) return refused(10)
    const values = valuesOf(bytes)
    const recordErrors = values.flatMap((v, index) => (this.bad.has(v) ? [{ index, message: 'no' }] : []))
    if (recordErrors.length > 0) return { ...refused(87), recordErrors }
    const state = !this.forgetful && this.#state?.id === batch.producerId ? this.#state : null
    const known = state?.recent.find((r) => r.first === batch.baseSequence)
    if (known !== undefined) return { ...refused(0), baseOffset: known.base }
    if (state !== null && batch.baseSequence !== sequenceAfter(state.last, 1)) return refused(45)
    if (state === null && !this.forgetful && batch.baseSequence !== 0 && this.values.length > 0) return refused(59)
    const base = BigInt(this.values.length)
    this.values.push(...values)
    const { producerId, producerEpoch, baseSequence: sequence } = batch
    this.#own.push({ producerId, producerEpoch, sequence, baseOffset: base, size: values.length, logAppendTime: -1n })
    const recent = [...(state?.recent ?? []), { first: batch.baseSequence, base }].slice(-5)
    this.#state = { id: batch.producerId, last: sequenceAfter(batch.baseSequence, values.length - 1), recent }
    return { ...refused(0), baseOffset: base }
  }
}

const refused = (errorCode: number): ProducedPartition => ({
  partition: 0,
  errorCode,
  errorMessage: null,
  baseOffset: -1n,
  logAppendTime: -1n,
  logStartOffset: 0n,
  recordErrors: [],
  currentLeader: null,
})

const lost = () => new SeeklineError('connect.lost', 'gone', { retryable: true, details: { sent: true } })

function valuesOf(bytes: Uint8Array): string[] {
  const batch = new BatchWalker(bytes).next()
  const cursor = new RecordCursor()
  if (batch?.kind !== 'batch' || cursor.open(batch) !== null) return []
  const values: string[] = []
  while (cursor.next()) values.push(Buffer.from(cursor.value()!).toString())
  return values
}

function batchOf(first: number, count: number): OutBatch {
  const records = Array.from({ length: count }, (_, i) => {
    return { timestamp: 1n, key: null, value: Buffer.from(`v${first + i}`), headers: [] }
  })
  return {
    target: 0,
    bytes: writeBatch(records) as Uint8Array<ArrayBuffer>,
    count,
    firstOffset: BigInt(first),
    deltas: null,
  }
}

const wanted = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)

let log: FakeLog
let outcomes: Settled[]
let lasts: number
beforeEach(() => {
  log = new FakeLog()
  outcomes = []
  lasts = 0
})

function sender(more: { giveUpAfterMs?: number; cancelWaitMs?: number; budget?: Budget } = {}) {
  const producer = { producerId: 1n, producerEpoch: 0 }
  const budget = new Budget(1 << 20)
  return new PartitionSender({ topic: 't', partition: 0, link: log, producer, budget, lateArrivalsMs: 0, ...more })
}

async function sendAll(to: PartitionSender, batches: number, each = 3): Promise<void> {
  for (let i = 0; i < batches; i++) {
    await to.send(batchOf(i * each, each), (outcome, last) => {
      outcomes.push(outcome)
      if (last) lasts++
    })
  }
  await to.settled()
}

describe('PartitionSender', () => {
  it('writes all in order, the first alone and then several at a time', async () => {
    let atOnce = 0
    let most = 0
    const starts: number[] = []
    const produce = log.produce.bind(log)
    log.produce = async (...args) => {
      starts.push(atOnce)
      most = Math.max(most, ++atOnce)
      return await produce(...args).finally(() => atOnce--)
    }
    await sendAll(sender(), 20)
    expect(log.values).toEqual(wanted(60))
    expect(most).toBe(5)
    expect(starts.slice(0, 2)).toEqual([0, 0])
    expect(lasts).toBe(20)
    expect(outcomes.map((o) => o.status === 'written' && o.baseOffset)).toEqual(
      Array.from({ length: 20 }, (_, i) => BigInt(i * 3)),
    )
  })

  it.each(Array.from({ length: 12 }, (_, i) => i))('neither loses nor repeats when answer %i is lost', async (n) => {
    log.faults.set(n, 'lost-after')
    await sendAll(sender(), 10)
    expect(log.values).toEqual(wanted(30))
    expect(outcomes.every((o) => o.status === 'written')).toBe(true)
  })

  it.each(Array.from({ length: 12 }, (_, i) => i))(
    'nor when the broker forgot the producer by then (answer %i)',
    async (n) => {
      log.forgetful = true
      log.faults.set(n, 'lost-after')
      log.faults.set(n + 1, 'lost-before')
      log.onRequest = () => {
        if (log.requests === n + 2) log.append('other')
      }
      const to = sender()
      await sendAll(to, 10)
      expect(log.values.filter((v) => v !== 'other')).toEqual(wanted(30))
      expect(outcomes.every((o) => o.status === 'written' && o.baseOffset !== null)).toBe(true)
      const growth = await compareGrowth([to.account()], log, 0)
      expect(growth).toMatchObject([{ acknowledged: 30n, unacknowledged: 0n, note: null }])
    },
  )

  it('says unknown, and sends nothing again, where the log no longer tells', async () => {
    log.forgetful = true
    log.faults.set(2, 'lost-after')
    log.onRequest = () => {
      if (log.requests === 3) log.logStart = 100n
    }
    await sendAll(sender(), 3)
    expect(outcomes.map((o) => o.status)).toEqual(['written', 'written', 'unknown'])
    expect(log.values).toEqual(wanted(9))
  })

  it('says unknown where the target may not be read', async () => {
    log.forgetful = true
    log.lookFails = new SeeklineError('kafka.unauthorised', 'No.')
    log.faults.set(2, 'lost-after')
    await sendAll(sender(), 3)
    expect(outcomes.at(-1)).toMatchObject({ status: 'unknown', error: { code: 'kafka.unauthorised', hint: expect.stringMatching(/Read on the target/) } }) // oxfmt-ignore
    expect(log.values).toEqual(wanted(9))
  })

  it('stops where a forgetful broker wrote a later batch before one that it refused', async () => {
    log.forgetful = true
    log.faults.set(3, 19)
    await sendAll(sender(), 10)
    const written = outcomes.filter((o) => o.status === 'written').length
    expect(log.values).toHaveLength(written * 3)
    expect(log.values).not.toContain('v9')
    expect(outcomes.filter((o) => o.status === 'unknown')).toEqual([])
    expect(outcomes.find((o) => o.status === 'dropped')).toMatchObject({ error: { message: expect.stringMatching(/later batch/) } }) // oxfmt-ignore
  })

  it('counts in the receipt what is in the log twice', async () => {
    const to = sender()
    await sendAll(to, 3)
    log.forgetful = true
    const again = sender()
    await again.send(batchOf(0, 3), () => undefined)
    await again.settled()
    expect(await compareGrowth([to.account()], log, 0)).toMatchObject([
      { from: 0n, to: 12n, acknowledged: 9n, unacknowledged: 3n, first: 9n },
    ])
  })

  it('holds under any mixture of faults', async () => {
    let seed = 7
    const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff
    for (let round = 0; round < 20; round++) {
      log = new FakeLog()
      outcomes = []
      const faults = ['lost-before', 'lost-after', 6, 5, 7, 19, 56] as const
      for (let i = 0; i < 60; i++) if (random() < 0.15) log.faults.set(i, faults[Math.floor(random() * faults.length)]!)
      await sendAll(sender(), 12)
      expect(log.values).toEqual(wanted(36))
      expect(outcomes.filter((o) => o.status === 'written')).toHaveLength(12)
    }
  }, 60_000)

  it('asks for leaders again before it resends', async () => {
    log.faults.set(3, 6)
    await sendAll(sender(), 10)
    expect(log.refreshes).toBe(1)
    expect(log.values).toEqual(wanted(30))
  })

  it('halves a batch that is too large, and refuses only the record that is', async () => {
    log.maxBytes = 61 + 9 * 6
    await sendAll(sender(), 3, 20)
    expect(log.values).toEqual(wanted(60))
    log = new FakeLog()
    outcomes = []
    const to = sender()
    const big = { timestamp: 1n, key: null, value: Buffer.alloc(500, 120), headers: [] }
    const small = (n: number) => ({ ...big, value: Buffer.from(`v${n}`) })
    log.maxBytes = 300
    const bytes = writeBatch([small(0), small(1), big, small(2), small(3)]) as Uint8Array<ArrayBuffer>
    await to.send({ target: 0, bytes, count: 5, firstOffset: 70n, deltas: null }, (o) => outcomes.push(o))
    await to.send(batchOf(4, 2), (o) => outcomes.push(o))
    await to.settled()
    expect(log.values).toEqual(wanted(6))
    expect(outcomes.filter((o) => o.status === 'refused')).toMatchObject([
      { offset: 72n, error: { code: 'records.too-large' } },
    ])
  })

  it('leaves out the records a broker refuses, and writes the others of the batch', async () => {
    log.bad = new Set(['v1', 'v13'])
    await sendAll(sender(), 10)
    expect(log.values).toEqual(wanted(30).filter((v) => v !== 'v1' && v !== 'v13'))
    expect(outcomes.filter((o) => o.status === 'refused').map((o) => o.status === 'refused' && o.offset)).toEqual([
      1n,
      13n,
    ])
    expect(lasts).toBe(10)
  })

  it('stops where the sequence is broken, and says that nothing of the rest was written', async () => {
    log.faults.set(4, 45)
    // Again as the head of the line: now it is no consequence of anything else.
    for (let i = 5; i < 40; i++) log.faults.set(i, 45)
    await sendAll(sender(), 10)
    expect(log.values).toEqual(wanted(12))
    expect(outcomes.filter((o) => o.status === 'written')).toHaveLength(4)
    expect(outcomes.slice(4).every((o) => o.status === 'dropped' && o.error.details?.['kafkaCode'] === 45)).toBe(true)
  })

  it('says unknown, not lost, of a batch that may have arrived when it gives up', async () => {
    log.faults.set(2, 'lost-after')
    log.lookFails = new SeeklineError('connect.tcp', 'Nobody is there.', { retryable: true })
    await sendAll(sender({ giveUpAfterMs: 200 }), 3)
    expect(outcomes.map((o) => o.status)).toEqual(['written', 'written', 'unknown'])
  })

  it('goes on with a new producer where the broker forgot the old one and all is certain', async () => {
    const to = sender()
    await to.send(batchOf(0, 3), (o) => outcomes.push(o))
    await to.settled()
    log.forget()
    await to.send(batchOf(3, 3), (o) => outcomes.push(o))
    await to.settled()
    expect(log.values).toEqual(wanted(6))
    expect(log.producers).toBe(2n)
  })

  it('stops for good at once where the rights are missing', async () => {
    log.faults.set(0, 29)
    const to = sender()
    await sendAll(to, 4)
    expect(to.stopped?.code).toBe('kafka.unauthorised')
    expect(outcomes.map((o) => o.status)).toEqual(['dropped', 'dropped', 'dropped', 'dropped'])
    expect(log.requests).toBe(1)
  })

  it('on cancel sends nothing more and waits for what is under way', async () => {
    const to = sender()
    log.onRequest = () => {
      if (log.requests === 3) to.cancel()
    }
    await sendAll(to, 20)
    const written = outcomes.filter((o) => o.status === 'written').length
    expect(log.values).toEqual(wanted(written * 3))
    expect(written).toBeGreaterThanOrEqual(3)
    expect(outcomes.filter((o) => o.status === 'unknown')).toHaveLength(0)
    expect(outcomes.filter((o) => o.status === 'dropped')).toHaveLength(20 - written)
    expect(outcomes).toHaveLength(20)
  })

  it('never holds more than its budget', async () => {
    const size = batchOf(0, 3).bytes.length
    const budget = new Budget(size * 2)
    let most = 0
    log.onRequest = () => (most = Math.max(most, budget.used))
    await sendAll(sender({ budget }), 20)
    expect(most).toBeLessThanOrEqual(size * 2)
    expect(budget.used).toBe(0)
    expect(log.values).toEqual(wanted(60))
  })
})

it('counts sequences modulo 2³¹, as Java does', () => {
  expect(sequenceAfter(0x7fff_fffe, 1)).toBe(0x7fff_ffff)
  expect(sequenceAfter(0x7fff_ffff, 1)).toBe(0)
  expect(sequenceAfter(0x7fff_fff0, 32)).toBe(16)
})
