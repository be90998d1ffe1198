import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../api/client.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import { createServices, ServicesContext } from '../workbench/services.ts'
import { CommandPalette } from './command-palette.tsx'
import { openPalette } from './commands.ts'
import { parts } from './parts.ts'

const id = 'eu' as ConnectionId

it('offers what has the words before a topic that only has their letters in order', async () => {
  const topic = { name: '__share_group_state', topicId: null, internal: true, partitions: 1, replicationFactor: 1, underReplicated: 0, leaderless: 0 } // oxfmt-ignore
  const answer = (route: string) =>
    Promise.resolve({
      items: route === 'topics.list' ? [topic] : [],
      failures: [],
      damaged: [],
      next: null,
      note: null,
    })
  const services = createServices({ call: answer, openStream: answer } as unknown as Api, createLinkStore({ status: 'connected' }), { parts, settingsPort: memorySettings() }) // oxfmt-ignore
  const state = { connectionId: id, profileId: id, name: 'eu', status: 'connected' } as unknown as ConnectionState
  services.connections.setState({ open: { [id]: state }, current: id })
  await act(() => services.topics.load(id))
  render(
    <ServicesContext value={services}>
      <CommandPalette />
    </ServicesContext>,
  )
  await act(() => services.commands.run(openPalette))
  const field = screen.getByRole('combobox')
  fireEvent.change(field, { target: { value: 'state' } })
  expect(screen.getAllByRole('option')[0]?.textContent).toContain('__share_group_state')
  fireEvent.change(field, { target: { value: 'groups' } })
  const options = screen.getAllByRole('option').map((option) => option.textContent)
  expect(options.at(-1)).toContain('__share_group_state')
})
