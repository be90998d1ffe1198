import { expect, it } from 'vitest'
import type { RowColumns } from '#shared/model/rows.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ColumnEvent, ColumnStream } from '../../kafka/log-reader.ts'
import { writeBatch } from '../../kafka/records/batch-writer.ts'
import { walkColumns } from '../../kafka/records/walk-columns.ts'
import { browseForward } from './browse-forward.ts'
import type { Page } from './browse-page.ts'

/** A partition of `count` records as one stretch. */
function stretch(partition: number, count: number): ColumnEvent {
  const records = Array.from({ length: count }, (_, i) => ({
    timestamp: BigInt(i),
    key: null,
    value: Buffer.from(`value ${i}`),
    headers: [],
  }))
  const bounds = { logStart: 0n, lastStable: BigInt(count), highWatermark: BigInt(count) }
  return { kind: 'rows', partition, columns: walkColumns(writeBatch(records), { fromOffset: 0n }), bounds }
}

function pageOf(partitions: number, count: number): Page {
  async function* events(): AsyncGenerator<ColumnEvent> {
    for (let p = 0; p < partitions; p++) yield stretch(p, count)
    await new Promise(() => undefined)
  }
  const stream = Object.assign(events(), {
    add: () => undefined,
    resume: () => undefined,
    finish: () => undefined,
    topicId: null,
    bytes: 7,
  })
  const bounds = { logStart: 0n, lastStable: 10_000n, highWatermark: 10_000n }
  const all = Array.from({ length: partitions }, (_, p) => p)
  return {
    access: { reader: { columns: (): ColumnStream => stream } } as unknown as Page['access'],
    topic: 't',
    opened: { topicId: null, bounds: new Map(all.map((p) => [p, bounds])), failures: [] },
    starts: new Map(all.map((p) => [p, 0n])),
    show: { aborted: false, open: true },
    limit: 10_000,
    decoding: {},
  }
}

it('a cancelled page ends where its last sent row does, not where the rows in hand do', async () => {
  const abort = new AbortController()
  const shown: { partition: number; offset: bigint }[] = []
  let frames = 0
  const batch = (rows: RowColumns): Promise<void> => {
    // As the stream server does: once cancelled, a frame is refused and was never sent.
    if (++frames === 2) abort.abort()
    if (abort.signal.aborted) return Promise.reject(new SeeklineError('call.cancelled', 'Cancelled.'))
    for (let i = 0; i < rows.count; i++) shown.push({ partition: rows.partition[i]!, offset: rows.offset[i]! })
    return Promise.resolve()
  }
  const done = await browseForward(pageOf(2, 600), { batch, progress: () => undefined }, abort.signal)
  expect(frames).toBe(2)
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.length).toBeLessThan(1_200)
  expect(done.reason).toBe('cancelled')
  expect(done.counts.records).toBe(BigInt(shown.length))
  const next = (partition: number) => BigInt(shown.filter((row) => row.partition === partition).length)
  expect(done.forward).toEqual([0, 1].map((partition) => ({ partition, offset: next(partition) })))
})
