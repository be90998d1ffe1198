import http from 'node:http'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ErrorValue } from '#shared/errors.ts'
import { newProfile } from '#shared/model/profile.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { sharedKafka } from '../support/shared-kafka.ts'
import { holdsFor, untilHolds } from '../support/wait-for.ts'

// What goes wrong on the way to a cluster. (Passwords and certificates: secure.test.ts.)

let app: TestApp
const servers: net.Server[] = []

beforeAll(async () => {
  app = await startApp()
})

afterAll(async () => {
  for (const server of servers) server.close()
  await app?.close()
})

async function portOf(server: net.Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

async function closedPort(): Promise<string> {
  const server = net.createServer()
  const address = await portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return address
}

/** How connecting fails, twice: for use, and as a test that names the step. */
async function failureOf(brokers: string[]) {
  const forUse = (await app.connect(brokers.join(',')).catch((error: unknown) => error)) as ErrorValue
  const report = await app.call('connections.test', { profile: newProfile('bad', { brokers }) })
  const { items } = await app.call('connections.list', {})
  const { code, message, hint } = forUse
  return {
    error: { code, message, hint },
    same: report.error?.code === code && report.error.message === message,
    step: report.steps.find((one) => one.status === 'failed')?.step,
    leftOpen: items.length,
  }
}

const failure = (step: string, code: string, message: string, hint: string) => ({
  error: { code, message: expect.stringContaining(message), hint: expect.stringContaining(hint) },
  same: true,
  step,
  leftOpen: 0,
})

describe('an address', () => {
  it('whose host nobody knows', async () => {
    const found = await failureOf(['no-such-host.invalid:9092'])
    expect(found).toEqual(failure('name', 'connect.name', 'no-such-host.invalid', 'spelling'))
  })

  it('whose port is closed', async () => {
    const address = await closedPort()
    const message = `${address} cannot be reached: nothing listens on that port`
    expect(await failureOf([address])).toEqual(failure('tcp', 'connect.tcp', message, 'Check the port'))
  })

  it('where something else than Kafka answers', async () => {
    const web = await portOf(http.createServer((_request, response) => response.end('hello')))
    expect(await failureOf([web])).toEqual(failure('versions', 'connect.versions', web, 'host and port'))
    const mail = await portOf(net.createServer((socket) => socket.end('220 mail.example ESMTP\r\n')))
    expect(await failureOf([mail])).toEqual(failure('versions', 'connect.versions', mail, 'host and port'))
  })

  it('that is no address', async () => {
    const profile = { ...newProfile('typo'), brokers: ['broker one:9092'] }
    await expect(app.call('profiles.save', { profile })).rejects.toMatchObject({
      code: 'call.invalid',
      message: expect.stringContaining('is not a host name'),
    })
    await expect(app.call('profiles.save', { profile: { ...profile, brokers: ['b:70000'] } })).rejects.toMatchObject({
      message: expect.stringContaining('is not a port'),
    })
  })

  it('of which only one of several is wrong', async () => {
    const { bootstrap } = await sharedKafka()
    const id = await app.connect(['no-such-host.invalid:9092', await closedPort(), bootstrap].join(','))
    expect((await app.call('connections.describe', { connectionId: id })).brokers).toHaveLength(1)
    await app.call('connections.close', { connectionId: id })
  })
})

describe('connecting', () => {
  it('to something that never answers is cancelled at once', async () => {
    const sockets = new Set<net.Socket>()
    const silent = await portOf(net.createServer((socket) => void sockets.add(socket.resume())))
    const profile = newProfile('silent', { name: 'Silent', brokers: [silent] })
    await app.call('profiles.save', { profile })
    const stop = new AbortController()
    const opening = app.call('connections.open', { profileId: profile.id }, { signal: stop.signal })
    opening.catch(() => undefined)
    await untilHolds('the connection is under way', () => expect(sockets.size).toBe(1))
    expect((await app.call('connections.list', {})).items).toMatchObject([{ name: 'Silent', status: 'connecting' }])
    // By its own error, not by that of the limit for connecting.
    stop.abort()
    await expect(opening).rejects.toMatchObject({ code: 'call.cancelled' })
    await untilHolds('nothing is left of it', async () =>
      expect((await app.call('connections.list', {})).items).toEqual([]),
    )
    // The socket, too, is gone: nothing goes on behind the back of who cancelled.
    await untilHolds('its socket is gone, too', () =>
      expect([...sockets].every((socket) => socket.destroyed)).toBe(true),
    )
    for (const socket of sockets) socket.destroy()

    // So does closing the tab while it connects.
    const again = app.call('connections.open', { profileId: profile.id })
    again.catch(() => undefined)
    await untilHolds('it connects again', async () =>
      expect((await app.call('connections.list', {})).items.length).toBe(1),
    )
    const [state] = (await app.call('connections.list', {})).items
    await app.call('connections.close', { connectionId: state!.connectionId })
    await expect(again).rejects.toMatchObject({ code: 'call.cancelled' })
    for (const socket of sockets) socket.destroy()
  })
})

describe('a cluster that advertises an address nobody can reach', () => {
  it('is told apart from one that is down, and mended by the address map', async () => {
    const kafka = await startKafka({ advertisedHost: 'kafka-0.kafka.invalid' })
    try {
      const advertised = kafka.listeners.plaintext!
      const error: unknown = await app.connect(kafka.bootstrap).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        code: 'connect.advertised',
        message: expect.stringContaining(`${kafka.bootstrap} answered, but the address the cluster advertises did not`),
        hint: expect.stringContaining('address map'),
        details: { addresses: [{ address: advertised, nodeId: 1, code: 'connect.name' }] },
      })
      const profile = newProfile('mapped', { brokers: [kafka.bootstrap] })
      const report = await app.call('connections.test', { profile })
      expect(report).toMatchObject({ error: { code: 'connect.advertised' }, advertised: [advertised] })
      expect(report.steps.at(-1)).toMatchObject({ step: 'advertised', status: 'failed' })

      const addressMap = [{ from: advertised, to: kafka.bootstrap }]
      const mended = await app.call('connections.test', { profile: { ...profile, addressMap } })
      expect(mended.error).toBeNull()
      const id = await app.connect(kafka.bootstrap, { profile: { addressMap } })
      expect((await app.call('topics.list', { connectionId: id })).items).toEqual([])
      await app.call('connections.close', { connectionId: id })
    } finally {
      await kafka.stop()
    }
  })
})

describe('a cluster that goes away', () => {
  let kafka: RunningKafka
  const states: ConnectionState[] = []
  const stop = new AbortController()
  const latest = () => states.at(-1)

  beforeAll(async () => {
    kafka = await startKafka()
    void app
      .openStream('connections.watch', {}, { onBatch: (rows) => void states.push(...rows), signal: stop.signal })
      .catch(() => undefined)
  })
  afterAll(async () => {
    stop.abort()
    await kafka?.stop()
  })

  it('is noticed, with reason and back-off, and found again by itself', async () => {
    const id = await app.connect(kafka.bootstrap, { name: 'Away' })
    await kafka.killNode(1)
    await untilHolds('the loss is noticed', () => expect(latest()?.status).toBe('reconnecting'))
    await untilHolds('a second attempt', () => expect(latest()?.attempt).toBeGreaterThan(1))
    expect(latest()).toMatchObject({
      status: 'reconnecting',
      reason: { code: expect.stringMatching(/^connect\./), message: expect.stringContaining(kafka.bootstrap) },
      nextAttemptAt: expect.any(BigInt),
    })
    // A question meanwhile is answered by why it cannot be, soon, and nothing breaks.
    await expect(app.call('topics.list', { connectionId: id })).rejects.toMatchObject({
      code: expect.stringMatching(/^connect\./),
      retryable: true,
    })
    await kafka.startNode(1)
    await untilHolds('it is back', () => expect(latest()?.status).toBe('connected'))
    expect(latest()).toMatchObject({ reason: null, nextAttemptAt: null })
    expect((await app.call('topics.list', { connectionId: id })).items).toEqual([])
    await app.call('connections.close', { connectionId: id })
  })

  it('without a word, as sleep or a lost VPN does, is noticed, too', async () => {
    const id = await app.connect(kafka.bootstrap, { name: 'Asleep' })
    process.kill(kafka.pid(1), 'SIGSTOP')
    try {
      await untilHolds('the silence is noticed', () => expect(latest()?.status).toBe('reconnecting'))
    } finally {
      process.kill(kafka.pid(1), 'SIGCONT')
    }
    await untilHolds('it is back', () => expect(latest()?.status).toBe('connected'))
    await app.call('connections.close', { connectionId: id })
  })
  it('is reached at once after waking: sockets that lead nowhere are not waited for', async () => {
    const door = await openDoor(kafka.bootstrap)
    try {
      const addressMap = [{ from: kafka.bootstrap, to: door.address }]
      const id = await app.connect(kafka.bootstrap, { name: 'Woken', profile: { addressMap } })
      door.swallow()
      const asked = app.call('topics.list', { connectionId: id }).then(
        () => 'answered',
        (error: ErrorValue) => error.code,
      )
      let isAnswered = false
      void asked.then(() => (isAnswered = true))
      await holdsFor(500, () => expect(isAnswered).toBe(false))
      const before = states.length
      app.app.networkChanged()
      await app.call('topics.list', { connectionId: id })
      // Not because the heartbeat had waited in vain.
      expect(states.slice(before).filter((one) => one.reason?.code === 'call.timeout')).toEqual([])
      expect(['answered', 'connect.lost']).toContain(await asked)
      await app.call('connections.close', { connectionId: id })
    } finally {
      door.close()
    }
  })
})

/** A way to a broker whose present sockets can be made to lead nowhere, without a sign; new ones work. */
async function openDoor(to: string) {
  const [host = '', port = ''] = to.split(':')
  const inside = new Set<net.Socket>()
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), host)
    for (const socket of [near, far]) {
      inside.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => inside.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  return {
    address: await portOf(server),
    swallow: () => inside.forEach((socket) => socket.unpipe().removeAllListeners('data').resume()),
    close: () => {
      server.close()
      inside.forEach((socket) => socket.destroy())
    },
  }
}
