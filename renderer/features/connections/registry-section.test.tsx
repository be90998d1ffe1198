import { fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import { ProfileId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { newRegistry } from '#shared/model/registry.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { memorySettings } from '../../stores/settings.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { ProfilesView } from './profiles-view.tsx'

const id = ProfileId.parse('p1')
const registry = newRegistry({
  urls: ['https://schemas:8081'],
  auth: { kind: 'basic', username: 'ada' },
  secretReferences: { password: '${env:REGISTRY_PASSWORD}' },
})
const entry: ProfileEntry = {
  profile: newProfile(id, { name: 'orders', brokers: ['kafka-1:9092'], registry }),
  stored: [],
  registryStored: [],
  warnings: [],
}
const failedTest = {
  steps: [
    { step: 'reach', url: 'https://schemas:8081', status: 'ok', message: 'It answers.', milliseconds: 1 },
    { step: 'sign-in', url: 'https://schemas:8081', status: 'failed', message: 'It refuses ada.', milliseconds: 1 },
  ],
  error: { code: 'registry.unauthorised', message: 'It refuses ada.', hint: 'Look at the password.', retryable: false },
  subjects: null,
  lacks: [],
}

function show(imported: unknown = {}) {
  const calls: [string, Record<string, unknown>][] = []
  const answers: Record<string, unknown> = {
    'profiles.list': { items: [entry], damaged: [] },
    'profiles.save': entry,
    'schemas.test': failedTest,
    'profiles.import': imported,
    'app.info': {
      version: '1',
      dataFolder: '/',
      secrets: { kind: 'keychain', sentence: 'Secrets are in the keychain.' },
    },
  }
  const call = (route: string, input: Record<string, unknown>) => {
    calls.push([route, input])
    return Promise.resolve(answers[route] ?? {})
  }
  const api = { call, openStream: () => new Promise(() => undefined) } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
  void services.connections.loadProfiles()
  render(
    <ServicesContext value={services}>
      <ProfilesView tabId="t" intent={{ kind: 'profiles', profileId: id }} isActive />
    </ServicesContext>,
  )
  return calls
}
const section = async () => within(await screen.findByRole('region', { name: 'Schema registry' }))

it('tries the registry as the form has it, tells step by step, and sends secrets of the registry alone', async () => {
  const calls = show()
  const form = await section()
  const password = form.getByLabelText<HTMLInputElement>('Password')
  // A reference is no secret, and must be readable to be checked.
  expect([password.type, password.value]).toEqual(['text', '${env:REGISTRY_PASSWORD}'])
  fireEvent.change(password, { target: { value: 'typed' } })
  fireEvent.click(form.getByRole('button', { name: 'Test the registry' }))
  await form.findByText('The test of the registry failed.')
  expect(form.getByText('It refuses ada.')).toBeTruthy()
  expect(form.getByText('Look at the password.')).toBeTruthy()
  const [, input] = calls.find(([route]) => route === 'schemas.test')!
  expect(input).toMatchObject({ registrySecrets: { password: 'typed' }, profile: { registry: { urls: ['https://schemas:8081'] } } }) // oxfmt-ignore
  fireEvent.change(form.getByLabelText('Registry user'), { target: { value: 'grace' } })
  expect(await form.findByText('the form was changed since')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(calls.some(([route]) => route === 'profiles.save')).toBe(true))
  const [, saved] = calls.find(([route]) => route === 'profiles.save')!
  expect(saved).toMatchObject({ secrets: {}, registrySecrets: { password: 'typed' }, profile: { registry: { auth: { kind: 'basic', username: 'grace' } } } }) // oxfmt-ignore
})

it('warns of what is risky, says what is wrong by its field, and names none once that is chosen', async () => {
  const calls = show()
  const form = await section()
  const addresses = form.getByLabelText(/^Addresses/)
  fireEvent.change(addresses, { target: { value: 'http://schemas:8081' } })
  expect((await screen.findByText(/schema registry is reached without TLS/)).closest('[role="alert"]')).toBeTruthy()
  fireEvent.change(addresses, { target: { value: 'schemas:8081' } })
  await form.findByText(/Write the whole address/)
  fireEvent.click(form.getByRole('switch', { name: 'Read schemas from a registry' }))
  expect(form.queryByLabelText(/^Addresses/)).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(calls.some(([route]) => route === 'profiles.save')).toBe(true))
  expect(calls.find(([route]) => route === 'profiles.save')![1]).toMatchObject({ profile: { registry: null } })
})

it('shows what an import filled in of the registry', async () => {
  show({ profile: entry.profile, signIn: {}, secrets: {}, registrySecrets: {}, understood: ['schema.registry.url'], ignored: [], held: [] }) // oxfmt-ignore
  fireEvent.click(await screen.findByRole('button', { name: 'Paste settings' }))
  fireEvent.change(await screen.findByLabelText(/Paste what a client/), { target: { value: 'x' } })
  fireEvent.click(screen.getByRole('button', { name: 'Fill the form' }))
  const result = within(await screen.findByRole('region', { name: 'What was pasted' }))
  expect(result.getByText(/schema registry is filled in as well/).textContent).toContain('https://schemas:8081')
})
