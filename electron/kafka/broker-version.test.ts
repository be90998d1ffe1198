import { expect, it } from 'vitest'
import { guessRelease } from './broker-version.ts'
import type { ApiVersionsResponse } from './protocol/api-versions.ts'

const answer = (level: number | null, fetch: number): ApiVersionsResponse => ({
  throttleTimeMs: 0,
  errorCode: 0,
  ranges: new Map([[1, { min: 4, max: fetch }]]),
  supportedFeatures: new Map(level === null ? [] : [['metadata.version', { min: 1, max: level }]]),
  finalizedFeatures: new Map(),
  finalizedFeaturesEpoch: 0n,
})

it('guesses the release from what the broker can do', () => {
  expect(guessRelease(answer(30, 18))).toBe('4.3')
  expect(guessRelease(answer(33, 18))).toBe('4.4')
  expect(guessRelease(answer(7, 13))).toBe('3.3')
  expect(guessRelease(answer(99, 30))).toBe('4.5 or later')
  expect(guessRelease(answer(null, 13))).toBe('3.1 to 3.4')
  expect(guessRelease(answer(null, 3))).toBeNull()
  expect(guessRelease(null)).toBeNull()
})
