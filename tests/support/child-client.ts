import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WebSocket } from 'ws'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { type Client, createClient } from '#shared/wire/client.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { pageSocket } from './page-socket.ts'
import type { ClientMessage, ClientTransport, Envelope, ServerFrame, ServerMessage } from '#shared/wire/frames.ts'

export interface ChildApp extends Client<SeeklineContract> {
  /** Sends a command to `child-app.ts` itself, not over the wire. */
  command<T>(command: string, argument?: unknown): Promise<T>
  /** Another authenticated socket, for a page that behaves badly. */
  socket(): Promise<WebSocket>
  pid: number
  /** The address for a browser, if it was started with a page. */
  url: string
  /** SIGKILL: nothing in it can react. */
  kill(): Promise<void>
}

/** The whole app in a process of its own, used over a real socket; given the folder of a built page, also by a browser. */
export async function startChildApp(dataDir: string, page?: string): Promise<ChildApp> {
  const program = fileURLToPath(new URL('./child-app.ts', import.meta.url))
  const child = spawn(process.execPath, [program, dataDir, ...(page === undefined ? [] : [page])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done === true) throw new Error('The app ended before it was there.')
  const { port, token, url } = JSON.parse(first.value) as { port: number; token: string; url: string }
  let turn: Promise<unknown> = Promise.resolve()
  const open = (): Promise<WebSocket> => pageSocket({ port, token })
  const transport = socketTransport(await open())
  return {
    ...createClient<SeeklineContract>(transport),
    pid: child.pid!,
    url,
    socket: open,
    command: <T>(command: string, argument?: unknown) => {
      const asked = turn.then(async () => {
        child.stdin.write(`${JSON.stringify({ command, argument })}\n`)
        const line = await lines.next()
        return (JSON.parse(String(line.value)) as { value: T }).value
      })
      turn = asked.catch(() => undefined)
      return asked
    },
    kill: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

function socketTransport(socket: WebSocket): ClientTransport {
  const calls = new Map<string, (answer: Envelope) => void>()
  const streams = new Map<string, (frame: ServerFrame) => void>()
  const send = (message: ClientMessage): void => socket.send(encodeWire(message))
  const lost = { code: 'call.lost' as const, message: 'The app is gone.', retryable: true }
  socket.on('message', (data: Buffer) => {
    const message = decodeWire(data) as ServerMessage
    if (message.type === 'answer') calls.get(message.id)?.(message.answer)
    if (message.type === 'frame') streams.get(message.id)?.(message.frame)
  })
  socket.on('close', () => {
    for (const answer of calls.values()) answer({ ok: false, error: lost })
    for (const take of streams.values()) take({ type: 'error', error: lost })
  })
  return {
    call: (request) =>
      new Promise((resolve) => {
        calls.set(request.id, resolve)
        send({ type: 'call', ...request })
      }),
    cancel: (id) => send({ type: 'cancel', id }),
    stream: (request, onFrame) => {
      streams.set(request.id, onFrame)
      send({ type: 'stream', ...request })
      return (frame) => send({ type: 'frame', id: request.id, frame })
    },
  }
}
