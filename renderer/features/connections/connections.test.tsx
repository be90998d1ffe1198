import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { ProfileId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { createServices, ServicesContext } from '../../app/services.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createConnectStore, secretNeeds } from './connect-store.ts'
import { ProfilesView } from './profiles-view.tsx'

const id = ProfileId.parse('p1')
const entry = (change: Partial<ProfileEntry> = {}): ProfileEntry => ({
  profile: newProfile(id, {
    name: 'orders-prod',
    environment: 'production',
    brokers: ['kafka-1:9092'],
    tls: { enabled: true },
    sasl: { mechanism: 'PLAIN', username: 'alice' },
  }),
  stored: ['password'],
  warnings: [],
  ...change,
})
const needsPassword = new SeeklineError('connect.secret', 'orders-prod: The password is not known in this run.', {
  details: { needs: [{ name: 'password', why: 'changed' }], profileId: id },
})

type Answer = (input: Record<string, unknown>) => unknown

function show(items: ProfileEntry[], answers: Record<string, Answer> = {}) {
  const calls: [string, Record<string, unknown>][] = []
  const api = {
    call: (route: string, input: Record<string, unknown>) =>
      new Promise((resolve) => {
        calls.push([route, input])
        const given = answers[route]
        if (given !== undefined) resolve(given(input))
        else if (route === 'profiles.list') resolve({ items, damaged: [] })
        else if (route === 'app.info') {
          resolve({
            version: '1',
            dataFolder: '/',
            secrets: { kind: 'keychain', sentence: 'Secrets are in the keychain.' },
          })
        } else resolve({})
      }),
    openStream: () => new Promise(() => undefined),
  } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), memorySettings())
  void services.connections.loadProfiles()
  render(
    <ServicesContext value={services}>
      <ProfilesView tabId="t" intent={{ kind: 'profiles', profileId: id }} isActive />
    </ServicesContext>,
  )
  return { calls, services }
}

const called = (calls: [string, Record<string, unknown>][], route: string) => calls.filter(([name]) => name === route)

describe('profiles', () => {
  it('never shows a stored secret, and sends one only when it was typed', async () => {
    const { calls } = show([entry()], {
      'profiles.save': ({ profile }) => entry({ profile: profile as ProfileEntry['profile'] }),
    })
    const password = await screen.findByLabelText<HTMLInputElement>('Password')
    expect([password.value, password.placeholder, password.type]).toEqual(['', 'stored', 'password'])
    fireEvent.change(screen.getByRole('textbox', { name: /^Name/ }), { target: { value: 'orders-eu' } })
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(called(calls, 'profiles.save')).toHaveLength(1))
    expect(called(calls, 'profiles.save')[0]![1]).toMatchObject({ secrets: {}, profile: { name: 'orders-eu' } })
  })

  it('asks for the present name before more may be changed through a profile', async () => {
    const { calls } = show([entry()], { 'profiles.save': () => entry() })
    fireEvent.click(await screen.findByRole('radio', { name: 'Full' }))
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    const typed = await screen.findByRole('textbox', { name: 'Profile name' })
    expect(called(calls, 'profiles.save')).toHaveLength(0)
    fireEvent.change(typed, { target: { value: 'orders-prod' } })
    fireEvent.keyDown(typed, { key: 'Enter' })
    await waitFor(() => expect(called(calls, 'profiles.save')[0]?.[1]).toMatchObject({ confirm: 'orders-prod' }))
  })

  it('asks for a missing secret, says why, and connects with what was typed', async () => {
    let tries = 0
    const { calls } = show([entry({ stored: [] })], {
      'connections.open': () => {
        tries += 1
        if (tries === 1) throw needsPassword
        return { connectionId: id, status: 'connected' }
      },
    })
    fireEvent.click(await screen.findByRole('button', { name: 'Connect' }))
    const prompt = await screen.findByRole('region', { name: 'Secrets for orders-prod' })
    expect(prompt.textContent).toContain('entrusted to other brokers')
    const box = prompt.querySelector<HTMLInputElement>('input[type=password]')!
    fireEvent.change(box, { target: { value: 'hunter2' } })
    fireEvent.click(screen.getByRole('checkbox', { name: /Remember/ }))
    fireEvent.keyDown(box, { key: 'Enter' })
    await waitFor(() => expect(tries).toBe(2))
    expect(called(calls, 'connections.open')[1]![1]).toMatchObject({ secrets: { password: 'hunter2' }, remember: true })
  })

  it('takes an advertised address into the address map', async () => {
    const report = {
      steps: [],
      error: toErrorValue(
        new SeeklineError('connect.advertised', 'b-1.internal:9092 did not answer.', {
          details: { addresses: [{ nodeId: 1, address: 'b-1.internal:9092', message: 'no such name' }] },
        }),
      ),
      clusterId: null,
      kafkaVersion: null,
      advertised: ['b-1.internal:9092'],
      topics: null,
    }
    show([entry()], { 'connections.test': () => report })
    fireEvent.click(await screen.findByRole('button', { name: 'Test' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Map this address' }))
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Advertised address 1' }).value).toBe(
      'b-1.internal:9092',
    )
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Reached at 1' }).value).toBe('kafka-1:9092')
  })

  it('does not say that everything works to somebody who would see nothing', async () => {
    const report = { steps: [], error: null, clusterId: 'c', kafkaVersion: '4.3', advertised: ['kafka-1:9092'] }
    show([entry()], { 'connections.test': () => ({ ...report, topics: 0 }) })
    fireEvent.click(await screen.findByRole('button', { name: 'Test' }))
    expect(await screen.findByText(/shows these credentials no topic/)).toBeTruthy()
    expect(screen.queryByText(/Everything works/)).toBeNull()
  })

  it('starts a newcomer at a form, with nothing blamed yet', async () => {
    show([])
    expect(await screen.findByRole('heading', { name: 'Reach your cluster' })).toBeTruthy()
    expect(document.querySelector('[data-invalid]')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Save and connect' }))
    expect(await screen.findByText('At least one broker is needed.')).toBeTruthy()
  })
})

describe('connecting', () => {
  it('is silent when it was cancelled, and reads what is needed from an error', async () => {
    const open = vi.fn<() => Promise<never>>(() => Promise.reject(new SeeklineError('call.cancelled', 'Cancelled.')))
    const store = createConnectStore({ open, close: () => Promise.resolve() })
    expect(await store.connect(id)).toBeUndefined()
    expect(store.getState().attempts).toEqual({})
    expect(secretNeeds(toErrorValue(needsPassword))).toEqual([
      { name: 'password', why: 'changed', variable: undefined },
    ])
    expect(secretNeeds({ code: 'connect.secret', message: '', retryable: false, details: { needs: 'x' } })).toEqual([])
  })
})
