import { describe, expect, it } from 'vitest'
import type { BrowseDone } from '#shared/contract/messages.ts'
import type { Place } from '#shared/model/place.ts'
import { emptyForm } from './browse-form.ts'
import type { MessagesState } from './list-state.ts'
import { failureWords, leftWords, requestWords, statusWords } from './messages-words.ts'

const edges = { logStart: 10n, lastStable: 100n, highWatermark: 100n }
const done: BrowseDone = {
  reason: 'limit',
  counts: { records: 5n, aborted: 0n, markers: 0n, missing: 0n, bytes: 1_500n },
  bounds: [
    { partition: 0, ...edges },
    { partition: 1, ...edges },
  ],
  forward: [],
  backward: [],
  failures: [],
  topicId: null,
}
const state: MessagesState = {
  form: emptyForm,
  shown: undefined,
  followed: undefined,
  reading: undefined,
  error: undefined,
  done,
  counts: done.counts,
  ratePerSecond: 0,
  older: [
    { partition: 0, offset: 40n },
    { partition: 1, offset: 10n },
  ],
  newer: [
    { partition: 0, offset: 90n },
    { partition: 1, offset: 95n },
  ],
  hasOlder: true,
  hasNewer: true,
  looked: undefined,
  isPaused: false,
  waitingRows: 0,
  waiting: null,
  stopped: [],
  lineCount: 5,
  version: 1,
}

const five = { loaded: 5, dropped: 0, givenUp: { front: 0, back: 0 } }

describe('the words under the messages', () => {
  it('count what is left in both directions as offsets, not as records', () => {
    expect(leftWords(state)).toBe('30 older and 15 newer offsets not loaded')
    expect(leftWords({ ...state, newer: undefined, older: undefined })).toBe('')
    expect(statusWords(state, five)).toBe(
      '5 records loaded · 1.5\u202fkB read · stopped at the limit · 30 older and 15 newer offsets not loaded',
    )
  })

  it('do not tell how an earlier read ended once another has failed', () => {
    expect(statusWords({ ...state, error: new Error('gone') }, five)).toBe('5 records loaded · 1.5\u202fkB read · the last read failed') // oxfmt-ignore
  })

  it('say what the rows are: which partitions, from where', () => {
    const show = { aborted: false, open: true }
    const words = (start: Place, partitions?: number[]) => requestWords({ start, partitions, show }, 'UTC')
    expect(words({ at: 'high-watermark' })).toBe('the newest of all partitions')
    expect(words({ at: 'log-start' }, [0, 1, 2, 5])).toMatch(/^partitions 0.2, 5 from the earliest$/)
    expect(words({ at: 'offsets', offsets: [{ partition: 3, offset: 12_651n }] }, [3])).toBe('partition 3 from offset 12\u202f651') // oxfmt-ignore
    expect(words({ at: 'group', group: 'billing' })).toBe('all partitions from where billing stands')
  })

  it('tell a partition that could not be read from one that was read from elsewhere', () => {
    const failure = (details: Record<string, string>) => ({
      partition: 0,
      error: { code: 'kafka.group-unknown' as const, message: 'no position', retryable: false, details },
    })
    const words = (details: Record<string, string>) =>
      statusWords({ ...state, done: { ...done, failures: [failure(details)] } }, five)
    expect(words({ from: 'log-start' })).toContain('stopped at the limit')
    expect(words({})).toContain('1 of the partitions could not be read to the end')
  })

  it('name the end that was reached', () => {
    const end = { ...done, reason: 'end' as const, bounds: [{ partition: 0, ...edges }] }
    const ends = (older: bigint, newer: bigint) =>
      statusWords({ ...state, done: end, older: [{ partition: 0, offset: older }], newer: [{ partition: 0, offset: newer }] }, five) // oxfmt-ignore
    expect(ends(10n, 100n)).toContain('nothing older or newer')
    expect(ends(40n, 100n)).toContain('read to the end · 30 older offsets')
    expect(ends(10n, 90n)).toContain('read back to the log start · 10 newer offsets')
  })

  it('say the same failure of several partitions once', () => {
    const error = { code: 'kafka.no-leader' as const, message: 'No leader.', retryable: true }
    const failures = [
      { partition: 0, error },
      { partition: 1, error },
    ]
    expect(failureWords(failures)).toEqual([{ title: 'No leader. (partitions 0, 1)', hint: undefined }])
  })
})
