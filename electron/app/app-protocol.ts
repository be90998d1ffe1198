import { app, protocol } from 'electron'
import { readAsset } from '../static-files.ts'

/** The page's own scheme, so that it has an origin, unlike a file. */
export const bundleOrigin = 'app://bundle'

/**
 * To be called before `ready`. Compiled code is cached only in a checkout: a package's page is covered by the checksum of its
 * archive, and a cache that any program of this user can write to would bypass that.
 */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: !app.isPackaged } },
  ])
}

/** A response handed to Chromium takes a few more turns of this process to be delivered. */
const deliveryMs = 10

/**
 * To be called after `ready`: answers `app://bundle/…` from the built renderer, GET only. The page uses the bridge, never
 * fetch. Calls `onServed` once, when the first page has got the scripts and styles that its HTML names, and is running them.
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
