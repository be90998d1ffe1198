import type { ApplyRow, PlanRow } from '#shared/contract/offsets.ts'
import { type Position } from '#shared/model/positions.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import type { CommitRecord } from '../../kafka/offsets-topic.ts'
import type { PositionWords } from '#shared/offsets/position-words.ts'
import type { PerPartition, Written } from '../groups/group-port.ts'
import { judgeRace, type OwnWindow, type RaceFacts } from './commit-race.ts'

export type Race = RaceFacts | { unchecked: string }

/** What the order of commits says about each row, or why it is not known. */
export function racesOf(
  group: string,
  commits: readonly CommitRecord[] | string,
  window: OwnWindow,
): (row: PlanRow) => Race {
  if (typeof commits === 'string') return () => ({ unchecked: commits })
  const mine = Map.groupBy(
    commits.filter((one) => one.group === group),
    keyOf,
  )
  const unclear = 'which of the commits there is ours cannot be told'
  return (row) => judgeRace(mine.get(keyOf(row)) ?? [], row.before, row.after, window) ?? { unchecked: unclear }
}

export function rowOutcome(
  row: PlanRow,
  written: Map<string, Written>,
  found: PerPartition<Position | null> | null,
  race: Race,
  words: PositionWords,
): ApplyRow {
  const key = keyOf(row)
  const { topic, partition, topicId, before, after } = row
  const answer = written.get(key)
  const back = found?.get(key)
  const base = { topic, partition, topicId, before, intended: after }
  if (answer?.status === 'refused') {
    const { message, hint } = answer.error
    return { ...base, status: 'refused', message: hint === undefined ? message : `${message} ${hint}` }
  }
  if (back === undefined || 'error' in back) {
    const why = back === undefined ? `the ${words.one} could not be read back` : back.error.message
    return { ...base, status: 'unknown', message: `It may have been written; ${why}.` }
  }
  const isChecked = !('unchecked' in race)
  const unchecked = isChecked ? {} : ({ unchecked: true } as const)
  const lost = isChecked ? race.overwrote : undefined
  const later = isChecked ? race.last : undefined
  // A commit after ours in the topic may have come after the position was read back.
  const now = later !== undefined && samePosition(back.value, after) ? later : back.value
  const gap =
    lost === undefined
      ? ''
      : `Someone ${words.committed} ${say(lost)} between our last look and our commit, and it was written over.`
  const notChecked = isChecked ? '' : `${words.unchecked}: ${race.unchecked}.`
  const also = [gap, notChecked].filter((part) => part !== '')
  if (!samePosition(now, after)) {
    const isWritten = answer?.status === 'written'
    const what = isWritten
      ? `Written, then someone else ${words.committed} ${say(now)}.`
      : `The answer was lost; the ${words.one} is ${say(now)} now.`
    const status = isWritten ? 'superseded' : 'unknown'
    return { ...base, ...unchecked, found: now, status, message: [what, ...also].join(' ') }
  }
  const again = later === undefined ? [] : ['Someone committed after us; the position is what was asked for.']
  if (lost !== undefined) {
    const undo = 'Undo restores what the plan saw.'
    return { ...base, found: now, status: 'overwrote', message: [gap, ...again, undo].join(' ') }
  }
  const message = [...again, ...also].join(' ')
  return { ...base, ...unchecked, found: now, status: 'confirmed', message: message === '' ? null : message }
}

export function say(position: Position | null): string {
  if (position === null) return 'none'
  const extra = position.metadata === '' ? '' : ` with metadata “${position.metadata.slice(0, 80)}”`
  return `${position.offset}${extra}`
}
