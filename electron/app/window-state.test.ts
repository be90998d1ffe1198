import { describe, expect, it } from 'vitest'
import { placeWindow, smallest } from './window-state.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const beside = { x: 1440, y: 0, width: 2560, height: 1400 }

describe('a window', () => {
  it('comes back where it was, on whichever screen that is', () => {
    const there = { x: 1600, y: 100, width: 1800, height: 1000 }
    expect(placeWindow(there, [laptop, beside])).toEqual(there)
  })

  it('comes to the first screen when its own was unplugged, and is made to fit', () => {
    const placed = placeWindow({ x: 1600, y: 100, width: 1800, height: 1000 }, [laptop])!
    expect(placed).toEqual({ x: 0, y: 25, width: 1440, height: 875 })
  })

  it('is never left with its top edge out of reach', () => {
    expect(placeWindow({ x: 0, y: -400, width: 1000, height: 700 }, [laptop])!.y).toBeGreaterThanOrEqual(laptop.y)
    expect(placeWindow({ x: -950, y: 100, width: 1000, height: 700 }, [laptop])!.x).toBeGreaterThanOrEqual(0)
  })

  it('is in the middle at first, and a step aside when it opens over another', () => {
    expect(placeWindow(null, [beside])).toEqual({ x: 2000, y: 250, width: 1440, height: 900 })
    expect(placeWindow({ x: 10, y: 40, width: 1000, height: 700 }, [laptop], 24)).toMatchObject({ x: 34, y: 64 })
  })

  it('keeps its least size on a screen too small, and whatever was asked where no screen is known', () => {
    expect(placeWindow(null, [{ x: 0, y: 0, width: 640, height: 480 }])).toMatchObject(smallest)
    expect(placeWindow(null, [])).toBeUndefined()
  })
})
