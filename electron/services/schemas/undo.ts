import { undoOf } from '#shared/changes/kinds.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { SchemaDraft } from '#shared/model/registered-schema.ts'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import { SeeklineError } from '#shared/errors.ts'
import { planCompatibility, planDelete, planRegister, type PlanPlace } from './plans.ts'

/** The plan that takes a change of the registry back: what was registered is deleted softly, what was deleted registered again. */
export async function planUndo(
  entry: JournalEntry | null,
  id: string,
  place: PlanPlace,
  signal: AbortSignal,
): Promise<SchemaPlan> {
  // prettier-ignore
  if (entry === null) {
    throw new SeeklineError('call.invalid', `The journal has no entry ${id}.`, {
      hint: 'Open the journal and choose the change to undo there.',
    })
  }
  const way = undoOf(entry)
  if ('why' in way) throw new SeeklineError('plan.refused', way.why)
  if (!('schema' in way)) throw new SeeklineError('call.invalid', 'That change was none of the schema registry.')
  const { schema: done, versions } = way
  if (done.registry !== place.registry) {
    throw new SeeklineError('plan.refused', `That change was made in another registry: ${done.registry}.`, {
      hint: `Connect ${entry.profileName} and undo it there.`,
    })
  }
  const at = { ...place, undoOf: id }
  switch (done.action) {
    case 'compatibility':
      // Where the registry does not tell its own from the subject's, what held is set.
      return planCompatibility(at, done.subject, done.subject === null ? done.before.level : done.before.own, signal)
    case 'register': {
      const [first] = versions
      const version = versions.length === 1 ? (first?.version ?? null) : null
      return planDelete(at, { subject: done.subject, version, permanent: false }, signal)
    }
    case 'delete': {
      const drafts = done.rows.flatMap(({ type, text, references, deleted }): SchemaDraft[] => (deleted || text === null || type === null || type === 'other' ? [] : [{ type, text, references }])) // prettier-ignore
      if (drafts.length === 0) throw new SeeklineError('plan.refused', 'The journal does not hold what was deleted: the registry did not tell it.') // prettier-ignore
      const plan = await planRegister(at, done.subject, drafts, signal)
      const warning = 'The schemas get new version numbers; their ids stay, as far as the registry gives equal texts equal ids.' // prettier-ignore
      return { ...plan, warnings: [warning, ...plan.warnings] }
    }
  }
}
