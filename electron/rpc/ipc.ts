import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron'
import { SeeklineError } from '#shared/errors.ts'
import { ownBytes } from './copy-slices.ts'
import { createPeer } from './peer.ts'
import type { Peer } from './peer.ts'
import type { Router } from './router.ts'

export interface IpcOptions {
  ipcMain: Pick<IpcMain, 'handle' | 'on' | 'removeHandler' | 'removeListener'>
  router: Router
  /** The only origin of our pages: `app://bundle`, or the development server's. */
  origin: string
  /** Whether these web contents were created by us. */
  isOurs: (contents: WebContents) => boolean
}

/** Serves the router over Electron's IPC: calls by `invoke`, streams over a MessagePort that the page sends. */
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
    // After a reload or a crash the web contents live on; calls and streams of the old page must still end.
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
      // A port's queue is bounded by credit alone: each stream has its own port, so none can delay a call.
      room: async () => undefined,
      // The page closes the port after the terminal frame: closing it here could overtake frames that are still on their way.
      send: (frame) => {
        try {
          port.postMessage(ownBytes(frame))
        } catch (error) {
          // A value that cannot be cloned fails its stream: a batch through its sink, a final frame by an error in its place.
          if (frame.type === 'batch' || frame.type === 'progress') throw error
          port.postMessage({ type: 'error', error: router.errorValue(error) })
        }
      },
    })
    port.on('message', (message) => handle?.receive(message.data))
    // Only a fallback: a page's close may arrive late or never, so cancel is a frame of its own.
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

/** The id by which services know a window; it stays the same through reloads. */
export function callerOf(contents: Pick<WebContents, 'id'>): string {
  return `window-${contents.id}`
}

/** Only the top frame of a window we created, showing our own page. A frame is null if it navigated away in the meantime. */
function accepts(event: IpcMainEvent | IpcMainInvokeEvent, options: IpcOptions): boolean {
  try {
    const frame: WebFrameMain | null = event.senderFrame
    return frame !== null && frame.parent === null && frame.origin === options.origin && options.isOurs(event.sender)
  } catch {
    // Asking a frame that was disposed throws, and in a listener that would end the app.
    return false
  }
}

function refusedSender(): SeeklineError {
  return new SeeklineError('call.refused-sender', 'This page may not talk to Seekline.')
}
