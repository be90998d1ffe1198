import { z } from 'zod'
import { AddressText } from './addresses.ts'
import { ProfileId } from './ids.ts'
import { Registry } from './registry.ts'
import { Sasl } from './sasl/mechanisms.ts'
import { EnvReference, SecretName } from './secret-names.ts'
import { Tls } from './tls.ts'

export const Environment = z.enum(['dev', 'test', 'staging', 'production'])
export type Environment = z.infer<typeof Environment>

/** Names, not values: the theme decides what each looks like in light, dark and high contrast. */
export const ProfileColour = z.enum(['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink', 'grey'])
export type ProfileColour = z.infer<typeof ProfileColour>

/** `read-only`: the gate blocks every write. `guarded`: each write needs the profile's name typed. */
export const AccessMode = z.enum(['read-only', 'guarded', 'full'])
export type AccessMode = z.infer<typeof AccessMode>

export const AddressMapping = z.strictObject({ from: AddressText, to: AddressText })
export type AddressMapping = z.infer<typeof AddressMapping>

const tlsOff: z.input<typeof Tls> = { enabled: false }
const saslOff: z.input<typeof Sasl> = { mechanism: 'none' }

/** A saved way to reach one cluster. It never contains a secret, so it may be shown, exported and logged. */
export const Profile = z.strictObject({
  id: ProfileId,
  /** Unique among the profiles, ignoring case; typed to confirm writes. */
  name: z.string().trim().min(1, 'A profile needs a name.').max(100),
  environment: Environment,
  colour: ProfileColour,
  accessMode: AccessMode,
  /** Where to connect first; the cluster then reports its other brokers. */
  brokers: z.array(AddressText).min(1, 'At least one broker is needed.').max(100),
  tls: Tls.prefault(tlsOff),
  sasl: Sasl.prefault(saslOff),
  /** Advertised address → the address it is reached at, for tunnels and port forwards. TLS still checks the advertised host. */
  addressMap: z.array(AddressMapping).max(1_000).default([]),
  /** MB/s; null = none. */
  readLimit: z.number().min(0.1).max(10_000).nullable().default(null),
  /** Secrets read from environment variables when connecting. The reference itself is not a secret. */
  secretReferences: z.partialRecord(SecretName, EnvReference).default({}),
  /** The registry with the schemas of its records; null: none is known. */
  registry: Registry.nullable().default(null),
})
export type Profile = z.infer<typeof Profile>

const defaults = {
  dev: { colour: 'blue', accessMode: 'full', readLimit: null },
  test: { colour: 'teal', accessMode: 'full', readLimit: null },
  staging: { colour: 'orange', accessMode: 'guarded', readLimit: null },
  // A laptop can read three million records a second; a busy broker does not notice 50 MB/s.
  production: { colour: 'red', accessMode: 'read-only', readLimit: 50 },
} as const satisfies Record<Environment, Partial<Profile>>

/** The settings a profile of an environment starts with; the form applies them again when the environment is changed. */
export function environmentDefaults(environment: Environment): Pick<Profile, 'colour' | 'accessMode' | 'readLimit'> {
  return { ...defaults[environment] }
}

/** A complete, valid profile to start a form with. */
export function newProfile(id: string, given: Partial<z.input<typeof Profile>> = {}): Profile {
  const environment = given.environment ?? 'dev'
  const brokers = given.brokers ?? ['localhost:9092']
  return Profile.parse({
    name: brokers[0] ?? 'New profile',
    ...defaults[environment],
    ...given,
    id,
    environment,
    brokers,
  })
}

const accessRank: Record<AccessMode, number> = { 'read-only': 0, guarded: 1, full: 2 }

/** Whether `after` permits more than `before`: such a change needs the profile's name typed. */
export function raisesAccess(before: AccessMode, after: AccessMode): boolean {
  return accessRank[after] > accessRank[before]
}
