import type { ClientTransport } from '#shared/wire/frames.ts'
import { createPeer } from './peer.ts'
import type { Router } from './router.ts'

/**
 * A transport without a wire: for the shell and for tests. Values are passed by reference, so they must not be changed
 * afterwards.
 */
export function inProcess(router: Router): ClientTransport & { close(): void } {
  const peer = createPeer(router, 'in-process')
  return {
    call: (request) => peer.call(request),
    cancel: (id) => peer.cancel(id),
    stream: (request, onFrame) => {
      const handle = peer.stream(request, {
        room: async () => undefined,
        // Never within the reader's own call: it must have the stream before the first frame arrives.
        send: (frame) => queueMicrotask(() => onFrame(frame)),
      })
      return (frame) => handle?.receive(frame)
    },
    close: () => peer.close(),
  }
}
