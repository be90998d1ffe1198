import { expect, it } from 'vitest'
import { howFar } from './replay-words.ts'

const error = { message: 'No.', retryable: false }

it('says that nothing was copied where that is known, as after a creation that was refused', () => {
  const creation = { ...error, code: 'kafka.unauthorised' as const, details: { nothingCopied: true } }
  expect(howFar(creation).title).toBe('No record was copied.')
  const lost = { ...error, code: 'connect.lost' as const, details: { nothingCopied: true, sent: true } }
  expect(howFar(lost).children).toMatch(/Whether the topic was created is not known/)
  expect(howFar({ ...error, code: 'plan.stale' }).title).toBe('Nothing was written.')
  expect(howFar({ ...error, code: 'connect.lost' }).title).toBe('How far it came is not known here.')
})
