import { protocol } from 'electron'
import { readAsset } from '../static-files.ts'

/** Where the page comes from: its own scheme, so that it has an origin, unlike a file. */
export const bundleOrigin = 'app://bundle'

/** Before `ready`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** So long nothing more was asked for: the first page has all its files, and is busy running them. */
const quietMs = 25

/**
 * After `ready`: answers `app://bundle/…` from the built renderer, GET only. The page talks over the bridge, never by fetch.
 * Calls `onQuiet` once, when the first page has its files.
 */
export function serveBundle(root: string, onQuiet: () => void): void {
  let timer: NodeJS.Timeout | undefined
  let wasQuiet = false
  protocol.handle('app', async (request) => {
    clearTimeout(timer)
    const url = new URL(request.url)
    if (request.method !== 'GET') return new Response('Only GET.\n', { status: 405 })
    if (url.host !== 'bundle') return new Response('Not found.\n', { status: 404 })
    const asset = await readAsset(root, url.pathname, "'none'")
    if (!wasQuiet) {
      clearTimeout(timer)
      timer = setTimeout(() => {
        wasQuiet = true
        onQuiet()
      }, quietMs)
    }
    return new Response(new Uint8Array(asset.body), { status: asset.status, headers: asset.headers })
  })
}
