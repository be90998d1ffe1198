import { describe, expect, it } from 'vitest'
import type { DecodeRule } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { until } from '../../../tests/support/wait-for.ts'
import { createDecodeStore } from './decode-store.ts'

const connectionId = 'a' as ConnectionId
const text: DecodeRule = { topic: 'orders', part: 'value', chain: [{ as: 'text', charset: 'utf-8' }] }

/** Answers once it is let; each call in turn. */
function slow(answer: (route: string, input: Record<string, unknown>) => unknown) {
  const calls: { route: string; input: Record<string, unknown>; go: () => void }[] = []
  const call = (route: string, input: Record<string, unknown>) =>
    new Promise((resolve, reject) => {
      const go = () =>
        void Promise.resolve()
          .then(() => answer(route, input))
          .then(resolve, reject)
      calls.push({ route, input, go })
    })
  const next = async (): Promise<void> => {
    await Promise.resolve()
    calls.at(-1)!.go()
  }
  return { api: { call } as unknown as StoreApiPort, calls, next }
}

describe('the choice of decoders', () => {
  it('is shown once it is known what is chosen by now: nothing that is chosen here is taken back, or meant for another part', async () => {
    const { api, next } = slow(() => ({ rules: [text] }))
    const store = createDecodeStore(api, connectionId, 'orders')
    const opening = store.open('header', 'packed')
    expect(store.getState().isOpen).toBe(false)
    await next()
    await opening
    expect(store.getState()).toMatchObject({ isOpen: true, part: 'header', header: 'packed', rule: null })
  })

  it('that is opened while “automatic” is being chosen shows that, and stays open', async () => {
    let rules = [text]
    const { api, calls, next } = slow((route) => {
      if (route === 'decoding.set') rules = []
      return { rules }
    })
    const store = createDecodeStore(api, connectionId, 'orders')
    const automatic = store.automatic('value')
    const opening = store.open('value')
    await next()
    for (const route of ['decoding.set', 'decoding.get']) {
      await until(route, () => calls.at(-1)!.route === route && calls.length > 1)
      await next()
    }
    await Promise.all([automatic, opening])
    expect(store.getState()).toMatchObject({ isOpen: true, rule: null, draft: { kind: 'automatic' } })
    expect(calls.map(({ route }) => route)).toEqual(['decoding.get', 'decoding.set', 'decoding.get'])
  })

  it('can be made where it could not be read, and says why not', async () => {
    const { api, next } = slow(() => Promise.reject(new Error('No answer.')))
    const store = createDecodeStore(api, connectionId, 'orders')
    const opening = store.open('key')
    await next()
    await opening
    expect(store.getState()).toMatchObject({
      isOpen: true,
      part: 'key',
      isBusy: false,
      error: { message: 'No answer.' },
    })
  })
})
