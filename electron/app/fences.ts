import { app, session } from 'electron'
import type { Session } from 'electron'
import { openDocs } from './doc-links.ts'

/** Restricts all web contents: no navigation, no new window, no webview. */
export function guardContents(): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (details) => details.preventDefault())
    contents.on('will-frame-navigate', (details) => details.preventDefault())
    contents.on('will-redirect', (details) => details.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      openDocs(url)
      return { action: 'deny' }
    })
  })
}

/**
 * To be called after `ready`: our pages may use the clipboard, and nothing else that needs a permission; nothing is loaded from
 * elsewhere.
 */
export function guardSession(origin: string, given: Session = session.defaultSession): void {
  const allows = (permission: string, from: string): boolean =>
    permission === 'clipboard-sanitized-write' && originOf(from) === origin
  given.setPermissionRequestHandler((_, permission, answer, { requestingUrl }) =>
    answer(allows(permission, requestingUrl)),
  )
  given.setPermissionCheckHandler((_, permission, from) => allows(permission, from))
  given.setDevicePermissionHandler(() => false)
  given.setDisplayMediaRequestHandler((_, answer) => answer({}))
  // Files are saved through our own dialog; a download would be started by the page.
  given.on('will-download', (event) => event.preventDefault())
  // Each page's policy forbids it as well; this also applies to what has no policy, and to Chromium itself.
  given.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url, origin) }))
}

function isLocal(url: string, origin: string): boolean {
  if (url.startsWith('devtools:') || url.startsWith('data:') || url.startsWith('blob:')) return true
  const from = originOf(url)
  // The development server's page keeps a socket open to it.
  return from === origin || (origin.startsWith('http:') && from === origin.replace(/^http/, 'ws'))
}

/** URL does not know the scheme `app:`, so its origin is "null" there. */
function originOf(url: string): string {
  return /^([a-z]+:\/\/[^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? ''
}
