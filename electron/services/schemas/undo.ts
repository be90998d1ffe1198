import { undoOf } from '#shared/changes/kinds.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { CompatibilityOf, SchemaDraft } from '#shared/model/registered-schema.ts'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { planCompatibility, planDelete, planRegister, type PlanPlace } from './plan.ts'
import { versionsWords } from './sentences.ts'

/** The plan that undoes a change of the registry: what was registered is soft-deleted, what was deleted is registered again. */
export async function planUndo(
  entry: JournalEntry | null,
  id: string,
  place: PlanPlace,
  signal: AbortSignal,
): Promise<SchemaPlan> {
  // oxfmt-ignore
  if (entry === null) {
    throw new SeeklineError('call.invalid', `The journal has no entry ${id}.`, {
      hint: 'Open the journal and choose the change to undo there.',
    })
  }
  const way = undoOf(entry)
  if ('why' in way) throw new SeeklineError('plan.refused', way.why)
  if (!('schema' in way)) throw new SeeklineError('call.invalid', 'That change was not made in the schema registry.')
  const { schema: done, versions } = way
  if (done.registry !== place.registry) {
    throw new SeeklineError('plan.refused', `That change was made in another registry: ${done.registry}.`, {
      hint: `Connect ${entry.profileName} and undo it there.`,
    })
  }
  const at = { ...place, undoOf: id }
  switch (done.action) {
    case 'compatibility': {
      // If the registry does not distinguish its global level from the subject's own, the level that applied is set.
      const plan = await planCompatibility(at, done.subject, done.subject === null ? done.before.level : done.before.own, signal) // oxfmt-ignore
      return refusedFor(plan, changedLevel(done, plan.before))
    }
    case 'register': {
      const plan = await planDelete(at, { subject: done.subject, only: versions.map(({ version }) => version), permanent: false }, signal).catch(goneAlready) // oxfmt-ignore
      const other = versions.find(
        ({ version, id: had }) => plan.rows.find((row) => row.version === version)?.id !== had,
      )
      return refusedFor(plan, other === undefined ? null : `Version ${other.version} of ${done.subject} is not what was registered then any more: ${CHANGED}`) // oxfmt-ignore
    }
    case 'delete':
      return planGivingBack(at, done, new Set(versions.map(({ version }) => version)), signal)
  }
}

const CHANGED = 'somebody changed it since.'

/** Registers what was deleted, unless the subject was changed since. */
async function planGivingBack(
  at: PlanPlace,
  done: Extract<SchemaPlan, { action: 'delete' }>,
  /** Empty: it is not known which of them were deleted. */
  deletedThen: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<SchemaPlan> {
  const rows = deletedThen.size === 0 ? done.rows : done.rows.filter(({ version }) => deletedThen.has(version))
  const drafts = rows.flatMap(({ type, text, references, deleted }): SchemaDraft[] => (deleted || text === null || type === null || type === 'other' ? [] : [{ type, text, references }])) // oxfmt-ignore
  if (drafts.length === 0) throw new SeeklineError('plan.refused', 'The journal does not hold what was deleted: the registry did not tell it.') // oxfmt-ignore
  const plan = await planRegister(at, done.subject, drafts, signal)
  const gone = new Set(rows.map(({ version }) => version))
  const back = plan.versions.filter((version) => gone.has(version))
  const last = plan.versions.at(-1)
  // A subject that was deleted as a whole had no versions left.
  const since = done.what === 'subject' ? plan.versions : back
  const warning =
    'The schemas get new version numbers; their ids stay, as far as the registry gives equal texts equal ids.'
  const latest = last === undefined ? [] : [`What is given back becomes the latest version, after ${last}.`]
  return refusedFor(
    { ...plan, warnings: [warning, ...latest, ...plan.warnings] },
    since.length === 0 ? null : `${done.subject} has ${versionsWords(since)} again: ${CHANGED}`,
  )
}

/** How the level has changed since; null: it is as the change left it. */
function changedLevel(
  { subject, before, after }: Extract<SchemaPlan, { action: 'compatibility' }>,
  now: CompatibilityOf,
): string | null {
  // oxfmt-ignore
  const stands = after === null ? now.own === null : now.level === after
  if (stands) return null
  const whose = subject === null ? 'the registry' : subject
  if (now.own === before.own && now.level === before.level) return `The compatibility of ${whose} is what it was before the change, so there is nothing to undo.` // oxfmt-ignore
  const words =
    now.own === null && subject !== null ? `the registry’s, ${now.level ?? 'not told'},` : (now.level ?? 'not told')
  const set = after === null ? `took ${before.own ?? 'its own'} away` : `set ${after}`
  return `The compatibility of ${whose} is ${words} now, and the change ${set}: ${CHANGED}`
}

/** A plan that is shown and not applied: undoing would undo somebody else's change. */
function refusedFor<P extends SchemaPlan>(plan: P, since: string | null): P {
  if (since === null) return plan
  const refusal = new SeeklineError('plan.refused', since, {
    hint: 'Nothing is undone over a later change. Look at it, and plan what you want as a change of its own.',
  })
  return { ...plan, refusal: toErrorValue(refusal) }
}

function goneAlready(error: unknown): never {
  if (!(error instanceof SeeklineError) || error.code !== 'registry.unknown') throw error
  throw new SeeklineError('plan.refused', `What was registered is deleted already: ${CHANGED}`, {
    hint: 'There is nothing left to undo.',
  })
}
