import { createRequire } from 'module'
import type { App, IpcMainEvent, Protocol, WebContents } from 'electron'

/** What the product expects of Electron 45 and Electron 9 lacks. */
export function addToElectron(): void {
  // Imported here and not above, because a worker thread has no such module.
  const electron = createRequire(import.meta.url)('electron') as typeof Electron
  const { app, ipcMain, protocol } = electron
  Object.assign(globalThis, { Response: OldResponse })
  Object.assign(protocol, { handle: handleScheme })
  Object.assign(electron, { safeStorage: noKeychain })
  // With it this version ignores --no-sandbox, which root needs to start it. Each window sets `sandbox` itself.
  if (app.commandLine.hasSwitch('no-sandbox')) Object.assign(app, { enableSandbox: () => undefined })
  fenceContents(app)
  addSenderFrame(ipcMain)
  void app.whenReady().then(() => {
    const { defaultSession } = electron.session
    Object.assign(defaultSession, { setDevicePermissionHandler: () => 0, setDisplayMediaRequestHandler: () => 0 })
  })
}

class OldResponse {
  readonly body: Buffer
  readonly status: number
  readonly headers: Record<string, string>

  constructor(body: Uint8Array | string, options: { status?: number; headers?: Record<string, string> } = {}) {
    this.body = Buffer.from(body as Uint8Array)
    this.status = options.status ?? 200
    this.headers = options.headers ?? {}
  }
}

type Handler = (request: { url: string; method: string }) => Promise<OldResponse>

/** protocol.handle by the old callback API. */
function handleScheme(this: Protocol, scheme: string, handler: Handler): void {
  this.registerBufferProtocol(scheme, (request, answer) => {
    const failed = (error: unknown): OldResponse => new OldResponse(String(error), { status: 500 })
    void handler(request)
      .catch(failed)
      .then(({ body, status, headers }) => {
        const type = headers['content-type'] ?? 'text/plain; charset=utf-8'
        const [mimeType = '', charset = ''] = type.split('; charset=')
        answer({ data: body, statusCode: status, headers, mimeType, charset } as Parameters<typeof answer>[0])
      })
  })
}

const noKeychain = {
  isAsyncEncryptionAvailable: async () => false,
  isEncryptionAvailable: () => false,
  getSelectedStorageBackend: () => 'basic_text',
}

/** setWindowOpenHandler, and the single object that navigation events pass since Electron 25. */
function fenceContents(app: App): void {
  const on = app.on
  const wrapped = new WeakSet<WebContents>()
  app.on('web-contents-created', (_, contents) => {
    if (wrapped.has(contents)) return
    wrapped.add(contents)
    Object.assign(contents, {
      setWindowOpenHandler: (handler: (details: { url: string }) => { action: string }) => {
        contents.on(
          'new-window' as 'will-navigate',
          ((event: Event, url: string) => {
            if (handler({ url }).action === 'deny') event.preventDefault()
          }) as never,
        )
      },
    })
  })
  app.on = on
}

/** senderFrame: Electron 9 knows a frame only by its number, and a sandboxed subframe gets no preload at all. */
function addSenderFrame(ipcMain: Electron.IpcMain): void {
  const withFrame = (event: IpcMainEvent): void => {
    Object.assign(event, { senderFrame: { parent: null, origin: originOf(event.sender.getURL()) } })
  }
  const { on, handle } = ipcMain
  type Rest = Parameters<Parameters<typeof on>[1]>
  ipcMain.on = function (channel, listener) {
    return on.call(this, channel, (...[event, ...rest]: Rest) => {
      withFrame(event)
      listener(event, ...rest)
    })
  }
  ipcMain.handle = function (channel, listener) {
    handle.call(this, channel, (event, ...rest) => {
      withFrame(event as unknown as IpcMainEvent)
      return listener(event, ...rest)
    })
  }
}

/** `URL.origin` is "null" for schemes that this Node does not know. */
function originOf(text: string): string {
  const { protocol, host } = new URL(text)
  return `${protocol}//${host}`
}
