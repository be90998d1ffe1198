import { fireEvent, render, screen, within } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { DeleteView } from './delete-view.tsx'

const id = 'eu' as ConnectionId
const before = { offset: 50n, metadata: 'note', leaderEpoch: 3 }
const row = { topic: 'orders', topicId: null, partition: 0, before, after: null, bounds: null, status: 'change', clampedFrom: null, skips: 0n, repeats: 0n, note: null } // oxfmt-ignore
const plan = {
  version: 1,
  connectionId: id,
  clusterId: 'c',
  group: 'billing',
  groupExists: true,
  groupType: 'classic',
  groupState: 'Empty',
  members: [],
  what: 'positions',
  rows: [row],
  refusal: null,
  warnings: ['auto.offset.reset decides.'],
  failures: [],
  summary: 'billing will lose its 1 position in orders.',
  madeAt: 0n, // oxfmt-ignore
}
const result = {
  journalId: 'j1',
  rows: [
    {
      topic: 'orders',
      topicId: null,
      partition: 0,
      status: 'confirmed',
      before,
      intended: null,
      found: null,
      message: null,
    },
  ],
  summary: 'The positions of billing were deleted on 1 partition, read back and confirmed.',
  groupCreated: false,
  groupDeleted: false, // oxfmt-ignore
}

async function show(made: object) {
  const answers: Record<string, unknown> = { 'offsets.planDelete': made, 'offsets.delete': result, 'groups.list': { items: [], failures: [], note: null } } // oxfmt-ignore
  const call = vi.fn<(route: string, input: unknown) => Promise<unknown>>((route) => Promise.resolve(answers[route]))
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  const connection = {
    connectionId: id,
    profileId: 'eu',
    name: 'payments-eu',
    accessMode: 'guarded',
    status: 'connected',
  }
  services.connections.setState({ open: { [id]: connection as ConnectionState } })
  const open = vi.spyOn(services.navigation, 'open')
  const scope = [{ topic: 'orders', partitions: [0] }]
  const intent = { kind: 'delete' as const, connectionId: id, group: 'billing', scope }
  render(
    <ServicesContext value={services}>
      <DeleteView tabId="t" isActive intent={intent} />
    </ServicesContext>,
  )
  return { call, open }
}

it('shows what would go, asks for the name, deletes that plan and no other, and offers the way back', async () => {
  const { call, open } = await show(plan)
  await screen.findByText('billing will lose its 1 position in orders.')
  expect(call.mock.calls[0]!.slice(0, 2)).toEqual(['offsets.planDelete', { connectionId: id, group: 'billing', what: 'positions', scope: [{ topic: 'orders', partitions: [0] }] }]) // oxfmt-ignore
  fireEvent.click(screen.getByRole('button', { name: 'Delete 1 position…' }))
  const dialog = await screen.findByRole('alertdialog')
  fireEvent.change(within(dialog).getByLabelText('Profile name'), { target: { value: 'payments-eu' } })
  fireEvent.click(within(dialog).getByRole('button', { name: 'Delete 1 position' }))
  await screen.findByText(/read back and confirmed/)
  expect(call).toHaveBeenCalledWith('offsets.delete', { connectionId: id, plan, confirm: 'payments-eu' })
  fireEvent.click(screen.getByRole('button', { name: 'Undo…' }))
  expect(open).toHaveBeenCalledWith({ kind: 'plan', connectionId: id, group: 'billing', undo: 'j1' })
})

it('says why nothing can be deleted while members live', async () => {
  const refusal = { code: 'kafka.group-live', message: 'billing has 1 live member: app-1.', hint: 'Stop it.', retryable: true } // oxfmt-ignore
  await show({ ...plan, refusal })
  await screen.findByText('billing has 1 live member: app-1.')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Delete 1 position…' }).disabled).toBe(true)
})
