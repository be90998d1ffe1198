import type { Output } from '#shared/contract/define.ts'
import type { elsewhere } from '#shared/contract/elsewhere.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { topicsWords, type DiffRow } from '../../shared-views/position-diff/diff-rows.ts'
import { covers, type PlanScope } from './plan-scope.ts'

/** The group of the other cluster. */
export interface ElsewhereForm {
  readonly connectionId: ConnectionId | undefined
  readonly group: string
  /** The prefix that topic names have in this cluster. */
  readonly prefix: string
}

export const nowhere: ElsewhereForm = { connectionId: undefined, group: '', prefix: '' }

/** What was found for one form; another form makes it out of date. */
export interface FoundElsewhere extends Output<(typeof elsewhere)['offsets.elsewhere']> {
  readonly of: ElsewhereForm
}

/** What is missing in the form, as a sentence. */
export function elsewhereLacks({ connectionId, group }: ElsewhereForm): string | null {
  if (connectionId === undefined) return 'On which cluster is the other group?'
  return group.trim() === '' ? 'Which group of the other cluster?' : null
}

/** Rows that stay where they are because the other group has no position for them, with the reason. */
export function withReasons(rows: readonly DiffRow[], found: FoundElsewhere | undefined): readonly DiffRow[] {
  if (found === undefined) return rows
  const known = new Map(found.items.map((at) => [keyOf(at), at]))
  return rows.map((row) => {
    if (row.status !== 'same' || row.note !== null) return row
    const at = known.get(keyOf(row))
    if (at === undefined) return { ...row, note: `It stays: ${found.of.group} has no position in it there.` }
    return at.here === null ? { ...row, note: at.note } : row
  })
}

/** The most partitions that are listed one by one. */
const MOST_TOLD = 5

/** What a careful person would want to know before positions are set from it. */
export function elsewhereWarnings({ of: { group }, items, failures }: FoundElsewhere, scope: PlanScope): string[] {
  // Until partitions are chosen, everything that the other group has is of interest.
  const covered = items.filter((at) => covers(scope, at))
  const own = covered.length === 0 ? items : covered
  const missing = own.filter(({ here }) => here === null)
  const found = own.length - missing.length
  const told = own.filter(({ note }) => note !== null)
  const more = told.length - MOST_TOLD
  return [
    ...(missing.length === 0
      ? []
      : [
          `Of ${own.length} partitions in which ${group} has a position on the other cluster, ${found === 0 ? 'none was' : found === 1 ? '1 was' : `${found} were`} found here. The others stay as they are: ${topicsWords(missing.map(({ topic }) => topic))}.`,
        ]),
    ...told.slice(0, MOST_TOLD).map(({ topic, partition, note }) => `${topic}, partition ${partition}: ${note}`),
    ...(more > 0 ? [`The same for ${more} more.`] : []),
    ...failures.map(({ what, error }) => `${what}, on the other cluster: ${error.message}`),
    ...(found === 0
      ? []
      : [
          `Where ${group} stands on the other cluster was found here by its records: their sizes, the beginnings of their keys and values, and their timestamps where producers set them are the same. Where the two logs are no copies of each other, this does not mean that what lies before is.`,
        ]),
  ]
}
