import { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { misfit } from '#shared/wire/wire-values.ts'
import { wireLimits } from '#shared/wire/limits.ts'
import type { Envelope } from '#shared/wire/frames.ts'
import type { Router, TransportKind } from './router.ts'
import { startStream } from './stream-server.ts'
import type { FramePort, StreamHandle } from './stream-server.ts'

/** The running calls and streams of one page. They end with the page, however it ends. */
export interface Peer {
  call(request: unknown): Promise<Envelope>
  cancel(id: unknown): void
  /** undefined if refused; the port has then got its terminal frame. */
  stream(request: unknown, port: FramePort): StreamHandle | undefined
  streamOf(id: unknown): StreamHandle | undefined
  /** Aborts everything and sends nothing more. */
  close(): void
}

const Request = z.strictObject({
  id: z.string().min(1).max(wireLimits.idLength),
  route: z.string().max(100),
  input: z.unknown(),
})

export function createPeer(router: Router, transport: TransportKind, caller?: string): Peer {
  const who = { transport, ...(caller === undefined ? {} : { caller }) }
  // Maps, because ids come from the page and might be "__proto__".
  const calls = new Map<string, AbortController>()
  const streams = new Map<string, StreamHandle>()
  let closed = false

  const parse = (request: unknown, open: ReadonlyMap<string, unknown>, most: number): z.infer<typeof Request> => {
    const parsed = Request.safeParse(request)
    if (!parsed.success) throw new SeeklineError('call.invalid', 'A request needs an id, a route and an input.')
    if (closed) throw new SeeklineError('call.cancelled', 'The page is gone.', { retryable: true })
    const wrong = misfit(parsed.data.input, wireLimits.values)
    if (wrong !== null) throw new SeeklineError('call.invalid', `The input has what the wire does not carry: ${wrong}.`)
    if (open.has(parsed.data.id)) throw new SeeklineError('call.invalid', `The id ${parsed.data.id} is in use.`)
    if (open.size >= most) {
      throw new SeeklineError('call.invalid', `The page has ${most} under way already.`, {
        hint: 'Stop one of them, such as the following of a topic, and try again.',
        retryable: true,
      })
    }
    return parsed.data
  }

  return {
    call: async (request) => {
      let id: string | undefined
      try {
        const parsed = parse(request, calls, wireLimits.calls)
        id = parsed.id
        const abort = new AbortController()
        calls.set(id, abort)
        return await router.call(parsed.route, parsed.input, { signal: abort.signal, ...who })
      } catch (error) {
        return { ok: false, error: router.errorValue(error) }
      } finally {
        if (id !== undefined) calls.delete(id)
      }
    },
    cancel: (id) => {
      if (typeof id === 'string') calls.get(id)?.abort()
    },
    stream: (request, port) => {
      try {
        const { id, route, input } = parse(request, streams, wireLimits.streams)
        const handle = startStream(router, { route, input, ...who }, port)
        streams.set(id, handle)
        void handle.ended.finally(() => streams.delete(id))
        return handle
      } catch (error) {
        port.send({ type: 'error', error: router.errorValue(error) })
        return undefined
      }
    },
    streamOf: (id) => (typeof id === 'string' ? streams.get(id) : undefined),
    close: () => {
      closed = true
      for (const abort of calls.values()) abort.abort()
      for (const handle of streams.values()) handle.abandon()
    },
  }
}
