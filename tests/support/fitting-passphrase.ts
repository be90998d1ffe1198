import { createPrivateKey } from 'node:crypto'

/**
 * A wrong passphrase of an encrypted key (PEM) with which the padding fits all the same, as for one in about 256: what comes out
 * is no key. OpenSSL tells the two apart by their reasons.
 */
export function fittingPassphrase(key: string): string {
  for (let n = 0; n < 10_000; n += 1) {
    const passphrase = `wrong-${n}`
    try {
      createPrivateKey({ key, passphrase })
    } catch (error) {
      if (!String(error).includes('bad decrypt')) return passphrase
    }
  }
  throw new Error('None of ten thousand passphrases fits.')
}
