import { addressId, handshake } from '#shared/wire/handshake.ts'
import type { Pass } from '#shared/wire/handshake.ts'

/**
 * Where the page's key is kept for a reload: in this tab only, and not sent anywhere automatically. Each page has a key of its
 * own, so if another program has the port by the time of the reload and reads it, it can pose as no other page, and talk to
 * nobody, because the key's server is gone. A key in IndexedDB that no script can read would be worse: all tabs share it, and a
 * foreign page could use each tab's.
 */
const storageKey = 'seekline.pass'

export interface PassPage {
  location: { hash: string; pathname: string; search: string }
  history: { replaceState(data: unknown, unused: string, url: string): void }
  sessionStorage: {
    getItem(key: string): string | null
    setItem(key: string, value: string): void
    removeItem(key: string): void
  }
}

/** Takes the key out of the address at once, so that neither the history, a bookmark nor a shared screen shows it. */
export function takePass(page: PassPage): Pass | null {
  const fragment = new URLSearchParams(page.location.hash.replace(/^#/, ''))
  const token = fragment.get('token')
  if (token === null) return parse(page.sessionStorage.getItem(storageKey))
  fragment.delete('token')
  const rest = fragment.toString()
  const hash = rest === '' ? '' : `#${rest}`
  page.history.replaceState(null, '', `${page.location.pathname}${page.location.search}${hash}`)
  const key = fromText(token)
  if (key?.byteLength !== handshake.keyBytes) return null
  const pass = { id: addressId, key }
  keepPass(page, pass)
  return pass
}

/** null: there will be no server to show it to. */
export function keepPass(page: Pick<PassPage, 'sessionStorage'>, pass: Pass | null): void {
  if (pass === null) page.sessionStorage.removeItem(storageKey)
  else page.sessionStorage.setItem(storageKey, `${toText(pass.id)}.${toText(pass.key)}`)
}

function parse(kept: string | null): Pass | null {
  const [id, key] = (kept ?? '').split('.').map(fromText)
  if (id?.byteLength !== handshake.idBytes || key?.byteLength !== handshake.keyBytes) return null
  return { id, key }
}

function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** undefined: this is not base64. */
function fromText(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}
