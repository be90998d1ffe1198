import { pbkdf2Sync } from 'node:crypto'
import type forgeModule from 'node-forge'
import { type Store, WrongPassphrase } from './key-store.ts'
import { KeyFileError } from './key-task.ts'
import { mostRounds } from './private-keys.ts'

/** Oracle's attribute of a trusted certificate entry; without it a certificate in a PKCS12 is only part of a chain. */
const trustedMark = '2.16.840.1.113894.746875.1.1'

/** Opens a PKCS12 store, also with the RC2 and 3DES of older tools. */
export async function openPkcs12(bytes: Buffer, passphrase: string | undefined): Promise<Store> {
  const { default: forge } = await import('node-forge')
  const restore = replaceParts(forge)
  try {
    return opened(forge, bytes, passphrase)
  } finally {
    restore()
  }
}

function opened(forge: Forge, bytes: Buffer, passphrase: string | undefined): Store {
  const asn1 = forge.asn1.fromDer(bytes.toString('latin1'), false)
  let lastError: unknown = new WrongPassphrase()
  // "No passphrase" is encoded in two ways.
  for (const candidate of passphrase === undefined || passphrase === '' ? ['', undefined] : [passphrase]) {
    try {
      return contentOf(forge, forge.pkcs12.pkcs12FromAsn1(asn1, false, candidate))
    } catch (error) {
      lastError = error
      if (error instanceof KeyFileError) break
    }
  }
  const said = lastError instanceof Error ? lastError.message : ''
  // Without a MAC to detect a wrong passphrase, decryption gives garbage, which fails in any way.
  const hasMac = Array.isArray(asn1.value) && asn1.value.length > 2
  const isGarbage = !hasMac && passphrase !== undefined && !(lastError instanceof KeyFileError)
  if (isGarbage || /MAC could not|wrong password|Failed to decrypt|Too few bytes|Unparsed|DER|ASN\.1/i.test(said)) {
    throw new WrongPassphrase()
  }
  throw lastError
}

type Forge = typeof forgeModule
type Pkcs12 = ReturnType<Forge['pkcs12']['pkcs12FromAsn1']>
interface Bag {
  type: string
  attributes: Record<string, unknown[]>
  asn1?: unknown
}

function contentOf(forge: Forge, pfx: Pkcs12): Store {
  const bags = pfx.safeContents.flatMap((content) => content.safeBags) as unknown as Bag[]
  const der = (bag: Bag): Buffer => Buffer.from(forge.asn1.toDer(bag.asn1 as never).getBytes(), 'latin1')
  const attribute = (bag: Bag, name: string): string => {
    const value = bag.attributes[name]?.[0]
    return typeof value === 'string' ? value : ''
  }
  const keyBags = bags.filter(
    ({ type }) => type === forge.pki.oids['keyBag'] || type === forge.pki.oids['pkcs8ShroudedKeyBag'],
  )
  const certificateBags = bags.filter(({ type }) => type === forge.pki.oids['certBag'])
  const isTrusted = (bag: Bag): boolean => keyBags.length === 0 || 'trustedKeyUsage' in bag.attributes
  return {
    keys: keyBags.map((bag, index) => ({
      alias: attribute(bag, 'friendlyName') || String(index + 1),
      pkcs8: der(bag),
      chain: certificateBags
        .filter(
          (one) => attribute(bag, 'localKeyId') !== '' && attribute(one, 'localKeyId') === attribute(bag, 'localKeyId'),
        )
        .map(der),
    })),
    trusted: certificateBags.filter(isTrusted).map(der),
    others: certificateBags.map(der),
  }
}

/** The parts of forge that its types leave out, or that are replaced. */
interface Replaceable {
  pki: {
    certificateFromAsn1: unknown
    privateKeyFromAsn1: unknown
    oids: Record<string, string>
    pbe: { generatePkcs12Key: Derive }
  }
  pkcs5: { pbkdf2: unknown }
  pkcs12: { generateKey: Derive }
}
type Derive = (
  password: string | undefined,
  salt: unknown,
  id: number,
  rounds: number,
  size: number,
  md: unknown,
) => unknown

/**
 * Forge parses the containers; what it does slowly or inexactly is replaced. Keys and certificates are kept in their original
 * encoding (forge knows only RSA, and would write certificates again), PBKDF2 is Node's, and the rounds that a file asks for
 * are counted before they are run. The function that it returns puts forge's own parts back: whoever else uses forge in this
 * process has the same object.
 */
function replaceParts(forge: Forge): () => void {
  const { pki, pkcs5, pkcs12 } = forge as unknown as Replaceable
  const { certificateFromAsn1, privateKeyFromAsn1 } = pki
  const { pbkdf2 } = pkcs5
  const { generateKey } = pkcs12
  const { generatePkcs12Key } = pki.pbe
  /** How many rounds of PBKDF2 this store may still cost. */
  let budget = mostRounds
  const spend = (rounds: number, each: number): void => {
    budget -= rounds * each
    if (!(rounds > 0) || budget < 0) throw tooManyRounds(rounds)
  }
  const keptAsItIs = (): never => {
    throw new Error('The original encoding is kept.')
  }
  pki.certificateFromAsn1 = keptAsItIs
  pki.privateKeyFromAsn1 = keptAsItIs
  pkcs5.pbkdf2 = (password: string | undefined, salt: string, rounds: number, size: number, md: unknown): string => {
    spend(rounds, 1)
    const { algorithm } = md as { algorithm: string }
    const made = pbkdf2Sync(Buffer.from(password ?? '', 'utf8'), Buffer.from(salt, 'latin1'), rounds, size, algorithm)
    return made.toString('latin1')
  }
  pki.pbe.generatePkcs12Key = pkcs12.generateKey = (password, salt, id, rounds, size, md) => {
    // The older key derivation is JavaScript here, ten times slower than Node's PBKDF2.
    spend(rounds, 10)
    return generatePkcs12Key(password, salt, id, rounds, size, md)
  }
  pki.oids[trustedMark] = 'trustedKeyUsage'
  return () => {
    Object.assign(pki, { certificateFromAsn1, privateKeyFromAsn1 })
    Object.assign(pkcs5, { pbkdf2 })
    Object.assign(pkcs12, { generateKey })
    Object.assign(pki.pbe, { generatePkcs12Key })
    delete pki.oids[trustedMark]
  }
}

function tooManyRounds(rounds: number): KeyFileError {
  return new KeyFileError(
    `The store asks for ${rounds.toLocaleString('en')} rounds of hashing before it opens, far more than any tool writes.`,
    'Check where it comes from. Export it again with fewer rounds (openssl pkcs12 -export -iter 10000).',
  )
}
