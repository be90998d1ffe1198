import { describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newLedger, type ScanLedger } from '#shared/model/ledger.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { volumeOf, withVolume } from './search-volume.ts'

const ledgerOf = (from: bigint, to: bigint): ScanLedger =>
  newLedger({ clusterId: null, topic: 'orders', topicId: 'A' }, [{ partition: 0, from, to }])
const over = { from: 0n, to: 600n, buckets: 6 }
const bars = Array.from({ length: 6 }, (_, at) => ({ start: BigInt(at * 100), end: BigInt(at * 100 + 100), total: 0, hits: at === 5 ? 3 : 0, read: 1 })) // oxfmt-ignore

/** A log of one record a millisecond from 0 on, of which the broker tells where a time begins. */
const api = {
  call: (_: string, { start }: { start: { timestamp: bigint } }) =>
    Promise.resolve({ ledger: ledgerOf(start.timestamp, 1_000n), failures: [] }),
} as unknown as Pick<StoreApiPort, 'call'>

describe('how much was written when', () => {
  it('is asked for at some times, and drawn between them, as far as it is searched', async () => {
    const where = { connectionId: 'c' as ConnectionId, topic: 'orders', ledger: ledgerOf(0n, 450n) }
    const volume = await volumeOf(api, where, over, new AbortController().signal)
    expect(volume).toEqual({ times: [0n, 300n, 600n], offsets: new Map([[0, [0n, 300n, 600n]]]) })
    const [part] = ledgerOf(0n, 450n).parts
    const ledger = { ...ledgerOf(0n, 450n), parts: [{ ...part!, covered: [{ from: 375n, to: 450n, why: 'read' as const }] }] } // oxfmt-ignore
    const drawn = withVolume(bars, volume!, ledger)
    expect(drawn.map(({ total }) => total)).toEqual([100, 100, 100, 50, 50, 50])
    expect(drawn.map(({ read }) => read)).toEqual([0, 0, 0, 0.5, 0.5, 0.5])
    expect(drawn[5]).toMatchObject({ hits: 3 })
  })

  it('is not asked of very many partitions', async () => {
    const ranges = Array.from({ length: 200 }, (_, partition) => ({ partition, from: 0n, to: 1n }))
    const ledger = newLedger({ clusterId: null, topic: 'orders', topicId: 'A' }, ranges)
    expect(await volumeOf(api, { connectionId: 'c' as ConnectionId, topic: 'orders', ledger }, over, new AbortController().signal)).toBeNull() // oxfmt-ignore
  })
})
