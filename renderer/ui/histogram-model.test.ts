import { describe, expect, it } from 'vitest'
import { brushAfterKey, brushOf, heightOf } from './histogram-model.ts'

describe('the brush of a histogram', () => {
  it('moves one end by keys, which neither leaves the bars nor passes the other end', () => {
    const brush = { first: 3, last: 5 }
    expect(brushAfterKey(brush, 'first', 'ArrowRight', 10)).toEqual({ first: 4, last: 5 })
    expect(brushAfterKey(brush, 'first', 'PageUp', 10)).toEqual({ first: 5, last: 5 })
    expect(brushAfterKey(brush, 'first', 'Home', 10)).toEqual({ first: 0, last: 5 })
    expect(brushAfterKey(brush, 'last', 'End', 10)).toEqual({ first: 3, last: 9 })
    expect(brushAfterKey(brush, 'last', 'PageDown', 10)).toEqual({ first: 3, last: 3 })
    expect(brushAfterKey(brush, 'last', 'a', 10)).toBeUndefined()
  })

  it('is what was dragged over, whichever way', () => {
    expect(brushOf(7, 2, 10)).toEqual({ first: 2, last: 7 })
    expect(brushOf(-4, 40, 10)).toEqual({ first: 0, last: 9 })
  })

  it('shows what there is at all', () => {
    expect(heightOf(1, 1_000_000, 0.04)).toBe(0.04)
    expect(heightOf(0, 1_000_000, 0.04)).toBe(0)
    expect(heightOf(5, 10, 0.04)).toBe(0.5)
  })
})
