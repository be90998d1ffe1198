import { app, protocol } from 'electron'
import { readAsset } from '../static-files.ts'

/** Where the page comes from: its own scheme, so that it has an origin, unlike a file. */
export const bundleOrigin = 'app://bundle'

/**
 * Before `ready`. Compiled code is kept in a checkout only: a package's page is what its archive's checksum covers, and a cache
 * that any program of this user can write to would be a way round it.
 */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: !app.isPackaged } },
  ])
}

/** What is handed to Chromium still takes a few turns of this process to get there. */
const deliveryMs = 10

/**
 * After `ready`: answers `app://bundle/…` from the built renderer, GET only. The page talks over the bridge, never by fetch.
 * Calls `onServed` once, when the first page has the scripts and styles that its HTML names, and is busy running them.
 */
export function serveBundle(root: string, onServed: () => void): void {
  let missing: Set<string> | undefined
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    if (request.method !== 'GET') return new Response('Only GET.\n', { status: 405 })
    if (url.host !== 'bundle') return new Response('Not found.\n', { status: 404 })
    const asset = await readAsset(root, url.pathname, "'none'")
    if (url.pathname === '/') missing ??= filesOf(Buffer.from(asset.body).toString('utf8'))
    else if (missing?.delete(url.pathname) && missing.size === 0) setTimeout(onServed, deliveryMs)
    return new Response(new Uint8Array(asset.body), { status: asset.status, headers: asset.headers })
  })
}

function filesOf(html: string): Set<string> {
  return new Set([...html.matchAll(/(?:src|href)="\.(\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file!)) // the pattern always captures this group
}
