import type { Registry } from '#shared/model/registry.ts'
import type { Secrets } from '#shared/model/secrets.ts'

/** The TLS settings, PEM texts only; made from the profile's files by code that may read them. */
export interface RegistryTls {
  ca?: readonly string[]
  cert?: string
  key?: string
  rejectUnauthorized: boolean
  checkHostName: boolean
}

/** Everything needed to reach a registry, with secrets filled in. In memory only; never logged, never sent anywhere. */
export interface RegistrySpec {
  registry: Registry
  secrets: Secrets
  /** null: no part of it uses TLS. */
  tls: RegistryTls | null
  /** `seekline/0.1.0`, for the registry's logs. */
  userAgent: string
  limits?: Partial<RegistryLimits>
}

export interface RegistryLimits {
  /** From DNS to TLS, for one address. */
  connectMs: number
  /** For one request, over all addresses that are tried for it. */
  wholeMs: number
  /** After this Apicurio is asked once more for what it may not support. */
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
