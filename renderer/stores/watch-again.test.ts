import { expect, it, vi } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import { watchOn } from './watch-again.ts'

it('begins again after whatever error, and tells of those that are mistakes of ours', async () => {
  const told: (() => void)[] = []
  vi.stubGlobal('queueMicrotask', (task: () => void) => told.push(task))
  try {
    const end = new AbortController()
    const errors = [new SeeklineError('connect.lost', 'Lost.'), new TypeError('a callback is wrong')]
    let began = 0
    await watchOn(end.signal, 0, () => {
      const error = errors[began]
      began += 1
      if (error === undefined) end.abort()
      return error === undefined ? Promise.resolve() : Promise.reject(error)
    })
    expect(began).toBe(3)
    expect(told).toHaveLength(1)
    expect(told[0]).toThrow('a callback is wrong')
  } finally {
    vi.unstubAllGlobals()
  }
})
