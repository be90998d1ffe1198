import { errorCodes } from '#shared/errors.ts'
import { expect, it } from 'vitest'
import { kafkaErrorRows } from './error-sentences.ts'
import { isRetriable, kafkaError, kafkaErrorInfo } from './error-codes.ts'

it('holds every error code of Kafka 4.4 once, in order, with a sentence', () => {
  expect(kafkaErrorRows.map(([code]) => code)).toEqual(Array.from({ length: 138 }, (_, i) => i - 1))
  expect(new Set(kafkaErrorRows.map(([, name]) => name)).size).toBe(138)
  for (const [, name, , ours, sentence] of kafkaErrorRows) {
    expect(name).toMatch(/^[A-Z_]+$/)
    expect(errorCodes).toContain(ours)
    expect(sentence).toMatch(/^[^A-Z].*\.$/)
  }
})

it('turns a code into an error that says what it is about and what the broker added', () => {
  const error = kafkaError(40, 'Topic orders', { brokerSays: 'Invalid value x', details: { topic: 'orders' } })
  expect(error).toMatchObject({
    code: 'kafka.refused',
    message: 'Topic orders: a setting is not valid. (Invalid value x)',
    retryable: false,
    details: { topic: 'orders', kafkaCode: 40, kafkaName: 'INVALID_CONFIG' },
  })
  expect(kafkaError(25, 'Group g').code).toBe('kafka.group-live')
})

it('retries what can mend, and takes a newer code for final', () => {
  expect([5, 6, 14, 15, 16, 74, 75].every(isRetriable)).toBe(true)
  expect([0, 1, 29, 30, 35, 58, 999].some(isRetriable)).toBe(false)
  expect(kafkaErrorInfo(999).sentence).toContain('999')
})
