import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { WebSocketServer } from 'ws'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { electronTransport } from '../../renderer/api/transport-electron.ts'
import { socketTransport } from '../../renderer/api/transport-websocket.ts'
import { route, stream } from '#shared/contract/define.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { SeeklineError } from '#shared/errors.ts'
import { createClient } from '#shared/wire/client.ts'
import type { ClientTransport, ServerFrame } from '#shared/wire/frames.ts'
import { settled, until } from '../../tests/support/wait-for.ts'
import { fakeIpc, fakeSender, type Sender } from '../../tests/support/fake-ipc.ts'
import { createPageKeys, greetSocket } from './token-proof.ts'
import { inProcess } from './in-process.ts'
import { serveIpc } from './ipc.ts'
import { createRouter } from './router.ts'
import type { Router } from './router.ts'
import { serveSocket } from './websocket.ts'

// One suite over the three transports: whatever a view relies on must hold on each. IPC runs over a stand-in for
// Electron's ipcMain and MessagePortMain made of Node's MessageChannel and structuredClone, which copy as Electron does.

const Everything = z.strictObject({
  nothing: z.null(),
  yes: z.boolean(),
  number: z.number(),
  big: z.bigint(),
  text: z.string(),
  bytes: z.instanceof(Uint8Array),
  ints: z.instanceof(Int32Array),
  floats: z.instanceof(Float64Array),
  longs: z.instanceof(BigInt64Array),
  list: z.array(z.bigint()),
  inner: z.strictObject({ optional: z.string().optional(), key: z.string() }),
})
const Empty = z.strictObject({})
const Numbers = z.strictObject({ from: z.number() })

const contract = {
  'test.echo': route({ input: Everything, output: Everything, effect: 'read' }),
  'test.slice': route({ input: Empty, output: z.instanceof(Uint8Array), effect: 'read' }),
  'test.fail': route({ input: Empty, output: Empty, effect: 'read' }),
  'test.wait': route({ input: Empty, output: Empty, effect: 'read' }),
  'test.write': route({
    input: z.strictObject({ target: z.string(), confirm: z.string().optional() }),
    output: z.string(),
    effect: 'write',
    writes: ['target'],
    shown: { by: [], entries: [], running: ['', ''] },
  }),
  'test.count': stream({
    input: z.strictObject({ to: z.number().int() }),
    batch: Numbers,
    progress: Numbers,
    done: z.strictObject({ sent: z.number() }),
    effect: 'read',
  }),
  'test.heavy': stream({ input: Empty, batch: z.instanceof(Uint8Array), progress: Empty, done: Empty, effect: 'read' }),
  'test.idle': stream({ input: Empty, batch: Numbers, progress: Numbers, done: Numbers, effect: 'read' }),
  'test.broken': stream({ input: Empty, batch: Numbers, progress: Numbers, done: Numbers, effect: 'read' }),
  'test.unfit': stream({ input: Empty, batch: Numbers, progress: Numbers, done: z.unknown(), effect: 'read' }),
  'test.chatty': stream({ input: Empty, batch: Numbers, progress: Numbers, done: Numbers, effect: 'read' }),
}

/** `begun`: calls and streams that wait for their end. */
const seen = { aborted: 0, batches: 0, begun: 0 }

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })

const services: ServiceOf<typeof contract> = {
  'test.echo': async (input) => input,
  'test.slice': async () => Buffer.from('key value neighbour').subarray(4, 9),
  'test.fail': async () => {
    throw new SeeklineError('kafka.group-live', 'The group has 3 live members.', {
      hint: 'Stop them or wait.',
      retryable: true,
      details: { members: [{ memberId: 'a', clientId: 'b', host: 'c' }], offset: 9_223_372_036_854_775_807n },
    })
  },
  'test.wait': async (_, { signal }) => {
    seen.begun += 1
    await untilAborted(signal)
    seen.aborted += 1
    return {}
  },
  'test.write': async ({ target }) => `wrote to ${target}`,
  'test.count': async ({ to }, sink) => {
    seen.begun += 1
    for (let from = 0; from < to; from += 1) {
      await sink.batch({ from })
      seen.batches += 1
    }
    return { sent: to }
  },
  'test.heavy': async (_, sink, { signal }) => {
    while (!signal.aborted) await sink.batch(new Uint8Array(256 * 1024))
    return {}
  },
  'test.idle': async (_, _sink, { signal }) => {
    seen.begun += 1
    await untilAborted(signal)
    seen.aborted += 1
    return { from: 7 }
  },
  'test.broken': async (_, sink) => {
    seen.begun += 1
    await sink.batch({ from: 1 })
    throw new SeeklineError('records.corrupt', 'The batch at 17 does not match its CRC.')
  },
  'test.unfit': async () => ({ no: () => 'transport carries this' }),
  'test.chatty': async (_, sink) => {
    for (let from = 0; from < 10_000; from += 1) sink.progress({ from })
    await sink.batch({ from: -1 })
    return { from: 0 }
  },
}

const router = createRouter({
  contract,
  services,
  checkOutput: true,
  access: {
    modeOf: (id) =>
      ({
        prod: { mode: 'read-only' as const, profileName: 'Production' },
        staging: { mode: 'guarded' as const, profileName: 'Staging EU' },
        dev: { mode: 'full' as const, profileName: 'Dev' },
      })[id],
  },
})

interface Rig {
  transport: ClientTransport
  /** The page goes away without a word. */
  vanish(): Promise<void>
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const rigs: Record<string, (router: Router) => Promise<Rig>> = {
  'in-process': async (router) => {
    const transport = inProcess(router)
    closers.push(() => transport.close())
    return { transport, vanish: async () => transport.close() }
  },
  websocket: async (router) => {
    const http = createServer()
    const server = new WebSocketServer({ server: http })
    const keys = createPageKeys()
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    const origin = `http://127.0.0.1:${port}`
    server.on('connection', (socket) =>
      greetSocket(socket, origin, keys, () => serveSocket(socket, router, keys.newPass())),
    )
    const transport = socketTransport({
      url: `ws://127.0.0.1:${port}`,
      origin,
      pass: keys.newPass(),
      firstWaitMs: 60_000,
    })
    closers.push(() => {
      transport.close()
      for (const client of server.clients) client.terminate()
      http.close()
    })
    return {
      transport,
      vanish: async () => {
        for (const client of server.clients) client.terminate()
      },
    }
  },
  ipc: async (router) => {
    const main = fakeIpc()
    const ours = fakeSender('app://bundle')
    const served = serveIpc({
      ipcMain: main.ipcMain,
      router,
      origin: 'app://bundle',
      isOurs: (sender) => sender === ours.contents,
    })
    closers.push(() => served.close())
    const announced = new Map<string, unknown>()
    const bridge = {
      call: (request: unknown) => main.invoke('rpc', ours, request),
      cancel: (id: string) => main.send('rpc:cancel', ours, id),
      stream: (request: { id: string }) => void announced.set(request.id, request),
    }
    const page = {
      location: { origin: 'app://bundle' },
      postMessage: (message: unknown, _origin: string, transfer: unknown[]) => {
        const { seeklinePort } = message as { seeklinePort: string }
        main.send('rpc:stream', ours, announced.get(seeklinePort), transfer[0] as MessagePort)
      },
    }
    const transport = electronTransport(bridge, page as never)
    return { transport, vanish: async () => void ours.contents.emit('render-process-gone') }
  },
}

const everything = {
  nothing: null,
  yes: true,
  number: 4_294_967_296.5,
  big: -9_223_372_036_854_775_808n,
  text: 'Grüße \u{1F600} \0',
  bytes: new Uint8Array([0, 255, 128]),
  ints: new Int32Array([-1, 2_147_483_647]),
  floats: new Float64Array([Number.NaN, 0.1, -0]),
  longs: new BigInt64Array([9_223_372_036_854_775_807n, -1n]),
  list: [0n, 5n],
  inner: { optional: undefined, key: 'k' },
} satisfies z.input<typeof Everything>

describe.each(Object.keys(rigs))('the wire over %s', (name) => {
  const start = async () => {
    const rig = await rigs[name]!(router)
    const client = createClient<typeof contract>(rig.transport)
    /** Whatever was on its way before has arrived: an answer is never faster than what was sent before it. */
    const passed = async () => {
      await client.call('test.echo', everything)
      await settled()
    }
    return { ...rig, client, passed }
  }

  it('brings every type of the contract there and back', async () => {
    const { client } = await start()
    const answer = await client.call('test.echo', everything)
    expect(answer).toEqual(everything)
    expect(Object.is(answer.floats[2], -0)).toBe(true)
    expect(answer.bytes.constructor === Uint8Array || answer.bytes === everything.bytes).toBe(true)
  })

  // A slice of a Node Buffer cloned as it is carries its whole pool: other records' bytes, and kilobytes of them.
  it('sends a slice without what lies beside it', async () => {
    const { client } = await start()
    const bytes = await client.call('test.slice', {})
    expect(new TextDecoder().decode(bytes)).toBe('value')
    // In one process nothing is cloned, so nothing is carried along.
    if (name === 'in-process') return
    expect(bytes.buffer.byteLength).toBe(5)
    expect(bytes.constructor).toBe(Uint8Array)
  })

  it('brings an error with code, hint and details, its bigints too', async () => {
    const { client } = await start()
    const error = await client.call('test.fail', {}).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SeeklineError)
    expect(error).toMatchObject({
      code: 'kafka.group-live',
      message: 'The group has 3 live members.',
      hint: 'Stop them or wait.',
      retryable: true,
      details: { members: [{ memberId: 'a', clientId: 'b', host: 'c' }], offset: 9_223_372_036_854_775_807n },
    })
  })

  it('refuses unknown routes, names of prototypes, a stream called and a route streamed', async () => {
    const { client } = await start()
    const call = client.call as (route: string, input: unknown) => Promise<unknown>
    for (const bad of ['nope', '__proto__', 'constructor', 'toString', 'test.count']) {
      await expect(call(bad, {})).rejects.toMatchObject({ code: 'call.unknown-route' })
    }
    const open = client.openStream as (route: string, input: unknown) => Promise<unknown>
    await expect(open('test.echo', everything)).rejects.toMatchObject({ code: 'call.unknown-route' })
  })

  it('says where an input does not fit', async () => {
    const { client } = await start()
    const call = client.call as (route: string, input: unknown) => Promise<unknown>
    await expect(call('test.write', { target: 5 })).rejects.toMatchObject({
      code: 'call.invalid',
      message: 'The input does not fit: target: expected string, received number.',
    })
    await expect(call('test.fail', { extra: 1 })).rejects.toMatchObject({ code: 'call.invalid' })
  })

  it('gates writes by the access mode of the connection written to', async () => {
    const { client } = await start()
    await expect(client.call('test.write', { target: 'prod', confirm: 'Production' })).rejects.toMatchObject({
      code: 'access.read-only',
    })
    await expect(client.call('test.write', { target: 'staging' })).rejects.toMatchObject({ code: 'access.unconfirmed' })
    await expect(client.call('test.write', { target: 'staging', confirm: 'staging eu' })).rejects.toMatchObject({
      code: 'access.unconfirmed',
    })
    await expect(client.call('test.write', { target: 'gone' })).rejects.toMatchObject({ code: 'connect.closed' })
    await expect(client.call('test.write', { target: 'staging', confirm: 'Staging EU' })).resolves.toBe(
      'wrote to staging',
    )
    await expect(client.call('test.write', { target: 'dev' })).resolves.toBe('wrote to dev')
  })

  it('cancels one call and leaves its neighbour alone', async () => {
    const { client, passed } = await start()
    const before = seen.aborted
    const begun = seen.begun
    const first = new AbortController()
    const second = new AbortController()
    const a = client.call('test.wait', {}, { signal: first.signal })
    const b = client.call('test.wait', {}, { signal: second.signal })
    let ended = false
    void b.catch(() => undefined).finally(() => (ended = true))
    await until('both calls run', () => seen.begun === begun + 2)
    first.abort()
    await expect(a).rejects.toMatchObject({ code: 'call.cancelled' })
    await until('the service hears of it', () => seen.aborted === before + 1)
    await passed()
    expect(ended).toBe(false)
    expect(seen.aborted).toBe(before + 1)
    second.abort()
    await expect(b).rejects.toMatchObject({ code: 'call.cancelled' })
  })

  it('streams batches in order and resolves with the last word', async () => {
    const { client } = await start()
    const got: number[] = []
    const done = await client.openStream('test.count', { to: 200 }, { onBatch: ({ from }) => void got.push(from) })
    expect(done).toEqual({ sent: 200 })
    expect(got).toEqual(Array.from({ length: 200 }, (_, index) => index))
  })

  it('stops the source when the reader has no room, and goes on when it has', async () => {
    const { client, passed } = await start()
    seen.batches = 0
    let open = (): void => undefined
    const closed = new Promise<void>((resolve) => {
      open = resolve
    })
    const reading = client.openStream('test.count', { to: 50 }, { credit: 3, onBatch: () => closed })
    await until('all that there is room for', () => seen.batches === 3)
    await passed()
    expect(seen.batches).toBe(3)
    open()
    await expect(reading).resolves.toEqual({ sent: 50 })
  })

  it('sends nothing without credit but the last word', async () => {
    const { transport, passed } = await start()
    const frames: ServerFrame[] = []
    const begun = seen.begun
    const send = transport.stream({ id: 'raw', route: 'test.broken', input: {} }, (frame) => void frames.push(frame))
    await until('the service runs', () => seen.begun === begun + 1)
    await passed()
    expect(frames).toEqual([])
    send({ type: 'credit', frames: 1 })
    await until('batch and error', () => frames.length === 2)
    send({ type: 'credit', frames: 5 })
    send({ type: 'cancel' })
    await passed()
    expect(frames.map((frame) => frame.type)).toEqual(['batch', 'error'])
    expect(frames[1]).toMatchObject({ error: { code: 'records.corrupt' } })
  })

  // Over IPC the failing last word was lost, and its reader waited for ever.
  it('ends with an error when the last word cannot be carried', async () => {
    const { transport } = await start()
    // In one process nothing is encoded, so nothing fails.
    const carried = name === 'in-process' ? 'done' : 'error'
    const frames: ServerFrame[] = []
    transport.stream({ id: 'unfit', route: 'test.unfit', input: {} }, (frame) => void frames.push(frame))
    await until('a last word', () => frames.length > 0)
    expect(frames.map((frame) => frame.type)).toEqual([carried])
  })

  it('ignores frames that make no sense', async () => {
    const { transport, passed } = await start()
    const frames: ServerFrame[] = []
    const begun = seen.begun
    const send = transport.stream(
      { id: 'odd', route: 'test.count', input: { to: 2 } },
      (frame) => void frames.push(frame),
    )
    for (const odd of [{ type: 'credit', frames: -1 }, { type: 'credit', frames: 1e9 }, { type: 'x' }, null]) {
      send(odd as never)
    }
    await until('the service runs', () => seen.begun === begun + 1)
    await passed()
    expect(frames).toEqual([])
    send({ type: 'credit', frames: 9 })
    await until('it still works', () => frames.at(-1)?.type === 'done')
  })

  it('cancels a stream; its last word still comes', async () => {
    const { client } = await start()
    const before = seen.aborted
    const abort = new AbortController()
    const begun = seen.begun
    const reading = client.openStream('test.idle', {}, { signal: abort.signal })
    await until('the service runs', () => seen.begun === begun + 1)
    abort.abort()
    await expect(reading).resolves.toEqual({ from: 7 })
    expect(seen.aborted).toBe(before + 1)
  })

  it('cancels a stream that waits for credit', async () => {
    const { client } = await start()
    const abort = new AbortController()
    const taken = Promise.withResolvers<void>()
    const read = Promise.withResolvers<void>()
    const onBatch = () => {
      taken.resolve()
      return read.promise
    }
    const reading = client.openStream('test.count', { to: 10 }, { credit: 1, signal: abort.signal, onBatch })
    await taken.promise
    abort.abort()
    read.resolve()
    await expect(reading).rejects.toMatchObject({ code: 'call.cancelled' })
  })

  it('ends the source when the reader throws, with the reader’s error', async () => {
    const { client } = await start()
    const reading = client.openStream(
      'test.count',
      { to: 1_000_000 },
      {
        onBatch: () => {
          throw new RangeError('no room to draw')
        },
      },
    )
    await expect(reading).rejects.toThrow('no room to draw')
  })

  it('drops progress that nobody has room for, and keeps it rare', async () => {
    const { client } = await start()
    const got: number[] = []
    await client.openStream('test.chatty', {}, { onProgress: ({ from }) => void got.push(from) })
    expect(got.length).toBeGreaterThan(0)
    expect(got.length).toBeLessThan(10)
  })

  it('answers calls at once beside a heavy stream', async () => {
    const { client } = await start()
    const abort = new AbortController()
    let batches = 0
    const reading = client.openStream(
      'test.heavy',
      {},
      {
        credit: 8,
        signal: abort.signal,
        onBatch: () => {
          batches += 1
          return settled(1)
        },
      },
    )
    await until('the stream runs', () => batches > 3)
    // Told by the frames that overtake an answer, not by time: a socket holds two at most.
    const overtaken: number[] = []
    for (let round = 0; round < 20; round += 1) {
      const from = batches
      await client.call('test.echo', everything)
      overtaken.push(batches - from)
    }
    const end = batches
    await until('the stream goes on', () => batches > end)
    abort.abort()
    await reading.catch(() => undefined)
    expect(overtaken.toSorted((a, b) => a - b)[10]).toBeLessThanOrEqual(4)
  })

  it('aborts everything when the page goes away', async () => {
    const { client, vanish } = await start()
    const before = seen.aborted
    const begun = seen.begun
    client.call('test.wait', {}).catch(() => undefined)
    client.openStream('test.idle', {}).catch(() => undefined)
    await until('both services run', () => seen.begun === begun + 2)
    await vanish()
    await until('both services hear of it', () => seen.aborted === before + 2)
    expect(seen.aborted).toBe(before + 2)
  })
})

describe('the IPC transport', () => {
  it.each([
    ['a sub-frame', { parent: {}, origin: 'app://bundle' }, true],
    ['another origin', { parent: null, origin: 'https://example.org' }, true],
    ['a frame that is gone', null, true],
    ['foreign web contents', { parent: null, origin: 'app://bundle' }, false],
  ])('refuses %s with an error, not with silence', async (_, frame, isOurs) => {
    const main = fakeIpc()
    const served = serveIpc({ ipcMain: main.ipcMain, router, origin: 'app://bundle', isOurs: () => isOurs })
    closers.push(() => served.close())
    const sender = { ...fakeSender('app://bundle'), frame: frame as Sender['frame'] }
    const answer = await main.invoke('rpc', sender, { id: '1', route: 'test.fail', input: {} })
    expect(answer).toMatchObject({ ok: false, error: { code: 'call.refused-sender' } })
    const { port1, port2 } = new MessageChannel()
    const refusal = new Promise((resolve) => port1.once('message', resolve))
    main.send('rpc:stream', sender, { id: '2', route: 'test.count', input: { to: 1 } }, port2)
    expect(await refusal).toMatchObject({ type: 'error', error: { code: 'call.refused-sender' } })
    port1.close()
  })
})

describe('a call that somebody stopped waiting for', () => {
  it('gives no answer, also where that was under way', async () => {
    const answered = Promise.withResolvers<{ ok: true; value: unknown }>()
    const cancelled: string[] = []
    const transport = { call: () => answered.promise, cancel: (id: string) => cancelled.push(id) }
    const client = createClient<typeof contract>(transport as unknown as ClientTransport)
    const abort = new AbortController()
    const slice = client.call('test.slice', {}, { signal: abort.signal })
    abort.abort()
    expect(cancelled).toHaveLength(1)
    answered.resolve({ ok: true, value: new Uint8Array(1) })
    await expect(slice).rejects.toMatchObject({ code: 'call.cancelled' })
  })
})
