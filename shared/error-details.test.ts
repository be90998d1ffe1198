import { expect, it } from 'vitest'
import { SeeklineError } from './errors.ts'

it('takes what an error of its code may say, also from one that is there, and nothing else', () => {
  const lost = new SeeklineError('worker.crashed', 'It stopped.', { details: { displaced: true, sent: false } })
  const passedOn = new SeeklineError('internal', 'It stopped.', { details: { ...lost.details, topic: 'orders' } })
  expect(passedOn.details).toEqual({ displaced: true, sent: false, topic: 'orders' })
  // @ts-expect-error -- a detail of another code
  void new SeeklineError('profile.invalid', 'No name.', { details: { field: 'name', displaced: true } })
  // @ts-expect-error -- a detail of another type
  void new SeeklineError('profile.invalid', 'No name.', { details: { field: 1 } })
})
