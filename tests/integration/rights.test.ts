import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { summariesOf, type TestApp } from '../support/app.ts'
import { alice, named, password, startSecureApp, type SecureApp } from '../support/secure-app.ts'
import { kcatProduce } from '../support/tools.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// What somebody sees whom the brokers let do little: alice has her topic and her group, carol and others less.

let secure: SecureApp
let kafka: SecureApp['kafka']
let app: TestApp

beforeAll(async () => {
  secure = await startSecureApp()
  ;({ kafka, app } = secure)
})

afterAll(() => secure?.close())

describe('limited rights', () => {
  let id: ConnectionId
  const refused = async (work: Promise<unknown>, subject: string): Promise<void> => {
    const error: unknown = await work.catch((thrown: unknown) => thrown)
    secure.said.push(JSON.stringify(error))
    expect(error).toMatchObject({
      code: 'kafka.unauthorised',
      message: expect.stringMatching(new RegExp(`${subject}.*lack the right`)),
      hint: expect.stringContaining('Ask for the right'),
    })
  }

  beforeAll(async () => {
    const made = secure.profile(kafka.listeners.saslSsl ?? '', { tls: {}, sasl: alice('SCRAM-SHA-512') })
    id = await app.connect(kafka.listeners.saslSsl ?? '', { ...named(made), secrets: { password } })
  })

  it('list the topics and groups she may see, and no others', async () => {
    const { items } = await app.call('topics.list', { connectionId: id })
    expect(items.map((one) => one.name)).toEqual(['alice-orders'])
    const groups = await app.call('groups.list', { connectionId: id })
    expect(groups.items.map((one) => one.group)).toEqual(['alice-reader'])
  })

  it('say of an empty list of groups what is known, and no more', async () => {
    // Carol may see no group at all; Kafka leaves them out of its answer without a word.
    const made = secure.profile(kafka.listeners.saslPlaintext ?? '', {
      sasl: { mechanism: 'PLAIN', username: 'carol' },
    })
    const carol = await app.connect(kafka.listeners.saslPlaintext ?? '', {
      ...named(made),
      secrets: { password: 'carol-secret' },
    })
    expect(await app.call('groups.list', { connectionId: carol })).toEqual({
      items: [],
      failures: [],
      note: 'No group can be seen: there is none, or these credentials lack Describe on groups.',
    })
    await app.call('connections.close', { connectionId: carol })
    const admin = await app.connect(kafka.bootstrap)
    const all = await app.call('groups.list', { connectionId: admin })
    expect(all.items.map((one) => one.group).sort()).toEqual(['alice-reader', 'bob-reader'])
    expect(all.note).toBeNull()
    await app.call('connections.close', { connectionId: admin })
  })

  it('let her look at hers in full, saying what is missing', async () => {
    const topic = await app.call('topics.describe', { connectionId: id, topic: 'alice-orders' })
    expect(topic.partitions.map((one) => [one.highWatermark, one.inSync.length])).toEqual(Array(3).fill([5n, 3]))
    expect(topic.partitions[0]!.size).toBeNull()
    // One banner for one right, not one for each broker.
    const lacking = { code: 'kafka.unauthorised', message: expect.stringContaining('Describe on the cluster') }
    expect(topic.failures).toMatchObject([{ what: 'Sizes on brokers 1, 2 and 3', error: lacking }])
    const group = await app.call('groups.describe', { connectionId: id, group: 'alice-reader' })
    expect(group.positions.map((one) => [one.position?.offset, one.lag])).toEqual(Array(3).fill([2n, 3n]))
  })

  it('say of where her group stood that the topic of commits is not hers to read', async () => {
    const group = 'alice-reader'
    const told = {
      code: 'kafka.unauthorised',
      message: expect.stringMatching(/^Where alice-reader stood cannot be told: __consumer_offsets cannot be read .* it needs Describe on topic __consumer_offsets\)\.$/), // oxfmt-ignore
      hint: expect.stringContaining('It takes Describe and Read on topic __consumer_offsets'),
    }
    await expect(app.openStream('groups.history', { connectionId: id, group })).rejects.toMatchObject(told)
    const then = { at: 'group-then' as const, group, moment: 1n }
    await expect(app.call('offsets.plan', { connectionId: id, group, target: then })).rejects.toMatchObject(told)
  })

  it('say which right on the topic of commits is missing, while the rest of what she asked for stands', async () => {
    const clean = () => app.openStream('cleaning.find', { connectionId: id, quietMs: 0n })
    const history = () => app.openStream('groups.history', { connectionId: id, group: 'alice-reader' })
    const notes = (right: string) => [
      `When 1 group committed last is not known, so none of these is called quiet, dead or older than retention. __consumer_offsets cannot be read: ${right}`,
      expect.stringContaining('may not describe'),
    ]
    expect(await clean()).toMatchObject({ examined: 1, failures: [], notes: notes('Topic __consumer_offsets: these credentials lack the right: it needs Describe on topic __consumer_offsets.') }) // oxfmt-ignore
    const partitions = [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partition: 0 }]
    const { items } = await app.call('groups.shareState', { connectionId: id, group: 'alice-reader', partitions })
    expect(items).toEqual([{ kind: 'unknown', why: expect.stringContaining('it needs Describe on topic __share_group_state.') }]) // oxfmt-ignore
    const acl = ['--allow-principal', 'User:alice', '--operation', 'Describe', '--topic', '__consumer_offsets']
    await kafka.tools.acls('--add', ...acl)
    try {
      const lacksRead = await until('the topic can be seen', () => history().catch((error: ErrorValue) => (error.message.includes('Read on topic') ? error : undefined)), { everyMs: 200 }) // oxfmt-ignore
      expect(lacksRead).toMatchObject({
        code: 'kafka.unauthorised',
        message: expect.stringMatching(/^Where alice-reader stood cannot be told: .* it needs Read on topic __consumer_offsets\)\.$/), // oxfmt-ignore
      })
      await untilHolds('each node knows of it', async () => expect((await clean()).notes[0]).toContain('it needs Read on topic __consumer_offsets.')) // oxfmt-ignore
    } finally {
      await kafka.tools.acls('--remove', '--force', ...acl)
    }
  })

  it('refuse what is not hers, naming it', async () => {
    await refused(app.call('topics.describe', { connectionId: id, topic: 'payroll' }), 'Topic payroll')
    await refused(app.call('topics.config', { connectionId: id, topic: 'payroll' }), 'payroll')
    await refused(app.call('topics.config', { connectionId: id, topic: 'alice-orders' }), 'alice-orders')
    await refused(app.call('groups.describe', { connectionId: id, group: 'bob-reader' }), 'Group bob-reader')
    const totals = await app.call('topics.totals', { connectionId: id, topics: ['payroll', 'alice-orders'] })
    expect(totals.items[0]).toMatchObject({ offsets: null, error: { code: 'kafka.unauthorised' } })
    expect(totals.items[1]).toMatchObject({ offsets: 15n, size: null })
    const [alice, bob] = await summariesOf(app, id, ['bob-reader', 'alice-reader'])
    expect(bob).toMatchObject({ group: 'bob-reader', lag: null, error: { code: 'kafka.unauthorised' } })
    expect(alice).toMatchObject({ group: 'alice-reader', lag: 9n })
  })

  it('refuse browsing a topic that is not hers', async () => {
    const start = { at: 'log-start' } as const
    const payroll = app.openStream('messages.browse', { connectionId: id, topic: 'payroll', start })
    await refused(payroll, 'payroll')
    let rows = 0
    const done = await app.openStream(
      'messages.browse',
      { connectionId: id, topic: 'alice-orders', start },
      { onBatch: (batch) => void (rows += batch.count) },
    )
    expect(rows).toBe(15)
    expect(done.failures).toEqual([])
  })

  it('refuse plans and applies, and nothing is written', async () => {
    const target = { at: 'log-start' } as const
    await refused(app.call('offsets.plan', { connectionId: id, group: 'bob-reader', target }), 'Group bob-reader')
    const scope = [{ topic: 'payroll' }, { topic: 'alice-orders', partitions: [0] }]
    const asked = { connectionId: id, group: 'alice-reader', target }
    const partly = await app.call('offsets.plan', { ...asked, scope })
    expect(partly.failures).toMatchObject([{ what: 'payroll', error: { code: 'kafka.unauthorised' } }])
    expect(partly.rows.map((one) => [one.topic, one.status])).toEqual([['alice-orders', 'change']])

    // A plan somebody else could make is trusted in nothing.
    const admin = await app.connect(kafka.bootstrap)
    const foreign = await app.call('offsets.plan', { connectionId: admin, group: 'bob-reader', target })
    expect(foreign.rows.map((one) => one.status)).toEqual(['change'])
    const plan = { ...foreign, connectionId: id }
    await refused(app.call('offsets.apply', { connectionId: id, plan }), 'Group bob-reader')
    await app.call('connections.close', { connectionId: admin })
    expect((await kafka.tools.describeGroup('bob-reader')).map((one) => one.position)).toEqual([2n])
  })

  it('say of a group nobody may know of what can be said', async () => {
    // Alice may read her groups only; that others exist must neither be denied nor told.
    const other = await app.call('groups.describe', { connectionId: id, group: 'alice-not-there' })
    expect(other).toMatchObject({ exists: false, positions: [] })
  })

  describe('told beforehand', () => {
    const acl = (change: '--add' | '--remove', ...what: string[]) =>
      kafka.tools.acls(
        change,
        ...(change === '--remove' ? ['--force'] : []),
        '--allow-principal',
        'User:alice',
        ...what,
      )
    const extra = [
      ['--operation', 'Describe', '--topic', 'payroll'],
      ['--operation', 'Describe', '--group', 'bob-reader'],
      ['--operation', 'Describe', '--group', 'new-reader'],
      ['--operation', 'Describe', '--cluster'],
    ]
    const to = { at: 'log-start' } as const

    beforeAll(async () => {
      await Promise.all(extra.map((what) => acl('--add', ...what)))
      // Each node learns of a right by itself.
      await until('the rights that were given', async () => {
        const { steps } = await secure.test(kafka.listeners.saslSsl, {
          tls: {},
          sasl: alice('PLAIN'),
          secrets: { password },
        })
        const rights = steps.find((one) => one.step === 'authorisation')?.message ?? ''
        await app.call('groups.describe', { connectionId: id, group: 'new-reader' })
        const bob = await app.call('groups.describe', { connectionId: id, group: 'bob-reader' })
        const { items } = await app.call('topics.list', { connectionId: id })
        return bob.exists && items.length === 2 && rights.includes('On the cluster itself: Describe.')
      })
    })
    afterAll(async () => {
      await Promise.all(extra.map((what) => acl('--remove', ...what)))
      await until('the rights as they were', async () => {
        const topics = await app.call('topics.list', { connectionId: id })
        const groups = await app.call('groups.list', { connectionId: id })
        return topics.items.length === 1 && groups.items.map((one) => one.group).join() === 'alice-reader'
      })
    })

    it.each([
      ['bob-reader', []],
      // Of a group that a plan would make as well.
      ['new-reader', [{ topic: 'alice-orders' }]],
    ])('a plan names the right on the group %s that it lacks', async (group, scope) => {
      const plan = await app.call('offsets.plan', { connectionId: id, group, scope, target: to })
      expect(plan.refusal).toMatchObject({
        code: 'kafka.unauthorised',
        message: `${group} cannot be moved: it needs Read on group ${group}, which these credentials lack. The broker would refuse it.`,
        hint: expect.stringContaining('Ask for the right'),
        details: { needs: `Read on group ${group}` },
      })
      // The broker itself judges so, too: what was told beforehand is what comes.
      const result = await app.call('offsets.apply', { connectionId: id, plan })
      expect(result.summary).toContain(`${group} was not moved: `)
      expect(result.summary).toContain(`it needs Read on group ${group}.`)
      expect(result.rows.every((row) => row.status === 'refused')).toBe(true)
    })

    it('a plan names what the start offsets of a share group need, and the broker refuses the same', async () => {
      const group = 'bob-shared'
      const made = ['--topic', 'alice-orders', '--reset-offsets', '--to-offset', '3', '--execute']
      await kafka.tools.call('ShareGroupCommand', ['--bootstrap-server', kafka.bootstrap, '--group', group, ...made])
      await refused(app.call('offsets.plan', { connectionId: id, group, target: to }), `Group ${group}`)
      await acl('--add', '--operation', 'Describe', '--group', group)
      try {
        const planned = () => app.call('offsets.plan', { connectionId: id, group, target: to })
        const plan = await until('its plan', () => planned().then((one) => (one.rows.length === 3 ? one : undefined), () => undefined)) // oxfmt-ignore
        expect(plan).toMatchObject({ groupType: 'share', rows: Array(3).fill({ before: { offset: 3n } }) })
        expect(plan.refusal).toMatchObject({ code: 'kafka.unauthorised', details: { needs: `Read on group ${group}` } })
        const result = await app.call('offsets.apply', { connectionId: id, plan })
        expect(result.summary).toContain(`it needs Read on group ${group}.`)
        expect(result.rows.map((row) => row.status)).toEqual(Array(3).fill('refused'))
        const described = ['--bootstrap-server', kafka.bootstrap, '--describe', '--offsets', '--group', group]
        const { stdout } = await kafka.tools.call('ShareGroupCommand', described)
        expect(stdout.match(/alice-orders\s+\d\s+3\b/g)).toHaveLength(3)
      } finally {
        await acl('--remove', '--operation', 'Describe', '--group', group)
      }
    })

    it('a search of several topics reads those that it may, and says of the others what it lacks', async () => {
      const topics = { by: 'pattern', pattern: '.' } as const
      const { kept, ledgers } = await app.call('search.start', { connectionId: id, topics })
      expect(ledgers.map(({ topic }) => topic)).toEqual(['alice-orders', 'payroll'])
      await kcatProduce(kafka.bootstrap, { topic: 'payroll', partition: 0, input: 'secret' })
      await app.call('search.widen', { connectionId: id, search: kept.search })
      const done = await app.openStream('search.run', { connectionId: id, search: kept.search })
      expect(done.failures).toMatchObject([{ topic: 'payroll', error: { code: 'kafka.unauthorised' } }])
      expect(done.kept).toMatchObject({ hits: 15, topics: [{ left: 0n }, { topic: 'payroll', left: 1n }] })
    })

    it('a plan refuses the partitions of a topic that it may not read, and no others', async () => {
      const scope = [{ topic: 'payroll' }, { topic: 'alice-orders' }]
      const plan = await app.call('offsets.plan', { connectionId: id, group: 'alice-reader', scope, target: to })
      expect(plan.refusal).toBeNull()
      expect(plan.rows.map((one) => [one.topic, one.status])).toEqual([
        ...Array(3).fill(['alice-orders', 'change']),
        ['payroll', 'refused'],
      ])
      expect(plan.rows[3]?.note).toBe('It needs Read on topic payroll, which these credentials lack.')
    })

    it('a replay names what it lacks on either side', async () => {
      const all = { by: 'places', from: { at: 'log-start' } } as const
      const asked = { source: id, target: id, range: all }
      const planned = (topic: string, targetTopic: { name: string; create: false } | { name: string; create: true; partitions: number }) =>
        app.call('replay.plan', { ...asked, topic, targetTopic }) // oxfmt-ignore
      const write = await planned('alice-orders', { create: false, name: 'payroll' })
      expect(write.refusal?.message).toContain('it needs Write on topic payroll, which these credentials lack')
      expect(write.summary).toBe(write.refusal?.message)
      const both = await planned('payroll', { create: false, name: 'alice-orders' })
      expect(both.refusal?.message).toContain('Read on topic payroll and Write on topic alice-orders')
      const made = await planned('alice-orders', { create: true, name: 'alice-copy', partitions: 3 })
      expect(made.refusal).toBeNull()
      expect(made.concerns[0]).toMatchObject({
        kind: 'refused',
        sentence: expect.stringContaining('needs Create on the cluster, which these credentials lack'),
      })
    })

    it('records that may not be written are refused before they are sent', async () => {
      const source = { kind: 'records' as const, records: [{ value: { as: 'text' as const, text: 'mine' } }] }
      const plan = await app.call('produce.plan', { connectionId: id, topic: 'payroll', source })
      expect(plan.refusal).toMatchObject({ code: 'kafka.unauthorised', message: expect.stringContaining('it needs Write on topic payroll, which these credentials lack') }) // oxfmt-ignore
      await expect(app.openStream('produce.apply', { connectionId: id, source, plan })).rejects.toMatchObject({ code: 'kafka.unauthorised' }) // oxfmt-ignore
      // Rights may have been taken since: then the broker says so at the first question, before any record is sent.
      const given = { ...plan, refusal: null }
      await expect(app.openStream('produce.apply', { connectionId: id, source, plan: given })).rejects.toMatchObject({ code: 'kafka.unauthorised', message: expect.stringContaining('it needs Write on topic payroll') }) // oxfmt-ignore
    })

    it('a test says what may be read of what is shown, and of nothing that nothing is shown', async () => {
      const hers = await secure.test(kafka.listeners.saslSsl, { tls: {}, sasl: alice('PLAIN'), secrets: { password } })
      expect(hers).toMatchObject({ error: null, topics: 2, readable: { of: 2, topics: 1 } })
      const carol = { mechanism: 'PLAIN', username: 'carol' } as const
      const none = await secure.test(kafka.listeners.saslSsl, {
        tls: {},
        sasl: carol,
        secrets: { password: 'carol-secret' },
      })
      expect(none).toMatchObject({ error: null, topics: 0, readable: null })
      expect(none.steps.find((one) => one.step === 'authorisation')?.message).toBe(
        'These rights show no topic: the cluster has none, or Describe on them is missing.',
      )
    })
  })

  it('move her own group', async () => {
    const plan = await app.call('offsets.plan', {
      connectionId: id,
      group: 'alice-reader',
      target: { at: 'log-start' },
    })
    const result = await app.call('offsets.apply', { connectionId: id, plan })
    expect(result.rows.map((one) => one.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect((await kafka.tools.describeGroup('alice-reader')).map((one) => one.position)).toEqual([0n, 0n, 0n])
  })
})

it('tells no password in any of it', async () => {
  expect(secure.said.length).toBeGreaterThan(5)
  await secure.nothingTold([password, 'carol-secret'])
})
