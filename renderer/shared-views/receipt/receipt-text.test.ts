import { describe, expect, it } from 'vitest'
import type { Receipt } from '#shared/contract/replay.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { growthWords, receiptText } from './receipt-text.ts'

const receipt: Receipt = {
  id: 'r-1',
  plan: {
    version: 1,
    spec: {
      source: 'prod' as ConnectionId,
      topic: 'orders',
      range: { by: 'places', from: { at: 'log-start' } },
      target: 'test' as ConnectionId,
      targetTopic: { create: false, name: 'copy' },
      partitioning: 'keep',
      timestamps: 'shift',
    },
    sourceClusterId: 'A',
    sourceTopicId: 'T',
    targetClusterId: 'B',
    targetTopicId: null,
    targetPartitions: 1,
    rows: [],
    offsets: 10n,
    estimatedBytes: null,
    shiftMs: 5000n,
    concerns: [],
    refusal: null,
    summary: '',
    madeAt: 0n,
  },
  startedAt: 1_795_356_300_000n,
  endedAt: 1_795_356_301_000n,
  topicCreated: false,
  rows: [
    {
      partition: 3,
      from: 9_007_199_254_740_993n,
      to: 9_007_199_254_741_003n,
      done: 9_007_199_254_741_000n,
      copied: 5n,
      bytes: 100n,
      markers: 1n,
      aborted: 0n,
      missing: 1n,
      openLeftOut: 3n,
      refused: 0n,
      status: 'unknown',
      error: { code: 'connect.lost', message: 'The leader went away.', retryable: true },
      targets: [{ partition: 3, first: 40n, last: 44n, records: 5n }],
    },
  ],
  growth: [{ partition: 3, from: 40n, to: 50n, acknowledged: 5n, unacknowledged: 5n, first: 45n, note: null }],
  copied: 5n,
  bytes: 100n,
  outcome: 'partial',
  summary: '5 of 10 offsets were copied.',
}

describe('receipts as text', () => {
  it('say exactly from where on nothing is known, with full offsets', () => {
    const text = receiptText(receipt, 'UTC')
    expect(text).toContain(
      'partition 3: 9007199254740993 to before 9007199254741003, 5 copied, unknown, settled up to 9007199254741000',
    )
    expect(text).toContain('left out: 1 transaction marker, 1 offset without a record, 3 offsets of open transactions')
    expect(text).toContain('-> partition 3: 40 to 44, 5 records')
    expect(text).toContain('timestamps shifted by 5000 ms')
    expect(text).toContain('log of partition 3: from 40 to 50, 5 acknowledged, 5 beside them')
    expect(text).not.toMatch(/[\u202f\u2009]/)
  })

  it('say whether the logs gained what was acknowledged', () => {
    const [log] = receipt.growth
    expect(growthWords([])).toBe('')
    expect(growthWords([log!])).toBe('the logs hold more than was acknowledged')
    expect(growthWords([{ ...log!, unacknowledged: 0n }])).toBe('the logs hold what was acknowledged, once')
    expect(growthWords([{ ...log!, unacknowledged: null, note: 'No.' }])).toBe('1 of 1 logs could not be compared')
  })
})
