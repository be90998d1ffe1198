import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createDraftStore } from './draft-store.ts'

it('begins with the version that was asked for last, whichever comes first', async () => {
  const asked = new Map<unknown, () => void>()
  const call = (_route: string, { version }: { version: number | 'latest' }) =>
    new Promise((resolve) => asked.set(version, () => resolve({ type: 'avro', text: `"${version}"`, references: [] })))
  const store = createDraftStore({ call } as unknown as StoreApiPort, 'a' as ConnectionId, 'orders-value')
  const latest = store.begin(undefined)
  const second = store.begin(2)
  asked.get(2)!()
  await second
  asked.get('latest')!()
  await latest
  expect(store.getState().form).toMatchObject({ subject: 'orders-value', text: '"2"' })
  expect(store.start.getState().status).toBe('ready')
})
