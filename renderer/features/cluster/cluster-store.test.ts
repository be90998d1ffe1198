import { describe, expect, it } from 'vitest'
import { clusterSentence, sentSentence } from './cluster-store.ts'

const sent = (api: string, count: number, effect: 'read' | 'write' = 'read') => ({ api, count, effect })

describe('what was sent, as a sentence', () => {
  it('says that looking changed nothing only while no write was sent', () => {
    expect(sentSentence([sent('Fetch', 3), sent('Metadata', 1)], String)).toMatchObject({
      lead: 'Looking changed nothing',
      rest: ': 4 requests sent since connecting, all of them reads.',
      writes: 0,
    })
    const mixed = sentSentence([sent('Fetch', 3), sent('Produce', 2, 'write')], String)
    expect(mixed).toMatchObject({ lead: '2 of 5 requests sent since connecting could change something', writes: 2 })
    expect(sentSentence([], String).lead).toBe('Nothing was sent yet')
  })
})

describe('a cluster in one sentence', () => {
  const load = { brokers: [], topics: 12, partitions: 26, underReplicated: 0, leaderless: 0, failures: [] }
  it('says the worst that is to be said', () => {
    expect(clusterSentence(load, 3, String)).toBe('3 brokers carry 26 partitions of 12 topics, every replica in sync.')
    expect(clusterSentence({ ...load, underReplicated: 2 }, 3, String)).toContain('; 2 lack replicas in sync.')
    expect(clusterSentence({ ...load, underReplicated: 2, leaderless: 1 }, 3, String)).toContain('; 1 has no leader.')
    expect(clusterSentence({ ...load, topics: 0, partitions: 0 }, 1, String)).toContain(
      'no topic that these rights show',
    )
  })
})
