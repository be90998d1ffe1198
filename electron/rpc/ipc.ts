import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron'
import { SeeklineError } from '#shared/errors.ts'
import { ownBytes } from './copy-slices.ts'
import { createPeer } from './peer.ts'
import type { Peer } from './peer.ts'
import type { Router } from './router.ts'

export interface IpcOptions {
  ipcMain: Pick<IpcMain, 'handle' | 'on' | 'removeHandler' | 'removeListener'>
  router: Router
  /** The one origin our pages have: `app://bundle`, or the development server's. */
  origin: string
  /** Whether we made these web contents. */
  isOurs: (contents: WebContents) => boolean
}

/** Serves the router over Electron's IPC: calls by `invoke`, streams over a MessagePort that the page hands in. */
export function serveIpc(options: IpcOptions): { close(): void } {
  const { ipcMain, router } = options
  const peers = new Map<WebContents, Peer>()

  const peerOf = (contents: WebContents): Peer => {
    const known = peers.get(contents)
    if (known !== undefined) return known
    const peer = createPeer(router, 'ipc', callerOf(contents))
    peers.set(contents, peer)
    const drop = (): void => {
      contents.off('did-navigate', drop)
      contents.off('render-process-gone', drop)
      contents.off('destroyed', drop)
      if (peers.get(contents) === peer) peers.delete(contents)
      peer.close()
    }
    // A reload or a crash leaves the web contents alive; what the old page had under way must still end.
    contents.on('did-navigate', drop)
    contents.on('render-process-gone', drop)
    contents.on('destroyed', drop)
    return peer
  }

  const onCall = async (event: IpcMainInvokeEvent, request: unknown): Promise<unknown> => {
    if (!accepts(event, options)) return { ok: false, error: router.errorValue(refusedSender()) }
    return ownBytes(await peerOf(event.sender).call(request))
  }
  const onCancel = (event: IpcMainEvent, id: unknown): void => {
    if (accepts(event, options)) peerOf(event.sender).cancel(id)
  }
  const onStream = (event: IpcMainEvent, request: unknown): void => {
    const [port, ...others] = event.ports
    for (const other of others) other.close()
    if (port === undefined) return
    if (!accepts(event, options)) {
      port.postMessage({ type: 'error', error: router.errorValue(refusedSender()) })
      return
    }
    const handle = peerOf(event.sender).stream(request, {
      // Credit alone bounds what is queued in a port: each stream has its own, so none can stand before a call.
      room: async () => undefined,
      // The page closes the port after the terminal frame: closing here could overtake what is still on its way.
      send: (frame) => {
        try {
          port.postMessage(ownBytes(frame))
        } catch (error) {
          // What cannot be cloned fails its stream: a batch through its sink, a last word by an error in its place.
          if (frame.type === 'batch' || frame.type === 'progress') throw error
          port.postMessage({ type: 'error', error: router.errorValue(error) })
        }
      },
    })
    port.on('message', (message) => handle?.receive(message.data))
    // Only a backstop: a page's close may arrive late or never, so cancel is a frame of its own.
    port.on('close', () => handle?.abandon())
    port.start()
  }

  ipcMain.handle('rpc', onCall)
  ipcMain.on('rpc:cancel', onCancel)
  ipcMain.on('rpc:stream', onStream)
  return {
    close: () => {
      ipcMain.removeHandler('rpc')
      ipcMain.removeListener('rpc:cancel', onCancel)
      ipcMain.removeListener('rpc:stream', onStream)
      for (const peer of peers.values()) peer.close()
      peers.clear()
    },
  }
}

/** How services know a window; it stays the same through reloads. */
export function callerOf(contents: Pick<WebContents, 'id'>): string {
  return `window-${contents.id}`
}

/** Only the top frame of a window we made, showing our own page. A frame can be null when it navigated away meanwhile. */
function accepts(event: IpcMainEvent | IpcMainInvokeEvent, options: IpcOptions): boolean {
  try {
    const frame: WebFrameMain | null = event.senderFrame
    return frame !== null && frame.parent === null && frame.origin === options.origin && options.isOurs(event.sender)
  } catch {
    // Asking a frame that was disposed meanwhile throws, and in a listener that would end the app.
    return false
  }
}

function refusedSender(): SeeklineError {
  return new SeeklineError('call.refused-sender', 'This page may not talk to Seekline.')
}
