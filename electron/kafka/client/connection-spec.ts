import type { Address } from '#shared/model/addresses.ts'
import type { SignIn } from '#shared/model/sasl/mechanisms.ts'
import { redact } from '../../redact.ts'

/** Everything needed to reach a cluster, with secrets filled in. In memory only; never logged, never sent anywhere. */
export interface ConnectionSpec {
  /** Bootstrap addresses; IPv6 hosts without brackets. */
  brokers: readonly Address[]
  /** Shown in the broker's logs and quotas. */
  clientId: string
  /**
   * Present: use TLS. PEM texts only: with a PKCS12 container (`pfx`) Node would also trust every authority in it, so a client
   * certificate would decide which brokers are trusted.
   */
  tls?: {
    /** Absent: the authorities the system trusts. */
    ca?: string | readonly string[]
    /** Where `ca` came from: "the CA file /etc/ca.pem". */
    caName?: string
    /** Authorities in the same file that are not used, with the reason. */
    unusedCa?: readonly string[]
    /** The client's certificate, followed by those that lead to its authority. */
    cert?: string
    key?: string
    /** Replaces the host's own name in the certificate check and in SNI. */
    servername?: string
    /** Default true. false: accepts any certificate. */
    rejectUnauthorized?: boolean
    /** Default true. false: the certificate must be trusted, but may be for another host. */
    checkHostName?: boolean
  }
  sasl?: SignIn
  /** Where an address is really reached: `host:port` → `host:port`. Names and certificates are checked against `from`. */
  addressMap?: readonly { from: string; to: string }[]
  /** Per address, from DNS to TLS. Default 10 s. */
  connectTimeoutMs?: number
  /** Per request, unless the call says otherwise. Default 30 s. */
  requestTimeoutMs?: number
}

export const CONNECT_TIMEOUT_MS = 10_000
export const REQUEST_TIMEOUT_MS = 30_000

/** Removes every secret of the spec from a text that will be shown, in whatever form a broker repeats it. */
export function scrub(spec: ConnectionSpec, text: string): string {
  const secrets = [...(spec.sasl?.secrets ?? []), spec.tls?.key]
  return redact(
    text,
    secrets.filter((secret) => secret !== undefined),
  )
}
