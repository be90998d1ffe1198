import type { Profile } from './profile.ts'
import { nameWarning } from './profile-name.ts'
import { registryWarnings } from './registry.ts'
import type { Mechanism } from './sasl/define-mechanism.ts'
import { mechanismOf } from './sasl/mechanisms.ts'

/** Settings that are allowed but deserve a warning; whole sentences, the gravest first. */
export function profileWarnings(profile: Profile): string[] {
  const { tls } = profile
  const mechanism = mechanismOf(profile.sasl)
  const out: string[] = []
  const odd = nameWarning(profile.name)
  if (odd !== undefined) out.push(odd)
  if (mechanism?.sendsSecrets === true && !tls.enabled) out.push(mechanism.withoutTls)
  const follows = alsoAdvertised(mechanism)
  if (tls.enabled && !tls.verify) {
    const handed = mechanism?.sendsSecrets === true ? ` and is handed the ${secretsOf(mechanism)}` : ''
    out.push(`Certificate verification is off: anybody on the way can pose as the cluster${handed}${follows}.`)
  } else if (tls.enabled && !tls.verifyHostName) {
    out.push(
      `Host names are not checked: any server with a certificate of the same authority can pose as the cluster${follows}.`,
    )
  } else if (tls.enabled && tls.serverName !== null) {
    out.push(
      `Every broker, whatever its address, is asked for the name ${tls.serverName} and believed by it: any host that has a certificate of that name can pose as one${follows}.`,
    )
  }
  if (profile.environment === 'production' && profile.accessMode === 'full') {
    out.push('This is production, and writes ask for no confirmation.')
  }
  if (profile.environment === 'production' && profile.readLimit === null) {
    out.push('This is production, and reading has no limit.')
  }
  if (mechanism?.sendsSecrets === false && !tls.enabled) out.push(mechanism.withoutTls)
  if (!tls.enabled && profile.environment === 'production' && mechanism === null) {
    out.push('Neither TLS nor a user: everything travels in the open.')
  }
  return profile.registry === null ? out : [...out, ...registryWarnings(profile.registry)]
}

/** Brokers advertise the hosts of other brokers, and the client signs in there as well. */
function alsoAdvertised(mechanism: Mechanism | null): string {
  if (mechanism === null) return ''
  return mechanism.sendsSecrets
    ? `, and the ${secretsOf(mechanism)} goes to each host that the brokers advertise`
    : ', and one signs in at each host that the brokers advertise'
}

const secretsOf = ({ secrets }: Mechanism): string =>
  Object.values(secrets)
    .map(({ label }) => label)
    .join(' and ')
