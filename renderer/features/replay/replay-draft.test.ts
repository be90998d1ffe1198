import { describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { checkReplay, emptyReplay, parseRanges, parseRecords, type ReplayDraft } from './replay-draft.ts'

const id = (name: string) => name as ConnectionId
const draft = (change: Partial<ReplayDraft> = {}): ReplayDraft => ({
  ...emptyReplay,
  source: id('prod'),
  topic: 'orders',
  target: id('test'),
  targetTopic: 'orders-copy',
  targetPartitions: '12',
  ...change,
})
const errorsOf = (change: Partial<ReplayDraft>) => {
  const checked = checkReplay(draft(change))
  return checked.ok ? {} : checked.errors
}

describe('parseRanges', () => {
  it('reads ranges with and without an end, grouped as they are shown', () => {
    expect(parseRanges('3:1000-2000, 4: 48 211 907 –; 5:1-2')).toEqual([
      { partition: 3, from: 1000n, to: 2000n },
      { partition: 4, from: 48_211_907n },
      { partition: 5, from: 1n, to: 2n },
    ])
    expect(parseRanges('0:9007199254740993-')).toEqual([{ partition: 0, from: 9_007_199_254_740_993n }])
  })

  it('says what is wrong', () => {
    expect(parseRanges('3:10-10')).toContain('empty')
    expect(parseRanges('orders')).toContain('“orders”')
    expect(parseRanges(' ')).toContain('Write partition')
  })
})

describe('parseRecords', () => {
  it('reads a list, also one separated by spaces', () => {
    expect(parseRecords('0:120 3:77,3:78')).toEqual([
      { partition: 0, offset: 120n },
      { partition: 3, offset: 77n },
      { partition: 3, offset: 78n },
    ])
    expect(parseRecords('0:-1')).toContain('no record')
  })
})

describe('checkReplay', () => {
  it('makes a spec of a sound draft', () => {
    expect(checkReplay(draft({ partitions: [1, 2], settings: [{ name: ' retention.ms ', value: '-1' }] }))).toEqual({
      ok: true,
      spec: {
        source: 'prod',
        topic: 'orders',
        range: { by: 'places', from: { at: 'log-start' }, partitions: [1, 2] },
        target: 'test',
        targetTopic: {
          create: true,
          name: 'orders-copy',
          partitions: 12,
          replicationFactor: -1,
          configs: [{ name: 'retention.ms', value: '-1' }],
        },
        partitioning: 'keep',
        timestamps: 'keep',
      },
    })
  })

  it('names each field that lacks something', () => {
    expect(errorsOf({ source: undefined, topic: ' ' })).toMatchObject({
      source: 'From which cluster?',
      topic: 'Which topic?',
    })
    expect(errorsOf({ by: 'places' })).toHaveProperty('from')
    const at = { ...emptyReplay.fromPlace, timestamp: 5n }
    expect(errorsOf({ by: 'places', fromPlace: at, to: 'timestamp' })).toHaveProperty('to')
    expect(errorsOf({ by: 'places', fromPlace: at, to: 'timestamp', toPlace: at })).toHaveProperty('to')
    expect(errorsOf({ by: 'newest', newest: undefined })).toHaveProperty('newest')
    expect(errorsOf({ partitions: [] })).toHaveProperty('partitions')
    expect(errorsOf({ targetTopic: 'a b' })).toHaveProperty('targetTopic')
    expect(errorsOf({ targetPartitions: '0' })).toHaveProperty('targetPartitions')
    expect(
      errorsOf({
        settings: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      }),
    ).toHaveProperty('settings')
  })

  it('goes from any place to any other, with what was chosen for partitions without one', () => {
    const fromPlace = { ...emptyReplay.fromPlace, group: ' billing ' }
    const checked = checkReplay(draft({ by: 'places', from: 'group', fromPlace, to: 'high-watermark' }))
    expect(checked).toMatchObject({
      spec: {
        range: { by: 'places', from: { at: 'group', group: 'billing' }, to: { at: 'high-watermark' } },
        ifNone: 'refuse',
      },
    })
    const timed = { by: 'places', fromPlace: { ...fromPlace, timestamp: 5n }, partitions: [1] } as const
    expect(checkReplay(draft({ ...timed, ifNone: 'start' }))).toMatchObject({
      spec: { range: { from: { at: 'timestamp', timestamp: 5n }, partitions: [1] }, ifNone: 'start' },
    })
  })

  it('takes any name for an existing topic: the cluster knows best', () => {
    expect(checkReplay(draft({ creates: false, targetTopic: 'odd name', targetPartitions: '' })).ok).toBe(true)
  })
})
