import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isDeviceName } from '#shared/model/file-names.ts'
import { securityHeaders } from './security-headers.ts'

export interface Asset {
  status: 200 | 404
  headers: Record<string, string>
  body: Uint8Array
}

/**
 * One file of the built renderer, with the headers that restrict it: for the loopback server and the shell's `app://`.
 * `connect` is what scripts may connect to: the server's own origin, or nothing if the bridge is used.
 */
export async function readAsset(root: string, pathname: string, connect: "'self'" | "'none'"): Promise<Asset> {
  const nonce = randomBytes(16).toString('base64')
  const headers = securityHeaders(nonce, connect)
  const file = resolveAsset(root, pathname)
  const body = file === undefined ? undefined : await readFile(file).catch(() => undefined)
  if (file === undefined || body === undefined) {
    return { status: 404, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body: notFound }
  }
  const type = types[path.extname(file)] ?? 'application/octet-stream'
  if (!type.startsWith('text/html')) return { status: 200, headers: { ...headers, 'content-type': type }, body }
  // React Aria and CodeMirror read the nonce of this load from the page's meta element.
  const html = body.toString('utf8').replaceAll(noncePlaceholder, nonce)
  return { status: 200, headers: { ...headers, 'content-type': type }, body: Buffer.from(html) }
}

/** The placeholder in index.html for each load's nonce. */
const noncePlaceholder = '__CSP_NONCE__'
const notFound = Buffer.from('Not found.\n')

/**
 * The file a path names, or undefined. Every segment must be a plain name: with that, no encoding of `..`, no drive letter,
 * backslash, device or stream name can lead out of the folder, whatever the platform makes of it.
 */
function resolveAsset(root: string, pathname: string): string | undefined {
  if (pathname === '/') return path.join(root, 'index.html')
  const segments = pathname.split('/').slice(1)
  const isName = (segment: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment) && !isDeviceName(segment)
  if (!segments.every(isName)) return undefined
  if (types[path.extname(pathname)] === undefined) return undefined
  return path.join(root, ...segments)
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json; charset=utf-8',
}
