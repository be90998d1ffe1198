import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { connected, connectedId as id } from '../../../tests/support/connected.ts'
import { until } from '../../../tests/support/wait-for.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { SteppingView } from './stepping-view.tsx'

const detail = { type: 'consumer', positions: [{ topic: 'orders' }, { topic: 'payments' }], members: [] }

function show() {
  const described = Promise.withResolvers<unknown>()
  const call = vi.fn<(route: string, input: unknown) => Promise<unknown>>((route) =>
    route === 'groups.describe' ? described.promise : new Promise(() => undefined),
  )
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  services.connections.setState({ open: { [id]: connected } })
  render(
    <ServicesContext value={services}>
      <SteppingView tabId="t" isActive intent={{ kind: 'step', connectionId: id, group: 'billing' }} />
    </ServicesContext>,
  )
  /** What the next plan after the group's answer was asked for. */
  const planned = async (found: object = detail) => {
    call.mockClear()
    await act(async () => described.resolve(found))
    return await until('a plan is asked for', () => call.mock.calls.find(([route]) => route === 'stepping.plan')?.[1])
  }
  return { planned }
}

it('starts with the topics and the protocol that the group has', async () => {
  const { planned } = show()
  expect(await planned()).toMatchObject({ topics: ['orders', 'payments'], protocol: 'consumer' })
})

it('keeps the topics that were typed before the group was read', async () => {
  const { planned } = show()
  fireEvent.change(screen.getByLabelText('topics'), { target: { value: 'invoices' } })
  expect(await planned()).toMatchObject({ topics: ['invoices'], protocol: 'consumer' })
})

it('keeps the protocol that was chosen before the group was read', async () => {
  const { planned } = show()
  fireEvent.click(screen.getByRole('button', { name: /protocol/ }))
  fireEvent.click(await screen.findByRole('option', { name: /KIP-848/ }))
  expect(await planned({ ...detail, type: 'classic' })).toMatchObject({ topics: ['orders', 'payments'], protocol: 'consumer' }) // oxfmt-ignore
})
