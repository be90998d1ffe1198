import { describe, expect, it } from 'vitest'
import { assignorOf, offeredAssignors, type Subscriber } from './assignors.ts'

const partitionsOf = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }))
const member = (memberId: string, owned: string[] = [], topics = ['t']): Subscriber => ({
  memberId,
  topics,
  owned: owned.map((at) => ({ topic: at.split('-')[0]!, partition: Number(at.split('-')[1]) })),
})
const given = (name: string, members: Subscriber[], partitions = partitionsOf('t', 5)) =>
  Object.fromEntries(
    [...assignorOf(name)!.assign(members, partitions)].map(([id, list]) => [
      id,
      list.map(({ topic, partition }) => `${topic}-${partition}`).toSorted(),
    ]),
  )

describe('an assignment', () => {
  it('by range gives each a stretch, the first ones more', () => {
    expect(given('range', [member('b'), member('a')])).toEqual({ a: ['t-0', 't-1', 't-2'], b: ['t-3', 't-4'] })
  })

  it('in turn deals them out, and passes over who does not read a topic', () => {
    expect(given('roundrobin', [member('a'), member('b', [], ['u'])])).toEqual({
      a: ['t-0', 't-1', 't-2', 't-3', 't-4'],
      b: [],
    })
  })

  it('that is sticky lets everybody keep what is fair', () => {
    expect(given('sticky', [member('a', ['t-0', 't-1', 't-4']), member('b')])).toEqual({
      a: ['t-0', 't-1', 't-4'],
      b: ['t-2', 't-3'],
    })
    expect(given('sticky', [member('a', ['t-0', 't-1', 't-2', 't-3', 't-4']), member('b')])['a']).toHaveLength(3)
  })

  it('that is cooperative gives nobody what another still has', () => {
    const first = given('cooperative-sticky', [member('a', ['t-0', 't-1', 't-2', 't-3', 't-4']), member('b')])
    expect(first).toEqual({ a: ['t-0', 't-1', 't-2'], b: [] })
    const second = given('cooperative-sticky', [member('a', ['t-0', 't-1', 't-2']), member('b')])
    expect(second).toEqual({ a: ['t-0', 't-1', 't-2'], b: ['t-3', 't-4'] })
  })

  it.each(['range', 'roundrobin', 'sticky', 'cooperative-sticky', 'RoundRobinAssigner'])(
    'by %s gives each partition to one member at most, whatever they claim to have',
    (name) => {
      for (let seed = 1; seed < 200; seed += 1) {
        const of = (n: number, i: number) => (seed * 7919 + i * 104_729) % n
        const partitions = [...partitionsOf('t', of(9, 1)), ...partitionsOf('u', of(5, 2))]
        const members = Array.from({ length: 1 + of(4, 3) }, (_, i) =>
          member(
            `m${i}`,
            Array.from({ length: of(6, i + 4) }, (__, k) => `${k % 2 === 0 ? 't' : 'u'}-${of(12, k + i)}`),
            i % 3 === 0 ? ['t', 'u'] : ['t'],
          ),
        )
        const all = Object.entries(given(name, members, partitions))
        const dealt = all.flatMap(([, list]) => list)
        expect(new Set(dealt).size, `seed ${seed}`).toBe(dealt.length)
        for (const [id, list] of all) {
          const reads = members.find(({ memberId }) => memberId === id)!.topics
          expect(
            list.every((at) => reads.includes(at.split('-')[0]!)),
            `seed ${seed}`,
          ).toBe(true)
        }
        // What still is another's waits for the next round.
        const waits = name === 'cooperative-sticky' ? partitions.length : 0
        expect(dealt.length, `seed ${seed}`).toBeGreaterThanOrEqual(partitions.length - waits)
      }
    },
  )

  it('is offered to a living group by what it lives by alone, and never where nobody could lead', () => {
    expect(offeredAssignors(null)).toContain('range')
    expect(offeredAssignors('cooperative-sticky')).toEqual(['cooperative-sticky'])
    expect(offeredAssignors('stream')).toBeNull()
  })
})
