import { z } from 'zod'

/** A field of a mechanism, kept in the open in the profile. */
export interface SaslField {
  label: string
  /** Said when it is empty. */
  missing: string
  /** What it is called in clients' settings, words joined by dots; see `electron/settings-import/known-settings.ts`. */
  settings: string
  /** Its option in a JAAS configuration. */
  jaas: string
  /** What the form starts with where an import found none. */
  standIn: string
}

/** A secret of a mechanism: sealed, never in the profile. */
export interface SaslSecret {
  /** What it is called in a sentence. */
  label: string
  settings: string
  jaas: string
}

/** What kafkajs is given: its own name for the mechanism, and what its authenticator of that name asks for. */
export type SaslSettings = { readonly mechanism: string } & Readonly<Record<string, unknown>>

/** All that is known of one way to sign in. Profiles, forms, imports, sentences and the client ask here, and nowhere else. */
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
  /** The broker is sent the secrets themselves: whoever poses as one has them. */
  sendsSecrets: boolean
  /** The danger of it where TLS is off. */
  withoutTls: string
  /** Other names for it, in capital letters without what joins them: `ScramSha512`, `scram-sha-512`. */
  spellings: readonly string[]
  /** The last part of Java's class in a JAAS configuration. Of several mechanisms with the same one, the last in the list is taken. */
  loginModule: string
  settings(fields: Record<Field, string>, secrets: Record<Secret, string>): SaslSettings
}

const Text = z.string().max(1_024)

/** A mechanism with the shape its profile has: `{mechanism, ...fields}`, each field a text that must not be empty. */
export function defineMechanism<const Name extends string, Field extends string, Secret extends string>(
  mechanism: Mechanism<Name, Field, Secret>,
) {
  const fields = Object.entries<SaslField>(mechanism.fields).map(([name, { missing }]) => [name, Text.min(1, missing)])
  const shape = Object.fromEntries(fields) as Record<Field, z.ZodString>
  return { ...mechanism, schema: z.strictObject({ mechanism: z.literal(mechanism.name), ...shape }) }
}

/** What mechanisms with a user name and a password have in common. */
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
