import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { IpcMainEvent, IpcMainInvokeEvent, MessagePortMain, WebContents, WebFrameMain } from 'electron'
import type { IpcOptions } from '../../electron/rpc/ipc.ts'

type UsedIpcMain = IpcOptions['ipcMain']
type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown
type Listener = (event: IpcMainEvent, ...args: unknown[]) => void

/** The sender of a message. */
export interface Sender {
  contents: WebContents
  frame: WebFrameMain | null
}

/** The part of Electron's ipcMain that `rpc/ipc.ts` uses, with Electron's own types; values are cloned, as in Electron. */
export function fakeIpc() {
  const handlers = new Map<string, Handler>()
  const events = new EventEmitter()
  const ipcMain: Record<keyof UsedIpcMain, unknown> = {
    handle: (channel: string, handler: Handler) => void handlers.set(channel, handler),
    removeHandler: (channel: string) => void handlers.delete(channel),
    on: (channel: string, listener: Listener) => events.on(channel, listener),
    removeListener: (channel: string, listener: Listener) => events.removeListener(channel, listener),
  }
  const eventOf = ({ contents, frame }: Sender, ports: unknown[]) =>
    ({ sender: contents, senderFrame: frame, ports }) as unknown as IpcMainEvent & IpcMainInvokeEvent
  const send = (channel: string, from: Sender, argument: unknown, ...ports: MessagePort[]): void =>
    void events.emit(channel, eventOf(from, ports.map(portMain)), structuredClone(argument))
  return {
    send,
    ipcMain: ipcMain as UsedIpcMain,
    invoke: async (channel: string, from: Sender, argument: unknown): Promise<unknown> =>
      structuredClone(await handlers.get(channel)!(eventOf(from, []), structuredClone(argument))),
    /** Passes one end of a channel in and returns the other. */
    sendPort: (channel: string, from: Sender, argument: unknown): MessagePort => {
      const { port1, port2 } = new MessageChannel()
      send(channel, from, argument, port2)
      return port1
    },
  }
}

/** Web contents that can navigate and be destroyed, with a top frame of the given origin. */
export function fakeSender(origin: string): Sender {
  const frame: Pick<WebFrameMain, 'parent' | 'origin'> = { parent: null, origin }
  return { contents: new EventEmitter() as unknown as WebContents, frame: frame as WebFrameMain }
}

function portMain(port: MessagePort): EventEmitter & Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> {
  const events = new EventEmitter()
  port.on('message', (data: unknown) => events.emit('message', { data }))
  port.on('close', () => events.emit('close'))
  return Object.assign(events, {
    postMessage: (message: unknown) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  })
}
