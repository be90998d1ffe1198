import { SeeklineError } from '#shared/errors.ts'
import type { Endpoint } from '#shared/model/endpoints.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import type { Tls } from '#shared/model/tls.ts'
import { errorCode, readOrdinaryFile } from './atomic-files.ts'
import { askKeyWorker } from './key-files/key-thread.ts'
import type { KeySource, KeyTask } from './key-files/key-task.ts'
import { secretNeeded } from './secrets.ts'

/** For a TLS connection; `servername` is absent if each broker's own host is to be used. */
export interface TlsMaterial {
  /** Absent: the authorities the system trusts. */
  ca?: readonly string[]
  /** Where `ca` came from, for a sentence: "the CA file /etc/ca.pem". */
  caName?: string
  /** Authorities in the same file that are not used, with the reason. */
  unusedCa?: readonly string[]
  cert?: string
  key?: string
  servername?: string
  rejectUnauthorized: boolean
  /** false: the certificate must be trusted, but may be for another host. */
  checkHostName: boolean
}

/**
 * Reads the certificates and keys that an endpoint names, and tests them before any socket is opened, so that a wrong
 * passphrase is reported as such and not as a failed handshake. null: no TLS.
 */
export async function loadTls(tls: Tls, secrets: Secrets, endpoint: Endpoint): Promise<TlsMaterial | null> {
  if (!tls.enabled) return null
  const material: TlsMaterial = {
    rejectUnauthorized: tls.verify,
    checkHostName: tls.verify && tls.verifyHostName,
  }
  if (tls.serverName !== null) material.servername = tls.serverName
  const task: KeyTask = {}
  if (tls.ca.source !== 'system') {
    const source = tls.ca.source === 'text' ? typed('CA certificate', tls.ca.pem) : await read('CA file', tls.ca.path)
    task.trust = { source, passphrase: secrets.truststorePassphrase }
    material.caName = source.what.replace(/^The/, 'the')
  }
  const client = await clientTask(tls, secrets)
  if (client !== undefined) task.client = client
  if (task.trust === undefined && task.client === undefined) return material
  const reply = await askKeyWorker(task)
  if ('result' in reply) return { ...material, ...reply.result }
  const { message, hint, needs } = reply.refusal
  if (needs !== undefined) throw secretNeeded(endpoint, [{ name: needs, why: 'unknown' }])
  throw new SeeklineError('connect.tls', message, { hint, details: { step: 'tls' } })
}

async function clientTask({ clientCertificate: client }: Tls, secrets: Secrets): Promise<KeyTask['client']> {
  if (client.kind === 'none') return undefined
  if (client.kind === 'pem') {
    const { certificate, key } = client
    return {
      kind: 'pem',
      certificate:
        certificate.source === 'text'
          ? typed('certificate', certificate.pem)
          : await read('certificate file', certificate.path),
      key: key.source === 'secret' ? typed('private key', secrets.privateKey ?? '') : await read('key file', key.path),
      passphrase: secrets.keyPassphrase,
    }
  }
  const { keystore, alias } = client
  return {
    kind: 'store',
    store:
      keystore.source === 'secret'
        ? { what: 'The stored keystore', bytes: Buffer.from(secrets.keystore ?? '', 'base64') }
        : await read('keystore', keystore.path),
    passphrase: secrets.keystorePassphrase,
    keyPassphrase: secrets.keyPassphrase,
    alias,
  }
}

const typed = (what: string, text: string): KeySource => ({ what: `The pasted ${what}`, bytes: Buffer.from(text) })

/** A file with all public authorities has not a tenth of it. */
const mostBytes = 8 * 1024 * 1024

async function read(what: string, path: string): Promise<KeySource> {
  try {
    return { what: `The ${what} ${path}`, bytes: await readOrdinaryFile(path, mostBytes) }
  } catch (cause) {
    const reasons: Record<string, string> = {
      ENOENT: 'is not there',
      EACCES: 'may not be read by you',
    }
    if (cause instanceof SeeklineError) reasons[''] = 'is a folder, a device or far too large'
    const reason = reasons[cause instanceof SeeklineError ? '' : (errorCode(cause) ?? 'unknown')] ?? 'cannot be read'
    throw new SeeklineError('connect.tls', `The ${what} ${path} ${reason}.`, {
      hint: 'Check the TLS part of the profile.',
      details: { step: 'tls', path },
      cause,
    })
  }
}
