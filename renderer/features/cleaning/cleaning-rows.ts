import type { StaleGroup, StalePosition, StaleReason } from '#shared/contract/cleaning.ts'
import type { DeleteSpec } from '#shared/contract/deletions.ts'
import { formatGrouped } from '../../ui/format.ts'

/** A stale position, or an unused group that has no positions (`at` is undefined). */
export interface CleaningRow {
  readonly key: string
  readonly of: StaleGroup
  readonly at: StalePosition | undefined
}

export type ReasonFilter = 'all' | 'dead' | StaleReason

export const reasonWords: Readonly<Record<StaleReason, string>> = {
  'topic-deleted': 'topic deleted',
  'no-partition': 'no such partition',
  'before-log-start': 'before the log start',
  'past-end': 'past the end',
  'older-than-retention': 'older than retention',
  quiet: 'quiet group',
}

/** What each reason means, for people who do not know the term yet. */
export const reasonExplained: Readonly<Record<StaleReason, string>> = {
  'topic-deleted': 'The topic no longer exists.',
  'no-partition': 'The topic exists, but has fewer partitions.',
  'before-log-start': 'The records that it would read next are deleted: each client’s auto.offset.reset decides.',
  'past-end': 'The log ends before it: the topic was created again, or lost its newest records.',
  'older-than-retention': 'It was committed longer ago than the topic keeps records.',
  quiet: 'The group had no member and committed nothing for that long.',
}

/** Turns groups, which arrive in parts, into rows: a group that arrives in several parts gets the rows of all of them. */
export function rowsOf(groups: readonly StaleGroup[]): CleaningRow[] {
  return groups.flatMap((of): CleaningRow[] =>
    of.positions.length === 0
      ? [{ key: `${of.group}\n`, of, at: undefined }]
      : of.positions.map((at) => ({ key: `${of.group}\n${at.partition}/${at.topic}`, of, at })),
  )
}

export function filterRows(rows: readonly CleaningRow[], reason: ReasonFilter, text: string): CleaningRow[] {
  const needle = text.trim().toLowerCase()
  return rows.filter(
    ({ of, at }) =>
      (reason === 'all' || (reason === 'dead' ? of.isDead : at?.reasons.includes(reason) === true)) &&
      (needle === '' || of.group.toLowerCase().includes(needle) || at?.topic.toLowerCase().includes(needle) === true),
  )
}

export interface Counts {
  readonly groups: number
  readonly positions: number
  readonly dead: number
  readonly byReason: Readonly<Record<StaleReason, number>>
}

export function countRows(rows: readonly CleaningRow[]): Counts {
  const byReason: Record<StaleReason, number> = { 'topic-deleted': 0, 'no-partition': 0, 'before-log-start': 0, 'past-end': 0, 'older-than-retention': 0, quiet: 0 } // oxfmt-ignore
  const groups = new Set<string>()
  const dead = new Set<string>()
  let positions = 0
  for (const { of, at } of rows) {
    groups.add(of.group)
    if (of.isDead) dead.add(of.group)
    if (at === undefined) continue
    positions += 1
    for (const reason of at.reasons) byReason[reason] += 1
  }
  return { groups: groups.size, positions, dead: dead.size, byReason }
}

/**
 * What would be deleted, per group: a dead group whose rows are all selected is deleted as a whole, otherwise only the selected
 * positions. Each is deleted only if it is still as it was found.
 */
export function deletionsOf(chosen: readonly CleaningRow[]): DeleteSpec[] {
  return [...Map.groupBy(chosen, ({ of }) => of.group)].map(([group, rows]): DeleteSpec => {
    const { isDead, held } = rows[0]!.of // Map.groupBy makes no empty group
    const positions = rows.flatMap(({ at }) => (at === undefined ? [] : [at]))
    const ifStill = positions.map(({ topic, partition, position: { offset } }) => ({ topic, partition, offset }))
    if (isDead && positions.length === held) return { group, what: 'group', scope: [], ifStill }
    const scope = [...Map.groupBy(positions, (at) => at.topic)].map(([topic, own]) => ({ topic, partitions: own.map((at) => at.partition) })) // oxfmt-ignore
    return { group, what: 'positions', scope, ifStill }
  })
}

export function choiceWords(specs: readonly DeleteSpec[]): string {
  const whole = specs.filter(({ what }) => what === 'group').length
  const positions = specs.reduce((sum, { what, ifStill = [] }) => (what === 'group' ? sum : sum + ifStill.length), 0)
  const parts = [whole === 0 ? '' : count(whole, 'group'), positions === 0 ? '' : count(positions, 'position')]
  return parts.filter((part) => part !== '').join(' and ')
}

export function foundSentence({ groups, positions, dead }: Counts): string {
  if (groups === 0) return 'There is nothing to clean up.'
  const hold = `${count(groups, 'group')} without members ${groups === 1 ? 'holds' : 'hold'} ${count(positions, 'position')} that ${positions === 1 ? 'is' : 'are'} of no use` // oxfmt-ignore
  if (dead === 0) return `${hold}.`
  return positions === 0 ? `${count(dead, 'group')} without positions ${dead === 1 ? 'is' : 'are'} used by nobody.` : `${hold}; ${dead === groups ? (dead === 1 ? 'it is' : 'all of them are') : `${formatGrouped(dead)} of them ${dead === 1 ? 'is' : 'are'}`} used by nobody.` // oxfmt-ignore
}

export const count = (n: number, one: string): string => `${formatGrouped(n)} ${n === 1 ? one : `${one}s`}`
