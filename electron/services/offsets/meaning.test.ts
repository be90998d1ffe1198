import { expect, it } from 'vitest'
import type { LineMeaning } from '#shared/contract/meaning.ts'
import type { Plan, PlanRow } from '#shared/contract/offsets.ts'
import { never, silentColumns } from '../../../tests/support/silent-reader.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { tellMeaning } from './meaning.ts'

// Brokers that answer nothing: a real one does not hold back on demand what is read, and answers all else.

const silent = {
  cluster: { ask: (_to: unknown, _api: unknown, _request: unknown, { signal }: { signal: AbortSignal }) => never(signal) }, // oxfmt-ignore
  reader: {
    timeLimit: (ms: number) => Promise.resolve(AbortSignal.timeout(ms)),
    source: { topic: (_name: string, _fresh: boolean, signal: AbortSignal) => never(signal) },
    columns: silentColumns,
  },
} as unknown as MessagesAccess

const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })
const bounds = { logStart: 0n, lastStable: 100n, highWatermark: 100n }
const row = (n: number): PlanRow => ({ topic: `t-${Math.floor(n / 10)}`, topicId: null, partition: n % 10, before: at(90n), after: at(10n), bounds, status: 'change', clampedFrom: null, skips: 0n, repeats: 80n, note: null }) // oxfmt-ignore
const plans = [{ group: 'g', refusal: null, rows: Array.from({ length: 500 }, (_, n) => row(n)) } as unknown as Plan]

it('of many lines is told within its time, whatever does not answer; what is not known says so', async () => {
  const lines: LineMeaning[] = []
  const sink = { batch: (rows: LineMeaning[]) => Promise.resolve(void lines.push(...rows)), progress: () => undefined }
  const done = await tellMeaning(silent, { plans }, sink, new AbortController().signal, 200)
  expect(done).toMatchObject({ lines: 500, unread: 500 })
  expect(done.sentence).toMatch(/^500 partitions go back/)
  expect(lines).toHaveLength(500)
  for (const line of lines) {
    const late = {
      kind: 'unknown',
      why: expect.stringMatching(/too many partitions to read in a few seconds/) as string,
    }
    expect(line).toMatchObject({ records: { kind: 'at-most', records: 80n }, before: late, after: late })
    expect(line.retention).toEqual({ kind: 'unknown', why: 'The topic’s settings did not come in time.' })
  }
})

it('is given up at once by who does not want it any more', async () => {
  const end = new AbortController()
  const told = tellMeaning(silent, { plans }, { batch: () => Promise.resolve(), progress: () => undefined }, end.signal)
  end.abort()
  await expect(told).rejects.toMatchObject({ code: 'call.cancelled' })
})
