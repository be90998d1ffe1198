import type { Tls } from '#shared/model/tls.ts'

/** The trusted certificates and the client certificate as a form holds them, for the brokers or for the schema registry. */
export interface TlsDraft {
  readonly caSource: 'system' | 'text' | 'file'
  readonly caPem: string
  readonly caPath: string
  readonly client: 'none' | 'pem' | 'pkcs12'
  readonly certificateSource: 'file' | 'text'
  readonly certificatePem: string
  readonly certificatePath: string
  readonly keySource: 'file' | 'secret'
  readonly keyPath: string
  readonly keystoreSource: 'file' | 'secret'
  readonly keystorePath: string
  /** Empty: the only key in the store. */
  readonly keystoreAlias: string
  readonly verify: boolean
  readonly verifyHostName: boolean
}

type TlsSettings = Pick<Tls, 'ca' | 'clientCertificate' | 'verify' | 'verifyHostName'>

export function tlsDraftOf({ ca, clientCertificate: client, verify, verifyHostName }: TlsSettings): TlsDraft {
  const pem = client.kind === 'pem' ? client : undefined
  const keystore = client.kind === 'pkcs12' ? client.keystore : undefined
  return {
    caSource: ca.source,
    caPem: ca.source === 'text' ? ca.pem : '',
    caPath: ca.source === 'file' ? ca.path : '',
    client: client.kind,
    certificateSource: pem?.certificate.source ?? 'file',
    certificatePem: pem?.certificate.source === 'text' ? pem.certificate.pem : '',
    certificatePath: pem?.certificate.source === 'file' ? pem.certificate.path : '',
    keySource: pem?.key.source ?? 'file',
    keyPath: pem?.key.source === 'file' ? pem.key.path : '',
    keystoreSource: keystore?.source ?? 'file',
    keystorePath: keystore?.source === 'file' ? keystore.path : '',
    keystoreAlias: client.kind === 'pkcs12' ? (client.alias ?? '') : '',
    verify,
    verifyHostName,
  }
}

/** The settings in the shape that the schema validates. `isUsed`: without TLS there is no client certificate. */
export function tlsSettingsOf(draft: TlsDraft, isUsed: boolean) {
  return {
    ca: caOf(draft),
    clientCertificate: isUsed ? clientOf(draft) : { kind: 'none' },
    verify: draft.verify,
    verifyHostName: draft.verifyHostName,
  }
}

/** The typed text of the fields that must not be empty, by their path. */
export function tlsTexts(draft: TlsDraft, at: string): Record<string, string> {
  const client = `${at}.clientCertificate`
  return {
    [`${at}.ca.pem`]: draft.caPem,
    [`${at}.ca.path`]: draft.caPath,
    [`${client}.certificate.pem`]: draft.certificatePem,
    [`${client}.certificate.path`]: draft.certificatePath,
    [`${client}.key.path`]: draft.keyPath,
    [`${client}.keystore.path`]: draft.keystorePath,
  }
}

function caOf(draft: TlsDraft) {
  if (draft.caSource === 'text') return { source: 'text', pem: draft.caPem }
  return draft.caSource === 'file' ? { source: 'file', path: draft.caPath.trim() } : { source: 'system' }
}

function clientOf(draft: TlsDraft) {
  if (draft.client === 'none') return { kind: 'none' }
  if (draft.client === 'pkcs12') {
    const file = { source: 'file', path: draft.keystorePath.trim() }
    const alias = draft.keystoreAlias.trim()
    return {
      kind: 'pkcs12',
      keystore: draft.keystoreSource === 'file' ? file : { source: 'secret' },
      ...(alias === '' ? {} : { alias }),
    }
  }
  return {
    kind: 'pem',
    certificate:
      draft.certificateSource === 'text'
        ? { source: 'text', pem: draft.certificatePem }
        : { source: 'file', path: draft.certificatePath.trim() },
    key: draft.keySource === 'secret' ? { source: 'secret' } : { source: 'file', path: draft.keyPath.trim() },
  }
}
