import { describe, expect, it } from 'vitest'
import {
  ConnectionId,
  GroupId,
  NewTopicName,
  Offset,
  PartitionId,
  ProfileId,
  Timestamp,
  TopicId,
  TopicName,
} from './ids.ts'
import type { ProfileId as ProfileIdType } from './ids.ts'

const fits = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success

describe('ids', () => {
  it('keeps profile ids safe as file names', () => {
    expect(fits(ProfileId, 'demo')).toBe(true)
    expect(fits(ProfileId, '7b1c0a5e-3f7e-4f6e-9a65-1f1f9d2a8c11')).toBe(true)
    for (const bad of ['', '../etc', 'a/b', 'a.b', '-x', 'x'.repeat(65), 'a b', 7])
      expect(fits(ProfileId, bad)).toBe(false)
  })

  it('lets a connection id stand for its profile id, not the reverse', () => {
    const connection = ConnectionId.parse('demo')
    const profile: ProfileIdType = connection
    expect(profile).toBe('demo')
  })

  it('takes topic ids as Kafka prints them', () => {
    expect(fits(TopicId, 'xtzWWN4bTjitpL3kfd9s5g')).toBe(true)
    // The all-zero uuid, by which the protocol says "no id".
    expect(fits(TopicId, 'AAAAAAAAAAAAAAAAAAAAAA')).toBe(true)
    for (const bad of [
      '',
      'xtzWWN4bTjitpL3kfd9s5g==',
      'xtzWWN4bTjitpL3kfd9s5',
      'xtzWWN4bTjitpL3kfd9s+g',
      'xtzWWN4bTjitpL3kfd9s5h',
    ])
      expect(fits(TopicId, bad)).toBe(false)
  })

  it('holds names we create to Kafka’s rule, and reads any', () => {
    for (const good of ['orders', 'a.b_c-D9', 'x'.repeat(249), '...']) expect(fits(NewTopicName, good)).toBe(true)
    for (const bad of ['', '.', '..', 'x'.repeat(250), 'ä', 'a b', 'a/b']) expect(fits(NewTopicName, bad)).toBe(false)
    expect(fits(TopicName, 'ä b')).toBe(true)
    expect(fits(GroupId, '')).toBe(true)
  })

  it('bounds quantities by what the protocol can carry', () => {
    expect(fits(PartitionId, 0)).toBe(true)
    expect(fits(PartitionId, 2 ** 31 - 1)).toBe(true)
    for (const bad of [-1, 1.5, 2 ** 31, '0']) expect(fits(PartitionId, bad)).toBe(false)
    expect(fits(Offset, 2n ** 63n - 1n)).toBe(true)
    for (const bad of [-1n, 2n ** 63n, 0]) expect(fits(Offset, bad)).toBe(false)
    expect(fits(Timestamp, -1n)).toBe(true)
    expect(fits(Timestamp, -(2n ** 63n))).toBe(true)
    expect(fits(Timestamp, 2n ** 63n)).toBe(false)
  })
})
