import { describe, expect, it } from 'vitest'
import { SeeklineError, toErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'
import type { ApplyResult, Plan } from '../contract/offsets.ts'
import { appliedGroupsSentence, groupsSentence } from './groups-sentence.ts'

const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })
const live = toErrorValue(new SeeklineError('kafka.group-live', 'a has 1 live member: x on /h.'))
function plan(group: string, skips: bigint, repeats: bigint, part: Partial<Plan> = {}): Plan {
  const isSame = skips === 0n && repeats === 0n
  const before = at(50n)
  const row = { topic: 'orders', topicId: null, partition: 0, before, after: at(50n + skips - repeats), bounds: null, status: isSame ? 'same' as const : 'change' as const, clampedFrom: null, skips, repeats, note: null } // oxfmt-ignore
  return {
    version: 1,
    connectionId: ConnectionId.parse('demo'),
    clusterId: 'c',
    group,
    groupExists: true,
    groupType: 'classic',
    groupState: 'Empty',
    members: [],
    target: { at: 'log-start' },
    rows: [row],
    refusal: null,
    warnings: [],
    failures: [],
    undoOf: null,
    madeAt: 0n,
    ...part,
  }
}
const result = (status: 'confirmed' | 'conflict'): ApplyResult => ({
  journalId: status === 'confirmed' ? 'j' : null,
  rows: [{ topic: 'orders', topicId: null, partition: 0, status, before: null, intended: null, message: null }],
  summary: status === 'confirmed' ? 'b was moved.' : 'b was not moved. Nothing was written.',
  groupCreated: false,
  groupDeleted: false,
})

describe('a plan of several groups', () => {
  it('adds up what they skip and repeat, the loss first', () => {
    expect(groupsSentence([plan('a', 0n, 1200n), plan('b', 3n, 0n)], [])).toBe(
      '2 partitions of 2 groups would move: together they skip up to 3 records and read up to 1\u2009200 records again.',
    )
    expect(groupsSentence([plan('a', 0n, 7n)], [])).toBe(
      '1 partition of 1 group would move: it reads up to 7 records again.',
    )
  })

  it('names who stays and who cannot be moved, and counts nothing of them', () => {
    const plans = [plan('a', 0n, 900n, { refusal: live }), plan('b', 0n, 5n), plan('c', 0n, 0n)]
    expect(groupsSentence(plans, [{ what: 'd', error: live }])).toBe(
      '1 partition of 1 group would move: it reads up to 5 records again. 1 group stays where it is. 2 groups cannot be moved. a: a has 1 live member: x on /h. d: a has 1 live member: x on /h.',
    )
    expect(groupsSentence([plan('c', 0n, 0n)], [])).toBe('Nothing would change.')
  })
})

describe('what came of it', () => {
  it('says who was not moved and why, and counts no group that stood there already', () => {
    const none = { ...result('confirmed'), journalId: null, rows: [] }
    expect(
      appliedGroupsSentence([
        { group: 'a', result: null, error: live },
        { group: 'b', result: result('confirmed'), error: null },
        { group: 'c', result: none, error: null },
      ]),
    ).toBe('1 of 2 groups was moved. a has 1 live member: x on /h.')
    expect(appliedGroupsSentence([{ group: 'b', result: result('conflict'), error: null }])).toBe(
      '0 of 1 group were moved. b was not moved. Nothing was written.',
    )
    expect(appliedGroupsSentence([{ group: 'b', result: result('confirmed'), error: null }])).toBe(
      '1 group was moved, read back and confirmed.',
    )
  })
})
