import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { settled } from '../../../tests/support/wait-for.ts'
import { createTotalsStore } from './topics-store.ts'

const id = 'eu' as ConnectionId

/** Each call waits until the test answers it. */
function held() {
  const calls: { topics: string[]; answer: PromiseWithResolvers<unknown> }[] = []
  const call = (_route: string, { topics }: { topics: string[] }) => {
    const answer = Promise.withResolvers<unknown>()
    calls.push({ topics, answer })
    return answer.promise
  }
  return { calls, api: { call } as unknown as Pick<StoreApiPort, 'call'> }
}

it('rests after a failure, although what is drawn is wanted again each time, and not after a refresh', async () => {
  const { calls, api } = held()
  const store = createTotalsStore(api, id)
  store.subscribe(() => queueMicrotask(() => store.want(['orders'])))
  store.want(['orders'])
  calls[0]!.answer.reject(new Error('gone'))
  await settled()
  expect(store.getState().note).toBe('gone')
  expect(calls).toHaveLength(1)
  store.refresh()
  await settled()
  expect(calls).toHaveLength(2)
})

it('a failure from before a refresh says nothing, and what is wanted since is requested', async () => {
  const { calls, api } = held()
  const store = createTotalsStore(api, id)
  store.want(['orders'])
  store.refresh()
  store.want(['orders', 'payments'])
  calls[0]!.answer.reject(new Error('gone'))
  await settled()
  expect(store.getState().note).toBeUndefined()
  expect(calls[1]?.topics).toEqual(['orders', 'payments'])
  calls[1]!.answer.resolve({ items: [{ topic: 'orders' }], failures: [] })
  await settled()
  expect([...store.getState().byTopic.keys()]).toEqual(['orders'])
})
