import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { startCutProxy, type CutProxy } from '../support/cut-proxy.ts'
import { toolsFor, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { newProfile } from '#shared/model/profile.ts'
import { alive, startShell, type ShellApp } from './shell-app.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const { leading } = inject('shell')
const kafka = inject('secure')
let tools: KafkaTools

beforeAll(async () => {
  tools = await toolsFor(kafka)
})

// Each test goes on where the one before ended; the app is never started again in between.
describe.each(leading)('trouble, $name', (target) => {
  const topic = uniqueName('shell-trouble')
  const group = uniqueName('shell-trouble')
  let app: ShellApp
  let network: CutProxy
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    network = await startCutProxy(kafka.bootstrap)
    await tools.createTopic(topic, 1)
    await produce(0, 200)
    const reset = tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '100', '--execute')
    app = await startShell(target)
    see = steps(app.page)
    const addressMap = [{ from: kafka.bootstrap, to: network.address }]
    await reset
    const profile = newProfile('shop', { name: 'Shop', brokers: [kafka.bootstrap], addressMap })
    // Something for the journal, which is to survive all of this.
    await app.page.run(
      async (given, name) => {
        const client = window.seeklineTest.client()
        await client.call('profiles.save', { profile: given })
        const { connectionId } = await client.call('connections.open', { profileId: given.id })
        const plan = await client.call('offsets.plan', { connectionId, group: name, target: { at: 'log-start' } })
        await client.call('offsets.apply', { connectionId, plan })
      },
      profile,
      group,
    )
    await app.page.cdp.Page.reload({})
    await see.connect('Shop')
    await see.openTopic(topic)
    await app.page.reads('key-199')
  })
  afterEach(() => network.mend())
  afterAll(async () => {
    await app?.close()
    await network?.close()
  })

  test('a decode worker dies at its task: the page says so, and reading again goes well', async () => {
    const { page } = app
    const before = await kept()
    await app.inMain(`(() => {
      const { Worker } = (process.getBuiltinModule || require)('worker_threads')
      const { postMessage } = Worker.prototype
      Worker.prototype.postMessage = function (...given) {
        Worker.prototype.postMessage = postMessage
        postMessage.apply(this, given)
        void this.terminate()
      }
      return 0
    })()`)
    await page.click(see.button('Read'))
    await page.reads(/decoder stopped/i)
    await page.screenshot('worker-killed')
    await page.click(see.button('Read'))
    await page.reads(/key-199/)
    expect(await kept()).toEqual(before)
  })

  test('the network goes away: the page says so and keeps its rows; it connects again by itself', async () => {
    const { page } = app
    network.cut()
    await page.click(see.button('Read'))
    await page.reads(/lost|cannot be reached|reconnecting/i)
    await page.screenshot('network-cut')
    expect(await page.text()).toContain('key-199')
    network.mend()
    await untilHolds('the connection is back', async () => expect(await status()).toBe('connected'))
    await produce(200, 5)
    await page.click(see.button('Read'))
    await page.reads('key-204')
  })

  test('the system finds a network again: the page tells, and every connection is made anew', async () => {
    const { page } = app
    const before = network.taken()
    for (const offline of [true, false]) {
      await page.cdp.Network.emulateNetworkConditions({ offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }) // oxfmt-ignore
    }
    await untilHolds('a new connection is made', () => expect(network.taken()).toBeGreaterThan(before))
    await untilHolds('it is connected', async () => expect(await status()).toBe('connected'))
  })

  test('sleep and wake: a tail says that it waits, keeps its rows and goes on where it stopped', async () => {
    const { page } = app
    await page.click(see.button('Follow'))
    await produce(205, 10)
    await page.reads('key-214')
    network.cut()
    await produce(215, 10)
    await page.reads(/lost|cannot be reached|waiting/i)
    await page.screenshot('asleep')
    network.mend()
    await app.inMain(`require('electron').powerMonitor.emit('resume'); 0`)
    await page.reads('key-224')
    await page.reads('Nothing was read for')
    await page.screenshot('awake')
    expect(await page.text()).toContain('key-214')
    // A tail may be back before the next probe has said so.
    await untilHolds('the probe has said so', async () => expect(await status()).toBe('connected'))
  })

  test('the page’s process is killed: the window comes back by itself, with all that was saved', async () => {
    const before = await kept()
    const renderers = async () =>
      (await app.processes()).filter(({ type }) => type === 'renderer').map(({ pid }) => pid)
    const old = await renderers()
    for (const pid of old) process.kill(pid, 'SIGKILL')
    await untilHolds('a new page process', async () =>
      expect((await renderers()).some((pid) => !old.includes(pid))).toBe(true),
    )
    await app.attach()
    see = steps(app.page)
    await app.page.reads('This window crashed and was loaded again')
    await app.page.reads(topic)
    await app.page.screenshot('page-killed')
    expect(await kept()).toEqual(before)
    expect(await app.inMain('process.pid')).toBe(app.child.pid)
  })

  test('quitting while a tail runs leaves no process and no connection', async () => {
    await app.page.click(see.button('Follow'))
    await untilHolds('the tail reads', () => expect(network.open()).toBeGreaterThan(0))
    const all = (await app.processes()).map(({ pid }) => pid)
    expect(all.length).toBeGreaterThan(2)
    expect(await app.quit()).toEqual({ code: 0, signal: null })
    await untilHolds('no process is left', async () => expect(await alive(all)).toEqual([]))
    expect(network.open()).toBe(0)
  })

  async function produce(from: number, count: number): Promise<void> {
    const input = Array.from({ length: count }, (_, i) => `key-${from + i}\tvalue ${from + i}`).join('\n')
    await kcatProduce(kafka.bootstrap, { topic, partition: 0, input, keyDelimiter: '\t' })
  }

  /** What must survive everything: profiles and the journal. */
  async function kept() {
    return app.page.run(async () => {
      const client = window.seeklineTest.client()
      const saved = await client.call('profiles.list', {})
      const journal = await client.call('journal.list', {})
      return { profiles: saved.items.map(({ profile }) => profile.name), journal }
    })
  }

  const status = async () =>
    app.page.run(async () => (await window.seeklineTest.client().call('connections.list', {}))?.items[0]?.status)
})
