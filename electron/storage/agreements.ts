import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Endpoint } from '#shared/model/endpoints.ts'
import { SecretName } from '#shared/model/secret-names.ts'
import { envName, type SecretsInput } from '#shared/model/secrets.ts'
import { jsonFile } from './json-file.ts'

/** Endpoint's id → secret name → what was agreed to: where the variable's content may be sent. Not itself a secret. */
const Kept = z.record(z.string(), z.partialRecord(SecretName, z.string()))
type Kept = z.infer<typeof Kept>

/** The user's agreements that the content of environment variables may be sent to endpoints: for this run, or stored. */
export interface Agreements {
  has: (endpoint: Endpoint, name: SecretName, agreement: string) => Promise<boolean>
  forThisRun: (agreement: string) => void
  /** Stores what was agreed to for the endpoint's references, now or earlier in this run. */
  keep: (endpoint: Endpoint, agreed: readonly string[]) => Promise<void>
  forget: (profileId: string) => Promise<void>
}

export function createAgreements(folder: string): Agreements {
  const file = jsonFile<Kept>({
    path: join(folder, 'agreements.json'),
    kind: 'seekline.agreements',
    version: 1,
    schema: Kept,
    backup: false,
  })
  const inRun = new Set<string>()

  return {
    has: async (endpoint, name, agreement) =>
      inRun.has(agreement) || (await file.read())?.[endpoint.id]?.[name] === agreement,

    forThisRun: (agreement) => void inRun.add(agreement),

    keep: async (endpoint, agreed) => {
      const kept: Kept[string] = {}
      for (const name of SecretName.options) {
        const variable = envName(endpoint.references[name] ?? '')
        const agreement = variable === null ? '' : agreementOf(endpoint, name, variable)
        if (!agreed.includes(agreement) && !inRun.has(agreement)) continue
        inRun.add(agreement)
        kept[name] = agreement
      }
      const before = (await file.read())?.[endpoint.id] ?? {}
      if (Object.entries(kept).every(([name, agreement]) => before[name as SecretName] === agreement)) return
      await file.update((current) => ({ ...current, [endpoint.id]: { ...current?.[endpoint.id], ...kept } }))
    },

    forget: async (profileId) => {
      inRun.clear()
      const own = Object.keys((await file.read()) ?? {}).some((id) => isOfProfile(id, profileId))
      if (own) await file.update((entries) => othersThan(profileId, entries))
    },
  }
}

/** Whether an endpoint belongs to the profile. */
export function isOfProfile(id: string, profileId: string): boolean {
  return id === profileId || id.startsWith(`${profileId}/`)
}

export function othersThan<T>(profileId: string, entries: Record<string, T> | null): Record<string, T> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([id]) => !isOfProfile(id, profileId)))
}

/** An environment variable is entrusted like a stored secret: to this endpoint, under these security settings. */
export function agreementOf(endpoint: Endpoint, name: SecretName, variable: string): string {
  const text = JSON.stringify(['agreement-1', endpoint.binding(name), variable])
  return createHash('sha256').update(text).digest('base64url')
}

/** Typing a reference for an endpoint counts as agreeing to it. */
export function agreementsTyped(endpoint: Endpoint, typed: SecretsInput): string[] {
  return SecretName.options.flatMap((name) => {
    const variable = envName(typed[name] ?? '')
    return variable === null ? [] : [agreementOf(endpoint, name, variable)]
  })
}
