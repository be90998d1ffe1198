import { createPrivateKey } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { withFileLock } from './file-lock.ts'
import { keytool } from './java.ts'
import { cachePath } from './paths.ts'
import { run } from './run-program.ts'

/** Everything that a TLS test needs; each entry is a file path unless it says otherwise. */
export interface Certificates {
  /** The CA that signed everything except `otherCa` and `mallory`. */
  ca: string
  /** A CA that signed none of the brokers' certificates. */
  otherCa: string
  /** The passphrase of every key store and of every encrypted key (text). */
  passphrase: string
  /** For 127.0.0.1, ::1 and localhost. */
  serverStore: string
  /** Signed by the same CA, but for the host name `elsewhere.example`. */
  wrongHostStore: string
  /** A PKCS12 trust store with `ca`, for the brokers. */
  trustStore: string
  admin: ClientFiles
  alice: ClientFiles
  /** Signed by `otherCa`. */
  mallory: ClientFiles
}

export interface ClientFiles {
  cert: string
  /** PKCS8 PEM without a passphrase. */
  key: string
  /** PKCS8 PEM, encrypted with the passphrase. */
  encryptedKey: string
  pkcs12: string
}

const passphrase = 'correct horse'
const day = ['-validity', '3650']

/** Makes the files once with Java's keytool and keeps them in the cache folder. */
export async function certificates(): Promise<Certificates> {
  const folder = cachePath('certificates-1')
  const done = path.join(folder, 'complete')
  await withFileLock(cachePath('certificates.lock'), async () => {
    if (
      await fs.access(done).then(
        () => true,
        () => false,
      )
    )
      return
    await fs.rm(folder, { recursive: true, force: true })
    await fs.mkdir(folder, { recursive: true, mode: 0o700 })
    await makeAll(folder)
    await fs.writeFile(done, '')
  })
  const file = (name: string) => path.join(folder, name)
  const client = (name: string): ClientFiles => ({
    cert: file(`${name}.pem`),
    key: file(`${name}.key`),
    encryptedKey: file(`${name}.encrypted.key`),
    pkcs12: file(`${name}.p12`),
  })
  return {
    ca: file('ca.pem'),
    otherCa: file('other-ca.pem'),
    passphrase,
    serverStore: file('server.p12'),
    wrongHostStore: file('wrong-host.p12'),
    trustStore: file('trust.p12'),
    admin: client('admin'),
    alice: client('alice'),
    mallory: client('mallory'),
  }
}

// oxlint-disable-next-line max-lines-per-function -- every certificate of the test clusters, one after the other
async function makeAll(folder: string): Promise<void> {
  const tool = await keytool()
  const store = (name: string) => [
    '-keystore',
    path.join(folder, `${name}.p12`),
    '-storetype',
    'PKCS12',
    '-storepass',
    passphrase,
  ]
  const call = async (...args: string[]): Promise<string> => {
    const result = await run(tool, args, { cwd: folder })
    if (result.code !== 0) throw new Error(`keytool ${args[0]} failed: ${result.stdout}${result.stderr}`)
    return result.stdout
  }
  const keyPair = (name: string, subject: string, ...extensions: string[]) =>
    call(
      '-genkeypair',
      '-alias',
      name,
      '-keyalg',
      'EC',
      '-groupname',
      'secp256r1',
      '-dname',
      subject,
      ...day,
      ...store(name),
      ...extensions,
    )
  const pem = (name: string) => call('-exportcert', '-rfc', '-alias', name, ...store(name))

  const authority = async (name: string) => {
    await keyPair(
      name,
      `CN=Seekline test ${name}`,
      '-ext',
      'bc:critical=ca:true',
      '-ext',
      'ku:critical=keyCertSign,cRLSign',
    )
    await fs.writeFile(path.join(folder, `${name}.pem`), await pem(name))
  }
  const signed = async (name: string, subject: string, by: string, ...extensions: string[]) => {
    await keyPair(name, subject)
    await call('-certreq', '-alias', name, '-file', `${name}.csr`, ...store(name))
    await call(
      '-gencert',
      '-rfc',
      '-alias',
      by,
      '-infile',
      `${name}.csr`,
      '-outfile',
      `${name}.crt`,
      ...day,
      ...store(by),
      ...extensions,
    )
    await call('-importcert', '-noprompt', '-alias', 'ca', '-file', `${by}.pem`, ...store(name))
    await call('-importcert', '-noprompt', '-alias', name, '-file', `${name}.crt`, ...store(name))
  }
  const client = async (name: string, by: string) => {
    await signed(name, `CN=${name},O=Seekline`, by, '-ext', 'eku=clientAuth')
    await fs.copyFile(path.join(folder, `${name}.crt`), path.join(folder, `${name}.pem`))
    const encrypted = encryptedKeyOf(await fs.readFile(path.join(folder, `${name}.p12`)))
    const plain = createPrivateKey({ key: encrypted, passphrase }).export({ type: 'pkcs8', format: 'pem' })
    await fs.writeFile(path.join(folder, `${name}.encrypted.key`), encrypted)
    await fs.writeFile(path.join(folder, `${name}.key`), plain)
  }

  await Promise.all([authority('ca'), authority('other-ca')])
  await signed(
    'server',
    'CN=localhost',
    'ca',
    '-ext',
    'san=ip:127.0.0.1,ip:0:0:0:0:0:0:0:1,dns:localhost',
    '-ext',
    'eku=serverAuth',
  )
  await signed(
    'wrong-host',
    'CN=elsewhere.example',
    'ca',
    '-ext',
    'san=dns:elsewhere.example',
    '-ext',
    'eku=serverAuth',
  )
  await client('admin', 'ca')
  await client('alice', 'ca')
  await client('mallory', 'other-ca')
  await call('-importcert', '-noprompt', '-alias', 'ca', '-file', 'ca.pem', ...store('trust'))
}

/**
 * keytool exports no private keys, and openssl is not installed everywhere. But a PKCS12 store contains the key as exactly the
 * EncryptedPrivateKeyInfo of a PEM file with "ENCRYPTED PRIVATE KEY": it is found after the OID of its bag.
 */
function encryptedKeyOf(pkcs12: Buffer): string {
  const shroudedKeyBag = Buffer.from('060b2a864886f70d010c0a0102', 'hex')
  const at = pkcs12.indexOf(shroudedKeyBag)
  if (at < 0) throw new Error('The key store holds no encrypted key.')
  const tagged = derElement(pkcs12, at + shroudedKeyBag.length)
  const info = derElement(pkcs12, tagged.content)
  const base64 = pkcs12
    .subarray(tagged.content, info.end)
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd()
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${base64}\n-----END ENCRYPTED PRIVATE KEY-----\n`
}

function derElement(bytes: Buffer, at: number): { content: number; end: number } {
  const first = bytes.readUInt8(at + 1)
  const width = first < 0x80 ? 0 : first & 0x7f
  const length = width === 0 ? first : bytes.readUIntBE(at + 2, width)
  const content = at + 2 + width
  return { content, end: content + length }
}
