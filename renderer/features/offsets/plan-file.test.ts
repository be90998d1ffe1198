import { describe, expect, it } from 'vitest'
import { takeFile } from './plan-file.ts'
import { emptyPlan, type PlanForm } from './plan-form.ts'

const form = (part: Partial<PlanForm> = {}): PlanForm => ({ ...emptyPlan, group: 'billing', ...part })
const taken = (text: string, part: Partial<PlanForm> = {}) => takeFile(form(part), { name: 'plan.csv', text })

describe('a file of positions', () => {
  it('is written into the table, and its partitions are the scope where nobody chose one', () => {
    expect(taken('orders,0,5\norders,3,7\n')).toEqual({
      note: undefined,
      change: {
        group: 'billing',
        to: 'offsets',
        offsets: { '0/orders': '5', '3/orders': '7' },
        scope: [{ topic: 'orders', partitions: [0, 3] }],
      },
    })
  })

  it('keeps the scope that somebody chose, and says what it leaves out', () => {
    const scope = [{ topic: 'orders', partitions: [0] }]
    const { change, note } = taken('billing,orders,0,5\nbilling,orders,3,7\nother,orders,0,9', { scope })
    expect(change).toMatchObject({ offsets: { '0/orders': '5' }, scope })
    expect(note).toMatchObject({
      isRefused: false,
      message: 'Left out: 1 line of other groups, 1 line for partitions that this plan does not touch.',
    })
    expect(taken('payments,0,1', { scope })).toMatchObject({ change: undefined, note: { isRefused: true } })
  })

  it('names the group where it is of one, and asks for a name where it is of none or of several', () => {
    expect(taken('late,orders,0,5', { group: '' }).change).toMatchObject({ group: 'late' })
    expect(taken('orders,0,5', { group: '' }).note?.message).toMatch(/^It names no group/)
    expect(taken('a,orders,0,5\nb,orders,0,5', { group: '' }).note?.message).toMatch(/^It has lines of 2 groups/)
  })

  it('is refused whole for one bad line', () => {
    expect(taken('orders,0,5\norders,1,x')).toMatchObject({
      change: undefined,
      note: { isRefused: true, message: expect.stringMatching(/^Line 2: “x” is no offset/) as string },
    })
  })
})
