import { afterEach, describe, expect, it } from 'vitest'
import { RecordFilter } from '#shared/filters/filter.ts'
import { schemaText } from '#shared/model/schema-id.ts'
import { decodedAt } from '../decode/fixtures/chains.ts'
import { untilHolds } from '../../../tests/support/wait-for.ts'
import { writeBatch } from '../records/batch-writer.ts'
import { createDecodePool, type DecodePool } from './pool.ts'

let pool: DecodePool

afterEach(async () => pool?.close())

const encoder = new TextEncoder()

function columnsTask() {
  const record = { timestamp: 5n, key: encoder.encode('k'), value: encoder.encode('value'), headers: [] }
  const batch = writeBatch([record, record, record])
  return {
    kind: 'columns' as const,
    buffer: batch.buffer as ArrayBuffer,
    parts: [{ offset: batch.byteOffset, length: batch.byteLength, options: { fromOffset: 1n } }],
  }
}

/** Dies at the first task of each life, unless it is the second life. */
const dying = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ task }) => {
      if (task.buffer.byteLength === 1) process.exit(7)
      throw new Error('as told')
    })
  `)}`,
)

/**
 * Tells what it keeps; ends by itself at a buffer of one byte, never comes to an end at two, waits at three until another
 * of its tasks is done.
 */
const keeping = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads'
    const kept = new Map()
    let goOn
    parentPort.on('message', async (message) => {
      if ('keep' in message) return void (message.kept === null ? kept.delete(message.keep) : kept.set(message.keep, message.kept.filter.text))
      const { id, task } = message
      workerData.running[0] = id
      if (task.buffer.byteLength === 1) process.exit(7)
      if (task.buffer.byteLength === 2) for (;;);
      if (task.buffer.byteLength === 3) {
        workerData.running[0] = 0
        parentPort.postMessage({ id, waits: true })
        await new Promise((resolve) => (goOn = resolve))
      }
      parentPort.postMessage({ id, result: { kind: 'columns', parts: [[...kept]] }, used: [] })
      workerData.running[0] = 0
      goOn?.()
    })
  `)}`,
)
const sized = (bytes: number) => ({ kind: 'columns' as const, buffer: new ArrayBuffer(bytes), parts: [] })
const textFilter = (text: string) => ({ kind: 'filter', filter: RecordFilter.parse({ kind: 'text', text }) }) as const

describe('the decode pool', () => {
  it('moves the buffer to a worker and brings columns back', async () => {
    pool = createDecodePool({ size: 1 })
    const task = columnsTask()
    const { parts } = await pool.run(task)
    expect(task.buffer.detached).toBe(true)
    expect([...parts[0]![0]!.offset]).toEqual([1n, 2n])
    expect(parts[0]![0]!.stoppedBy).toBe('end')
  })

  it('stops at the rows wanted', async () => {
    pool = createDecodePool({ size: 1 })
    const task = columnsTask()
    task.parts[0]!.options = { fromOffset: 0n, maxRows: 1 } as (typeof task.parts)[0]['options']
    const { parts } = await pool.run(task)
    expect(parts[0]).toHaveLength(1)
    expect(parts[0]![0]).toMatchObject({ count: 1, nextOffset: 1n, stoppedBy: 'limit' })
  })

  it('takes as many answers as readers hold: of quiet topics they are small, and hundreds come in a second', async () => {
    pool = createDecodePool({ size: 1 })
    const all = await Promise.all(Array.from({ length: 2_000 }, () => pool.run(columnsTask())))
    expect(all.every(({ parts }) => parts[0]![0]!.offset.length === 2)).toBe(true)
  })

  it('fails the tasks of a worker that died, and goes on with another', async () => {
    pool = createDecodePool({ size: 1, entry: dying })
    const crash = { code: 'worker.crashed', retryable: true }
    const task = (bytes: number) => ({ kind: 'columns' as const, buffer: new ArrayBuffer(bytes), parts: [] })
    await expect(pool.run(task(1))).rejects.toMatchObject(crash)
    await expect(pool.run(task(2))).rejects.toMatchObject({ ...crash, message: expect.stringContaining('as told') })
    await expect(pool.run(task(1))).rejects.toMatchObject(crash)
  })

  it('gives what waited behind a deadly task to another worker, where its buffer is still here', async () => {
    pool = createDecodePool({ size: 1, entry: dying })
    const deadly = pool.run({ kind: 'columns', buffer: new ArrayBuffer(1), parts: [] })
    const waiting = pool.run({ kind: 'columns', buffer: new ArrayBuffer(2), parts: [] })
    const one = {
      kind: 'one',
      buffer: new ArrayBuffer(2),
      offset: 0,
      length: 2,
      at: 0n,
      options: { decodedAt },
    } as const
    await expect(deadly).rejects.toMatchObject({ code: 'worker.crashed', details: { displaced: false } })
    await expect(waiting).rejects.toMatchObject({ code: 'worker.crashed', details: { displaced: true } })
    const again = pool.run({ kind: 'columns', buffer: new ArrayBuffer(1), parts: [] })
    const copied = pool.run(one)
    await expect(again).rejects.toMatchObject({ code: 'worker.crashed' })
    await expect(copied).rejects.toMatchObject({ message: expect.stringContaining('as told') })
  })

  it('lets go of a task by its signal, and of all tasks when it closes', async () => {
    pool = createDecodePool({ size: 1 })
    const stop = new AbortController()
    const cancelled = pool.run(columnsTask(), stop.signal)
    stop.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'call.cancelled' })
    const left = pool.run(columnsTask())
    await Promise.all([expect(left).rejects.toMatchObject({ code: 'worker.crashed' }), pool.close()])
    await expect(pool.run(columnsTask())).rejects.toMatchObject({ code: 'worker.crashed' })
  })

  it('tells every worker what to keep, also one that is started after another died or was ended', async () => {
    pool = createDecodePool({ size: 1, entry: keeping, limitSeconds: 3 })
    const a = pool.keep(textFilter('a'))
    expect((await pool.run(sized(9))).parts[0]).toEqual([[a.ref, 'a']])
    const b = pool.keep(textFilter('b'))
    expect((await pool.run(sized(9))).parts[0]).toEqual([[a.ref, 'a'], [b.ref, 'b']]) // oxfmt-ignore
    await expect(pool.run(sized(1))).rejects.toMatchObject({ code: 'worker.crashed' })
    a.release()
    expect((await pool.run(sized(9))).parts[0]).toEqual([[b.ref, 'b']])
    await expect(pool.run(sized(2))).rejects.toMatchObject({ message: expect.stringContaining('longer than 3 s') })
    expect((await pool.run(sized(9))).parts[0]).toEqual([[b.ref, 'b']])
  })

  it('lets a worker do others while a task waits, and blames none that waited for its death', async () => {
    pool = createDecodePool({ size: 1, entry: keeping })
    const waiting = [pool.run(sized(3))]
    waiting.push(pool.run(sized(3)))
    waiting.push(pool.run(sized(3)))
    await Promise.all([pool.run(sized(9)), waiting[2]])
    const [deadly] = await Promise.allSettled([pool.run(sized(1)), ...waiting.slice(0, 2)])
    expect(deadly).toMatchObject({ reason: { details: { displaced: false } } })
    for (const one of waiting.slice(0, 2)) await expect(one).rejects.toMatchObject({ details: { displaced: true } })
  })

  it('filters in its workers by what it was given to keep', async () => {
    pool = createDecodePool({ size: 1 })
    const task = columnsTask()
    const { ref, release } = pool.keep(textFilter('VALUE'))
    const options = { fromOffset: 0n, decodedAt, matching: ref }
    const { parts } = await pool.run({ ...task, parts: [{ ...task.parts[0]!, options }] })
    expect(parts[0]![0]!.count).toBe(3)
    release()
    const again = columnsTask()
    const after = pool.run({ ...again, parts: [{ ...again.parts[0]!, options }] })
    await expect(after).rejects.toMatchObject({ message: expect.stringContaining(`no filter is kept under ${ref}`) })
  })

  it('asks for the schemas that its workers lack, and lets nothing wait for long that is slow to come', async () => {
    const asked: string[] = []
    let come = (): void => undefined
    const answered = new Promise<void>((resolve) => (come = resolve))
    pool = createDecodePool({
      size: 2,
      resolveSchema: async (connection, id) => {
        asked.push(`${connection} ${schemaText(id)}`)
        await answered
        return { reason: 'schema 7 is not in this registry (404)', holdsMs: 30_000 }
      },
    })
    pool.keep({ kind: 'decoding', connection: 'c', setup: { registry: 'confluent', rules: [] } })
    const decode = async (first: number) => {
      const value = Uint8Array.of(first, 0, 0, 0, 7, 1)
      const batch = writeBatch([{ timestamp: 5n, key: null, value, headers: [] }])
      const part = { offset: batch.byteOffset, length: batch.byteLength, options: { fromOffset: 0n, decodedAt } }
      const start = performance.now()
      const { parts } = await pool.run({ kind: 'columns', buffer: batch.buffer as ArrayBuffer, parts: [part] })
      return { as: parts[0]![0]!.decodings[0]!, ms: performance.now() - start }
    }
    // Both workers lack it; what needs none of it does not wait behind them.
    const first = Promise.all([decode(0), decode(0), decode(0)])
    const other = await decode(9)
    expect(other.as).toMatchObject({ encoding: 'UTF-8', attempts: [{ encoding: 'JSON' }] })
    for (const { as, ms } of await first) {
      expect(as).toMatchObject({ waits: true, attempts: [{ reason: 'waiting for schema 7' }, {}] })
      expect(ms).toBeGreaterThan(200)
    }
    expect(asked).toEqual(['c schema 7'])
    come()
    await untilHolds('the answer is in both workers', async () => expect((await decode(0)).as.waits).toBeUndefined())
    expect((await decode(0)).as.attempts[0]?.reason).toBe('schema 7 is not in this registry (404)')
    expect(asked).toHaveLength(1)
  })

  it('composes what is to be written in its workers, off the thread that asks, and moves the batches here', async () => {
    pool = createDecodePool({ size: 1 })
    const settings = { connection: 'c', partitions: 2, schemas: [], frame: 'confluent-id', chosen: { key: null, value: null }, seed: 1, maxBatchBytes: 1_000_000, show: 0 } as const // oxfmt-ignore
    const text = (value: string) => ({ as: 'text', text: value }) as const
    const records = ['a', 'b', 'c'].map((key) => ({ partition: null, timestamp: 5n, key: text(key), value: text(key), headers: [] })) // oxfmt-ignore
    const { composed } = await pool.run({ kind: 'encode', from: { kind: 'records', first: 1, records }, settings })
    expect(composed).toMatchObject({ records: 3, bad: 0 })
    expect(composed.batches.reduce((sum, { count }) => sum + count, 0)).toBe(3)
  })
})
