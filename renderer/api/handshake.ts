import { decodeWire } from '#shared/wire/codec.ts'
import type { ServerMessage } from '#shared/wire/frames.ts'
import { decodeChallenge, encodeHello, newNonce, prove, proves } from '#shared/wire/handshake.ts'
import type { Pass, Transcript, WireKey } from '#shared/wire/handshake.ts'

/** The page's side of the handshake over one socket; see `shared/wire/handshake.ts`. */
export interface Greeting {
  start(): void
  /**
   * The page's next key once both sides have authenticated, undefined until then; rejects if the other end cannot prove itself.
   */
  receive(data: unknown): Promise<Pass | undefined>
}

export function greet(
  socket: Pick<WebSocket, 'send'>,
  { key, id, origin }: { key: WireKey; id: Pass['id']; origin: string },
): Greeting {
  const pageNonce = newNonce()
  /** A server waits for our proof before it sends more; anything else is not our server. */
  let expects: 'challenge' | 'nothing' | 'ready' = 'challenge'

  const challenged = async (bytes: Uint8Array): Promise<void> => {
    const challenge = decodeChallenge(bytes)
    if (challenge === undefined) throw stranger()
    const said: Transcript = { origin, id, pageNonce, serverNonce: challenge.serverNonce }
    if (!(await proves(key, 'server', said, challenge.proof))) throw stranger()
    const proof = await prove(key, 'page', said)
    expects = 'ready'
    socket.send(proof)
  }

  return {
    start: () => socket.send(encodeHello(id, pageNonce)),
    receive: async (data) => {
      if (!(data instanceof ArrayBuffer)) throw stranger()
      const expected = expects
      expects = 'nothing'
      const bytes = new Uint8Array(data)
      if (expected === 'challenge') return challenged(bytes).then(() => undefined)
      const message = expected === 'ready' ? (decodeWire(bytes) as ServerMessage) : undefined
      if (message?.type !== 'ready') throw stranger()
      return message.pass
    },
  }
}

function stranger(): Error {
  return new Error('The other end did not prove that it knows the key.')
}
