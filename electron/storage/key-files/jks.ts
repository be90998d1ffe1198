import { sameAlias, type Store, WrongPassphrase } from './key-store.ts'

/**
 * Opens a JKS store. A trust store can be read without its passphrase, as in Java: the passphrase protects against changes, and
 * hides nothing. `wanted`: only the keys of that alias are opened.
 */
export async function openJks(
  bytes: Buffer,
  options: {
    passphrase: string | undefined
    keyPassphrase?: string | undefined
    keys: boolean
    alias?: string | undefined
  },
): Promise<Store & { lockedKey: boolean }> {
  const { decrypt, parseJks } = (await import('jks-js')).default
  const store: Store = { keys: [], trusted: [], others: [] }
  let entries
  try {
    entries = parseJks(bytes, options.passphrase ?? '')
  } catch (error) {
    if (error instanceof Error && error.message.includes('Password verification')) throw new WrongPassphrase()
    throw error
  }
  let lockedKey = false
  for (const entry of entries) {
    if ('cert' in entry) {
      store.trusted.push(entry.cert.value)
      continue
    }
    const { alias, chain, protectedPrivateKey } = entry
    let pkcs8: Buffer = Buffer.alloc(0)
    if (options.keys && (options.alias === undefined || sameAlias(options.alias, alias))) {
      try {
        pkcs8 = fromPem(decrypt(protectedPrivateKey, options.keyPassphrase ?? options.passphrase ?? ''))
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('recover key')) throw error
        lockedKey = true
      }
    }
    store.keys.push({ alias, pkcs8, chain: chain.map((one) => one.value) })
  }
  return { ...store, lockedKey }
}

const fromPem = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
