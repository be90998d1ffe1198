import { describe, expect, it } from 'vitest'
import { SOME_BYTES_UNKNOWN, SOME_OFFSETS_UNKNOWN } from '#shared/contract/throughput.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { Gains, type PartitionLook } from './gains.ts'

const seen = (partition: number, highWatermark: bigint | null, more: Partial<PartitionLook> = {}): PartitionLook => ({
  topic: 'orders',
  partition,
  leader: partition,
  topicId: 'one',
  highWatermark,
  ...more,
})
const sizesOf = (...sizes: (readonly [PartitionLook, bigint])[]) =>
  new Map(sizes.map(([at, size]) => [keyOf(at), size]))

/** One look after the other, a second apart, at topic and brokers. */
function looks(...each: { partitions: PartitionLook[]; sizes?: ReadonlyMap<string, bigint> }[]) {
  const gains = new Gains()
  return each.map(({ partitions, sizes = null }, i) =>
    gains.take({ at: BigInt(i) * 1000n, partitions, sizes, hasBrokers: true, isWanted: () => true }),
  )
}
const point = (offsets: bigint | null, bytes: bigint | null = null, lacks = 0) => ({ offsets, bytes, lacks })

describe('what partitions gained', () => {
  it('is of two looks, added up for the topic and for each leader', () => {
    const [first, second] = looks(
      { partitions: [seen(1, 10n), seen(2, 100n)] },
      { partitions: [seen(1, 14n), seen(2, 100n)] },
    )
    expect(first).toMatchObject({ overMs: 0n, bytesOverMs: 0n })
    expect(first!.points.get('t/orders')).toEqual(point(null, null, SOME_OFFSETS_UNKNOWN))
    expect(second).toMatchObject({ at: 1000n, overMs: 1000n })
    expect(Object.fromEntries(second!.points)).toEqual({ 't/orders': point(4n), 'b/1': point(4n), 'b/2': point(0n) })
  })

  it('does not leap where a broker comes to lead a partition, nor where the new leader is behind for a moment', () => {
    const moved = (end: bigint) => seen(2, end, { leader: 1 })
    const told = looks(
      { partitions: [seen(1, 10n), seen(2, 5000n)] },
      { partitions: [seen(1, 11n), moved(5002n)] },
      { partitions: [seen(1, 12n), moved(4990n)] },
      { partitions: [seen(1, 13n), moved(5010n)] },
      { partitions: [seen(1, 14n), moved(5011n)] },
    )
    expect(told.map(({ points }) => points.get('b/1'))).toEqual([
      point(null, null, SOME_OFFSETS_UNKNOWN),
      point(3n),
      point(1n, null, SOME_OFFSETS_UNKNOWN),
      point(1n, null, SOME_OFFSETS_UNKNOWN),
      point(2n),
    ])
  })

  it('is not known of a topic that was made anew, of a partition without a leader, and of one that was not seen before', () => {
    const anew = { topicId: 'two' }
    const told = looks(
      { partitions: [seen(1, 10n)] },
      { partitions: [seen(1, 900n, anew), seen(2, null, { leader: null })] },
      { partitions: [seen(1, 903n, anew), seen(2, 7n)] },
      { partitions: [seen(1, 903n, anew), seen(2, 8n)] },
    )
    expect(told.map(({ points }) => points.get('t/orders'))).toEqual([
      point(null, null, SOME_OFFSETS_UNKNOWN),
      point(null, null, SOME_OFFSETS_UNKNOWN),
      point(3n, null, SOME_OFFSETS_UNKNOWN),
      point(1n),
    ])
  })

  it('counts no bytes of a log that shrank, or that another replica tells of, and never less than nothing', () => {
    const [a, b, c] = [seen(1, 1n), seen(2, 1n), seen(3, 1n)]
    const moved = { ...c, leader: 1 }
    const told = looks(
      { partitions: [a, b, c], sizes: sizesOf([a, 100n], [b, 1000n], [c, 7n]) },
      { partitions: [a, b, c] },
      { partitions: [a, b, moved], sizes: sizesOf([a, 160n], [b, 10n], [moved, 900n]) },
    )
    expect(told[1]!.points.get('t/orders')).toEqual(point(0n))
    expect(told[2]).toMatchObject({ overMs: 1000n, bytesOverMs: 2000n })
    expect(told[2]!.points.get('t/orders')).toEqual(point(0n, 60n, SOME_BYTES_UNKNOWN))
    expect(told[2]!.points.get('b/2')).toEqual(point(0n, null, SOME_BYTES_UNKNOWN))
  })
})
