import { expect, it } from 'vitest'
import { silentColumns } from '../../../tests/support/silent-reader.ts'
import { HeldPartitions, type HeldOptions } from './held-partitions.ts'

// A broker that holds records back for longer than one look may take cannot be had on demand.

const at = (partition: number) => ({ topic: 'orders', partition })
const log = { logStart: 0n, lastStable: 5n, highWatermark: 5n }
const positions = new Map([
  ['0/orders', { value: { offset: 2n, metadata: '', leaderEpoch: -1 } }],
  ['1/orders', { value: { offset: 5n, metadata: '', leaderEpoch: -1 } }],
])
const access = {
  groups: {
    positions: () => Promise.resolve(positions),
    bounds: () => Promise.resolve(new Map([...positions.keys()].map((key) => [key, { value: log }]))),
    topicIds: () => Promise.resolve(new Map()),
  },
  reader: {
    timeLimit: () => Promise.resolve(AbortSignal.timeout(5)),
    columns: silentColumns,
  },
}

it('does not say that everything was taken where a record was not read in time', async () => {
  const plan = { spec: { group: 'billing', reset: 'earliest', isolation: 'read_committed' } }
  const options = { plan, access, tell: () => undefined, note: () => undefined } as unknown as HeldOptions
  const held = new HeldPartitions(options)
  const { signal } = new AbortController()
  await held.begin([at(0), at(1)], signal)
  const one = held.whoseTurn(undefined, new Set())!
  expect(one.partition).toBe(0)
  expect(await held.takeOf(one, signal)).toBeNull()
  expect(held.whyNothing(undefined)).toMatch(/take again/)
  expect(held.whyNothing(at(0))).toMatch(/take again/)
  expect(held.whyNothing(at(1))).toMatch(/everything up to the end was taken/)
})
