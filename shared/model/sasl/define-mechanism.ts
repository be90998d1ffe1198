import { z } from 'zod'

/** A field of a mechanism, stored unencrypted in the profile. */
export interface SaslField {
  label: string
  /** The sentence to show when it is empty. */
  missing: string
  /** Its name in clients' settings, words joined by dots; see `electron/settings-import/known-settings.ts`. */
  settings: string
  /** Its option in a JAAS configuration. */
  jaas: string
  /** The form's initial value if an import found none. */
  standIn: string
}

/** A secret of a mechanism: stored encrypted, never in the profile. */
export interface SaslSecret {
  /** Its name in a sentence. */
  label: string
  settings: string
  jaas: string
}

/** What kafkajs is given: its own name for the mechanism, and the options of its authenticator. */
export type SaslSettings = { readonly mechanism: string } & Readonly<Record<string, unknown>>

/** Everything about one way to sign in. Profiles, forms, imports, sentences and the client all read it from here. */
export interface Mechanism<
  Name extends string = string,
  Field extends string = string,
  Secret extends string = string,
> {
  /** Kafka's name, as in `sasl.mechanism`. */
  name: Name
  fields: Record<Field, SaslField>
  secrets: Record<Secret, SaslSecret>
  /** The field that says who signs in. */
  identity: Field
  /** Whether the secrets themselves are sent to the broker: a server that poses as the broker would get them. */
  sendsSecrets: boolean
  /** The risk of using it without TLS. */
  withoutTls: string
  /** Other spellings of the name, in capital letters without separators: for `ScramSha512`, `scram-sha-512`. */
  spellings: readonly string[]
  /**
   * The class name of Java's login module in a JAAS configuration. If several mechanisms share it, the last in the list is
   * taken.
   */
  loginModule: string
  settings(fields: Record<Field, string>, secrets: Record<Secret, string>): SaslSettings
}

const Text = z.string().max(1_024)

/** A mechanism whose profile has the shape `{mechanism, ...fields}`, each field a text that must not be empty. */
export function defineMechanism<const Name extends string, Field extends string, Secret extends string>(
  mechanism: Mechanism<Name, Field, Secret>,
) {
  const fields = Object.entries<SaslField>(mechanism.fields).map(([name, { missing }]) => [name, Text.min(1, missing)])
  const shape = Object.fromEntries(fields) as Record<Field, z.ZodString>
  return { ...mechanism, schema: z.strictObject({ mechanism: z.literal(mechanism.name), ...shape }) }
}

/** The fields and secrets of mechanisms with a user name and a password. */
export const userAndPassword = {
  fields: {
    username: {
      label: 'User name',
      missing: 'A user name is missing.',
      settings: 'sasl.username sasl.user sasl.plain.username',
      jaas: 'username',
      standIn: 'user',
    },
  },
  secrets: {
    password: { label: 'password', settings: 'sasl.password sasl.pass sasl.plain.password', jaas: 'password' },
  },
  identity: 'username',
} as const
