import { describe, expect, it } from 'vitest'
import { scrollTopFor } from './virtual-rows.tsx'

describe('scrolling to a row', () => {
  // Ten rows of twenty pixels fit below a head of twenty.
  const at = { top: 400, height: 220, rowHeight: 20, headerHeight: 20 }

  it('leaves alone what is wholly in sight', () => {
    for (const index of [20, 25, 29]) expect(scrollTopFor({ index, align: 'auto' }, at)).toBe(400)
  })

  it('goes no farther than it must', () => {
    expect(scrollTopFor({ index: 19, align: 'auto' }, at)).toBe(380)
    expect(scrollTopFor({ index: 30, align: 'auto' }, at)).toBe(420)
  })

  it('puts a row first, last, or in the middle', () => {
    expect(scrollTopFor({ index: 50, align: 'start' }, at)).toBe(1_000)
    expect(scrollTopFor({ index: 50, align: 'end' }, at)).toBe(820)
    expect(scrollTopFor({ index: 50, align: 'center' }, at)).toBe(910)
  })
})
