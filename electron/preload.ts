import { contextBridge, ipcRenderer } from 'electron'

// The bridge: three functions that know no route. A stream's port cannot cross it, so the page posts the port as a window
// message named by the request that was announced here, and it is forwarded from there.

interface WireRequest {
  id: string
  route: string
  input: unknown
}

const announced = new Map<string, WireRequest>()

contextBridge.exposeInMainWorld('seekline', {
  call: (request: WireRequest): Promise<unknown> => ipcRenderer.invoke('rpc', request),
  cancel: (id: string): void => ipcRenderer.send('rpc:cancel', id),
  stream: (request: WireRequest): void => {
    announced.set(request.id, request)
  },
})

// Declared by hand: the main process's types have no DOM.
interface PortEvent {
  source: unknown
  data: unknown
  ports: Parameters<typeof ipcRenderer.postMessage>[2]
}
interface PageWindow {
  addEventListener(type: 'message', listener: (event: PortEvent) => void): void
}
const page = globalThis as unknown as PageWindow

page.addEventListener('message', ({ source, data, ports }) => {
  if (source !== page || typeof data !== 'object' || data === null) return
  const id = (data as { seeklinePort?: unknown }).seeklinePort
  const port = ports?.[0]
  if (typeof id !== 'string' || port === undefined) return
  const request = announced.get(id)
  announced.delete(id)
  if (request !== undefined) ipcRenderer.postMessage('rpc:stream', request, [port])
})
