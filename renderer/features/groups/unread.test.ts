import { expect, it, vi } from 'vitest'
import { settled, until } from '../../../tests/support/wait-for.ts'
import type { UnreadOf } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { testPosition as at } from './fixtures/position.ts'
import { createUnreadStore } from './unread-store.ts'
import { ageMsOf, ageWords, isNearRetention, readableWords } from './unread-words.ts'

const unread = (part: Partial<UnreadOf> = {}): UnreadOf => ({
  topic: 'orders',
  partition: 0,
  offset: 5n,
  age: { kind: 'record', offset: 6n, timestamp: 1_000n, timestampType: 'CreateTime', ageMs: 840_000n },
  readable: { kind: 'counted', records: 3n, passed: 2n },
  undecided: 0n,
  retention: { kind: 'at', at: 2_001_000n, retentionMs: 2_000_000n },
  ...part,
})
const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ')
const end = at(0, { standing: 'at-end', lag: 0n, stableLag: 0n })

it('says how old the next unread record is, by whose clock, and when retention reaches it', () => {
  const words = ageWords(at(0), unread(), 'UTC')
  expect(plain(words?.text)).toBe('14 m')
  expect(plain(words?.title)).toBe(
    'The next unread record, 6, is of 1970-01-01 00:00:01.000 UTC by its producer’s clock.\nRetention reaches it not before 1970-01-01 00:33:21.000 UTC.',
  )
  expect(words?.tone).toBeUndefined()
  expect(ageMsOf(at(0), unread())).toBe(840_000n)
})

it('warns where most of the time is over that the topic keeps it', () => {
  const old = unread({ retention: { kind: 'at', at: 0n, retentionMs: 900_000n } })
  expect(isNearRetention(old)).toBe(true)
  expect(ageWords(at(0), old, 'UTC')?.tone).toBe('warn')
  expect(isNearRetention(unread({ retention: { kind: 'never' } }))).toBe(false)
})

it('says what is not known, and of which position something was read', () => {
  expect(ageWords(at(0), undefined, 'UTC')?.text).toBe('…')
  expect(ageWords(at(0), unread({ age: { kind: 'unknown', why: 'No leader.' } }), 'UTC')).toMatchObject({ text: 'not known', title: 'No leader.' }) // oxfmt-ignore
  expect(ageWords(at(0, { standing: 'past-end' }), undefined, 'UTC')).toBeNull()
  expect(ageWords(end, undefined, 'UTC')?.text).toBe('nothing')
  expect(ageMsOf(end, undefined)).toBe(0n)
  // Of a share group all may be done with though its start offset has not moved.
  expect(ageWords(at(0, { lag: 0n }), unread(), 'UTC')?.text).toBe('nothing')
  expect(ageMsOf(at(0), unread({ age: { kind: 'unknown', why: '' } }))).toBeNull()
  const moved = at(0, { position: { offset: 7n, metadata: '', leaderEpoch: -1 } })
  expect(ageWords(moved, unread(), 'UTC')?.title).toContain('Read when the position was 5.')
})

it('tells counted records from those that are at most so many', () => {
  expect(readableWords(at(0), unread())?.text).toBe('3')
  expect(plain(readableWords(at(0), unread({ readable: { kind: 'at-most', records: 25_000n }, undecided: 4n }))?.text)).toBe('≤ 25 000') // oxfmt-ignore
  expect(readableWords(at(0), unread({ undecided: 4n }))?.title).toContain('4 offsets of open transactions')
  expect(readableWords(end, undefined)?.text).toBe('0')
})

it('reads what is in view and in range, once for rows that stay', async () => {
  const call = vi.fn<(route: string, input: unknown) => Promise<unknown>>(() => Promise.resolve({ items: [unread()] }))
  const store = createUnreadStore({ call } as unknown as Pick<StoreApiPort, 'call'>, 'eu' as ConnectionId, 0)
  store.want([at(0), end, at(2, { position: null, standing: 'none' })])
  await until('the answer', () => store.getState().found.size === 1)
  expect(call.mock.calls[0]!.slice(0, 2)).toEqual(['groups.unread', { connectionId: 'eu', positions: [{ topic: 'orders', topicId: null, partition: 0, offset: 5n }] }]) // oxfmt-ignore
  store.want([at(0)])
  await settled()
  expect(call).toHaveBeenCalledTimes(1)
  await store.load()
  expect(call).toHaveBeenCalledTimes(2)
})
