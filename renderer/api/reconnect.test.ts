import { expect, it } from 'vitest'
import { createReconnectWaits } from './reconnect.ts'

it('waits twice as long each time, ten seconds at most, and starts anew after a success', () => {
  const waits = createReconnectWaits(250)
  const told = Array.from({ length: 8 }, () => waits.next())
  expect(told.map(({ waitMs }) => waitMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  expect(told.at(-1)?.attempt).toBe(8)
  waits.reset()
  expect(waits.next()).toEqual({ attempt: 1, waitMs: 250 })
})
