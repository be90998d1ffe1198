import { act, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { connected as state, connectedId as id } from '../../tests/support/connected.ts'
import type { Api } from '../api/client.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import { createServices, ServicesContext } from '../workbench/services.ts'
import { parts } from './parts.ts'
import { Sidebar } from './sidebar.tsx'

const other = { ...state, connectionId: 'us' as ConnectionId, profileId: 'us' as ConnectionId, name: 'us' }

async function show() {
  let isHeld = false
  const asked: string[] = []
  const answer = (route: string, input: object): Promise<unknown> => {
    asked.push(`${route} ${(input as { connectionId?: string }).connectionId ?? ''}`)
    if (isHeld) return new Promise(() => undefined)
    return Promise.resolve({ items: [], failures: [], damaged: [], next: null, note: null, total: 0 })
  }
  const services = createServices({ call: answer, openStream: answer } as unknown as Api, createLinkStore({ status: 'connected' }), { parts, settingsPort: memorySettings() }) // oxfmt-ignore
  const become = (status: ConnectionState['status'], current = id) =>
    act(() => services.connections.setState({ open: { eu: { ...state, status }, us: other }, current }))
  become('connected')
  render(
    <ServicesContext value={services}>
      <Sidebar />
    </ServicesContext>,
  )
  await screen.findByText('No topics that these credentials may see.')
  await screen.findByText('No groups that these credentials may see.')
  /** From here on nothing is answered, and a reading of both lists is on its way. */
  isHeld = true
  const hold = () => {
    void services.topics.load(id)
    void services.groups.load(id)
    asked.length = 0
  }
  return { become, hold, lists: () => asked.filter((one) => one.endsWith('.list eu')).toSorted() }
}

it('reads its lists anew once the cluster is back, whatever is still being read from when it was away', async () => {
  const { become, hold, lists } = await show()
  become('reconnecting')
  hold()
  become('connected')
  expect(lists()).toEqual(['groups.list eu', 'topics.list eu'])
})

it('goes on with the reading on its way when its cluster is shown again', async () => {
  const { become, hold, lists } = await show()
  hold()
  become('connected', other.connectionId)
  become('connected')
  expect(lists()).toEqual([])
})
