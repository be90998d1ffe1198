import { z } from 'zod'
import { EnvReference, secretFacts, SecretName } from './secret-names.ts'
import type { Profile } from './profile.ts'

/** Secrets as input: given ones are set, `null` deletes, absent ones stay as they are. They are never in an output. */
export const SecretsInput = z.partialRecord(SecretName, z.string().max(1_048_576).nullable())
export type SecretsInput = z.infer<typeof SecretsInput>

export type Secrets = Partial<Record<SecretName, string>>

/** A secret that is needed before a profile can connect; in the details of `connect.secret`. */
export const SecretNeed = z.strictObject({
  name: SecretName,
  /**
   * `changed`: it was stored, but for other addresses or security settings. `unset`: its environment variable is not set.
   * `unagreed`: the user has not agreed yet that the variable may be read and sent there.
   */
  why: z.enum(['unknown', 'changed', 'unset', 'unagreed']),
  variable: z.string().optional(),
  /** To be sent back when the user agrees: it is valid for exactly these addresses, security settings and variable. */
  agreement: z.string().optional(),
})
export type SecretNeed = z.infer<typeof SecretNeed>

/** The name of the variable in a reference, or null if the text is not one. */
export function envName(text: string): string | null {
  return EnvReference.safeParse(text).success ? text.slice('${env:'.length, -1) : null
}

/**
 * Moves a `${env:NAME}` typed into a password or passphrase field to its place in the profile, and removes it there when a real
 * secret, or nothing, replaces it.
 */
export function separateReferences(profile: Profile, input: SecretsInput): { profile: Profile; secrets: SecretsInput } {
  const { references, secrets } = separate(profile.secretReferences, input)
  return { profile: { ...profile, secretReferences: references }, secrets }
}

/** The same for secrets of the profile's registry; nothing is kept for a profile without one. */
export function separateRegistryReferences(
  profile: Profile,
  input: SecretsInput,
): { profile: Profile; secrets: SecretsInput } {
  if (profile.registry === null) return { profile, secrets: {} }
  const { references, secrets } = separate(profile.registry.secretReferences, input)
  return { profile: { ...profile, registry: { ...profile.registry, secretReferences: references } }, secrets }
}

function separate(
  before: Profile['secretReferences'],
  input: SecretsInput,
): { references: Profile['secretReferences']; secrets: SecretsInput } {
  const references = { ...before }
  const secrets: SecretsInput = {}
  for (const name of SecretName.options) {
    const value = input[name]
    if (value === undefined) continue
    if (value !== null && secretFacts[name].isTyped && envName(value) !== null) {
      references[name] = value
      // Otherwise a stored secret would be used again when the reference is removed.
      secrets[name] = null
    } else {
      delete references[name]
      secrets[name] = value === '' ? null : value
    }
  }
  return { references, secrets }
}
