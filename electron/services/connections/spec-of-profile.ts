import { brokersOf } from '#shared/model/endpoints.ts'
import type { Profile } from '#shared/model/profile.ts'
import { signInOf } from '#shared/model/sasl/mechanisms.ts'
import type { Secrets } from '#shared/model/secrets.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { type ConnectionSpec } from '../../kafka/client/connection-spec.ts'
import { loadTls } from '../../storage/tls-material.ts'

/** What electron/kafka needs to reach a profile's cluster. Reads the files that the profile names; throws `connect.tls`. */
export async function connectionSpec(profile: Profile, secrets: Secrets, version: string): Promise<ConnectionSpec> {
  const tls = await loadTls(profile.tls, secrets, brokersOf(profile))
  const sasl = signInOf(profile.sasl, secrets)
  return {
    brokers: profile.brokers.map(addressOf),
    clientId: `seekline-${version}`,
    addressMap: profile.addressMap,
    ...(tls === null ? {} : { tls }),
    ...(sasl === null ? {} : { sasl }),
  }
}
