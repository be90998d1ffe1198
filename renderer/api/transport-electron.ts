import type { ClientTransport, Envelope, ServerFrame } from '#shared/wire/frames.ts'

/** What the preload script gives the page: three functions that know no route. */
export interface SeeklineBridge {
  call(request: { id: string; route: string; input: unknown }): Promise<unknown>
  cancel(id: string): void
  /** Announces a stream; its port follows as a window message `{ seeklinePort: id }`, because the bridge cannot carry ports. */
  stream(request: { id: string; route: string; input: unknown }): void
}

export interface PortWindow {
  postMessage(message: unknown, targetOrigin: string, transfer: Transferable[]): void
  readonly location: { readonly origin: string }
}

/** Streams run over a MessagePort whose live end stays in the page, so that the bridge does not copy frames again. */
export function electronTransport(bridge: SeeklineBridge, page: PortWindow): ClientTransport {
  return {
    call: async (request) => (await bridge.call(request)) as Envelope,
    cancel: (id) => bridge.cancel(id),
    stream: (request, onFrame) => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', (event) => {
        const frame = event.data as ServerFrame
        if (frame.type === 'done' || frame.type === 'error') port1.close()
        onFrame(frame)
      })
      port1.start()
      bridge.stream(request)
      page.postMessage({ seeklinePort: request.id }, page.location.origin, [port2])
      return (frame) => port1.postMessage(frame)
    },
  }
}
