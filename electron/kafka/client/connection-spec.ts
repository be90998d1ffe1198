import type { Address } from '#shared/model/addresses.ts'
import type { SignIn } from '#shared/model/sasl/mechanisms.ts'
import { redact } from '../../redact.ts'

/** Everything needed to reach a cluster, secrets resolved. Lives in memory only; never logged, never sent anywhere. */
export interface ConnectionSpec {
  /** Bootstrap addresses; IPv6 hosts without brackets. */
  brokers: readonly Address[]
  /** Shown in the broker's logs and quotas. */
  clientId: string
  /**
   * Present: TLS is spoken. PEM texts only: of a PKCS12 container (`pfx`) Node would also trust every authority in it, and so
   * let a client certificate decide who is believed.
   */
  tls?: {
    /** Absent: what the system trusts. */
    ca?: string | readonly string[]
    /** What `ca` came from: "the CA file /etc/ca.pem". */
    caName?: string
    /** Authorities of the same file that are not used, with the reason. */
    unusedCa?: readonly string[]
    /** The client's certificate, then those that lead to its authority. */
    cert?: string
    key?: string
    /** Instead of the host's own name, for the certificate check and SNI. */
    servername?: string
    /** Default true. false: any certificate is taken. */
    rejectUnauthorized?: boolean
    /** Default true. false: the certificate must be trusted, but may be for another host. */
    checkHostName?: boolean
  }
  sasl?: SignIn
  /** Where an address is really to be reached: `host:port` → `host:port`. Names and certificates stay those of `from`. */
  addressMap?: readonly { from: string; to: string }[]
  /** Per address, name look-up to TLS. Default 10 s. */
  connectTimeoutMs?: number
  /** Per request, unless the call says otherwise. Default 30 s. */
  requestTimeoutMs?: number
}

export const CONNECT_TIMEOUT_MS = 10_000
export const REQUEST_TIMEOUT_MS = 30_000

/** Takes every secret of the spec out of a text that is going to be shown, in whatever form a broker repeats it. */
export function scrub(spec: ConnectionSpec, text: string): string {
  const secrets = [...(spec.sasl?.secrets ?? []), spec.tls?.key]
  return redact(
    text,
    secrets.filter((secret) => secret !== undefined),
  )
}
