import { createSecureContext } from 'node:tls'
import { SeeklineError } from '#shared/errors.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import { errorCode, readOrdinaryFile } from './files.ts'
import { secretNeeded } from './secrets.ts'
import { tlsRefusalHint } from './tls-refusals.ts'

/** For a TLS connection; `servername` is absent where each broker's own host is to be asked for. */
export interface TlsMaterial {
  ca?: string
  cert?: string
  key?: string
  pfx?: Buffer
  passphrase?: string
  servername?: string
  rejectUnauthorized: boolean
  /** false: the certificate must be trusted, but may be for another host. */
  checkHostName: boolean
}

/**
 * Reads the certificates and keys a profile names, and tries them before any socket is opened, so that a wrong
 * passphrase is told as such and not as a failed handshake. null: no TLS.
 */
export async function loadTls(profile: Profile, secrets: Secrets): Promise<TlsMaterial | null> {
  const { tls } = profile
  if (!tls.enabled) return null
  const material: TlsMaterial = {
    rejectUnauthorized: tls.verify,
    checkHostName: tls.verify && tls.verifyHostName,
  }
  if (tls.serverName !== null) material.servername = tls.serverName
  if (tls.ca.source === 'text') material.ca = tls.ca.pem
  if (tls.ca.source === 'file') material.ca = await readText('CA file', tls.ca.path)
  if (material.ca !== undefined) check('The CA is no certificate in PEM form', { ca: material.ca })
  await addClientCertificate(profile, secrets, material)
  return material
}

async function addClientCertificate(profile: Profile, secrets: Secrets, material: TlsMaterial): Promise<void> {
  const client = profile.tls.clientCertificate
  if (client.kind === 'none') return
  if (client.kind === 'pem') {
    const { certificate, key } = client
    const cert = certificate.source === 'text' ? certificate.pem : await readText('certificate file', certificate.path)
    const pem = key.source === 'secret' ? (secrets.privateKey ?? '') : await readText('key file', key.path)
    const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)
    if (encrypted && secrets.keyPassphrase === undefined) {
      throw secretNeeded(profile, [{ name: 'keyPassphrase', why: 'unknown' }])
    }
    const opened = { key: pem, ...(encrypted ? { passphrase: secrets.keyPassphrase ?? '' } : {}) }
    check('The client certificate is not usable', { cert })
    check(encrypted ? 'The private key cannot be opened with this passphrase' : 'The private key is not usable', opened)
    check('The private key does not belong to the client certificate', { cert, ...opened })
    Object.assign(material, { cert, ...opened })
    return
  }
  const { keystore } = client
  const pfx =
    keystore.source === 'secret'
      ? Buffer.from(secrets.keystore ?? '', 'base64')
      : await read('PKCS12 file', keystore.path)
  Object.assign(material, { pfx, passphrase: secrets.keystorePassphrase ?? '' })
  if (opens({ pfx, passphrase: secrets.keystorePassphrase ?? '' })) return
  if (pfx.length > 3 && pfx.readUInt32BE(0) === 0xfeedfeed) {
    throw new SeeklineError('connect.tls', 'The keystore is a Java keystore (JKS), which only Java can read.', {
      hint: 'Convert it: keytool -importkeystore -srckeystore FILE.jks -destkeystore FILE.p12 -deststoretype PKCS12',
    })
  }
  if (secrets.keystorePassphrase === undefined)
    throw secretNeeded(profile, [{ name: 'keystorePassphrase', why: 'unknown' }])
  check('The PKCS12 keystore cannot be opened with this passphrase', { pfx, passphrase: secrets.keystorePassphrase })
}

type Context = NonNullable<Parameters<typeof createSecureContext>[0]>

function opens(context: Context): boolean {
  try {
    createSecureContext(context)
    return true
  } catch {
    return false
  }
}

function check(what: string, context: Context): void {
  try {
    createSecureContext(context)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const isStore = context.pfx !== undefined
    const refusal = tlsRefusalHint(reason, isStore ? 'pkcs12' : 'pem')
    const thing = isStore ? 'keystore' : context.key === undefined ? 'certificate' : 'private key'
    const said = refusal === undefined ? what : `The ${thing} is in a form that cannot be read here`
    throw new SeeklineError('connect.tls', `${said} (${reason}).`, {
      hint: refusal ?? 'Check the TLS part of the profile.',
      details: { step: 'tls' },
      cause,
    })
  }
}

/** A file with every authority there is has not a tenth of it. */
const mostBytes = 8 * 1024 * 1024

async function readText(what: string, path: string): Promise<string> {
  return (await read(what, path)).toString('utf8')
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readOrdinaryFile(path, mostBytes)
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
