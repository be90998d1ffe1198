// @vitest-environment jsdom
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import { newProfile } from '#shared/model/profile.ts'
import type { Api } from '../api/client.ts'
import { parts } from './parts.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import { Toasts } from '../ui/toast.tsx'
import { ClosingDialog } from './closing-dialog.tsx'
import { FaultStrip } from './fault-strip.tsx'
import { LinkDialog } from './link-dialog.tsx'
import { createServices, ServicesContext } from '../workbench/services.ts'

const entry = (id: string, name: string): ProfileEntry => ({
  profile: newProfile(id, { name, brokers: ['kafka-1:9092'], sasl: { mechanism: 'PLAIN', username: 'alice' } }),
  stored: [],
  registryStored: [],
  warnings: [],
})

function show(items: ProfileEntry[]) {
  const calls: [string, unknown][] = []
  const api = {
    call: (route: string, input: Record<string, unknown>) => {
      calls.push([route, input])
      if (route === 'profiles.list') return Promise.resolve({ items, damaged: [] })
      if (route === 'connections.open') {
        return Promise.resolve({ connectionId: input['profileId'], profileId: input['profileId'], status: 'connected' })
      }
      return Promise.resolve({})
    },
    openStream: () => new Promise(() => undefined),
  } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), {
    parts,
    settingsPort: memorySettings(),
    isDesktop: true,
  })
  void services.connections.loadProfiles()
  render(
    <ServicesContext value={services}>
      <LinkDialog />
      <ClosingDialog />
      <FaultStrip />
      <Toasts />
    </ServicesContext>,
  )
  const opened = () => services.tabs.getState().tabs.map((tab) => tab.intent)
  const routes = () => calls.map(([route]) => route)
  return { services, calls, opened, routes }
}

describe('a link that was handed over', () => {
  it('connects to nothing until it is allowed to, and says what connecting does', async () => {
    const { services, opened, routes } = show([entry('p1', 'prod')])
    services.shell.openLink('seekline://prod/orders/3/42')
    const dialog = await screen.findByRole('alertdialog')
    expect(dialog.textContent).toContain('orders / 3 / 42')
    expect(dialog.textContent).toContain('signs in as alice')
    expect(routes()).not.toContain('connections.open')
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(routes()).not.toContain('connections.open')
    expect(opened()).toEqual([])
  })

  it('connects and opens its view once allowed', async () => {
    const { services, calls, opened } = show([entry('p1', 'prod')])
    services.shell.openLink('seekline://prod/orders/3/42')
    fireEvent.click(await screen.findByRole('button', { name: 'Connect and open' }))
    await waitFor(() =>
      expect(calls).toContainEqual(['connections.open', { profileId: 'p1', secrets: {}, remember: false }]),
    )
    expect(opened()).toEqual([{ kind: 'messages', connectionId: 'p1', topic: 'orders', partition: 3, offset: 42n }])
  })

  it('opens at once on a connected profile', async () => {
    const { services, opened } = show([entry('p1', 'prod')])
    await services.connections.open('p1' as never)
    services.shell.openLink('seekline://prod/orders/3/42')
    await waitFor(() => expect(opened()).toHaveLength(1))
    expect(screen.queryByRole('alertdialog')).toBeNull()
    // The same link again is the same request again.
    services.tabs.close(services.tabs.getState().active!)
    services.shell.openLink('seekline://prod/orders/3/42')
    await waitFor(() => expect(opened()).toHaveLength(1))
  })

  it('asks which profile is meant where its name fits none', async () => {
    const { services } = show([entry('p1', 'orders-eu'), entry('p2', 'orders-us')])
    services.shell.openLink('seekline://prod/orders/3/42')
    expect((await screen.findByRole('alertdialog')).textContent).toContain('No profile here is called that')
    expect((screen.getByRole('button', { name: 'Connect and open' }) as HTMLButtonElement).disabled).toBe(true)
  })

  it('gets a sentence when it is malformed', async () => {
    const { services, opened } = show([entry('p1', 'prod')])
    services.shell.openLink('seekline://prod/<script>/3/42')
    expect(await screen.findByText(/This link cannot be opened/)).toBeTruthy()
    expect(opened()).toEqual([])
  })
})

describe('the shell', () => {
  it('hears whether to stay, to cancel or to wait', async () => {
    const { services, calls } = show([])
    services.shell.setState({ closing: { isQuit: true, work: ['A replay is running.'] } })
    const dialog = await screen.findByRole('alertdialog', { name: 'Quit Seekline?' })
    expect(dialog.textContent).toContain('A replay is running.')
    fireEvent.click(screen.getByRole('button', { name: 'Stop and quit' }))
    expect(calls).toContainEqual(['shell.answerClosing', { answer: 'cancel-work' }])
    await waitFor(() => expect(screen.queryByRole('alertdialog', { name: 'Quit Seekline?' })).toBeNull())
  })

  it('writes down what nobody foresaw, shows it, and lets its details be copied', async () => {
    const { services, calls } = show([])
    services.shell.reportFault('promise', new Error('it\u202ebroke'))
    expect(await screen.findByText('Something failed unexpectedly.')).toBeTruthy()
    expect(screen.getByText('U+202E')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Copy details' })).toBeTruthy()
    expect(calls).toContainEqual([
      'diagnostics.note',
      expect.objectContaining({ where: 'promise', message: 'it\u202ebroke' }),
    ])
  })
})
