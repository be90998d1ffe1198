import { describe, expect, it, vi } from 'vitest'
import { lateRouter } from './late-router.ts'
import type { Router } from './router.ts'

const request = { id: '1', route: 'app.info', input: {} }
type Call = Parameters<Router['call']>

describe('a router that is made late', () => {
  it('is made by the first call, once, and answers what came early', async () => {
    const router = { call: vi.fn<Router['call']>(async () => ({ ok: true, value: 1 })) } as unknown as Router
    const make = vi.fn<() => Promise<Router>>(async () => router)
    const late = lateRouter(make)
    expect(make).not.toHaveBeenCalled()
    const call = [request] as unknown as Call
    expect(await Promise.all([late.call(...call), late.call(...call)])).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 1 },
    ])
    expect(make).toHaveBeenCalledOnce()
  })

  it('answers with the reason when it could not be made', async () => {
    const late = lateRouter(() => Promise.reject(new Error('no disk')))
    const answer = await late.call(...([request] as unknown as Call))
    expect(answer).toMatchObject({ ok: false, error: { message: 'Seekline could not start: no disk' } })
  })
})
