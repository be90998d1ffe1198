import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { AnchorsDialog } from './anchors-dialog.tsx'

it('shows an anchor that was kept before the list of those that were there has come', async () => {
  const list = Promise.withResolvers<{ items: object[] }>()
  const item = { id: 'a', name: 'before 1.42', of: 'billing', topics: ['orders'], partitions: 3, madeAt: 0n, isElsewhere: false } // oxfmt-ignore
  const call = (route: string) => (route === 'anchors.list' ? list.promise : Promise.resolve({ items: [item] }))
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  render(
    <ServicesContext value={services}>
      <AnchorsDialog
        connectionId={'eu' as ConnectionId}
        source={() => ({ from: 'group', group: 'billing' }) as never}
        words="where billing stands"
        onClose={() => undefined}
      />
    </ServicesContext>,
  )
  fireEvent.change(screen.getByRole('textbox'), { target: { value: item.name } })
  fireEvent.click(screen.getByRole('button', { name: 'Save' }))
  await screen.findByRole('button', { name: `Delete ${item.name}` })
  await act(async () => {
    list.resolve({ items: [] })
    await list.promise
  })
  expect(screen.getByRole('button', { name: `Delete ${item.name}` })).toBeTruthy()
})
