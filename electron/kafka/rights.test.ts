import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { kafkaError } from './protocol/error-codes.ts'
import { toldOperations } from './protocol/operations.ts'
import { lacked, missingRight, rightsTable } from './rights.ts'

describe('missing rights', () => {
  it.each([
    [29, { api: 'Fetch', topic: 'orders' }, 'Read on topic orders'],
    [29, { api: 'ListOffsets', topic: 'orders' }, 'Describe on topic orders'],
    [29, { api: 'Produce', topic: 'copy' }, 'Write on topic copy'],
    [29, { api: 'OffsetCommit', topic: 'orders', group: 'billing' }, 'Read on topic orders'],
    [30, { api: 'OffsetCommit', topic: 'orders', group: 'billing' }, 'Read on group billing'],
    [30, { api: 'OffsetFetch', group: 'billing' }, 'Describe on group billing'],
    [30, { api: 'OffsetDelete', group: 'billing' }, 'Delete on group billing'],
    [30, { api: 'DeleteGroups', group: 'billing' }, 'Delete on group billing'],
    [
      31,
      { api: 'InitProducerId', topic: 'copy' },
      'Write on topic copy (or, before Kafka 2.8, IdempotentWrite on the cluster)',
    ],
    [31, { api: 'CreateTopics', topic: 'copy' }, 'Create on the cluster'],
    [31, { api: 'DescribeLogDirs' }, 'Describe on the cluster'],
    [25, { api: 'OffsetCommit', group: 'billing' }, null],
  ] as const)('%i: %o needs %s', (code, asked, right) => {
    expect(missingRight(code, asked)).toBe(right)
  })

  it('are named in the refusal, with what to ask for', () => {
    const error = kafkaError(30, 'Group billing', { asked: { api: 'OffsetCommit', group: 'billing' } })
    expect(error.message).toBe('Group billing: these credentials lack the right: it needs Read on group billing.')
    expect(error.hint).toContain('Ask for the right')
    expect(error.details).toMatchObject({ needs: 'Read on group billing' })
  })

  it('are missing only where a broker says what there is', () => {
    expect(toldOperations(-2_147_483_648)).toBeNull()
    // What was described may be described: a set without that is no answer.
    expect(toldOperations(0)).toBeNull()
    expect(toldOperations(1 << 3)).toBeNull()
    expect(toldOperations((1 << 3) | (1 << 8))).toEqual(['Read', 'Describe'])
    expect(lacked('OffsetCommit', 'group', 'billing', ['Describe'])).toBe('Read on group billing')
    expect(lacked('OffsetCommit', 'group', 'billing', ['Describe', 'Read'])).toBeNull()
    expect(lacked('OffsetCommit', 'group', 'billing', null)).toBeNull()
    expect(lacked('OffsetCommit', 'cluster', '', ['Describe'])).toBeNull()
  })

  it('are told by the guide as the code has them', async () => {
    const guide = await readFile(new URL('../../docs/guide.md', import.meta.url), 'utf8')
    expect(guide).toContain(rightsTable())
  })
})
