import { X509Certificate } from 'node:crypto'
import type { ErrorCode } from '#shared/errors.ts'
import { distinguished, hostsOf, nameOf, untimely } from '../../certificate-words.ts'
import type { SocketEnd } from './socket.ts'
import { formatAddress, type Address } from '#shared/model/addresses.ts'
import { type ConnectionSpec } from './connection-spec.ts'

/** The step at which a connection failed. */
export type ConnectPhase = 'socket' | 'versions' | 'sasl'

export interface Finding {
  code: ErrorCode
  message: string
  hint: string
  retryable: boolean
}

export interface ConnectFailure {
  spec: ConnectionSpec
  address: Address
  phase: ConnectPhase
  end: SocketEnd | null
  /** The error's text, without secrets. */
  text: string
  errno: string | undefined
}

const tls = (message: string, hint: string): Finding => ({ code: 'connect.tls', message, hint, retryable: false })

/** How TLS, or the lack of it, explains a failure; null: it does not. */
export function tlsFinding(failure: ConnectFailure): Finding | null {
  const { spec, address, phase, end, text, errno } = failure
  const where = formatAddress(address)
  if (spec.tls === undefined) return plainFinding(where, phase, end, text, errno)
  const found = certificateFinding(failure, where) ?? alertFinding(spec, where, `${text} ${errno}`)
  if (found !== null) return found
  if (end?.step === 'tls') {
    const closed = errno === 'ECONNRESET' || end.error === undefined
    return closed
      ? tls(
          `${where} closed the connection during the TLS handshake. It most likely does not speak TLS.`,
          'Switch TLS off in the profile, or use the port of the TLS listener. A broker that refuses a client certificate can look the same.',
        )
      : {
          ...tls(`The TLS handshake with ${where} failed: ${text}`, 'Check the certificates in the profile.'),
          retryable: errno === 'ETIMEDOUT',
        }
  }
  if (phase === 'versions' && end?.byUs === false && (end.error === undefined || errno === 'ECONNRESET')) {
    return {
      ...tls(`${where} closed the connection right after the TLS handshake.`, clientHint(spec)),
      retryable: true,
    }
  }
  return null
}

function plainFinding(
  where: string,
  phase: ConnectPhase,
  end: SocketEnd | null,
  text: string,
  errno: string | undefined,
): Finding | null {
  if (errno === 'NOT_KAFKA' && text.includes('TLS')) {
    return tls(`${where} speaks TLS, and this profile does not.`, 'Switch TLS on in the profile.')
  }
  if (phase === 'versions' && errno !== 'NOT_KAFKA' && end !== null && !end.byUs) {
    return tls(
      `${where} closed the connection at the first request. It most likely expects TLS.`,
      'Switch TLS on in the profile, or use the port of a listener without TLS.',
    )
  }
  return null
}

/** The broker's certificate was rejected by us. */
function certificateFinding({ spec, address, end, errno }: ConnectFailure, where: string): Finding | null {
  const chain = chainOf(end)
  const [peer] = chain
  if (errno === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const asked = spec.tls?.servername ?? address.host
    const hosts = peer === undefined ? '' : hostsOf(peer)
    return tls(
      `The certificate of ${where} is for another name: it ${hosts === '' ? 'names no host' : `is for ${hosts}`}, and not for ${asked}.`,
      'Connect by a name in the certificate, set one of them as the server name in the profile, or have a certificate issued that names this host.',
    )
  }
  if (errno === 'CERT_HAS_EXPIRED' || errno === 'CERT_NOT_YET_VALID') return untimelyFinding(spec, where, chain, errno)
  if (errno !== undefined && untrusted.has(errno)) return untrustedFinding(spec, where, chain, errno)
  const notOne = chain.slice(1).find((one) => !one.ca)
  if (notOne !== undefined && (errno === 'INVALID_CA' || errno === 'INVALID_PURPOSE')) {
    return tls(
      `The certificate of ${where} was signed by ${nameOf(notOne)}, which is no authority (${errno}).`,
      reissue,
    )
  }
  const [why, hint] = (errno === undefined ? undefined : faults[errno]) ?? []
  return why === undefined ? null : tls(`The certificate of ${where} ${why} (${errno}).`, hint ?? reissue)
}

const reissue = 'Have it issued again, or tell those who run the brokers.'

/** OpenSSL's and BoringSSL's codes for faults of a certificate (X509_V_ERR_…), except time, name and trust. */
const faults: Record<string, [why: string, hint?: string]> = {
  CERT_REVOKED: ['was revoked by its authority'],
  CERT_REJECTED: ['is rejected by the settings of its authority'],
  INVALID_CA: [
    'was signed by a certificate that is no authority',
    'The chain that the broker sends is wrong, or the CA of the profile is no CA.',
  ],
  INVALID_NON_CA: ['is an authority where it must be none'],
  INVALID_PURPOSE: ['is not meant for servers: its extended key usage leaves serverAuth out'],
  PATH_LENGTH_EXCEEDED: ['stands below more authorities than its authority allows'],
  CERT_CHAIN_TOO_LONG: ['comes with too long a chain'],
  PERMITTED_VIOLATION: ['has a name that its authority may not sign'],
  EXCLUDED_VIOLATION: ['has a name that its authority may not sign'],
  UNHANDLED_CRITICAL_EXTENSION: ['has a critical extension that is not known here'],
  ERROR_IN_CERT_NOT_BEFORE_FIELD: ['has a beginning that is no date'],
  ERROR_IN_CERT_NOT_AFTER_FIELD: ['has an end that is no date'],
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: ['has a signature that cannot be read'],
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: ['was signed by a key of a kind that is not known here'],
  EE_KEY_TOO_SMALL: ['has a key that is too short'],
  CA_KEY_TOO_SMALL: ['was signed by a key that is too short'],
  CA_MD_TOO_WEAK: ['was signed with a hash that is too weak (MD5 or SHA-1)'],
}

function untimelyFinding(
  spec: ConnectionSpec,
  where: string,
  chain: readonly X509Certificate[],
  errno: string,
): Finding {
  const said = errno === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'
  const clock = "Have it renewed; check this computer's clock too."
  if (chain.length === 0) return tls(`The certificate of ${where}, or one above it, ${said}.`, clock)
  const ours = trustedBy(spec)
  const past = leftOut(spec, chain)
  if (past !== undefined) return past(where)
  for (const [depth, above] of chain.entries()) {
    const why = untimely(above)
    const { fingerprint256 } = above
    if (why !== null && ours.some((one) => one.fingerprint256 === fingerprint256)) {
      return tls(
        `The CA of this profile ${nameOf(above)} ${verb(why)} (${spec.tls?.caName ?? 'the CA'}); the certificate of ${where} may be in order.`,
        `Put the authority's present certificate in its place. Check this computer's clock too.`,
      )
    }
    if (why !== null && depth === 0) return tls(`The certificate of ${where} ${verb(why)}.`, clock)
    if (why !== null) {
      return tls(
        `The certificate of ${where} hangs on the authority ${nameOf(above)}, whose certificate ${verb(why)}.`,
        clock,
      )
    }
  }
  // The chain as sent is valid: the fault is in the authority from our own trust store, which the broker did not send.
  const late = ours.map((one) => ({ name: nameOf(one), why: untimely(one) })).find(({ why }) => why !== null)
  return tls(
    late?.why == null
      ? `An authority above the certificate of ${where} ${said}.`
      : `The CA of this profile ${late.name} ${verb(late.why)} (${spec.tls?.caName ?? 'the CA'}); the certificate of ${where} may be in order.`,
    clock,
  )
}

const verb = (why: string): string => (why.startsWith('expired') ? why : `is ${why}`)

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
])

function untrustedFinding(
  spec: ConnectionSpec,
  where: string,
  chain: readonly X509Certificate[],
  errno: string,
): Finding {
  const isOwn = errno === 'DEPTH_ZERO_SELF_SIGNED_CERT'
  const [peer] = chain
  const issuer = peer === undefined ? 'an authority' : distinguished(peer.issuer)
  const signed = isOwn ? 'is signed by itself' : `is signed by ${issuer}`
  const { ca, caName = 'the CA' } = spec.tls ?? {}
  if (ca === undefined) {
    return tls(
      `The certificate of ${where} ${signed}, ${isOwn ? 'and' : 'an authority that'} this computer does not know${isOwn ? ' it' : ''} (${errno}).`,
      "Add the cluster's CA certificate to the profile.",
    )
  }
  const ours = trustedBy(spec)
  const above = chain.map((one) => distinguished(one.issuer))
  const past = leftOut(spec, chain)
  if (past !== undefined) return past(where)
  if (errno === 'CERT_SIGNATURE_FAILURE' || ours.some((one) => above.includes(nameOf(one)))) {
    return tls(
      `The certificate of ${where} ${signed}, but not by the key of the authority of that name in ${caName} (${errno}).`,
      'The authority has had another key since or before. Ask for its present certificate, and put it in the place of this one.',
    )
  }
  const names = ours.map(nameOf)
  const listed = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  return tls(
    `The certificate of ${where} ${signed}, and by no authority of ${caName}, which holds ${listed} (${errno}).`,
    'Name the CA that signed the brokers’ certificates in its place. If that one stands above the authority named here, the broker does not send what leads to it: add that certificate too.',
  )
}

/** The missing authority is named in the profile, but was left out because it is not valid now. */
function leftOut(spec: ConnectionSpec, chain: readonly X509Certificate[]): ((where: string) => Finding) | undefined {
  const { caName = 'the CA', unusedCa = [] } = spec.tls ?? {}
  const above = chain.map((one) => distinguished(one.issuer))
  const past = unusedCa.find((one) => above.some((name) => one.startsWith(`${name} (`)))
  if (past === undefined) return undefined
  return (where) =>
    tls(
      `The certificate of ${where} hangs on the authority ${past} of ${caName}; the certificate itself may be in order.`,
      "Put the authority's present certificate in its place. Check this computer's clock too.",
    )
}

/** The certificate that was sent and those above it, as far as the broker sent them. */
function chainOf(end: SocketEnd | null): X509Certificate[] {
  const chain: X509Certificate[] = []
  // A self-signed certificate is its own issuer.
  for (let at = end?.peer; at?.raw !== undefined && chain.length < 10; at = at.issuerCertificate) {
    const raw = at.raw
    if (chain.some((one) => one.raw.equals(raw))) break
    chain.push(new X509Certificate(raw))
  }
  return chain
}

function trustedBy(spec: ConnectionSpec): X509Certificate[] {
  const { ca = [] } = spec.tls ?? {}
  return (typeof ca === 'string' ? [ca] : ca).slice(0, 1_000).flatMap((pem) => {
    try {
      return [new X509Certificate(pem)]
    } catch {
      return []
    }
  })
}

const clientHint = (spec: ConnectionSpec): string =>
  spec.tls?.cert === undefined
    ? 'It may want a client certificate: add it and its key to the profile.'
    : 'It may not accept the client certificate of this profile.'

// The alerts of RFC 8446 §6.2 with which the broker rejects our certificate, by number and by name.
const certificateAlerts: [RegExp, string][] = [
  [/alert number 116\b|certificate required|CERTIFICATE_REQUIRED/i, 'wants a client certificate'],
  [/alert number 45\b|certificate expired|CERTIFICATE_EXPIRED/i, 'says that the client certificate has expired'],
  [/alert number 44\b|certificate revoked|CERTIFICATE_REVOKED/i, 'says that the client certificate was revoked'],
  [/alert number 48\b|unknown ca\b|UNKNOWN_CA/i, 'does not know the authority of the client certificate'],
  [
    /alert number 43\b|unsupported certificate|UNSUPPORTED_CERTIFICATE/i,
    'does not take this kind of client certificate',
  ],
  [
    /alert number 4[26]\b|(bad|unknown) certificate|certificate unknown|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN/i,
    'wants a client certificate, or does not accept the one it got',
  ],
  [/alert number 49\b|access denied|ACCESS_DENIED/i, 'denies access to the client certificate'],
]

/** The broker, or the TLS library, rejected our certificate or our protocol. */
function alertFinding(spec: ConnectionSpec, where: string, said: string): Finding | null {
  const alert = certificateAlerts.find(([pattern]) => pattern.test(said))?.[1]
  if (alert !== undefined) {
    const has = spec.tls?.cert !== undefined
    return tls(
      has ? `${where} ${alert}.` : `${where} wants a client certificate, and this profile has none.`,
      has
        ? 'Name a client certificate in the profile that is signed by an authority the broker trusts.'
        : 'Add the client certificate and its key to the profile, signed by an authority the broker trusts.',
    )
  }
  if (
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number|packet length too long|HTTP_REQUEST/i.test(said)
  ) {
    return tls(
      `${where} does not speak TLS, and this profile does.`,
      'Switch TLS off in the profile, or use the port of the TLS listener.',
    )
  }
  if (/alert number 70\b|protocol version|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|unsupported protocol/i.test(said)) {
    return tls(
      `${where} speaks only versions of TLS that are no longer safe.`,
      'Seekline speaks TLS 1.2 and 1.3: have one of them switched on at the broker (ssl.enabled.protocols).',
    )
  }
  if (/alert number 112\b|unrecognized name|UNRECOGNIZED_NAME/i.test(said)) {
    return tls(
      `${where} knows no server of the name it was asked for (SNI).`,
      'Set the server name in the profile to one that it knows.',
    )
  }
  if (/alert number (40|71)\b|handshake failure|HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/i.test(said)) {
    return tls(
      `${where} and this computer found no way of encryption that both take.`,
      `See which TLS versions and ciphers the broker offers (ssl.enabled.protocols, ssl.cipher.suites). ${clientHint(spec)}`,
    )
  }
  if (/KEY_TOO_SMALL|key too (small|weak)|MD_TOO_WEAK|md too weak|SIGNATURE_ALGORITHM|LEGACY_SIGALG/i.test(said)) {
    return tls(`The certificate of ${where} has a key or a signature that is too weak to be believed.`, reissue)
  }
  if (
    /no start line|NO_START_LINE|key values mismatch|KEY_VALUES_MISMATCH|not enough data|BAD_END_LINE|DECODER/i.test(
      said,
    )
  ) {
    return tls(
      `The certificate or key of this profile cannot be read: ${said}`,
      'Check that the certificate and key belong together.',
    )
  }
  return null
}
