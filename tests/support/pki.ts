import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import forge from 'node-forge'
import { keytool } from '../../scripts/lib/java.ts'
import { run } from '../../scripts/lib/run-program.ts'

/** A certificate with its key, as PEM, and as files in the folder in which it was made. */
export interface Issued {
  name: string
  cert: string
  key: string
  certFile: string
  keyFile: string
}

export interface IssueOptions {
  by?: Issued
  /** Subject's common name; default: the file's name. */
  commonName?: string
  isCa?: boolean
  /** `dns:…`, `ip:…`. */
  names?: string[]
  /** Days from now. Default −1 to 3650. */
  from?: number
  to?: number
  key?: { publicKey: KeyObject; privateKey: KeyObject }
}

const dayMs = 86_400_000

/** Issues a certificate with any dates and names, which the openssl command of Debian 12 cannot. */
export async function issue(folder: string, name: string, options: IssueOptions = {}): Promise<Issued> {
  const { by, commonName = name, isCa = false, names = [], from = -1, to = 3_650 } = options
  const pair = options.key ?? generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const made = forge.pki.createCertificate()
  made.publicKey = forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  made.serialNumber = `01${createHash('sha256').update(`${name}${Math.random()}`).digest('hex').slice(0, 16)}`
  made.validity.notBefore = new Date(Date.now() + from * dayMs)
  made.validity.notAfter = new Date(Date.now() + to * dayMs)
  const subject = [{ name: 'commonName', value: commonName }]
  made.setSubject(subject)
  made.setIssuer(by === undefined ? subject : forge.pki.certificateFromPem(by.cert).subject.attributes)
  made.setExtensions([
    { name: 'basicConstraints', cA: isCa, critical: true },
    ...(isCa ? [{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }] : []),
    ...(names.length === 0 ? [] : [{ name: 'subjectAltName', altNames: names.map(altName) }]),
  ])
  made.sign(forge.pki.privateKeyFromPem(by?.key ?? key), forge.md.sha256.create())
  const cert = forge.pki.certificateToPem(made).replaceAll('\r', '')
  const issued = {
    name,
    cert,
    key,
    certFile: path.join(folder, `${name}.pem`),
    keyFile: path.join(folder, `${name}.key`),
  }
  await fs.writeFile(issued.certFile, cert)
  await fs.writeFile(issued.keyFile, key)
  return issued
}

function altName(text: string) {
  return text.startsWith('ip:') ? { type: 7, ip: text.slice(3) } : { type: 2, value: text.slice(4) }
}

export const opensslCommand = 'openssl'

export async function openssl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(opensslCommand, args)
  if (code !== 0) throw new Error(`openssl ${args.join(' ')} failed: ${stderr}`)
  return stdout
}

export async function callKeytool(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(await keytool(), args)
  if (code !== 0) throw new Error(`keytool ${args[0]} failed: ${stdout}${stderr}`)
  return stdout
}
