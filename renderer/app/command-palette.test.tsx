import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { connected, connectedId as id } from '../../tests/support/connected.ts'
import type { Api } from '../api/client.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import { createServices, ServicesContext } from '../workbench/services.ts'
import { CommandPalette } from './command-palette.tsx'
import { openPalette } from './commands.ts'
import { parts } from './parts.ts'

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
  services.connections.setState({ open: { [id]: connected }, current: id })
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
