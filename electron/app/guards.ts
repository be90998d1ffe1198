import { app, session } from 'electron'

/** Fences in every web contents there will be: no navigation, no new window, no webview. */
export function guardContents(): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (details) => details.preventDefault())
    contents.on('will-redirect', (details) => details.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

/** After `ready`: a page may copy, and nothing else that needs a permission. */
export function guardPermissions(): void {
  const allowed = new Set(['clipboard-sanitized-write'])
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_, permission, answer) => answer(allowed.has(permission)))
  defaultSession.setPermissionCheckHandler((_, permission) => allowed.has(permission))
  defaultSession.setDevicePermissionHandler(() => false)
}
