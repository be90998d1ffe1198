import { z } from 'zod'
import type { Mechanism, SaslSettings } from './define-mechanism.ts'
import { plain } from './plain.ts'
import { scram256, scram512 } from './scram.ts'

/**
 * Every way to sign in that Seekline supports, in the form's order. To add one, add a file like `plain.ts` and its name here;
 * if imports report it as unsupported (`electron/settings-import/lacking-mechanisms.ts`), remove it from that list.
 */
const all = [plain, scram256, scram512] as const

export const mechanisms: readonly Mechanism[] = all
export const mechanismNames = all.map(({ name }) => name)

type Known = (typeof all)[number]
/** @internal Outside its file only tests use it. */
export type MechanismName = Known['name']
type KeysOf<T> = T extends unknown ? keyof T : never
export type SaslFieldName = KeysOf<Known['fields']>
export type SaslSecretName = KeysOf<Known['secrets']>

/** How a profile signs in. */
export const Sasl = z.discriminatedUnion('mechanism', [
  z.strictObject({ mechanism: z.literal('none') }),
  ...all.map(({ schema }) => schema),
])
export type Sasl = z.infer<typeof Sasl>

/** The names of all fields of all mechanisms, each once. */
export const saslFields = merged<SaslFieldName, Mechanism['fields'][string]>(all.map(({ fields }) => fields))
export const saslSecrets = merged<SaslSecretName, Mechanism['secrets'][string]>(all.map(({ secrets }) => secrets))

export const saslFieldNames = Object.keys(saslFields) as SaslFieldName[]
export const saslSecretNames = Object.keys(saslSecrets) as SaslSecretName[]

/** null: no sign-in. */
export function mechanismOf({ mechanism }: Pick<Sasl, 'mechanism'>): Mechanism | null {
  return mechanisms.find(({ name }) => name === mechanism) ?? null
}

/** "SCRAM-SHA-512 as alice"; null: no sign-in. */
export function signInWords(sasl: Sasl): string | null {
  const who = whoSignsIn(sasl)
  return who === null ? null : `${sasl.mechanism} as ${who}`
}

export function whoSignsIn(sasl: Sasl): string | null {
  const mechanism = mechanismOf(sasl)
  return mechanism === null ? null : (fieldsOf(sasl)[mechanism.identity] ?? '')
}

/** The values of the fields, in the mechanism's order. */
export function fieldsOf(sasl: Sasl): Readonly<Record<string, string>> {
  const texts: Readonly<Record<string, string>> = sasl
  return Object.fromEntries(Object.keys(mechanismOf(sasl)?.fields ?? {}).map((name) => [name, texts[name] ?? '']))
}

/** What the client signs in with, and which parts are secrets, to be removed from every text. */
export interface SignIn {
  mechanism: string
  settings: SaslSettings
  secrets: readonly string[]
  /** What may be wrong when the sign-in fails, for a sentence: "user name or password". */
  credentials: string
}

/** null: no sign-in. Missing secrets are empty. */
export function signInOf(sasl: Sasl, given: Partial<Record<string, string>>): SignIn | null {
  const mechanism = mechanismOf(sasl)
  if (mechanism === null) return null
  const secrets = Object.fromEntries(Object.keys(mechanism.secrets).map((name) => [name, given[name] ?? '']))
  const settings = mechanism.settings(fieldsOf(sasl), secrets)
  const labels = Object.values<{ label: string }>({ ...mechanism.fields, ...mechanism.secrets })
  const credentials = labels.map(({ label }) => label.toLowerCase()).join(' or ')
  return { mechanism: mechanism.name, settings, secrets: Object.values(secrets), credentials }
}

function merged<Name extends string, Facts>(parts: readonly Partial<Record<Name, Facts>>[]): Record<Name, Facts> {
  return Object.assign({}, ...parts) as Record<Name, Facts>
}
