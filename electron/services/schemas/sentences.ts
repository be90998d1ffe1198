import type { SchemaPlan } from '#shared/contract/schema-plans.ts'

type PlanOf<A extends SchemaPlan['action']> = Extract<SchemaPlan, { action: A }>

export function registerSentence({
  subject,
  drafts,
  versions,
  check,
}: Pick<PlanOf<'register'>, 'subject' | 'drafts' | 'versions' | 'check'>): string {
  if (check?.existing != null) return `${subject} holds this schema already, as version ${check.existing.version} (id ${check.existing.id}): nothing would change.` // oxfmt-ignore
  const what = drafts.length === 1 ? 'one schema' : `${drafts.length} schemas`
  const where = versions.length === 0 ? 'as its first' : `after its ${versions.length} ${versions.length === 1 ? 'version' : 'versions'}` // oxfmt-ignore
  return `Registers ${what} under ${subject}, ${where}.${check === null ? '' : ` ${check.summary}`}`
}

export function deleteSentence({
  subject,
  what,
  permanent,
  rows,
  use,
}: Pick<PlanOf<'delete'>, 'subject' | 'what' | 'permanent' | 'rows' | 'use'>): string {
  // oxfmt-ignore
  const all = `${subject} with ${rows.length === 1 ? 'its one version' : `its ${rows.length} versions`}`
  const one = `${versionsWords(rows.map(({ version }) => version))} of ${subject}`
  const how = permanent ? 'for good' : 'softly: it is still found by its id'
  return `Deletes ${what === 'subject' ? all : one} ${how}. ${use.sentence}`
}

/** "version 3", "versions … 5, 6". */
export function versionsWords(versions: readonly number[]): string {
  if (versions.length === 0) return 'no version'
  const shown = versions.slice(-5).join(', ')
  return `${versions.length === 1 ? 'version' : 'versions'} ${versions.length > 5 ? '… ' : ''}${shown}`
}

export function compatibilitySentence({
  subject,
  before,
  after,
}: Pick<PlanOf<'compatibility'>, 'subject' | 'before' | 'after'>): string {
  // oxfmt-ignore
  const whose = subject === null ? 'The registry’s compatibility' : `The compatibility of ${subject}`
  const now = before.level ?? 'not told'
  const old = before.own === null ? `${now}, the registry’s` : now
  return after === null ? `${whose} becomes the registry’s again; it is ${now} now.` : `${whose} becomes ${after}; it is ${old} now.` // oxfmt-ignore
}
