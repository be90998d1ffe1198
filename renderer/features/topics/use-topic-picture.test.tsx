import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { stretches, useWritten } from './use-topic-picture.ts'

const id = 'eu' as ConnectionId

it('shows what was written over the chosen period only, also when that cannot be read', async () => {
  const answers: PromiseWithResolvers<unknown>[] = []
  const call = () => {
    answers.push(Promise.withResolvers())
    return answers.at(-1)!.promise
  }
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ServicesContext value={services}>{children}</ServicesContext>
  )
  const [hours, days] = stretches
  const first: { stretch: (typeof stretches)[number]; version: number } = { stretch: hours, version: 0 }
  const { result, rerender } = renderHook(
    ({ stretch, version }) => useWritten(id, 'orders', stretch, { version, isActive: true }),
    { wrapper, initialProps: first },
  )
  const found = { times: [0n, 1n], offsets: [5n] }
  await act(async () => answers.at(-1)!.resolve(found))
  expect(result.current).toMatchObject({ status: 'ready', value: found })

  // The same period keeps its bars while it is read again, and when that fails.
  rerender({ stretch: hours, version: 1 })
  await act(async () => answers.at(-1)!.reject(new Error('The broker is gone.')))
  expect(result.current).toMatchObject({ status: 'failed', value: found })

  rerender({ stretch: days, version: 1 })
  expect(result.current).toMatchObject({ status: 'idle', value: undefined })
  await act(async () => answers.at(-1)!.reject(new Error('The broker is gone.')))
  expect(result.current).toMatchObject({ status: 'failed', value: undefined })
})
