import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Api } from '../api/client.ts'
import { createWork } from './running-work.ts'

const port = () => {
  const calls: [string, unknown][] = []
  const call = (route: string, input: unknown) => {
    calls.push([route, input])
    return Promise.resolve({})
  }
  return { calls, api: { call } as unknown as Pick<Api, 'call'> }
}

describe('long work', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is told as it goes, not with every frame, and averaged over what runs', () => {
    const { calls, api } = port()
    const work = createWork(api, true)
    const one = work.begin('Replay of orders')
    const two = work.begin('Replay of payments')
    vi.advanceTimersByTime(1)
    expect(calls).toEqual([['shell.showProgress', { running: 2, fraction: null }]])
    for (let n = 0; n <= 100; n += 1) one.update(n / 100)
    two.update(0.5)
    vi.advanceTimersByTime(500)
    expect(calls.slice(1)).toEqual([['shell.showProgress', { running: 2, fraction: 0.75 }]])
    one.end('Done.')
    two.end('Done.')
    vi.advanceTimersByTime(500)
    expect(calls.at(-1)).toEqual(['shell.showProgress', { running: 0, fraction: null }])
  })

  it('is notified of at its end when it was long, once', () => {
    const { calls, api } = port()
    const work = createWork(api, true)
    work.begin('Short').end('Done.')
    const long = work.begin('Replay of orders')
    vi.advanceTimersByTime(11_000)
    long.end('Copied 10 records.')
    long.end('Copied 10 records.')
    expect(calls.filter(([route]) => route === 'shell.notify')).toEqual([
      ['shell.notify', { title: 'Replay of orders', body: 'Copied 10 records.' }],
    ])
  })

  it('is no concern of a browser', () => {
    const { calls, api } = port()
    const running = createWork(api, false).begin('Replay')
    vi.advanceTimersByTime(11_000)
    running.end('Done.')
    vi.advanceTimersByTime(1_000)
    expect(calls).toEqual([])
  })
})
