import type { SchemaDraft } from '#shared/model/registered-schema.ts'
import type { SchemaCheck } from '#shared/contract/schema-plans.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'
import { problemsOf } from '../../schemas/check-problems.ts'

/** Not a schema, or not one together with its references. */
const INVALID = new Set([42201, 42202])

/**
 * Whether the registry would accept the draft, and why not. The subject's level decides which versions it is compared with: the
 * latest, or all of them.
 */
export async function checkDraft(
  { api }: RegistryClient,
  subject: string,
  draft: SchemaDraft,
  signal: AbortSignal,
): Promise<SchemaCheck> {
  const [versions, existing, { level }] = await Promise.all([
    api.versions(subject, { signal }).catch(noneOf),
    api.lookUp(subject, draft, { signal }).catch(notLooked),
    api.compatibilityOf(subject, { signal }),
  ])
  const isTransitive = level?.endsWith('_TRANSITIVE') === true
  const against = level === 'NONE' ? [] : isTransitive ? versions : versions.slice(-1)
  const answered = { level, against, existing, invalid: false }
  if (versions.length === 0) {
    return { ...answered, compatible: true, problems: [], summary: `${subject} has no version yet: there is nothing to be compatible with.` } // oxfmt-ignore
  }
  try {
    const asked = isTransitive ? null : 'latest'
    const { compatible, messages } = await api.compatible(subject, asked, draft, { signal })
    const problems = problemsOf(compatible ? [] : messages, draft.text)
    return { ...answered, compatible, problems, summary: sentence(subject, { compatible, level, against, problems, existing }) } // oxfmt-ignore
  } catch (error) {
    const registryCode = error instanceof SeeklineError ? error.details?.['registryCode'] : undefined
    if (!(error instanceof SeeklineError) || typeof registryCode !== 'number' || !INVALID.has(registryCode)) throw error
    const problems = problemsOf([error.message], draft.text)
    return { ...answered, compatible: null, invalid: true, problems, summary: 'The registry does not take this for a schema.' } // oxfmt-ignore
  }
}

function sentence(
  subject: string,
  { compatible, level, against, problems, existing }: Pick<SchemaCheck, 'compatible' | 'level' | 'against' | 'problems' | 'existing'>, // oxfmt-ignore
): string {
  if (existing !== null) return `${subject} holds this very schema already, as version ${existing.version} (id ${existing.id}).` // oxfmt-ignore
  const asLevel = level === null ? '' : ` as ${level} has it`
  const compared = against.length === 0 ? '' : against.length === 1 ? ` with version ${against[0]}` : ` with ${against.length} versions` // oxfmt-ignore
  if (compatible === true) return `Compatible${asLevel}${compared}.`
  const reasons = problems.length === 0 ? '; this registry gives no reason' : ''
  return `Not compatible${asLevel}${compared}${reasons}.`
}

function noneOf(error: unknown): number[] {
  if (error instanceof SeeklineError && error.code === 'registry.unknown') return []
  throw error
}

/** An invalid schema cannot be looked up either; the comparison reports that in better words. */
function notLooked(error: unknown): null {
  if (error instanceof SeeklineError && error.code === 'registry.refused') return null
  throw error
}
