import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { route } from '#shared/contract/define.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { lateServices } from './late-services.ts'

const part = { 'sum.of': route({ input: z.array(z.number()), output: z.number(), effect: 'read' }) }
const context = { signal: new AbortController().signal }

describe('services that are loaded late', () => {
  it('are all there at once, and loaded by the first call', async () => {
    const load = vi.fn<() => Promise<ServiceOf<typeof part>>>(async () => ({
      'sum.of': (numbers) => Promise.resolve(numbers.reduce((sum, one) => sum + one, 0)),
    }))
    const services = lateServices(part, load)
    expect(Object.keys(services)).toEqual(['sum.of'])
    expect(load).not.toHaveBeenCalled()
    expect(await services['sum.of']([1, 2], context)).toBe(3)
  })

  it('reject with what the service throws, or its loading', async () => {
    const closed = lateServices(part, async () => ({
      'sum.of': () => {
        throw new Error('closed')
      },
    }))
    await expect(closed['sum.of']([], context)).rejects.toThrow('closed')
    const gone = lateServices(part, () => Promise.reject(new Error('no such file')))
    await expect(gone['sum.of']([], context)).rejects.toThrow('no such file')
  })
})
