import type { Held } from '#shared/model/profile-caution.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { nameProblem } from '#shared/model/profile-name.ts'
import {
  environmentDefaults,
  Profile,
  type AccessMode,
  type AddressMapping,
  type Environment,
  type ProfileColour,
} from '#shared/model/profile.ts'
import { brokersOf, registryOf, type Endpoint } from '#shared/model/endpoints.ts'
import { fieldsOf, mechanismOf, type Sasl } from '#shared/model/sasl/mechanisms.ts'
import { envName, type SecretsInput } from '#shared/model/secrets.ts'
import { registryDraftOf, registrySettingsOf, type RegistryDraft } from './registry-draft.ts'
import { tlsDraftOf, tlsSettingsOf, type TlsDraft } from './tls-draft.ts'
import { secretFacts, SecretName } from '#shared/model/secret-names.ts'

/** A profile as a form holds it: every field keeps its text, even while another choice hides it. */
export interface ProfileDraft extends TlsDraft {
  readonly id: ProfileId
  readonly name: string
  readonly environment: Environment
  readonly colour: ProfileColour
  readonly accessMode: AccessMode
  /** As typed: addresses separated by commas, spaces or lines. */
  readonly brokers: string
  readonly tls: boolean
  readonly serverName: string
  readonly mechanism: Sasl['mechanism']
  /** By the name of the field. Fields that several mechanisms share keep their text when another mechanism is chosen. */
  readonly signIn: Readonly<Record<string, string>>
  readonly addressMap: readonly AddressMapping[]
  /** MB/s as typed; empty: no limit. */
  readonly readLimit: string
  readonly references: Profile['secretReferences']
  readonly registry: RegistryDraft
  /** Secrets typed in this form: a value replaces the stored one, null deletes it, and a missing key leaves it. */
  readonly secrets: SecretsInput
  readonly registrySecrets: SecretsInput
}

/** Error messages by the path of the field in the profile, e.g. `tls.ca.pem`. */
export type DraftErrors = Readonly<Record<string, string>>

export type CheckedDraft = { ok: true; profile: Profile } | { ok: false; errors: DraftErrors }

export function draftOf(
  profile: Profile,
  secrets: SecretsInput = {},
  signIn: ProfileDraft['signIn'] = {},
  registrySecrets: SecretsInput = {},
): ProfileDraft {
  const { tls, sasl } = profile
  return {
    id: profile.id,
    name: profile.name,
    environment: profile.environment,
    colour: profile.colour,
    accessMode: profile.accessMode,
    brokers: profile.brokers.join(', '),
    tls: tls.enabled,
    ...tlsDraftOf(tls),
    serverName: tls.serverName ?? '',
    mechanism: sasl.mechanism,
    signIn: { ...signIn, ...fieldsOf(sasl) },
    addressMap: profile.addressMap,
    readLimit: limitText(profile.readLimit),
    references: profile.secretReferences,
    registry: registryDraftOf(profile.registry),
    secrets,
    registrySecrets,
  }
}

/** The profile that a draft describes, or its errors by field. */
export function checkDraft(draft: ProfileDraft): CheckedDraft {
  const brokers = splitBrokers(draft.brokers)
  const parsed = Profile.safeParse({
    id: draft.id,
    // The name is what people type to confirm writes, but a newcomer should not have to invent one first.
    name: draft.name.trim() === '' ? (brokers[0] ?? '').slice(0, 100) : draft.name,
    environment: draft.environment,
    colour: draft.colour,
    accessMode: draft.accessMode,
    brokers,
    tls: {
      enabled: draft.tls,
      ...tlsSettingsOf(draft, draft.tls),
      serverName: draft.serverName.trim() === '' ? null : draft.serverName.trim(),
    },
    sasl: saslOf(draft),
    addressMap: draft.addressMap.filter((row) => row.from.trim() !== '' || row.to.trim() !== ''),
    readLimit: limitOf(draft.readLimit),
    secretReferences: draft.references,
    registry: registrySettingsOf(draft.registry),
  })
  const errors: Record<string, string> = {
    ...secretErrors(draft.secrets, 'secrets'),
    ...(draft.registry.isUsed ? secretErrors(draft.registrySecrets, 'registrySecrets') : {}),
  }
  const odd = nameProblem(draft.name)
  if (odd !== undefined) errors['name'] = odd
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = pathOf(issue.path, draft)
      errors[path] ??= path === 'readLimit' ? 'A number of MB/s from 0.1 to 10000, or nothing.' : issue.message
    }
  }
  if (Object.keys(errors).length > 0 || !parsed.success) return { ok: false, errors }
  return { ok: true, profile: parsed.data }
}

/** Only secrets that the current choices use are sent: one that was typed and then hidden is not stored. */
export function secretsToSend(draft: ProfileDraft, profile: Profile): SecretsInput {
  return usedOf(draft.secrets, brokersOf(profile))
}

/** The same for the secrets of the schema registry. */
export function registrySecretsToSend(draft: ProfileDraft, profile: Profile): SecretsInput {
  const registry = registryOf(profile)
  return registry === null ? {} : usedOf(draft.registrySecrets, registry)
}

function usedOf(typed: SecretsInput, { required, optional }: Endpoint): SecretsInput {
  const used = new Set<SecretName>([...required, ...optional])
  const out: SecretsInput = {}
  for (const name of SecretName.options) {
    const value = typed[name]
    if (value !== undefined && (used.has(name) || value === null)) out[name] = value
  }
  return out
}

/** A test deletes nothing: secrets that the form would delete on saving are left out. */
export function givenOnly(secrets: SecretsInput): SecretsInput {
  return Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== null))
}

/** Applies the usual settings of the environment again; other choices stay. */
export function withEnvironment(draft: ProfileDraft, environment: Environment): ProfileDraft {
  const { colour, accessMode, readLimit } = environmentDefaults(environment)
  return { ...draft, environment, colour, accessMode, readLimit: limitText(readLimit) }
}

/** Puts into the form what an import held back, once somebody has seen it and agreed. */
export function withHeld(draft: ProfileDraft, { change }: Held): ProfileDraft {
  const { accessMode, readLimit, verify, verifyHostName, serverName, addressMap, registry } = change
  return {
    ...draft,
    accessMode: accessMode ?? draft.accessMode,
    readLimit: readLimit === undefined ? draft.readLimit : limitText(readLimit),
    verify: verify ?? draft.verify,
    verifyHostName: verifyHostName ?? draft.verifyHostName,
    serverName: serverName ?? draft.serverName,
    addressMap: addressMap ?? draft.addressMap,
    registry: registry === undefined ? draft.registry : registryDraftOf(registry),
  }
}

/** Adds the address at which an advertised address can really be reached; the guess is the host of the bootstrap address. */
export function withMapping(draft: ProfileDraft, from: string): ProfileDraft {
  if (draft.addressMap.some((row) => row.from === from)) return draft
  const port = /:(\d+)$/.exec(from)?.[1] ?? '9092'
  const host = (splitBrokers(draft.brokers)[0] ?? 'localhost:9092').replace(/:\d+$/, '')
  return { ...draft, addressMap: [...draft.addressMap, { from, to: `${host}:${port}` }] }
}

export function splitBrokers(text: string): string[] {
  return text.split(/[,;\s]+/).filter((part) => part !== '')
}

function saslOf({ mechanism, signIn }: ProfileDraft) {
  const names = Object.keys(mechanismOf({ mechanism })?.fields ?? {})
  return { mechanism, ...Object.fromEntries(names.map((name) => [name, signIn[name] ?? ''])) }
}

const limitText = (limit: number | null): string => (limit === null ? '' : String(limit))

function limitOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text.trim().replace(',', '.'))
}

/** `${env:}` or `${ENV:X}` in a password field is a typing error, not a password. */
function secretErrors(secrets: SecretsInput, of: string): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const name of SecretName.options) {
    const value = secrets[name]
    if (typeof value === 'string' && value.startsWith('${') && envName(value) === null) {
      errors[`${of}.${name}`] = `Write \${env:NAME}, or the ${secretFacts[name].label} itself.`
    }
  }
  return errors
}

function pathOf(path: readonly PropertyKey[], draft: ProfileDraft): string {
  if (path[0] === 'brokers') return 'brokers'
  if (path[0] === 'registry' && path[1] === 'urls') return 'registry.urls'
  if (path[0] !== 'addressMap' || typeof path[1] !== 'number') return path.map(String).join('.')
  // Empty rows were removed before parsing, but the form's errors count them.
  const kept = draft.addressMap.flatMap((row, at) => (row.from.trim() !== '' || row.to.trim() !== '' ? [at] : []))
  return ['addressMap', kept[path[1]] ?? path[1], ...path.slice(2)].map(String).join('.')
}
