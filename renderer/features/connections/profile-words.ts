import { signInWords } from '#shared/model/sasl/mechanisms.ts'
import type { AccessMode, Environment, Profile, ProfileColour } from '#shared/model/profile.ts'

/** How a profile connects, in a few words: "TLS · SCRAM-SHA-512 as alice". */
export function securityWords({ tls, sasl }: Profile): string {
  const parts = [tls.enabled ? 'TLS' : 'no TLS']
  if (tls.enabled && !tls.verify) parts[0] = 'TLS, not verified'
  else if (tls.enabled && !tls.verifyHostName) parts[0] = 'TLS, any host name'
  if (tls.enabled && tls.clientCertificate.kind !== 'none') parts.push('client certificate')
  const signIn = signInWords(sasl)
  if (signIn !== null) parts.push(signIn)
  else if (!tls.enabled) return 'plaintext, no user'
  return parts.join(' · ')
}

export const environments: readonly { id: Environment; label: string }[] = [
  { id: 'dev', label: 'Development' },
  { id: 'test', label: 'Test' },
  { id: 'staging', label: 'Staging' },
  { id: 'production', label: 'Production' },
]

export const accessModes: readonly { id: AccessMode; label: string }[] = [
  { id: 'read-only', label: 'Read-only' },
  { id: 'guarded', label: 'Guarded' },
  { id: 'full', label: 'Full' },
]

export const colours: readonly { id: ProfileColour; label: string }[] = [
  { id: 'red', label: 'Red' },
  { id: 'orange', label: 'Orange' },
  { id: 'yellow', label: 'Yellow' },
  { id: 'green', label: 'Green' },
  { id: 'teal', label: 'Teal' },
  { id: 'blue', label: 'Blue' },
  { id: 'violet', label: 'Violet' },
  { id: 'pink', label: 'Pink' },
  { id: 'grey', label: 'Grey' },
]
