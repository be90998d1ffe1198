import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { toolsFor, uniqueName } from '../support/shared-kafka.ts'
import { startShell, type ShellApp } from './shell-app.ts'
import { holdsFor, until, untilHolds } from '../support/wait-for.ts'

const { leading } = inject('shell')
const kafka = inject('secure')
const topic = uniqueName('shell-million')
const million = 1_000_000

beforeAll(async () => {
  const tools = await toolsFor(kafka)
  await tools.createTopic(topic, 2)
  await tools.producerPerformance(topic, million, 100, { 'batch.size': '65536', 'linger.ms': '20' })
})

interface Last {
  type: string
  error?: { code: string }
  value?: { reason: string }
}

declare global {
  interface Window {
    /** What a test's page has under way. */
    shellTest?: { port: MessagePort; frames: number; rows: number; last?: Last }
  }
}

describe.each(leading)('a stream over a MessagePort, $name', (target) => {
  let app: ShellApp
  let connectionId: string

  beforeAll(async () => {
    app = await startShell(target)
    connectionId = await app.page.run(
      async (profile) => {
        const client = window.seeklineTest.client()
        await client.call('profiles.save', { profile })
        return (await client.call('connections.open', { profileId: profile.id })).connectionId
      },
      newProfile('million', { brokers: kafka.bootstrap.split(',') }),
    )
    // Threads, their heaps and the codecs are there before anything is measured.
    await startTail()
    await app.page.run(() => window.shellTest?.port.postMessage({ type: 'credit', frames: 20 }))
    await until('rows', async () => (await state()).rows > 1_000)
    await cancel()
  })
  afterAll(async () => app?.close())

  test('a page that stops reading a million rows costs the main process at most 50 MB; a cancel frees them', async () => {
    // The decoding threads start once and stay: their memory does not belong to a page that does not read.
    await startTail()
    await app.page.run(() => window.shellTest?.port.postMessage({ type: 'credit', frames: 64 }))
    await untilHolds('frames', async () => expect((await state()).frames).toBeGreaterThan(40))
    await cancel()
    const before = await memory()
    await startTail()
    await app.page.run(() => window.shellTest?.port.postMessage({ type: 'credit', frames: 2 }))
    await untilHolds('two frames', async () => expect((await state()).frames).toBe(2))
    let most = 0
    await holdsFor(6_000, async () => {
      most = Math.max(most, (await memory()).resident)
      expect(most - before.resident).toBeLessThanOrEqual(50)
    })
    const stalled = await state()
    expect(stalled.frames).toBe(2)
    expect(stalled.last).toMatch(/batch|progress/)
    expect(stalled.rows).toBeLessThan(million / 100)
    expect(await cancel()).toMatch(/cancelled$/)
    await untilHolds('they are freed', async () => expect((await memory()).held - before.held).toBeLessThanOrEqual(4))
    console.log(`${target.name}: main grew by ${(most - before.resident).toFixed(1)} MB while the page did not read`)
  })

  test('a page whose thread is blocked costs no more, and gets every row afterwards', async () => {
    const grown: number[] = []
    // An absolute limit holds as the median of five.
    while (grown.length < 5) {
      if (grown.length > 0) await cancel()
      const before = await memory()
      await startTail()
      const blocked = app.page.run(() => {
        const { port } = window.shellTest!
        port.postMessage({ type: 'credit', frames: 64 })
        for (const until = performance.now() + 3_000; performance.now() < until;);
      })
      let most = 0
      await holdsFor(2_500, async () => (most = Math.max(most, (await memory()).resident)))
      grown.push(most - before.resident)
      await blocked
    }
    console.log(
      `${target.name}: main grew by ${grown.map((one) => one.toFixed(1)).join(', ')} MB while the page was blocked`,
    )
    expect(grown.toSorted((a, b) => a - b)[2]).toBeLessThanOrEqual(50)
    // From now on the page reads as fast as it can.
    await app.page.run(() => {
      const test = window.shellTest!
      const more = (): void => test.port.postMessage({ type: 'credit', frames: 1 })
      test.port.addEventListener('message', more)
      for (let i = 0; i < 32; i += 1) more()
    })
    await untilHolds('all rows', async () => expect((await state()).rows).toBe(million))
    await cancel()
  })

  /** Opens the port by hand, with no reader behind it but a count. */
  async function startTail(): Promise<void> {
    await app.page.run(
      (id, name) => {
        const { port1, port2 } = new MessageChannel()
        const test: NonNullable<Window['shellTest']> = { port: port1, frames: 0, rows: 0 }
        window.shellTest = test
        port1.addEventListener('message', ({ data }) => {
          test.frames += 1
          test.last = data
          if (data.type === 'batch') test.rows += data.rows.count
        })
        port1.start()
        const from = [0, 1].map((partition) => ({ partition, offset: BigInt(0) }))
        const input = { connectionId: id, topic: name, from }
        const request = { id: crypto.getRandomValues(new Uint32Array(1)).join(''), route: 'messages.tail', input }
        window.seekline?.stream(request)
        window.postMessage({ seeklinePort: request.id }, location.origin, [port2])
      },
      connectionId,
      topic,
    )
  }

  async function state() {
    return app.page.run(() => {
      const { frames, rows, last } = window.shellTest!
      return { frames, rows, last: last?.type }
    })
  }

  /** Cancels by the frame on the port; what the terminal frame says. */
  async function cancel(): Promise<string | undefined> {
    await app.page.run(() => window.shellTest?.port.postMessage({ type: 'cancel' }))
    await until('the last word', async () => /done|error/.test((await state()).last ?? ''))
    return app.page.run(() => window.shellTest?.last?.value?.reason ?? window.shellTest?.last?.error?.code)
  }

  /** MB: of the whole process by the system, and what the main thread holds on to after a collection. */
  async function memory(): Promise<{ resident: number; held: number }> {
    await app.collectGarbage()
    const main = (await app.processes()).find(({ pid }) => pid === app.child.pid)
    const held = await app.inMain<number>(
      '(({ external, heapUsed }) => (external + heapUsed) / 1048576)(process.memoryUsage())',
    )
    return { resident: main?.rssMb ?? 0, held }
  }
})
