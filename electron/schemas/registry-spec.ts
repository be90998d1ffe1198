import type { Registry } from '#shared/model/registry.ts'
import type { Secrets } from '#shared/model/secrets.ts'

/** What TLS is spoken with, PEM texts only; made of the profile's files by whoever may read them. */
export interface RegistryTls {
  ca?: readonly string[]
  cert?: string
  key?: string
  rejectUnauthorized: boolean
  checkHostName: boolean
}

/** Everything needed to reach a registry, secrets resolved. Lives in memory only; never logged, never sent anywhere. */
export interface RegistrySpec {
  registry: Registry
  secrets: Secrets
  /** null: nothing of it is spoken to over TLS. */
  tls: RegistryTls | null
  /** `seekline/0.1.0`, for the registry's logs. */
  userAgent: string
  limits?: Partial<RegistryLimits>
}

export interface RegistryLimits {
  /** Name look-up to TLS, of one address. */
  connectMs: number
  /** Of one request, with all addresses that are tried for it. */
  wholeMs: number
  /** After which Apicurio is asked once more for what it may not know. */
  lostMs: number
  /** Of one answer. A schema of 5 MiB, written as JSON, can be twice as long. */
  answerBytes: number
}

export const registryLimits: RegistryLimits = {
  connectMs: 5_000,
  wholeMs: 20_000,
  lostMs: 3_000,
  answerBytes: 16 * 1024 * 1024,
}
