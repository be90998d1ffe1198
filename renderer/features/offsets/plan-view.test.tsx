import { fireEvent, render, screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { AccessMode } from '#shared/model/profile.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { createLinkStore } from '../../api/link.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { memorySettings } from '../../stores/settings.ts'
import { OffsetsPlanView } from './plan-view.tsx'

const id = 'eu' as ConnectionId
const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })
const planRow = {
  topic: 'orders',
  topicId: null,
  partition: 0,
  before: at(50n),
  after: at(10n),
  bounds: { logStart: 0n, lastStable: 90n, highWatermark: 90n },
  status: 'change',
  clampedFrom: null,
  skips: 0n,
  repeats: 40n,
  note: null,
}
const plan = {
  version: 1,
  connectionId: id,
  clusterId: 'c',
  group: 'billing',
  groupExists: true,
  groupType: 'classic',
  groupState: 'Empty',
  members: [],
  target: { at: 'offset', offset: 10n },
  rows: [planRow],
  refusal: null as object | null,
  warnings: ['A consumer that uses assign() may overwrite these positions.'],
  failures: [],
  undoOf: null,
  madeAt: 0n,
}
const conflict = {
  journalId: null,
  rows: [{ topic: 'orders', topicId: null, partition: 0, status: 'conflict', before: at(51n), intended: at(10n), message: 'The position is 51 now; the plan saw 50.' }], // oxfmt-ignore
  summary: 'Nothing was written: 1 of 1 partition differs from what the plan saw.',
  groupCreated: false,
  groupDeleted: false,
}

const repeats = /billing will read up to 40 records again/
type Intent = TabViewProps<'plan'>['intent']
const asked: Intent = { kind: 'plan', connectionId: id, group: 'billing', scope: [{ topic: 'orders', partitions: [0] }], offset: 10n } // oxfmt-ignore

function show(accessMode: AccessMode, answers: Record<string, unknown> = {}, intent: Intent = asked) {
  const call = vi.fn<(route: string, input: unknown) => Promise<unknown>>((route) =>
    Promise.resolve(
      {
        'groups.describe': {
          group: 'billing',
          exists: true,
          type: 'classic',
          members: [],
          positions: [],
          failures: [],
        },
        'topics.list': { items: [], failures: [] },
        'groups.list': { items: [], failures: [], note: null },
        'offsets.plan': plan,
        'offsets.apply': conflict,
        ...answers,
      }[route],
    ),
  )
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  const connection = { connectionId: id, profileId: 'eu', name: 'payments-eu', accessMode, status: 'connected' }
  services.connections.setState({ open: { [id]: connection as ConnectionState } })
  const open = vi.spyOn(services.navigation, 'open')
  render(
    <ServicesContext value={services}>
      <OffsetsPlanView tabId="t" isActive intent={intent} />
    </ServicesContext>,
  )
  return { routes: () => call.mock.calls.filter(([route]) => route === 'offsets.apply'), open }
}

describe('the plan', () => {
  it('is applied on a guarded profile only with its name typed, which goes along', async () => {
    const { routes } = show('guarded')
    await screen.findByText(repeats)
    expect(screen.getByText(/uses assign\(\)/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Apply to 1 partition…' }))
    const dialog = await screen.findByRole('alertdialog')
    const confirm = within(dialog).getByRole('button', { name: 'Apply to 1 partition' })
    fireEvent.click(confirm)
    expect(routes()).toHaveLength(0)
    fireEvent.change(within(dialog).getByLabelText('Profile name'), { target: { value: 'payments-eu' } })
    fireEvent.click(confirm)
    await screen.findByText(/Nothing was written: 1 of 1 partition differs/)
    expect(routes()).toEqual([['offsets.apply', { connectionId: id, plan, confirm: 'payments-eu' }]])
  })

  it('after a conflict says per partition why, offers the plan again, and has nothing to undo', async () => {
    show('full')
    await screen.findByText(repeats)
    fireEvent.click(screen.getByRole('button', { name: 'Apply to 1 partition…' }))
    const dialog = await screen.findByRole('alertdialog')
    fireEvent.click(within(dialog).getByRole('button', { name: 'Apply to 1 partition' }))
    const reasons = await screen.findByRole('list', { name: 'Reasons' })
    expect(reasons.textContent).toContain('orders[0]: The position is 51 now; the plan saw 50.')
    expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Plan again' }))
    await screen.findByText(repeats)
  })

  it('on a read-only profile can be looked at; the way to the switch is shown', async () => {
    const { open } = show('read-only')
    await screen.findByText(repeats)
    const apply = screen.getByRole<HTMLButtonElement>('button', { name: 'Apply to 1 partition…' })
    expect(apply.disabled).toBe(true)
    expect(screen.getByText(/payments-eu is read-only/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Access mode in the profile' }))
    expect(open).toHaveBeenCalledWith({ kind: 'profiles', profileId: 'eu' })
  })

  describe('of an undo', () => {
    const undo = { kind: 'plan', connectionId: id, group: 'billing', undo: '7' } as const
    const detail = {
      group: 'billing',
      exists: true,
      type: 'classic',
      members: [],
      positions: [0, 1].map((partition) => ({ topic: 'orders', partition, position: at(50n), logStart: 0n, highWatermark: 90n, lag: 40n })), // oxfmt-ignore
      failures: [],
    }
    const another = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Plan something else' })

    it('leads on to a plan for what it touches, and not before that is known', async () => {
      const planned = Promise.withResolvers<unknown>()
      const { open } = show('full', { 'groups.describe': detail, 'offsets.planUndo': planned.promise }, undo)
      await screen.findByText(/Reading billing/)
      // The positions of the whole group were read meanwhile; they are not what is undone.
      expect(screen.queryByText('orders')).toBeNull()
      expect(another().disabled).toBe(true)
      planned.resolve({ ...plan, undoOf: '7' })
      await screen.findByText(repeats)
      fireEvent.click(another())
      expect(open).toHaveBeenCalledWith({ ...asked, offset: undefined })
    })

    it('that cannot be planned leads on to one for the positions of the group', async () => {
      const refused = Promise.reject(new Error('The journal no longer has this entry.'))
      const { open } = show('full', { 'groups.describe': detail, 'offsets.planUndo': refused }, undo)
      await screen.findByText(/no longer has this entry/)
      fireEvent.click(another())
      expect(open).toHaveBeenCalledWith({ kind: 'plan', connectionId: id, group: 'billing', scope: undefined })
    })
  })
})
