import { act, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../api/client.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import { createServices, ServicesContext } from '../workbench/services.ts'
import { parts } from './parts.ts'
import { Sidebar } from './sidebar.tsx'

const id = 'eu' as ConnectionId
const state: ConnectionState = {
  connectionId: id,
  profileId: id,
  name: 'eu',
  environment: 'production',
  colour: 'red',
  accessMode: 'guarded',
  status: 'connected',
  reason: null,
  attempt: 0,
  nextAttemptAt: null,
  clusterId: 'c',
  brokers: 3,
  kafkaVersion: '4.3',
  readLimit: null,
}

it('reads its lists anew once the cluster is back, whatever is still being read from when it was away', async () => {
  let isAway = false
  const asked: string[] = []
  const answer = (route: string): Promise<unknown> => {
    asked.push(route)
    if (isAway) return new Promise(() => undefined)
    return Promise.resolve({ items: [], failures: [], damaged: [], next: null, note: null, total: 0 })
  }
  const services = createServices({ call: answer, openStream: answer } as unknown as Api, createLinkStore({ status: 'connected' }), { parts, settingsPort: memorySettings() }) // oxfmt-ignore
  const become = (status: ConnectionState['status']) =>
    act(() => services.connections.setState({ open: { [id]: { ...state, status } }, current: id }))
  become('connected')
  render(
    <ServicesContext value={services}>
      <Sidebar />
    </ServicesContext>,
  )
  await screen.findByText('No topics that these credentials may see.')
  await screen.findByText('No groups that these credentials may see.')
  isAway = true
  become('reconnecting')
  void services.topics.load(id)
  void services.groups.load(id)
  asked.length = 0
  isAway = false
  become('connected')
  expect(asked.filter((route) => route.endsWith('.list')).toSorted()).toEqual(['groups.list', 'topics.list'])
})
