import { describe, expect, it } from 'vitest'
import type { Plan, Target } from '../contract/offsets.ts'
import { rowPlanner } from './plan-row.ts'
import { planSentence, summarize } from './plan-sentence.ts'

const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })

function planOf(
  target: Target,
  positions: readonly (bigint | null)[],
  only?: 'backward' | 'forward',
  end = 1000n,
): Plan {
  const bounds = { logStart: 0n, lastStable: end, highWatermark: end }
  const places: Partial<Record<Target['at'], bigint>> = { 'log-start': 0n, 'high-watermark': end }
  const found = target.at === 'offset' ? target.offset : places[target.at]
  const rows = positions.map((offset, partition) => rowPlanner({ target, only })({
      topic: 'orders',
      topicId: null,
      partition,
      before: offset === null ? null : at(offset),
      bounds,
      found: found === undefined ? { missing: { why: 'not-named' } } : { offset: found },
    })) // oxfmt-ignore
  return { target, rows, refusal: null } as unknown as Plan
}
const words = (...of: Parameters<typeof planOf>) => planSentence(planOf(...of), 'billing').replaceAll('\u2009', ' ')

describe('the sentence of a plan', () => {
  it('tells a new group how much it will read, and how much it starts behind', () => {
    expect(words({ at: 'log-start' }, [null], undefined, 300_000n)).toBe('billing will start with up to 300 000 records that are there. 1 partition moves.') // oxfmt-ignore
    expect(words({ at: 'high-watermark' }, [null], undefined, 300_000n)).toBe('billing will start behind up to 300 000 records. 1 partition moves.') // oxfmt-ignore
  })

  it('tells both ways of a plan that goes both, the loss first', () => {
    const both = words({ at: 'offset', offset: 500n }, [400n, 900n, 500n])
    expect(both).toBe('billing will skip up to 100 records and read up to 400 records again. 2 partitions move: 1 back, 1 forward.') // oxfmt-ignore
  })

  it('names what is left out when only one way is wanted, and counts nothing of it', () => {
    const target: Target = { at: 'offset', offset: 500n }
    expect(words(target, [400n, 900n, 450n], 'backward')).toBe('billing will read up to 400 records again. 1 partition moves. Left out: orders 0, 2.') // oxfmt-ignore
    expect(words(target, [400n, 900n, 450n], 'forward')).toBe('billing will skip up to 150 records. 2 partitions move. Left out: orders 1.') // oxfmt-ignore
    expect(words(target, [400n], 'backward')).toBe('Nothing would change. Left out: orders 0.')
    expect(planOf(target, [400n], 'backward').rows[0]).toMatchObject({ status: 'left-out', after: at(400n), skips: 0n, note: 'Left out: it would go forward.' }) // oxfmt-ignore
  })

  it('does not take a partition without a position for one that goes back', () => {
    expect(summarize(planOf({ at: 'log-start' }, [null, 5n], 'backward').rows)).toMatchObject({
      changes: 1,
      leftOut: 1,
    })
  })

  it('tells why nothing can be changed, where all is refused for one reason', () => {
    const refused = (...notes: string[]) => {
      const plan = planOf({ at: 'log-start' }, [5n])
      const rows = notes.map((note) => ({ ...plan.rows[0]!, status: 'refused' as const, note }))
      return planSentence({ ...plan, rows }, 'billing')
    }
    const late = 'No record is that new or newer.'
    expect(refused(late, late)).toBe(`Nothing can be changed: 2 partitions refused. ${late}`)
    expect(refused(late, 'The partition has no leader.')).toBe('Nothing can be changed: 2 partitions refused.')
  })

  it('asks for offsets where none was typed', () => {
    expect(words({ at: 'offsets', offsets: [] }, [5n])).toContain('Enter an offset for at least one partition.')
  })
})
