import { CertificateAuthority, ClientCertificate, type Tls } from '#shared/model/tls.ts'
import type { Draft } from './draft.ts'
import type { Meaning } from './known-settings.ts'

/** The TLS part of a draft. Settings that would check less than usual are not in it: see `profile-caution.ts`. */
export function readTls(draft: Draft, enabled: boolean): Tls {
  if (!enabled) {
    for (const meaning of [
      ...trust,
      ...identity,
      'serverName',
      'verify',
      'insecure',
      'identification',
      'checkHostName',
    ] as const) {
      draft.refuse(meaning, 'The security protocol is one without TLS, so it has no use.')
    }
    return { enabled, ca: { source: 'system' }, clientCertificate: { kind: 'none' }, serverName: null, verify: true, verifyHostName: true } // oxfmt-ignore
  }
  return { enabled, ca: readTrust(draft), clientCertificate: readIdentity(draft), serverName: null, verify: true, verifyHostName: true } // oxfmt-ignore
}

const trust = ['ca', 'caFile', 'trustType', 'trustStore', 'trustPassword'] as const
const identity = [
  'certificate',
  'certificateFile',
  'key',
  'keyFile',
  'keyPassword',
  'storeType',
  'store',
  'storePassword',
] as const

function readTrust(draft: Draft): CertificateAuthority {
  const system = { source: 'system' } as const
  const inline = draft.value('ca')
  if (inline !== undefined) {
    draft.use('trustType')
    const given = isPem(inline) ? { source: 'text', pem: pemText(inline) } : { source: 'file', path: inline.trim() }
    const ca = CertificateAuthority.safeParse(given)
    // Java's certificates are never a path.
    const isText = /certificates$|pem$/i.test(draft.keyOf('ca'))
    if (ca.success && (isPem(inline) || draft.isFile('ca') || !isText)) {
      draft.use('ca')
      return ca.data
    }
    draft.refuse('ca', 'It holds no certificate in PEM form.')
  }
  const file = filePath(draft, 'caFile')
  if (file !== undefined) {
    draft.use('caFile')
    // `probe` is librdkafka's word for the system's store.
    return file === 'probe' || file === '' ? system : { source: 'file', path: file }
  }
  const store = filePath(draft, 'trustStore')
  if (store === undefined) {
    for (const meaning of ['trustType', 'trustPassword'] as const) draft.refuseUnsettled(meaning, noStore)
    return system
  }
  draft.value('trustType')
  draft.use('trustStore', 'trustType')
  const password = draft.value('trustPassword')
  if (isPemType(draft, 'trustType', store)) draft.refuse('trustPassword', 'Certificates in PEM form need no password.')
  else draft.secret('truststorePassphrase', 'trustPassword', password)
  return { source: 'file', path: store }
}

function readIdentity(draft: Draft): ClientCertificate {
  const none = { kind: 'none' } as const
  const chain = draft.value('certificate')
  const certificateFile = filePath(draft, 'certificateFile')
  if (chain !== undefined || certificateFile !== undefined) return readPemIdentity(draft, chain, certificateFile)
  const store = filePath(draft, 'store')
  const keyPassword = draft.value('keyPassword')
  if (store === undefined) {
    if (draft.value('key') !== undefined || draft.value('keyFile') !== undefined) {
      for (const meaning of ['key', 'keyFile', 'keyPassword'] as const) draft.refuse(meaning, 'A private key is given without its certificate.') // oxfmt-ignore
    }
    for (const meaning of ['storeType', 'storePassword', 'keyPassword'] as const)
      draft.refuseUnsettled(meaning, noStore)
    return none
  }
  draft.value('storeType')
  draft.use('store', 'storeType')
  if (isPemType(draft, 'storeType', store)) {
    draft.secret('keyPassphrase', 'keyPassword', keyPassword)
    draft.refuse('storePassword', 'A file in PEM form needs no password but its key’s.')
    return { kind: 'pem', certificate: { source: 'file', path: store }, key: { source: 'file', path: store } }
  }
  const storePassword = draft.value('storePassword')
  const isOpened = draft.secret('keystorePassphrase', 'storePassword', storePassword)
  if (isOpened && keyPassword === storePassword) draft.use('keyPassword')
  else draft.secret('keyPassphrase', 'keyPassword', keyPassword)
  return { kind: 'pkcs12', keystore: { source: 'file', path: store } }
}

function readPemIdentity(
  draft: Draft,
  chain: string | undefined,
  certificateFile: string | undefined,
): ClientCertificate {
  const key = draft.value('key')
  const keyFile = filePath(draft, 'keyFile')
  draft.use('storeType')
  const inChain = chain !== undefined && isPem(chain)
  const path = inChain ? undefined : (chain ?? certificateFile)
  const certificate = inChain ? { source: 'text', pem: pemText(chain) } : { source: 'file', path }
  const isSecretKey = key !== undefined && isPem(key)
  // Without a separate key the file is expected to hold both, as in librdkafka.
  const keyPath = isSecretKey ? undefined : (key ?? keyFile ?? path)
  const parsed = ClientCertificate.safeParse({
    kind: 'pem',
    certificate,
    key: isSecretKey ? { source: 'secret' } : { source: 'file', path: keyPath },
  })
  if (!parsed.success) {
    for (const meaning of ['certificate', 'certificateFile', 'key', 'keyFile', 'keyPassword'] as const) {
      draft.refuse(meaning, 'The client certificate or its key is missing or not in PEM form.')
    }
    return { kind: 'none' }
  }
  draft.use('certificate', 'certificateFile', 'keyFile')
  if (!isSecretKey) draft.use('key')
  else draft.secret('privateKey', 'key', pemText(key))
  draft.secret('keyPassphrase', 'keyPassword', draft.value('keyPassword'))
  return parsed.data
}

const noStore = 'Without the store itself it has no use.'

/** A path as it is meant: Java drops single backslashes, and turns `\t` into a tab, which is pointed out. */
function filePath(draft: Draft, meaning: Meaning): string | undefined {
  const value = draft.value(meaning)
  if (value === undefined) return undefined
  const raw = draft.setting(meaning)?.raw
  const meant = raw?.replaceAll(/\\(.)/g, (all: string, c: string) => (/[\\:=#! ]/.test(c) ? c : all))
  if (
    raw !== undefined &&
    meant !== undefined &&
    meant !== value &&
    /\\[^\\:=#! ]/.test(raw) &&
    !/\\u[0-9A-Fa-f]{4}/.test(raw)
  ) {
    const control = /[\t\n\r\f]/.exec(value)?.[0]
    const found =
      control === undefined ? 'drops the backslashes' : `reads a ${controlNames[control] ?? 'control character'}`
    draft.note(
      draft.keyOf(meaning),
      `A single backslash begins an escape in a properties file, so Java ${found} in this path. It is taken as it is written; for Java, write \\\\ or / in its place.`,
    )
    return meant
  }
  if (/^classpath:/i.test(value)) {
    draft.refuse(meaning, 'It lies inside the application (classpath:). Copy it out, and name the file.')
    return undefined
  }
  const path = value.replace(/^file:(?:\/\/(?=\/))?/i, '')
  if (path.startsWith('~'))
    draft.note(draft.keyOf(meaning), '“~” stands for no folder outside of a shell. Write the whole path.')
  else if (path !== '' && path !== 'probe' && !/^(?:[/\\]|[A-Za-z]:)/.test(path)) {
    draft.note(draft.keyOf(meaning), 'It is a path relative to where that client was started. Write the whole path.')
  }
  return path
}

const controlNames: Record<string, string> = { '\t': 'tab (\\t)', '\n': 'line break (\\n)', '\r': 'carriage return (\\r)', '\f': 'form feed (\\f)' } // oxfmt-ignore

function isPemType(draft: Draft, meaning: Meaning, path: string): boolean {
  const type = draft.value(meaning)?.toUpperCase() ?? draft.setting(meaning)?.value.toUpperCase()
  if (type === 'PEM') return true
  return (type === undefined || type === '') && /\.(?:pem|crt|cer)$/i.test(path)
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}

/**
 * PEM on one line, as in a properties file: with line breaks written `
 * `, or simply lost.
 */
function pemText(text: string): string {
  const broken = text.replaceAll('\\n', '\n').trim()
  if (broken.includes('\n')) return `${broken}\n`
  return broken
    .split(/(-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----)/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('')
}
