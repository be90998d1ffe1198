import type { KeyObject, X509Certificate } from 'node:crypto'
import { createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { tlsRefusalHint } from '../tls-refusals.ts'
import { nameOf, untimely } from '../../certificate-words.ts'
import { byTime, certificatesOf, chainFor, parseAll } from './certificates.ts'
import { contentsOf, formOf, type KeyForm } from './key-forms.ts'
import { privateKeys } from './private-keys.ts'
import { KeyFileError, type KeyResult, type KeySource, type KeyTask } from './key-task.ts'
import { openJks } from './jks.ts'
import { sameAlias, type Store, WrongPassphrase } from './key-store.ts'
import { openPkcs12 } from './pkcs12.ts'

/** A store has kilobytes; opening one of megabytes takes too long. */
const mostStoreBytes = 4 * 1024 * 1024

/**
 * Extracts key, certificate and chain from whatever form they are in. Only the trust setting decides which authorities are
 * trusted: with a PKCS12 passed to TLS unchanged, every authority in it would be trusted.
 */
export async function readKeyFiles({ trust, client }: KeyTask): Promise<KeyResult> {
  const result: KeyResult = {}
  if (trust !== undefined) Object.assign(result, await readTrust(trust.source, trust.passphrase))
  if (client?.kind === 'pem') Object.assign(result, readPem(client.certificate, client.key, client.passphrase))
  if (client?.kind === 'store') Object.assign(result, await readStore(client))
  return result
}

async function readTrust(source: KeySource, passphrase: string | undefined): Promise<KeyResult> {
  const { what } = source
  const form = formOf(source)
  let certificates: X509Certificate[]
  if (form.kind === 'jks' || form.kind === 'pkcs12') {
    const store = await openStore(source, form, { passphrase, secret: 'truststorePassphrase' })
    if (store.trusted.length === 0) {
      const has = store.keys.length === 0 ? 'no entry' : 'a key with its certificates, and none that is to be trusted'
      throw new KeyFileError(`${what} holds ${has}.`, "Name a store or file with the authority's certificate.")
    }
    certificates = parseAll(what, store.trusted)
  } else certificates = certificatesOf(what, form)
  const { valid, unused } = byTime(certificates)
  if (valid.length === 0) {
    const these = unused.length === 1 ? unused[0]! : `only certificates whose time it is not: ${listed(unused)}` // its length is 1
    throw new KeyFileError(
      `${what} holds ${these}.`,
      "Name the authority's present certificate. Check this computer's clock too.",
    )
  }
  const ca = valid.map(String)
  tried('The CA is not usable', { ca })
  return unused.length === 0 ? { ca } : { ca, unusedCa: unused.slice(0, 20) }
}

function readPem(certificate: KeySource, key: KeySource, passphrase: string | undefined): KeyResult {
  const form = formOf(certificate)
  if (form.kind === 'jks' || form.kind === 'pkcs12') {
    throw new KeyFileError(
      `${certificate.what} is ${contentsOf(form)}.`,
      'Choose Keystore as the form of the client certificate in the profile.',
    )
  }
  const certificates = certificatesOf(certificate.what, form)
  return identity(certificate.what, key.what, certificates, privateKeys(key.what, formOf(key), passphrase))
}

async function readStore(client: Extract<KeyTask['client'], { kind: 'store' }>): Promise<KeyResult> {
  const { store: source, passphrase, keyPassphrase, alias } = client
  const { what } = source
  const form = formOf(source)
  if (form.kind !== 'jks' && form.kind !== 'pkcs12') {
    // Java also calls a PEM file with both a key store.
    const keys = privateKeys(what, form, keyPassphrase ?? passphrase)
    return identity(what, what, certificatesOf(what, form), keys)
  }
  const store = await openStore(source, form, { passphrase, keyPassphrase, alias, secret: 'keystorePassphrase' })
  if (store.keys.length === 0) {
    throw new KeyFileError(
      `${what} holds certificates, and no private key.`,
      'It is a trust store. Name the key store.',
    )
  }
  const entry = chosen(what, store, alias)
  const key = createKey(what, entry.pkcs8)
  return identity(what, what, parseAll(what, [...entry.chain, ...store.others]), [key])
}

function chosen(what: string, { keys }: Store, alias: string | undefined): Store['keys'][number] {
  const names = listed(keys.map((key) => visible(key.alias)))
  const found = alias === undefined ? keys : keys.filter((key) => sameAlias(key.alias, alias))
  if (found.length === 0) {
    throw new KeyFileError(
      `${what} holds no key with the alias ${alias}. It has ${names}.`,
      'Name one of these in the profile.',
    )
  }
  if (found.length > 1 && alias === undefined) {
    throw new KeyFileError(
      `${what} holds ${keys.length} keys: ${names}.`,
      'Name the alias of the one to present in the profile.',
    )
  }
  return found[0]! // an empty list was refused above
}

function createKey(what: string, pkcs8: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new KeyFileError(
      `The key in it is not usable: ${what} (${reason}).`,
      tlsRefusalHint(reason) ?? 'Export it again.',
    )
  }
}

interface StoreSecrets {
  passphrase: string | undefined
  keyPassphrase?: string | undefined
  alias?: string | undefined
  /** Which of the two stores this is. */
  secret: 'keystorePassphrase' | 'truststorePassphrase'
}

async function openStore(
  { what }: KeySource,
  form: Extract<KeyForm, { bytes: Buffer }>,
  secrets: StoreSecrets,
): Promise<Store> {
  const { passphrase, keyPassphrase, alias, secret } = secrets
  const isIdentity = secret === 'keystorePassphrase'
  if (form.bytes.length > mostStoreBytes) {
    throw new KeyFileError(`${what} has ${form.bytes.length} bytes, far more than a store has.`, 'Name another file.')
  }
  try {
    if (form.kind === 'pkcs12') return await openPkcs12(form.bytes, passphrase)
    if (isIdentity && passphrase === undefined) throw new WrongPassphrase()
    const store = await openJks(form.bytes, { passphrase, keyPassphrase, keys: isIdentity, alias })
    if (!store.lockedKey) return store
    if (keyPassphrase === undefined) {
      throw new KeyFileError(`The key in it has a passphrase of its own: ${what}.`, 'Enter it.', 'keyPassphrase')
    }
    throw new KeyFileError(
      `${what} opens, but the key in it cannot be opened with this passphrase.`,
      "Check the private key's passphrase.",
    )
  } catch (error) {
    if (error instanceof KeyFileError) throw error
    if (error instanceof WrongPassphrase) {
      if (passphrase === undefined)
        throw new KeyFileError(`${what} is locked, and its passphrase is not known.`, 'Enter it.', secret)
      throw new KeyFileError(
        `${what} cannot be opened with this passphrase.`,
        'Check the passphrase of the store. If it is right, the file is damaged.',
      )
    }
    const reason = error instanceof Error ? error.message : String(error)
    throw new KeyFileError(
      `${what} cannot be read as a ${form.kind === 'jks' ? 'JKS' : 'PKCS12'} store (${visible(reason).slice(0, 200)}).`,
      storeHint,
    )
  }
}

const storeHint =
  'It may be damaged, or written in a way that is not supported. Write it again: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype PKCS12'

function identity(certificateIn: string, keyIn: string, certificates: X509Certificate[], keys: KeyObject[]): KeyResult {
  const [first] = certificates
  if (first === undefined) {
    throw new KeyFileError(
      `${certificateIn} holds a private key, and no certificate.`,
      'Name the file that holds the certificate.',
    )
  }
  for (const key of keys) {
    const chain = chainFor(key, certificates)
    if (chain === null) continue
    const [own] = chain
    const why = untimely(own)
    if (why !== null) {
      throw new KeyFileError(
        `The client certificate ${nameOf(own)} is not valid now: it ${why.startsWith('expired') ? why : `is ${why}`} (${certificateIn}).`,
        "Have it renewed. Check this computer's clock too.",
      )
    }
    const cert = chain.map(String).join('')
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
    tried('The client certificate is not usable', { cert, key: pem })
    return { cert, key: pem }
  }
  const named = `the client certificate ${nameOf(first)}`
  const whose =
    certificateIn === keyIn
      ? `The private key in it does not belong to ${named}: ${keyIn}.`
      : `${keyIn} does not belong to ${named} (${certificateIn}).`
  throw new KeyFileError(
    whose,
    'Name the key that the certificate was requested with, or the certificate that was issued for this key.',
  )
}

/** What TLS itself says to it, before any socket is opened. */
function tried(what: string, context: NonNullable<Parameters<typeof createSecureContext>[0]>): void {
  try {
    createSecureContext(context)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new KeyFileError(`${what} (${reason}).`, tlsRefusalHint(reason) ?? 'Check the TLS part of the profile.')
  }
}

const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}
