import { z } from 'zod'
import { EnvReference, secretFacts, SecretName } from './secret-names.ts'
import type { Profile } from './profile.ts'

/** Secrets on their way in: given ones are set, `null` forgets, absent ones stay as they are. They never travel out. */
export const SecretsInput = z.partialRecord(SecretName, z.string().max(1_048_576).nullable())
export type SecretsInput = z.infer<typeof SecretsInput>

export type Secrets = Partial<Record<SecretName, string>>

/** What is asked for before a profile can connect; in the details of `connect.secret`. */
export const SecretNeed = z.strictObject({
  name: SecretName,
  /**
   * `changed`: it was kept, but for other addresses or security settings. `unset`: its environment variable is not set.
   * `unagreed`: nobody has said yet that the variable may be read and sent there.
   */
  why: z.enum(['unknown', 'changed', 'unset', 'unagreed']),
  variable: z.string().optional(),
  /** What agreeing gives back: it holds for exactly these addresses, security settings and variable. */
  agreement: z.string().optional(),
})
export type SecretNeed = z.infer<typeof SecretNeed>

/** The variable a reference names, or null when the text is none. */
export function envName(text: string): string | null {
  return EnvReference.safeParse(text).success ? text.slice('${env:'.length, -1) : null
}

/**
 * Puts `${env:NAME}` typed into a password or passphrase field where it belongs, in the profile, and takes it out of
 * there when a real secret, or nothing, takes its place.
 */
export function separateReferences(profile: Profile, input: SecretsInput): { profile: Profile; secrets: SecretsInput } {
  const { references, secrets } = separate(profile.secretReferences, input)
  return { profile: { ...profile, secretReferences: references }, secrets }
}

/** The same for what is typed for the profile's registry; of a profile without one nothing is kept. */
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
      // A stored secret beneath a reference would come back to life when the reference goes.
      secrets[name] = null
    } else {
      delete references[name]
      secrets[name] = value === '' ? null : value
    }
  }
  return { references, secrets }
}
