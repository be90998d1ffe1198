import { app, session } from 'electron'
import type { Session } from 'electron'
import { openDocs } from './doc-links.ts'

/** Fences in every web contents there will be: no navigation, no new window, no webview. */
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

/** After `ready`: our pages may copy, and nothing else that needs a permission; nothing comes from elsewhere. */
export function guardSession(origin: string, given: Session = session.defaultSession): void {
  const allows = (permission: string, from: string): boolean =>
    permission === 'clipboard-sanitized-write' && originOf(from) === origin
  given.setPermissionRequestHandler((_, permission, answer, { requestingUrl }) =>
    answer(allows(permission, requestingUrl)),
  )
  given.setPermissionCheckHandler((_, permission, from) => allows(permission, from))
  given.setDevicePermissionHandler(() => false)
  given.setDisplayMediaRequestHandler((_, answer) => answer({}))
  // What a person saves goes through a dialog of ours; a download would be the page's own doing.
  given.on('will-download', (event) => event.preventDefault())
  // The policy of each page forbids it as well; this holds for whatever has no such policy, and for Chromium itself.
  given.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url, origin) }))
}

function isLocal(url: string, origin: string): boolean {
  if (url.startsWith('devtools:') || url.startsWith('data:') || url.startsWith('blob:')) return true
  const from = originOf(url)
  // The development server's page keeps a socket to it.
  return from === origin || (origin.startsWith('http:') && from === origin.replace(/^http/, 'ws'))
}

/** `app:` is no scheme that URL knows, so its origin reads "null" there. */
function originOf(url: string): string {
  return /^([a-z]+:\/\/[^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? ''
}
