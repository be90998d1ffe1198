import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { ProfileId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import type { Api } from '../../api/client.ts'
import { createLinkStore } from '../../api/link.ts'
import { createServices, ServicesContext } from '../../workbench/services.ts'
import { memorySettings } from '../../stores/settings.ts'
import { secretsAsked } from '../../shared-views/secrets/secrets-asked.ts'
import { createConnectStore } from '../../shared-views/connection/connect-store.ts'
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
  registryStored: [],
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
  const services = createServices(api, createLinkStore({ status: 'connected' }), { settingsPort: memorySettings() })
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

  it.each([
    [0, null, /shows these credentials no topic/],
    [2, { of: 2, topics: 0 }, /see topics, but read none\./],
    [300, { of: 100, topics: 0 }, /read none of the first 100\./],
  ])(
    'does not say that everything works to somebody who would see or read nothing: %s, %o',
    async (topics, readable, words) => {
      const report = { steps: [], error: null, clusterId: 'c', kafkaVersion: '4.3', advertised: ['kafka-1:9092'] }
      show([entry()], { 'connections.test': () => ({ ...report, topics, readable }) })
      fireEvent.click(await screen.findByRole('button', { name: 'Test' }))
      expect(await screen.findByText(words)).toBeTruthy()
      expect(screen.queryByText(/Everything works/)).toBeNull()
    },
  )

  it('starts a newcomer at a form, with nothing blamed yet', async () => {
    show([])
    expect(await screen.findByRole('heading', { name: 'Reach your cluster' })).toBeTruthy()
    expect(document.querySelector('[data-invalid]')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Save and connect' }))
    expect(await screen.findByText('At least one broker is needed.')).toBeTruthy()
  })
})

describe('pasted settings', () => {
  const held = {
    what: 'verification',
    why: 'The certificate of the brokers would not be verified; it is.',
    change: { verify: false },
  }
  const imported = {
    profile: newProfile(ProfileId.parse('p2'), { name: 'eu', brokers: ['kafka-eu:9093'], tls: { enabled: true } }),
    secrets: {},
    understood: ['bootstrap.servers'],
    ignored: [{ key: 'production', why: 'Nothing was taken from there.' }],
    held: [held],
  }
  const clusters = ['staging', 'production'].map((name, at) => ({
    id: String(at),
    name,
    brokers: [`kafka-${at}:9093`],
    security: 'TLS, PLAIN as alice',
  }))
  const several = new SeeklineError('profile.several', 'The text holds the settings of 2 clusters.', {
    details: { clusters },
  })

  async function paste(text: string, answers: Record<string, Answer>) {
    const shown = show([], answers)
    fireEvent.change(await screen.findByRole('textbox', { name: /^Paste what a client/ }), { target: { value: text } })
    fireEvent.click(screen.getByRole('button', { name: 'Fill the form' }))
    return shown
  }

  it('asks which cluster is meant, and says why where the choice is refused', async () => {
    let isRefused = true
    const { calls } = await paste('two of them', {
      'profiles.import': ({ cluster }) => {
        if (cluster === undefined) throw several
        if (isRefused) throw new SeeklineError('profile.invalid', 'Nothing in it says how to reach Kafka.')
        return imported
      },
    })
    const chooser = await screen.findByRole('region', { name: 'Choose a cluster' })
    expect(chooser.textContent).toContain('The text holds the settings of 2 clusters.')
    expect([...chooser.querySelectorAll('li')].map((one) => one.textContent)).toEqual([
      'stagingkafka-0:9093TLS, PLAIN as alice',
      'productionkafka-1:9093TLS, PLAIN as alice',
    ])
    fireEvent.click(screen.getByRole('button', { name: 'production' }))
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing in it says how to reach Kafka.')
    isRefused = false
    fireEvent.click(screen.getByRole('button', { name: 'production' }))
    expect((await screen.findByRole('region', { name: 'What was pasted' })).textContent).toContain('1 not used')
    expect(called(calls, 'profiles.import').map(([, input]) => input)).toEqual([
      { text: 'two of them' },
      { text: 'two of them', cluster: '1' },
      { text: 'two of them', cluster: '1' },
    ])
    expect(screen.queryByRole('region', { name: 'Choose a cluster' })).toBeNull()
  })

  it('takes nothing where the choice is given up', async () => {
    await paste('two of them', {
      'profiles.import': () => {
        throw several
      },
    })
    await screen.findByRole('region', { name: 'Choose a cluster' })
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(screen.queryByRole('region', { name: 'What was pasted' })).toBeNull()
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Brokers' }).value).toBe('')
  })

  it('holds back what checks less than usual until somebody agrees to it', async () => {
    const { calls } = await paste('one', {
      'profiles.import': () => imported,
      'connections.test': () => ({ steps: [], error: null, clusterId: 'c', kafkaVersion: null, advertised: [], topics: 1 }),
    }) // oxfmt-ignore
    const list = await screen.findByRole('list', { name: 'Held back' })
    expect(list.textContent).toContain(held.why)
    const sent = () => called(calls, 'connections.test').map(([, input]) => (input['profile'] as ProfileEntry['profile']).tls.verify) // oxfmt-ignore
    fireEvent.click(screen.getByRole('button', { name: 'Test' }))
    await waitFor(() => expect(sent()).toEqual([true]))
    fireEvent.click(screen.getByRole('button', { name: 'Do not verify' }))
    expect(screen.queryByRole('list', { name: 'Held back' })).toBeNull()
    await screen.findByText(/^Everything works/)
    fireEvent.click(screen.getByRole('button', { name: 'Test' }))
    await waitFor(() => expect(sent()).toEqual([true, false]))
  })

  it('tests with a variable of the environment only once somebody agreed', async () => {
    const need = { name: 'password', why: 'unagreed', variable: 'KAFKA_PASSWORD', agreement: 'digest-1' }
    const asked = new SeeklineError('connect.secret', 'KAFKA_PASSWORD would be sent.', { details: { needs: [need] } })
    const report = { steps: [], clusterId: null, kafkaVersion: null, advertised: [], topics: null }
    const { calls } = show([entry()], {
      'connections.test': ({ agreed }) =>
        agreed === undefined
          ? { ...report, error: toErrorValue(asked) }
          : { ...report, error: null, advertised: ['kafka-1:9092'], topics: 3 },
    })
    fireEvent.click(await screen.findByRole('button', { name: 'Test' }))
    const agree = await screen.findByRole('button', { name: 'Agree and test again' })
    expect(screen.getByText(/The environment variable KAFKA_PASSWORD would be read as the password/)).toBeTruthy()
    fireEvent.click(agree)
    await screen.findByText(/^Everything works/)
    expect(called(calls, 'connections.test').map(([, input]) => input['agreed'])).toEqual([undefined, ['digest-1']])
  })
})

describe('connecting', () => {
  it('is silent when it was cancelled, and reads what is needed from an error', async () => {
    const open = vi.fn<() => Promise<never>>(() => Promise.reject(new SeeklineError('call.cancelled', 'Cancelled.')))
    const store = createConnectStore({ open, close: () => Promise.resolve() })
    expect(await store.connect(id)).toBeUndefined()
    expect(store.getState().attempts).toEqual({})
    expect(secretsAsked(toErrorValue(needsPassword)).needs).toEqual([
      { name: 'password', why: 'changed', variable: undefined },
    ])
    expect(
      secretsAsked({ code: 'connect.secret', message: '', retryable: false, details: { needs: 'x' } }).needs,
    ).toEqual([])
  })
})
