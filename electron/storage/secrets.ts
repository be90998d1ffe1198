import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { SeeklineError } from '#shared/errors.ts'
import type { Endpoint } from '#shared/model/endpoints.ts'
import { envName, type SecretNeed, type Secrets, type SecretsInput } from '#shared/model/secrets.ts'
import { secretFacts, SecretName } from '#shared/model/secret-names.ts'
import { z } from 'zod'
import { agreementOf, createAgreements, isOfProfile, othersThan } from './agreements.ts'
import { jsonFile } from './json-file.ts'

/** Where secrets are kept between runs. `memory` does not keep them: they end with the run. */
export interface SecretBox {
  kind: 'keychain' | 'memory'
  /** For the user: where secrets are kept. */
  sentence: string
  encrypt(text: string): Promise<string>
  /** `reEncrypt`: the key has changed since; encrypt it again. */
  decrypt(sealed: string): Promise<{ text: string; reEncrypt: boolean }>
}

/** For plain Node, and desktops without a keychain: nothing it encrypts is ever written. */
export function memoryBox(why = 'This runs without a system keychain'): SecretBox {
  const refuse = () => Promise.reject(new SeeklineError('internal', 'Secrets in memory are not sealed.'))
  return {
    kind: 'memory',
    sentence: `${why}: secrets are kept for this run only. Use \${env:NAME} to have them read from the environment.`,
    encrypt: refuse,
    decrypt: refuse,
  }
}

export interface SecretStore {
  readonly box: Pick<SecretBox, 'kind' | 'sentence'>
  /**
   * Stores secrets for the endpoint in its current form: in the keychain if there is one and `remember` is not false, and in
   * any case for this run. `null` deletes. Pass what {@link separateReferences} returned.
   */
  set(endpoint: Endpoint, secrets: SecretsInput, options?: { remember?: boolean }): Promise<void>
  /** Names of the secrets known for the endpoint in its current form, including references to the environment. */
  known(endpoint: Endpoint): Promise<SecretName[]>
  /**
   * Everything the endpoint needs to connect; `given` takes precedence over stored secrets. Throws `connect.secret`, with what
   * to ask for in `details.needs`: see {@link SecretNeed}. The content of an environment variable is used only where the user
   * agreed: `agreed` holds the `agreement`s of an earlier answer, for this run.
   */
  resolve(endpoint: Endpoint, given?: SecretsInput, agreed?: readonly string[]): Promise<Secrets>
  /** Stores what was agreed to for the endpoint in its current form, also for later runs. */
  agree(endpoint: Endpoint, agreed: readonly string[]): Promise<void>
  /** When a profile is deleted: deletes the secrets of all its endpoints. */
  forget(profileId: string): Promise<void>
  /** Every secret seen in this run, for {@link redact}. */
  seen(): string[]
}

/** The error that asks for secrets; also used by the caller that learns only from a key file that it is encrypted. */
export function secretNeeded(endpoint: Endpoint, needs: SecretNeed[]): SeeklineError {
  const sentences = needs.map(({ name, why, variable }) => {
    const label = secretFacts[name].label
    if (why === 'unset') return `The environment variable ${variable ?? ''}, which holds the ${label}, is not set.`
    if (why === 'unagreed') {
      return `The environment variable ${variable ?? ''} of this computer would be read and used as the ${label} for ${destination(endpoint)}.`
    }
    if (why === 'changed')
      return `The ${label} was entrusted to other ${endpoint.what} or security settings than these.`
    return `The ${label} is not known in this run.`
  })
  return new SeeklineError('connect.secret', `${endpoint.name}: ${sentences.join(' ')}`, {
    hint: needs.every((need) => need.why === 'unset')
      ? 'Set the variable before starting Seekline, or enter the secret itself.'
      : needs.every((need) => need.why === 'unagreed')
        ? 'Agree to it, or enter the secret itself.'
        : endpoint.what === 'brokers'
          ? 'Enter it to connect.'
          : 'Enter it for the schema registry.',
    details: { needs, profileId: endpoint.profileId, what: endpoint.what },
  })
}

function destination({ addresses, tls }: Endpoint): string {
  const shown = addresses.slice(0, 3).join(', ')
  const more = addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''
  const safety = !tls.enabled ? 'without TLS' : !tls.verify ? 'TLS, not verified' : tls.verifyHostName ? 'TLS, verified' : 'TLS, any host name' // oxfmt-ignore
  return `${shown}${more} (${safety})`
}

/**
 * Endpoint's id → secret name → encrypted text. The binding is encrypted with the value, so that editing the file releases
 * nothing.
 */
const Sealed = z.record(z.string(), z.partialRecord(SecretName, z.string()))
type Sealed = z.infer<typeof Sealed>
const Opened = z.strictObject({ binding: z.string(), value: z.string() })
type Opened = z.infer<typeof Opened>

// oxlint-disable-next-line max-lines-per-function -- a secret is stored sealed, or kept for this run only: setting, finding, resolving and forgetting cover both
export function createSecretStore(
  folder: string,
  box: SecretBox = memoryBox(),
  env: NodeJS.ProcessEnv = process.env,
): SecretStore {
  const run = new Map<string, Opened>()
  const seen = new Set<string>()
  const file = jsonFile<Sealed>({
    path: join(folder, 'secrets.json'),
    kind: 'seekline.secrets',
    version: 1,
    schema: Sealed,
    // A backup would keep what the user asked to delete; and losing the file only costs typing a password again.
    backup: false,
  })

  const agreements = createAgreements(folder)

  const note = (value: string): string => {
    seen.add(value)
    return value
  }

  async function lookUp(endpoint: Endpoint, name: SecretName): Promise<Opened | null> {
    const inRun = run.get(keyOf(endpoint.id, name))
    if (inRun !== undefined || box.kind === 'memory') return inRun ?? null
    const sealed = (await file.read())?.[endpoint.id]?.[name]
    if (sealed === undefined) return null
    try {
      const { text, reEncrypt } = await box.decrypt(sealed)
      const opened = Opened.parse(JSON.parse(text))
      if (reEncrypt) await seal(endpoint.id, { [name]: opened })
      return opened
    } catch {
      // The keychain was reset, or the file comes from another machine: the secret is unknown, and asked for again.
      return null
    }
  }

  async function seal(id: string, entries: Partial<Record<SecretName, Opened | null>>): Promise<void> {
    const sealed = new Map<SecretName, string | null>()
    for (const name of SecretName.options) {
      const entry = entries[name]
      if (entry === undefined) continue
      sealed.set(name, entry === null ? null : await box.encrypt(JSON.stringify(entry)))
    }
    await file.update((current) => {
      const own = { ...current?.[id] }
      for (const [name, text] of sealed) {
        if (text === null) delete own[name]
        else own[name] = text
      }
      return { ...current, [id]: own }
    })
  }

  return {
    box: { kind: box.kind, sentence: box.sentence },

    set: async (endpoint, secrets, { remember = true } = {}) => {
      const entries: Partial<Record<SecretName, Opened | null>> = {}
      for (const name of SecretName.options) {
        const value = secrets[name]
        if (value === undefined) continue
        const key = keyOf(endpoint.id, name)
        if (value === null) run.delete(key)
        else run.set(key, { binding: bindingOf(endpoint, name), value: note(value) })
        // If a new password is not to be remembered, the old one must still be removed, or it would be used again at the next
        // start.
        entries[name] = value !== null && remember ? (run.get(key) ?? null) : null
      }
      if (box.kind === 'keychain' && Object.keys(entries).length > 0) await seal(endpoint.id, entries)
    },

    known: async (endpoint) => {
      const names: SecretName[] = []
      for (const name of SecretName.options) {
        if (endpoint.references[name] !== undefined) names.push(name)
        else if ((await lookUp(endpoint, name))?.binding === bindingOf(endpoint, name)) names.push(name)
      }
      return names
    },

    resolve: async (endpoint, given = {}, agreed = []) => {
      const { required, optional } = endpoint
      const found: Secrets = {}
      const needs: SecretNeed[] = []
      for (const name of [...required, ...optional]) {
        const mustHave = required.includes(name)
        const typed = given[name]
        const reference = typed ?? endpoint.references[name]
        const variable = reference === undefined ? null : envName(reference)
        if (variable !== null) {
          const value = env[variable]
          // The user relies on a reference, so an unset variable is an error even for an optional secret.
          const agreement = agreementOf(endpoint, name, variable)
          if (agreed.includes(agreement)) agreements.forThisRun(agreement)
          if (value === undefined || value === '') needs.push({ name, why: 'unset', variable })
          else if (await agreements.has(endpoint, name, agreement)) found[name] = note(value)
          else needs.push({ name, why: 'unagreed', variable, agreement })
        } else if (typed !== undefined && typed !== null && typed !== '') {
          found[name] = note(typed)
        } else {
          const kept = await lookUp(endpoint, name)
          if (kept?.binding === bindingOf(endpoint, name)) found[name] = note(kept.value)
          else if (mustHave || kept !== null) needs.push({ name, why: kept === null ? 'unknown' : 'changed' })
        }
      }
      if (needs.length > 0) throw secretNeeded(endpoint, needs)
      return found
    },

    agree: agreements.keep,

    forget: async (profileId) => {
      await agreements.forget(profileId)
      const theirs = (id: string): boolean => isOfProfile(id, profileId)
      for (const key of run.keys()) if (theirs(key.slice(0, key.lastIndexOf(':')))) run.delete(key)
      // Also without a keychain: an earlier run may have had one.
      if (Object.keys((await file.read()) ?? {}).some(theirs))
        await file.update((entries) => othersThan(profileId, entries))
    },

    seen: () => [...seen],
  }
}

function keyOf(id: string, name: SecretName): string {
  return `${id}:${name}`
}

function bindingOf(endpoint: Endpoint, name: SecretName): string {
  return createHash('sha256').update(endpoint.binding(name)).digest('base64url')
}
