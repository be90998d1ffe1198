import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Packr } from 'msgpackr'
import { WebSocket, WebSocketServer } from 'ws'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contract, type SeeklineContract } from '#shared/contract/index.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { decodeWire } from '#shared/wire/codec.ts'
import type { Envelope, ServerMessage } from '#shared/wire/frames.ts'
import { wireLimits } from '#shared/wire/limits.ts'
import { inProcess } from '../../electron/rpc/in-process.ts'
import { serveIpc } from '../../electron/rpc/ipc.ts'
import { createRouter } from '../../electron/rpc/router.ts'
import { createPageKeys } from '../../electron/rpc/token-proof.ts'
import { serveSocket } from '../../electron/rpc/websocket.ts'
import { fakeIpc, fakeSender } from '../support/fake-ipc.ts'
import { chance, odd, sampleInput, spoiltInput, unfit, type Chance } from '../support/hostile-values.ts'
import { cpuMs, heldBytes } from '../support/measure.ts'
import { rounds, seedOfRun } from '../support/rounds.ts'
import { holdsFor, inTime, settled, until } from '../support/wait-for.ts'

// A page that was taken over, or a bug in ours: whatever it sends is answered with an error or ignored, reaches no service
// and leaves nothing behind. Every service here is a spy, and every connection may write, so only the router protects.

const envelopes = Number(process.env['SEEKLINE_ENVELOPES'] ?? rounds(100_000))
const seed = seedOfRun()
const reached: string[] = []
const rejections: unknown[] = []

const spies = Object.fromEntries(
  Object.keys(contract).map((name) => [
    name,
    async () => {
      reached.push(name)
      throw new Error('a spy was reached')
    },
  ]),
) as unknown as ServiceOf<SeeklineContract>
const router = createRouter({
  contract,
  services: spies,
  access: { modeOf: () => ({ mode: 'full', profileName: 'x' }) },
})

const noteRejection = (reason: unknown): void => void rejections.push(reason)
beforeAll(() => void process.on('unhandledRejection', noteRejection))
afterAll(() => void process.off('unhandledRejection', noteRejection))

const names = Object.keys(contract) as (keyof SeeklineContract)[]
const routes = names.filter((name) => contract[name].kind === 'route')
const streams = names.filter((name) => contract[name].kind === 'stream')
const strangeNames = ['', 'nope', '__proto__', 'constructor', 'hasOwnProperty', 'then', 'messages', 'x'.repeat(5_000)]
const strangeIds: unknown[] = [
  null,
  0,
  -1,
  {},
  [],
  { toString: 1, valueOf: 2 },
  '',
  'x'.repeat(65),
  'x'.repeat(100_000),
  1n,
]
const strangeFrames = [
  { type: 'credit', frames: Number.NaN },
  { type: 'credit', frames: -5 },
  { type: 'credit', frames: 1e300 },
  { type: 'credit', frames: wireLimits.credit + 1 },
  { type: 'credit', frames: '1' },
  { type: 'credit' },
  { type: 'cancel', more: 1 },
  { type: 'done', value: 1 },
  { type: 'batch', rows: [] },
  { type: '__proto__' },
  null,
  [],
]

interface Attack {
  op: 'call' | 'stream' | 'cancel' | 'frame'
  body: Record<string, unknown>
  what: string
  /** It has a key that reaches a prototype: on a socket that is no message at all. */
  prototype?: boolean
}

function attack(random: Chance, id: string): Attack {
  const roll = random.below(100)
  if (roll < 8) return { op: 'cancel', body: { id: random.pick([id, 'r1', 'r2', '__proto__']) }, what: 'a cancel' }
  if (roll < 16) {
    const body = { id: random.pick([id, 'r1', '__proto__']), frame: random.pick([...strangeFrames, odd(random)]) }
    return { op: 'frame', body, what: 'a frame' }
  }
  const op = roll < 20 ? 'stream' : 'call'
  const mine = op === 'call' ? routes : streams
  if (roll % 10 === 0) {
    const route = random.pick([...strangeNames, ...(op === 'call' ? streams : routes), odd(random)])
    return { op, body: { id, route, input: odd(random) }, what: 'an unknown route' }
  }
  const route = random.pick(mine)
  const { input, what, prototype } = spoiltInput(contract[route].input, random)
  if (roll % 10 === 1) return { op, body: { id, route, input, more: odd(random) }, what: 'more in it', prototype }
  return { op, body: { id, route, input }, what: `${route}: ${what}`, prototype }
}

/** In a valid input, something that no transport but a structured clone carries. */
function unfitInput(random: Chance): { route: (typeof routes)[number]; input: unknown } {
  const route = random.pick(routes)
  const { value, places } = sampleInput(contract[route].input, random)
  const place = random.pick(places)
  if (place.path === '') return { route, input: unfit(random) }
  const holder = { value }
  place.put(unfit(random))
  return { route, input: place.get() === holder.value ? unfit(random) : holder.value }
}

function expectNothingDone(): void {
  expect({ reached, rejections }, `seed ${seed}`).toEqual({ reached: [], rejections: [] })
}

it(`answers ${envelopes} hostile envelopes over IPC with errors`, async () => {
  const ipc = fakeIpc()
  const ours = fakeSender('app://bundle')
  const foreign = fakeSender('https://attacker.example')
  const gone = { ...ours, frame: null }
  const disposed = { ...ours, frame: {} as NonNullable<typeof ours.frame> }
  Object.defineProperty(disposed.frame, 'parent', {
    get: () => {
      throw new Error('Render frame was disposed before WebFrameMain could be accessed')
    },
  })
  const served = serveIpc({
    ipcMain: ipc.ipcMain,
    router,
    origin: 'app://bundle',
    isOurs: (contents) => contents === ours.contents,
  })
  // That the spies can be reached at all.
  await ipc.invoke('rpc', ours, { id: 'valid', route: 'app.info', input: {} })
  expect(reached.splice(0)).toEqual(['app.info'])

  const random = chance(seed)
  const wrong: string[] = []
  const call = async (sender: typeof ours, request: unknown, what: string): Promise<void> => {
    const answer = (await ipc.invoke('rpc', sender, request)) as Envelope
    if (answer.ok || typeof answer.error.code !== 'string') wrong.push(what)
  }
  const stream = async (sender: typeof ours, request: unknown, what: string): Promise<void> => {
    const port = ipc.sendPort('rpc:stream', sender, request)
    for (let n = random.below(3); n > 0; n -= 1) port.postMessage(random.pick(strangeFrames))
    const answer = inTime('a frame', once(port, 'message')).catch(() => [{ type: 'none' }])
    const [frame] = (await answer) as [ServerFrameLike]
    if (frame.type !== 'error') wrong.push(`${what} answered ${frame.type}`)
    port.close()
  }
  const one = async (n: number): Promise<void> => {
    const { op, body, what } = attack(random, `r${n % 5}`)
    const roll = random.below(20)
    const sender = roll === 0 ? foreign : roll === 1 ? gone : roll === 2 ? disposed : ours
    if (op === 'cancel') return ipc.send('rpc:cancel', sender, random.pick([body['id'], ...strangeIds]))
    if (op === 'frame') return ipc.send('rpc:stream', sender, body['frame'])
    if (roll === 3) return call(sender, random.pick([odd(random), unfit(random)]), 'no request')
    if (roll === 4) return call(sender, { id: `r${n % 5}`, ...unfitInput(random) }, 'what only a clone carries')
    if (roll === 5) return call(sender, { ...body, id: random.pick(strangeIds) }, 'a strange id')
    return op === 'call' ? call(sender, body, what) : stream(sender, body, what)
  }
  const run = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => one(n + i)))
      // A reload in between: what hangs on the old page must not stay.
      if (n % 1_000 === 0) ours.contents.emit('did-navigate')
    }
  }
  await run(envelopes / 10)
  const before = await heldBytes()
  await run(envelopes)
  const grown = (await heldBytes()) - before
  expect(wrong.slice(0, 5), `seed ${seed}`).toEqual([])
  expect(grown, `bytes held more, seed ${seed}`).toBeLessThan(8e6)
  expect(ours.contents.listenerCount('destroyed')).toBeLessThanOrEqual(1)
  expectNothingDone()
  served.close()
})

interface ServerFrameLike {
  type: string
}

it(`answers ${envelopes} hostile envelopes over a WebSocket with errors`, async () => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, maxPayload: wireLimits.messageBytes })
  server.on('connection', (socket) => serveSocket(socket, router, createPageKeys().newPass()))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  // Another encoder than ours, because ours refuses to send such things.
  const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' })
  const hugeId = packr.pack({ type: 'call', id: 'y'.repeat(wireLimits.messageBytes - 200), route: 'nope', input: null })
  const random = chance(seed)
  const wrong: string[] = []

  let answered = new Map<string, string>()
  let closed: Promise<number>
  let socket: WebSocket
  const connect = async (): Promise<void> => {
    answered = new Map()
    const mine = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    socket = mine
    const seen = answered
    mine.on('message', (data: Buffer) => {
      const message = decodeWire(data) as ServerMessage
      if (message.type === 'answer') seen.set(message.id, message.answer.ok ? 'ok' : 'error')
      if (message.type === 'frame') seen.set(message.id, message.frame.type)
    })
    mine.on('error', () => undefined)
    closed = once(mine, 'close').then(([code]) => code as number)
    await once(mine, 'open')
  }
  const answers = async (ids: readonly string[]): Promise<void> => {
    const all = until('all answers', () => ids.every((id) => answered.has(id)), { everyMs: 1 })
    await all.catch(() => undefined)
    for (const id of ids) if (answered.get(id) !== 'error') wrong.push(`${id}: ${answered.get(id) ?? 'no answer'}`)
    if (wrong.length > 20) throw new Error(`seed ${seed}: ${wrong.join('; ')}`)
    answered.clear()
  }
  const round = async (count: number): Promise<void> => {
    const ids: string[] = []
    for (let i = 0; i < count; i += 1) {
      const id = `r${i}`
      const { op, body, prototype } = attack(random, id)
      if (prototype === true) continue
      socket.send(packr.pack({ type: op, ...body }))
      if (op === 'call' || op === 'stream') {
        ids.push(id)
        if (random.below(50) === 0) socket.send(packr.pack({ type: op, ...body }))
      }
    }
    await answers(ids)
  }
  /** Bytes that are no message end the socket; so does a message that nothing could answer. */
  const ending = async (): Promise<void> => {
    const whole = packr.pack({ type: 'call', id: 'last', route: 'app.info', input: { more: 1 } })
    const spoilt = Uint8Array.from(whole)
    for (let n = 1 + random.below(4); n > 0; n -= 1) spoilt[random.below(spoilt.length)] = random.below(256)
    const bytes = random.pick<Uint8Array | string>([
      packr.pack({ type: 'call', id: random.pick(strangeIds), route: 'nope', input: null }),
      packr.pack({ type: random.pick(['', 'exec', '__proto__', null]), id: 'x' }),
      random.below(20) === 0 ? hugeId : packr.pack({ type: 'call', id: '', route: 'nope' }),
      packr.pack(odd(random)),
      packr.pack({ type: 'call', id: 'x', route: 'app.info', input: new Map([[1, 1]]) }),
      packr.pack({ type: 'call', id: 'x', route: 'app.info', input: JSON.parse('{"__proto__":1}') as unknown }),
      packr.pack({ type: 'call', id: 'x', route: 'app.info', input: { constructor: 1 } }),
      new Uint8Array(random.below(300)).map(() => random.below(256)),
      spoilt,
      'text',
    ])
    socket.send(bytes)
    socket.send(packr.pack({ type: 'call', id: 'after', route: 'nope', input: null }))
    const ended = until('an answer or the end', () => answered.has('after') || socket?.readyState !== 1, { everyMs: 1 })
    await ended.catch(() => undefined)
    if (socket.readyState === 1 && !answered.has('after')) wrong.push('neither answered nor closed')
    if (answered.get('after') === 'ok') wrong.push('ok')
    socket.close()
    await inTime('the end', Promise.resolve(closed))
    await connect()
  }

  await connect()
  socket!.send(packr.pack({ type: 'call', id: 'valid', route: 'app.info', input: {} }))
  await answers(['valid'])
  expect(reached.splice(0)).toEqual(['app.info'])
  const run = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 400) {
      await round(399)
      await ending()
    }
  }
  await run(envelopes / 10)
  const before = await heldBytes()
  await run(envelopes)
  const grown = (await heldBytes()) - before
  expect(wrong.slice(0, 5), `seed ${seed}`).toEqual([])
  expect(grown, `bytes held more, seed ${seed}`).toBeLessThan(8e6)
  expectNothingDone()
  for (const client of server.clients) client.terminate()
  http.close()
})

it('bounds the answers that a page asks for and never takes', async () => {
  const big = createRouter({
    contract,
    services: { ...spies, 'app.info': (async () => ({ version: 'x'.repeat(1e6) })) as never },
    access: { modeOf: () => undefined },
  })
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  server.on('connection', (socket) => serveSocket(socket, big, createPageKeys().newPass()))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, { perMessageDeflate: false })
  await once(socket, 'open')
  socket.pause()
  const packr = new Packr({ useRecords: false })
  const before = await heldBytes()
  for (let n = 0; n < 120; n += 1) {
    socket.send(packr.pack({ type: 'call', id: `n${n}`, route: 'app.info', input: {} }))
    if (n % 20 === 0) await settled(1)
  }
  // A megabyte an answer: without a bound it would be a hundred and twenty.
  await holdsFor(1_000, async () => expect((await heldBytes()) - before).toBeLessThan(wireLimits.unreadBytes + 60e6))
  let answers = 0
  socket.on('message', () => (answers += 1))
  socket.resume()
  await until('all answers', () => answers >= 120)
  socket.terminate()
  for (const client of server.clients) client.terminate()
  http.close()
})

it('tells an input that is wrong in a million places in one short sentence, soon', async () => {
  const wire = inProcess(router)
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]))
  const rows = Array.from({ length: 200_000 }, () => null)
  const some = Object.fromEntries(Object.entries(many).slice(0, 10_000))
  const wide = { connectionId: 'x', group: 'g', target: { at: 'high-watermark' }, scope: rows }
  for (const input of [many, some, wide, rows]) {
    let answer: Envelope | undefined
    const spent = await cpuMs(async () => (answer = await wire.call({ id: 'big', route: 'offsets.plan', input })))
    expect(spent).toBeLessThan(5_000)
    if (answer === undefined || answer.ok) throw new Error('it passed')
    expect(answer.error.code).toBe('call.invalid')
    expect(JSON.stringify(answer.error).length).toBeLessThan(5_000)
  }
  const tooMuch = { scope: Array.from({ length: wireLimits.values + 1 }, () => 1) }
  const answer = await wire.call({ id: 'too-much', route: 'offsets.plan', input: tooMuch })
  expect(answer).toMatchObject({ ok: false, error: { code: 'call.invalid' } })
  wire.close()
})

it('is not led astray by objects that act while they are read', async () => {
  const wire = inProcess(router)
  const trap = (): never => {
    throw new Error('trapped')
  }
  const inputs: unknown[] = [
    new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap }),
    Object.defineProperty({}, 'connectionId', { enumerable: true, get: trap }),
    { connectionId: 'x', topic: { toString: trap } },
    new Proxy([], { get: trap }),
  ]
  for (const input of inputs) {
    const answer = await wire.call({ id: 'trap', route: 'topics.describe', input })
    expect(answer.ok).toBe(false)
    const proxied = await wire.call(new Proxy({}, { get: trap, ownKeys: trap }) as never)
    expect(proxied.ok).toBe(false)
  }
  expectNothingDone()
  wire.close()
})
