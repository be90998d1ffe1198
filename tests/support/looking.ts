import { contract, type RouteName } from '#shared/contract/index.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import type { TestApp } from './app.ts'
import type { RunningKafka } from './kafka.ts'

/** What read routes are called with, in addition to what the lists return. */
export interface Sights {
  /** Also read, although no list contains them: for example, names that do not exist. */
  groups?: string[]
  topics?: string[]
}

interface Around {
  app: TestApp
  id: ConnectionId
  bootstrap: string
  topics: string[]
  groups: string[]
}

/** A subject that the test has registered, and one that does not exist. */
const subjects = ['orders-value', 'made-up-value']
const draft = { type: 'avro' as const, text: '"string"' }
const bySchema = { value: { as: 'schema' as const, schema: { by: 'subject' as const, subject: subjects[1]!, version: null }, json: '"a"' } } // oxfmt-ignore

/** How each route that changes nothing is called, for everything that exists. A new route without an entry fails. */
const looks: Partial<Record<RouteName, (around: Around) => Promise<unknown>>> = {
  'app.info': ({ app }) => app.call('app.info', {}),
  'settings.get': ({ app }) => app.call('settings.get', {}),
  'profiles.list': ({ app }) => app.call('profiles.list', {}),
  'profiles.import': ({ app, bootstrap }) => app.call('profiles.import', { text: `bootstrap.servers=${bootstrap}` }),
  'connections.list': ({ app }) => app.call('connections.list', {}),
  'connections.test': ({ app, bootstrap }) =>
    app.call('connections.test', { profile: newProfile('looking', { brokers: bootstrap.split(',') }) }),
  'connections.watch': ({ app }) => {
    const stop = new AbortController()
    return app.openStream('connections.watch', {}, { onBatch: () => stop.abort(), signal: stop.signal })
  },
  'connections.describe': ({ app, id }) => app.call('connections.describe', { connectionId: id }),
  'connections.load': ({ app, id }) => app.call('connections.load', { connectionId: id }),
  'topics.list': ({ app, id }) => app.call('topics.list', { connectionId: id }),
  'topics.totals': ({ app, id, topics }) =>
    topics.length === 0 ? done : app.call('topics.totals', { connectionId: id, topics }),
  'topics.describe': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('topics.describe', { connectionId: id, topic })),
  'topics.positions': ({ app, id, groups, topics }) =>
    each(groups.length === 0 ? [] : topics, (topic) =>
      app.call('topics.positions', { connectionId: id, topic, groups: groups.slice(0, 200) }),
    ),
  'topics.written': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('topics.written', { connectionId: id, topic, from: 0n, to: BigInt(Date.now()), steps: 4 })), // oxfmt-ignore
  'topics.config': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('topics.config', { connectionId: id, topic })),
  'groups.list': ({ app, id }) => app.call('groups.list', { connectionId: id }),
  'groups.summaries': async ({ app, id, groups }) => {
    await app.openStream('groups.summaries', { connectionId: id, groups })
    await app.openStream('groups.summaries', { connectionId: id })
  },
  'groups.describe': ({ app, id, groups }) =>
    each(groups, (group) => app.call('groups.describe', { connectionId: id, group })),
  // For a group and a topic that do not exist: it reads everything, and asks no coordinator.
  'groups.shareState': ({ app, id, groups }) =>
    each(
      [...groups, 'never-there'],
      (group) =>
      app.call('groups.shareState', { connectionId: id, group, partitions: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partition: 0 }] }), // oxfmt-ignore
    ),
  'cleaning.find': ({ app, id }) => app.openStream('cleaning.find', { connectionId: id, quietMs: 0n }),
  'snapshots.take': ({ app, id }) => app.openStream('snapshots.take', { connectionId: id }),
  'groups.unread': ({ app, id, topics }) =>
    each(topics, (topic) =>
      app.call('groups.unread', { connectionId: id, positions: [{ topic, partition: 0, offset: 0n }] }),
    ),
  'groups.history': ({ app, id, groups }) =>
    each(groups, (group) => app.openStream('groups.history', { connectionId: id, group }).catch(() => null)),
  'offsets.plan': ({ app, id, groups, topics }) =>
    each(groups, (group) =>
      app.call('offsets.plan', {
        connectionId: id,
        group,
        scope: topics.map((topic) => ({ topic })),
        target: { at: 'timestamp', timestamp: 0n },
      }),
    ),
  'offsets.planGroups': ({ app, id, groups, topics }) =>
    groups.length === 0
      ? done
      : app.call('offsets.planGroups', {
          connectionId: id,
          groups: groups.slice(0, 200).map((group) => ({
            group,
            scope: topics.map((topic) => ({ topic })),
            target: { at: 'log-start' as const },
          })),
        }),
  'offsets.planCsv': ({ app, id, groups, topics }) => {
    const text = groups.flatMap((group) => topics.map((topic) => `"${group}",${topic},0,0\n`)).join('')
    return text === '' ? done : app.call('offsets.planCsv', { connectionId: id, text })
  },
  'offsets.csv': ({ app, id, groups }) =>
    groups.length === 0
      ? done
      : app.call('offsets.csv', { connectionId: id, of: { what: 'groups', groups: groups.slice(0, 200) } }),
  'offsets.meaning': ({ app, id, groups, topics }) =>
    each(groups, async (group) => {
      const scope = topics.map((topic) => ({ topic }))
      const plan = await app.call('offsets.plan', { connectionId: id, group, scope, target: { at: 'log-start' } })
      await app.openStream('offsets.meaning', { connectionId: id, plans: [plan] })
    }),
  // With the same cluster twice; a group without positions is refused.
  'offsets.elsewhere': ({ app, id, groups }) =>
    each(groups, (group) => app.call('offsets.elsewhere', { connectionId: id, other: id, group, prefix: '' }).catch(() => null)), // oxfmt-ignore
  'offsets.planDelete': ({ app, id, groups }) =>
    each(groups, async (group) => {
      await app.call('offsets.planDelete', { connectionId: id, group, what: 'positions' })
      await app.call('offsets.planDelete', { connectionId: id, group, what: 'group' })
    }),
  'offsets.planDeletions': ({ app, id, groups }) =>
    groups.length === 0
      ? done
      : app.call('offsets.planDeletions', {
          connectionId: id,
          groups: groups.slice(0, 200).map((group) => ({ group, what: 'group' as const })),
        }),
  'offsets.peek': ({ app, id, topics }) =>
    each(topics, (topic) =>
      app.call('offsets.peek', { connectionId: id, positions: [{ topic, partition: 0, offset: 0n }] }),
    ),
  // Needs a journal entry, which reading never makes: the refusal must not change anything either.
  'offsets.planUndo': ({ app, id }) => app.call('offsets.planUndo', { connectionId: id, journalId: 'made-up' }),
  'offsets.armed': ({ app }) => {
    const stop = new AbortController()
    return app.openStream('offsets.armed', {}, { onBatch: () => stop.abort(), signal: stop.signal })
  },
  // Reading does not arm a plan either.
  'offsets.armedPlan': ({ app }) => app.call('offsets.armedPlan', { id: 'made-up' }).catch(() => null),
  'anchors.list': ({ app, id }) => app.call('anchors.list', { connectionId: id }),
  'anchors.get': async ({ app, id, topics }) => {
    for (const topic of topics) {
      const source = { what: 'topics' as const, topics: [topic], edge: 'high-watermark' as const }
      const made = await app.call('anchors.save', { connectionId: id, name: `ends of ${topic}`.slice(0, 100), source }).catch(passable) // oxfmt-ignore
      if (made === undefined) continue
      await app.call('anchors.get', { connectionId: id, id: made.id })
      await app.call('anchors.delete', { connectionId: id, id: made.id })
    }
  },
  'limits.list': ({ app, id }) => app.call('limits.list', { connectionId: id }),
  'journal.list': ({ app }) => app.call('journal.list', {}),
  'messages.browse': ({ app, id, topics, groups }) =>
    each(topics, async (topic) => {
      const show = { aborted: true, open: true }
      const page = { connectionId: id, topic, show, limit: 10_000 }
      await app.openStream('messages.browse', { ...page, start: { at: 'log-start' } })
      await app.openStream('messages.browse', { ...page, start: { at: 'high-watermark' }, direction: 'backward' })
      await app.openStream('messages.browse', { ...page, start: { at: 'timestamp', timestamp: 0n } })
      const group = groups[0]
      if (group !== undefined) {
        await app.openStream('messages.browse', { ...page, start: { at: 'group', group } }).catch(() => null)
      }
    }),
  'messages.tail': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const stop = new AbortController()
      const from = [{ partition: 0, offset: 0n }]
      const onProgress = () => stop.abort()
      await app.openStream('messages.tail', { connectionId: id, topic, from }, { signal: stop.signal, onProgress })
    }),
  'messages.ledger': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('messages.ledger', { connectionId: id, topic })),
  'messages.scan': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
      const filter = { kind: 'text', text: 'a' } as const
      await app.openStream('messages.scan', { connectionId: id, ledger, filter, show: { aborted: true, open: true } })
      await app.openStream('messages.scan', { connectionId: id, ledger, previews: 'whole' })
    }),
  'search.topics': async ({ app, id, topics }) => {
    await app.call('search.topics', { connectionId: id, topics: { by: 'pattern', pattern: '.', internal: true } })
    if (topics.length > 0) await app.call('search.topics', { connectionId: id, topics: { by: 'names', names: topics.slice(0, 200) } }) // oxfmt-ignore
  },
  'search.list': ({ app, id }) => app.call('search.list', { connectionId: id }),
  'search.get': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const search = await searched(app, id, topic)
      await app.call('search.get', { connectionId: id, search })
    }),
  'search.check': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const search = await searched(app, id, topic)
      await app.call('search.check', { connectionId: id, search })
    }),
  'search.command': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const search = await searched(app, id, topic)
      await app.call('search.command', { connectionId: id, search })
    }),
  'search.page': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const search = await searched(app, id, topic)
      await app.openStream('search.run', { connectionId: id, search })
      await app.call('search.page', { search, order: 'timestamp', from: 0, count: 100 })
    }),
  'messages.record': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 0n })),
  'messages.headers': ({ app, id, topics }) =>
    each(topics, (topic) =>
      app.call('messages.headers', { connectionId: id, topic, partition: 0, offset: 0n, from: 0 }),
    ),
  'messages.payload': ({ app, id, topics }) =>
    each(
      topics,
      (topic) =>
      app.call('messages.payload', {
        connectionId: id, topic, partition: 0, offset: 0n, part: 'value', from: 0, length: 1_000,
      }), // oxfmt-ignore
    ),
  'stepping.plan': ({ app, id, topics, groups }) =>
    each(topics, (topic) =>
      each([...groups, 'never-there'], async (group) => {
        await app.call('stepping.plan', { connectionId: id, group, topics: [topic] })
        await app.call('stepping.plan', {
          connectionId: id,
          group,
          topics: [topic],
          protocol: 'consumer',
          reset: 'latest',
        })
      }),
    ),
  'replay.plan': ({ app, id, topics }) =>
    each(topics, (topic) =>
      app.call('replay.plan', {
        source: id,
        topic,
        range: { by: 'places', from: { at: 'log-start' } },
        target: id,
        targetTopic: { create: true, name: `${topic.replaceAll('_', '-')}-copy`, partitions: 1 },
      }),
    ),
  'decoding.get': ({ app, id }) => app.call('decoding.get', { connectionId: id }),
  'decoding.export': ({ app, id }) => app.call('decoding.export', { connectionId: id }),
  'decoding.watch': ({ app, id }) => {
    const stop = new AbortController()
    return app.openStream('decoding.watch', { connectionId: id }, { onBatch: () => stop.abort(), signal: stop.signal })
  },
  'search.filters.list': ({ app, id }) => app.call('search.filters.list', { connectionId: id }),
  'search.try': ({ app, id, topics }) =>
    each(topics, (topic) =>
      app.call('search.try', { connectionId: id, topic, filter: { kind: 'expression', source: 'offset >= 0' } }),
    ),
  'search.fields': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('search.fields', { connectionId: id, topic })),
  'produce.check': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('produce.check', { connectionId: id, topic, record: bySchema, generated: true })),
  'produce.draft': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('produce.draft', { connectionId: id, topic, partition: 0, offset: 0n })),
  'produce.plan': ({ app, id, topics }) =>
    each(topics, async (topic) => {
      const source = { kind: 'generated' as const, record: bySchema, count: 3 }
      await app.call('produce.plan', { connectionId: id, topic, source })
      const lines = { kind: 'lines' as const, name: 'x', text: '{"value": null}' }
      await app.call('produce.plan', { connectionId: id, topic, source: lines, skipBad: true })
    }),
  'produce.templates.list': ({ app, id }) => app.call('produce.templates.list', { connectionId: id }),
  'produce.templates.export': ({ app, id }) => app.call('produce.templates.export', { connectionId: id }),
  'schemas.test': async ({ app, id }) => {
    const { items } = await app.call('profiles.list', {})
    return app.call('schemas.test', { profile: items.find(({ profile }) => profile.id === id)!.profile })
  },
  'schemas.about': ({ app, id }) => app.call('schemas.about', { connectionId: id }),
  'schemas.subjects': async ({ app, id }) => {
    await app.call('schemas.subjects', { connectionId: id })
    await app.call('schemas.subjects', { connectionId: id, deleted: true })
  },
  'schemas.summaries': ({ app, id }) => app.openStream('schemas.summaries', { connectionId: id, subjects }),
  'schemas.subject': ({ app, id }) =>
    each(subjects, (subject) => app.call('schemas.subject', { connectionId: id, subject })),
  'schemas.version': ({ app, id }) =>
    each(subjects, (subject) => app.call('schemas.version', { connectionId: id, subject, version: 'latest' })),
  'schemas.find': ({ app, id }) =>
    each([1, 999_999], (of) => app.call('schemas.find', { connectionId: id, schema: { by: 'id', id: of } })),
  'schemas.references': ({ app, id }) =>
    each(subjects, (subject) => app.call('schemas.references', { connectionId: id, subject, version: 1 })),
  'schemas.topics': ({ app, id }) =>
    each(subjects, (subject) => app.call('schemas.topics', { connectionId: id, subject, sample: true })),
  'schemas.ofTopic': ({ app, id, topics }) =>
    each(topics, (topic) => app.call('schemas.ofTopic', { connectionId: id, topic })),
  'schemas.compatibility': ({ app, id }) =>
    each([null, ...subjects], (subject) => app.call('schemas.compatibility', { connectionId: id, subject })),
  'schemas.check': ({ app, id }) =>
    each(subjects, (subject) => app.call('schemas.check', { connectionId: id, subject, draft })),
  'schemas.planRegister': ({ app, id }) =>
    each(subjects, (subject) => app.call('schemas.planRegister', { connectionId: id, subject, draft })),
  'schemas.planDelete': ({ app, id }) =>
    each(subjects, async (subject) => {
      await app.call('schemas.planDelete', { connectionId: id, subject })
      await app.call('schemas.planDelete', { connectionId: id, subject, version: 1, permanent: true })
    }),
  'schemas.planCompatibility': ({ app, id }) =>
    each([null, ...subjects], (subject) =>
      app.call('schemas.planCompatibility', { connectionId: id, subject, level: 'FULL' }),
    ),
  'schemas.planUndo': ({ app, id }) =>
    each(['made-up'], (journalId) => app.call('schemas.planUndo', { connectionId: id, journalId })),
  // Only a window gets events of the desktop; without one it is refused.
  'shell.events': ({ app }) => app.openStream('shell.events', {}).catch(passable),
  'diagnostics.bundle': ({ app }) => app.call('diagnostics.bundle', {}),
}

const done = Promise.resolve()

/** Starts a search of a whole topic, which the app stores. */
async function searched(app: TestApp, id: ConnectionId, topic: string): Promise<string> {
  const { kept } = await app.call('search.start', { connectionId: id, topics: { by: 'names', names: [topic] } })
  return kept.search
}

async function each<T>(items: readonly T[], look: (item: T) => Promise<unknown>): Promise<void> {
  for (const item of items) await look(item).catch(passable)
}

/** A refusal is a valid answer; an answer that violates the contract, or no answer, is not. */
function passable(error: unknown): void {
  const code = (error as { code?: string }).code
  if (code === undefined || ['internal', 'call.invalid'].includes(code)) throw error
}

/** Calls every route that only reads, for every topic and group that exists. Returns the routes' names. */
export async function lookAtEverything(app: TestApp, id: ConnectionId, bootstrap: string, sights: Sights = {}) {
  const listed = await app.call('topics.list', { connectionId: id })
  const { items } = await app.call('groups.list', { connectionId: id })
  const around: Around = {
    app,
    id,
    bootstrap,
    topics: [...listed.items.map((topic) => topic.name), ...(sights.topics ?? [])],
    groups: [...items.map((group) => group.group), ...(sights.groups ?? [])],
  }
  const called: string[] = []
  for (const [name, def] of Object.entries(contract)) {
    if (def.effect !== 'read') continue
    const look = looks[name as RouteName]
    if (look === undefined) throw new Error(`${name} says that it only reads; say here how it is looked through.`)
    await look(around).catch((error: unknown) => {
      if (name === 'offsets.planUndo' || name === 'schemas.planUndo') return
      throw new Error(`${name}: ${String(error)}`, { cause: error })
    })
    called.push(name)
  }
  return { called, topics: around.topics, groups: around.groups }
}

/**
 * The cluster as Kafka's own scripts report it: topics (internal ones, too) with ids and settings, the bounds of every log,
 * groups with state, epochs, members and positions. Lines are sorted, because the scripts' order is random.
 */
export async function clusterByScripts({
  tools,
  bootstrap,
}: Pick<RunningKafka, 'tools' | 'bootstrap'>): Promise<Record<string, string[]>> {
  const read: [string, () => Promise<{ stdout: string }>][] = [
    ['topics', () => tools.topics('--describe')],
    ['ends', () => tools.call('GetOffsetShell', ['--bootstrap-server', bootstrap, '--time', '-1'])],
    ['starts', () => tools.call('GetOffsetShell', ['--bootstrap-server', bootstrap, '--time', '-2'])],
    ['groups', () => tools.groups('--describe', '--all-groups', '--state', '--verbose')],
    ['positions', () => tools.groups('--describe', '--all-groups', '--offsets', '--verbose')],
  ]
  const out: Record<string, string[]> = {}
  for (let i = 0; i < read.length; i += 2) {
    await Promise.all(
      read.slice(i, i + 2).map(async ([name, ask]) => {
        const { stdout } = await ask()
        out[name] = stdout
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
          .toSorted()
      }),
    )
  }
  return out
}
