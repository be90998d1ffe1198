import { expect, it } from 'vitest'
import { rangeAfterKey } from './time-range.ts'

const whole = { from: 0, to: 1000 }
it.each([
  ['ArrowLeft', { from: 400, to: 600 }, { from: 380, to: 580 }],
  ['ArrowLeft', { from: 0, to: 200 }, { from: 0, to: 200 }],
  ['ArrowRight', { from: 700, to: 990 }, { from: 710, to: 1000 }],
  ['+', { from: 400, to: 600 }, { from: 450, to: 550 }],
  ['-', { from: 400, to: 600 }, { from: 300, to: 700 }],
  ['-', { from: 0, to: 600 }, null],
  ['Home', { from: 400, to: 600 }, null],
  ['a', { from: 400, to: 600 }, undefined],
] as const)('%s from %o', (key, range, after) => {
  expect(rangeAfterKey(range, whole, key)).toEqual(after)
})
