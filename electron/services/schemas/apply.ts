import type { SchemaPlan, SchemaResult } from '#shared/contract/schema-plans.ts'
import { fromErrorValue, SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Change } from '../../changes/change.ts'
import { runChange, type ChangeContext } from '../../changes/run-change.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'
import { versionsOf, type PlanPlace } from './plan.ts'
import { versionsWords } from './sentences.ts'

/** `error`: what stopped it, if some of several were done before. */
type Acted = Pick<SchemaResult, 'versions' | 'status' | 'error'>

/** The current state of what the plan depends on. */
interface Seen {
  differs: string | null
}

/** Does what the plan says, or says why not. */
export async function applyPlan(plan: SchemaPlan, place: PlanPlace, context: ChangeContext): Promise<SchemaResult> {
  if (plan.refusal !== null) throw fromErrorValue(plan.refusal)
  if (plan.action === 'register' && plan.check?.existing != null) {
    return { journalId: null, status: 'same', versions: [plan.check.existing], error: null, summary: plan.summary }
  }
  const { id, result } = await runChange(registryChange(plan, place), context)
  return { ...result, journalId: id }
}

/** A registry has no conditional write: the state is compared right before, and read back right after. */
function registryChange(plan: SchemaPlan, { client, registry, port }: PlanPlace): Change<'schema', Seen, Acted> {
  return {
    kind: 'schema',
    identity: [
      { what: 'cluster', planned: plan.clusterId, now: port.clusterId },
      { what: 'schema registry', planned: plan.registry, now: registry },
    ],
    look: async (signal) => ({ differs: await differing(plan, client, signal) }),
    differs: ({ differs }) =>
      differs === null
        ? null
        : {
            journalId: null,
            status: 'conflict',
            versions: [],
            error: null,
            summary: `Nothing was written: ${differs}`,
          },
    intent: () => ({ kind: 'schema', clusterId: plan.clusterId, plan }),
    act: () => act(plan, client),
    readBack: async (acted, _seen, journalId) => readBack(plan, client, acted, journalId),
    failed: (error, _seen, journalId) => {
      const value = toErrorValue(error)
      const isUnknown = value.details?.['sent'] === true
      const summary = isUnknown
        ? `Nobody knows whether it was done: ${value.message}`
        : `Nothing was written: ${value.message}`
      return { journalId, status: isUnknown ? 'unknown' : 'failed', versions: [], error: value, summary }
    },
  }
}

/** What has changed since the plan was made, as a sentence; null: nothing. */
async function differing(plan: SchemaPlan, client: RegistryClient, signal: AbortSignal): Promise<string | null> {
  if (plan.action === 'compatibility') {
    const now = await client.api.compatibilityOf(plan.subject, { signal })
    if (now.own === plan.before.own && now.level === plan.before.level) return null
    return `the compatibility is ${now.level ?? 'not told'} now; the plan saw ${plan.before.level ?? 'none'}.`
  }
  const deleted = plan.action === 'delete' && plan.permanent
  const now = await versionsOf(client, plan.subject, deleted, signal)
  const seen = plan.action === 'register' ? plan.versions : plan.rows.map(({ version }) => version)
  const same =
    plan.action === 'delete' && plan.what === 'version'
      ? seen.every((version) => now.includes(version))
      : now.length === seen.length && seen.every((version) => now.includes(version))
  return same ? null : `${plan.subject} has ${versionsWords(now)} now; the plan saw ${versionsWords(seen)}.`
}

async function act(plan: SchemaPlan, { api }: RegistryClient): Promise<Acted> {
  switch (plan.action) {
    case 'compatibility':
      await api.setCompatibility(plan.subject, plan.after)
      return { versions: [], status: 'done', error: null }
    case 'register':
      return eachOf(plan.drafts, async (draft) => {
        const { id, version } = await api.register(plan.subject, draft)
        // The answer of older registries contains only the id.
        const at = version ?? (await api.lookUp(plan.subject, draft).catch(() => null))?.version
        return at === undefined ? null : { version: at, id }
      })
    case 'delete': {
      const { subject, permanent, rows } = plan
      const gone = plan.what === 'subject' ? await api.deleteSubject(subject, permanent) : null
      return eachOf(rows, async ({ version, id }) => {
        if (gone === null) await api.deleteVersion(subject, version, permanent)
        return id === null || gone?.includes(version) === false ? null : { version, id }
      })
    }
  }
}

/** One after the other. If the first fails, nothing was started; if a later one fails, the earlier ones stay done. */
async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<Acted['versions'][number] | null>,
): Promise<Acted> {
  const versions: Acted['versions'] = []
  for (const [at, item] of items.entries()) {
    try {
      const done = await work(item)
      if (done !== null) versions.push(done)
    } catch (error) {
      if (at === 0) throw error
      return { versions, status: 'partly', error: toErrorValue(error) }
    }
  }
  return { versions, status: 'done', error: null }
}

/** The outcome is taken from the current state, not from the registry's answer. */
async function readBack(
  plan: SchemaPlan,
  client: RegistryClient,
  acted: Acted,
  journalId: string,
): Promise<SchemaResult> {
  if (acted.status === 'partly') {
    const which = acted.versions.map(({ version }) => version)
    const how = plan.action === 'register' ? 'were registered' : 'were deleted'
    const summary = `Of ${plan.subject ?? ''}, ${versionsWords(which)} ${how}; then the registry refused: ${acted.error?.message ?? ''}`
    return { ...acted, journalId, summary }
  }
  const done = (summary: string): SchemaResult => ({ ...acted, journalId, summary })
  const other = (summary: string): SchemaResult => ({ ...acted, journalId, status: 'unknown', summary })
  const signal = AbortSignal.timeout(20_000)
  try {
    if (plan.action === 'compatibility') {
      const { level } = await client.api.compatibilityOf(plan.subject, { signal })
      const whose = plan.subject ?? 'the registry'
      if (plan.after === null || level === plan.after) return done(`The compatibility of ${whose} is ${level ?? 'not told'} now.`) // oxfmt-ignore
      return other(`The registry took ${plan.after} for ${whose}, and ${level ?? 'nothing'} stands there now.`)
    }
    const now = await versionsOf(client, plan.subject, plan.action === 'delete' && plan.permanent, signal)
    if (plan.action === 'register') {
      const named = acted.versions.map(({ version, id }) => `version ${version} (id ${id})`).join(', ')
      const stands = acted.versions.every(({ version }) => now.includes(version))
      return stands ? done(`${plan.subject} has it as ${named}.`) : other(`The registry answered ${named}, which is not in its list.`) // oxfmt-ignore
    }
    const left = plan.rows.filter(({ version }) => now.includes(version))
    const how = plan.permanent ? 'for good' : 'softly'
    const what = plan.what === 'subject' ? plan.subject : `${atStart(versionsWords(plan.rows.map(({ version }) => version)))} of ${plan.subject}` // oxfmt-ignore
    const was = plan.what === 'subject' || plan.rows.length === 1 ? 'was' : 'were'
    return left.length === 0 ? done(`${what} ${was} deleted ${how}.`) : other(`${what} ${was} deleted, as the registry answers, and is still in its list.`) // oxfmt-ignore
  } catch (error) {
    return other(`It was sent and accepted; what stands there now could not be read: ${toErrorValue(error).message}`)
  }
}

const atStart = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1)

/** Throws if the plan belongs to another connection than the one that is named. */
export function checkPlace(plan: SchemaPlan, connectionId: string): void {
  if (plan.connectionId === connectionId) return
  throw new SeeklineError('call.invalid', 'The plan belongs to another connection than the one named.')
}
