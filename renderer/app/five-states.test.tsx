import { act, render, screen } from '@testing-library/react'
import { Suspense } from 'react'
import { describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import { connected as state, connectedId as id } from '../../tests/support/connected.ts'
import type { Api } from '../api/client.ts'
import { createLinkStore } from '../api/link.ts'
import { memorySettings } from '../stores/settings.ts'
import type { Intent } from '../workbench/navigation.ts'
import { createServices, ServicesContext } from '../workbench/services.ts'
import { refreshView } from '../workbench/view-commands.ts'
import { parts } from './parts.ts'

const views: readonly Intent[] = [
  { kind: 'profiles' },
  { kind: 'cluster', connectionId: id },
  { kind: 'topics', connectionId: id },
  { kind: 'topic', connectionId: id, topic: 'orders' },
  { kind: 'messages', connectionId: id, topic: 'orders' },
  { kind: 'groups', connectionId: id },
  { kind: 'group', connectionId: id, group: 'billing' },
  { kind: 'plan', connectionId: id, group: 'billing' },
  { kind: 'plans', connectionId: id, groups: ['billing', 'late'] },
  { kind: 'schemas', connectionId: id },
  { kind: 'subject', connectionId: id, subject: 'orders-value' },
  { kind: 'schema', connectionId: id, schema: '{"by":"id","id":41}' },
  { kind: 'schemaDraft', connectionId: id, subject: 'orders-value' },
  { kind: 'schemaChange', connectionId: id, what: 'delete', subject: 'orders-value' },
  { kind: 'journal' },
]
const ofCluster = views.filter((intent) => intent.kind !== 'profiles' && intent.kind !== 'journal')

const never = new Promise<never>(() => undefined)
const timeout = new SeeklineError('call.timeout', 'The broker did not answer.', { hint: 'Try again in a moment.' })
const denied = new SeeklineError('kafka.unauthorised', 'These rights do not allow it.', { hint: 'Ask for DESCRIBE.' })

type Answer = (route: string) => Promise<unknown>

async function show(intent: Intent, answer: Answer) {
  const api = {
    call: (route: string) => answer(route),
    openStream: (route: string) => answer(route),
  } as unknown as Api
  const services = createServices(api, createLinkStore({ status: 'connected' }), {
    parts,
    settingsPort: memorySettings(),
  })
  services.connections.setState({ open: { [id]: state }, current: id })
  if (intent.kind === 'profiles') void services.connections.loadProfiles()
  await services.tabKinds.loadViews()
  const View = services.tabKinds.views[intent.kind]!
  render(
    <ServicesContext value={services}>
      <Suspense fallback={null}>
        <View tabId={services.tabKinds.idOf(intent)} intent={intent} isActive />
      </Suspense>
    </ServicesContext>,
  )
  return services
}

describe('what a view shows while there is nothing to show', () => {
  it.each(views)('$kind says that it is reading', async (intent) => {
    await show(intent, () => never)
    const busy = (await screen.findAllByRole('status')).filter((one) => one.getAttribute('aria-busy') === 'true')
    expect(busy).toHaveLength(1)
    expect(busy[0]!.textContent).toMatch(/…$/)
  })

  it.each(views)('$kind says what failed, what to do, and offers to try again', async (intent) => {
    await show(intent, () => Promise.reject(timeout))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('The broker did not answer.')
    expect(alert.textContent).toContain('Try again in a moment.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })

  it.each(ofCluster)('$kind tells missing rights from a failure', async (intent) => {
    await show(intent, () => Promise.reject(denied))
    const said = await screen.findByText('These rights do not allow it.')
    // Not an alarm: nothing broke, and trying again will not help.
    expect(said.closest('[role="status"]')?.textContent).toContain('Ask for DESCRIBE.')
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

// A schema never changes, and of a draft only what is in it is checked.
const changing = views.filter(({ kind }) => kind !== 'schema' && kind !== 'schemaDraft')

it.each(changing)('$kind is read anew when that is asked for, whatever is on its way', async (intent) => {
  const asked: string[] = []
  const { commands } = await show(intent, (route) => {
    asked.push(route)
    return never
  })
  await screen.findAllByRole('status')
  const before = new Set(asked)
  asked.length = 0
  await act(() => commands.run(refreshView))
  expect(asked.filter((route) => before.has(route))).not.toEqual([])
})

const list = (items: unknown[], more: object = {}) => ({ items, failures: [], ...more })
const bounds = { partition: 0, logStart: 5n, lastStable: 5n, highWatermark: 5n }
const done = { reason: 'end', failures: [], bounds: [bounds], forward: [], backward: [], topicId: null, counts: { records: 0n, offsets: 0n, bytes: 0n } } // oxfmt-ignore
const topicRow = { name: 'orders', topicId: null, internal: false, partitions: 1, replicationFactor: 1, underReplicated: 0, leaderless: 0 } // oxfmt-ignore
const group = {
  group: 'billing',
  exists: true,
  type: 'classic',
  state: 'Empty',
  protocolType: '',
  assignor: null,
  groupEpoch: null,
  assignmentEpoch: null,
  coordinator: 1,
  members: [],
  positions: [],
  unstable: false,
  readAt: 0n,
  failures: [],
}
const empty: Record<string, unknown> = {
  'profiles.list': { items: [], damaged: [] },
  'app.info': {
    version: '1',
    dataFolder: '/',
    secrets: { kind: 'keychain', sentence: 'Secrets are in the keychain.' },
  },
  'topics.list': list([]),
  'groups.list': list([], { note: null }),
  'groups.summaries': { total: 0, failures: [] },
  'groups.describe': group,
  'messages.browse': done,
  'schemas.subjects': { items: [], total: 0, next: null },
  'journal.list': { items: [], more: false, damaged: [] },
}

describe('a view of what is empty', () => {
  it.each<[Intent, RegExp]>([
    [{ kind: 'profiles' }, /Reach your cluster/],
    [{ kind: 'topics', connectionId: id }, /No topic can be seen/],
    [{ kind: 'messages', connectionId: id, topic: 'orders' }, /orders holds no messages/],
    [{ kind: 'groups', connectionId: id }, /These rights show no groups/],
    [{ kind: 'group', connectionId: id, group: 'billing' }, /billing has no positions/],
    [{ kind: 'schemas', connectionId: id }, /The registry shows no subjects/],
    [{ kind: 'journal' }, /changed/],
  ])('says so: %o', async (intent, words) => {
    const answers = intent.kind === 'messages' ? { ...empty, 'topics.list': list([topicRow]) } : empty
    await show(intent, (route) => (route in answers ? Promise.resolve(answers[route as keyof typeof answers]) : never))
    expect(await screen.findByText(words)).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('a view of what is known in part', () => {
  const failure = { what: 'Broker 3', error: { code: 'call.timeout', message: 'It did not answer.', retryable: true } }
  it.each([
    [{ kind: 'groups', connectionId: id } as const, { 'groups.list': list([{ group: 'billing', type: 'classic', state: 'Empty', protocolType: '' }], { note: null, failures: [failure] }) }, 'billing'], // oxfmt-ignore
    [{ kind: 'group', connectionId: id, group: 'billing' } as const, { 'groups.describe': { ...group, failures: [failure] } }, 'Empty'], // oxfmt-ignore
  ])('shows it, and says what is missing and why: %o', async (intent, answers: Record<string, unknown>, shown) => {
    await show(intent, (route) => (route in answers ? Promise.resolve(answers[route]) : route in empty ? Promise.resolve(empty[route]) : never)) // oxfmt-ignore
    expect((await screen.findByText(/Broker 3.*It did not answer/)).closest('[role="status"]')).toBeTruthy()
    expect(screen.getAllByText(shown).length).toBeGreaterThan(0)
  })

  it('keeps a list of topics through a refresh that fails', async () => {
    let isFirst = true
    const services = await show({ kind: 'topics', connectionId: id }, (route) => {
      if (route !== 'topics.list') return never
      return isFirst ? Promise.resolve(list([topicRow])) : Promise.reject(timeout)
    })
    await screen.findByText('orders')
    isFirst = false
    await services.topics.load(id)
    expect((await screen.findByRole('alert')).textContent).toContain('The broker did not answer.')
    expect(screen.getByText('orders')).toBeTruthy()
  })

  it.each<[Intent, Record<string, unknown>, RegExp, RegExp]>([
    [{ kind: 'groups', connectionId: id }, { 'groups.list': list([], { note: null, failures: [failure] }) }, /Broker 3/, /no groups|No group/], // oxfmt-ignore
    [{ kind: 'topics', connectionId: id }, { 'topics.list': { items: [], failures: [failure] } }, /Broker 3/, /No topic/], // oxfmt-ignore
    [{ kind: 'group', connectionId: id, group: 'billing' }, { 'groups.describe': { ...group, failures: [failure] } }, /Broker 3/, /has no positions/], // oxfmt-ignore
    [{ kind: 'journal' }, { 'journal.list': { items: [], more: false, damaged: ['Line 3 is cut off.'] } }, /could not be read/, /Nothing has been changed/], // oxfmt-ignore
  ])('says nothing of emptiness beside a failure: %o', async (intent, answers, said, never_) => {
    await show(intent, (route) => (route in answers ? Promise.resolve(answers[route]) : route in empty ? Promise.resolve(empty[route]) : never)) // oxfmt-ignore
    expect((await screen.findAllByText(said)).length).toBeGreaterThan(0)
    expect(screen.queryByText(never_)).toBeNull()
  })

  it('offers no order over lag before all of it is read, and then does', async () => {
    const names = ['a', 'b', 'c']
    const rows = names.map((name) => ({ group: name, members: 0, topics: ['orders'], partitions: 1, lag: 1n, outOfRange: 0, unknown: 0 })) // oxfmt-ignore
    const reading = Promise.withResolvers<unknown>()
    const services = await show({ kind: 'groups', connectionId: id }, (route) =>
      route === 'groups.list'
        ? Promise.resolve(list(names.map((name) => ({ group: name, type: 'classic', state: 'Empty', protocolType: '' })), { note: null })) // oxfmt-ignore
        : route === 'groups.summaries'
          ? reading.promise
          : never,
    )
    await screen.findByText('a')
    expect(screen.getByText(/reading lag/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Lag, offsets' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Group' })).toBeTruthy()
    reading.resolve({ total: 3, failures: [], rows })
    await screen.findByRole('button', { name: 'Lag, offsets' })
    expect(services.groups.getState().summaries[id]?.readAt).toBeGreaterThan(0)
  })
})
