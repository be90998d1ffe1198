import { describe, expect, it } from 'vitest'
import { createWorkTracker } from './running-writes.ts'

const untilAborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('receipt')))

describe('work under way', () => {
  it('is known until it has settled, also after it was cancelled, and belongs to its window', async () => {
    const work = createWorkTracker()
    const never = new AbortController()
    const settled = Promise.withResolvers<void>()
    const slow = work.run({ route: 'replay.run', caller: 'window-1' }, never.signal, async (signal) => {
      await untilAborted(signal)
      await settled.promise
      return 'receipt'
    })
    const other = work.run({ route: 'offsets.apply', caller: 'window-2' }, never.signal, untilAborted)
    expect(work.list()).toHaveLength(2)
    expect(work.list('window-1')).toEqual([{ route: 'replay.run', caller: 'window-1' }])

    work.cancel('window-1')
    expect(await work.idle({ caller: 'window-1', patienceMs: 20 })).toBe(false)
    expect(work.list('window-2')).toHaveLength(1)
    const idle = work.idle({ caller: 'window-1' })
    settled.resolve()
    expect(await idle).toBe(true)
    expect(await slow).toBe('receipt')

    work.cancel()
    expect(await work.idle()).toBe(true)
    expect(await other).toBe('receipt')
  })

  it('ends with its caller’s own signal, and is forgotten when it fails', async () => {
    const work = createWorkTracker()
    const page = new AbortController()
    const mine = work.run({ route: 'replay.run' }, page.signal, untilAborted)
    page.abort()
    expect(await mine).toBe('receipt')
    await expect(work.run({ route: 'x' }, page.signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(work.list()).toEqual([])
  })

  it('hears of a signal that was aborted before it began', async () => {
    const work = createWorkTracker()
    const gone = AbortSignal.abort()
    expect(await work.run({ route: 'x' }, gone, (signal) => Promise.resolve(signal.aborted))).toBe(true)
  })
})
