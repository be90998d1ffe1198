import type { CommitPoint, MemberRecord } from '#shared/model/commit-history.ts'
import { byTopicPartition, keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'

export interface Window {
  from: bigint
  to: bigint
}

/** The line of one partition. Coordinates are shares of the width and of the height, from the top. */
export interface HistoryLine extends TopicPartition {
  key: string
  /** An SVG path in a box of WIDTH × 100. */
  path: string
  /** The columns that have commits. */
  ticks: readonly number[]
  logStart: number | undefined
  highWatermark: number | undefined
}

export interface Edges {
  logStart: bigint | null
  highWatermark: bigint | null
}

/** No more columns than a screen has. Of the commits within one column, the lowest and the highest position are drawn. */
export const WIDTH = 1_000
/** The most lines drawn; the table has all partitions. */
export const MOST_LINES = 200

export const shareOf = (at: bigint, { from, to }: Window): number => {
  const share = Number(at - from) / Math.max(1, Number(to - from))
  return Math.min(1, Math.max(0, share))
}

/** Drawn as steps, because a position holds until the next commit; the line breaks where the position was deleted. */
export function historyLines(
  points: readonly CommitPoint[],
  window: Window,
  edges: ReadonlyMap<string, Edges>,
): HistoryLine[] {
  const byPartition = Map.groupBy(points, (point) => keyOf(point))
  return [...byPartition]
    .map(([key, mine]) => ({ key, mine, topic: mine[0]!.topic, partition: mine[0]!.partition })) // Map.groupBy makes no empty group
    .sort(byTopicPartition)
    .slice(0, MOST_LINES)
    .map(({ key, mine, topic, partition }) => ({ topic, partition, key, ...lineOf(mine, window, edges.get(key)) }))
}

/** The commits within one column. */
interface Held {
  least: bigint
  most: bigint
  last: bigint
}

function lineOf(points: readonly CommitPoint[], window: Window, edges: Edges | undefined) {
  const known = points.flatMap(({ position }) => (position === null ? [] : [position.offset]))
  const high = edges?.highWatermark ?? null
  const low = known.reduce((least, one) => (one < least ? one : least), known[0] ?? 0n)
  const top = [...known, ...(high === null ? [] : [high])].reduce((most, one) => (one > most ? one : most), low)
  const y = (offset: bigint): number => 94 - (88 * Number(offset - low)) / Math.max(1, Number(top - low))
  const inside = (offset: bigint | null | undefined) =>
    offset == null || offset < low || offset > top ? undefined : y(offset)
  let path = ''
  const ticks: number[] = []
  let column = -1
  const state: { held: Held | null } = { held: null }
  const draw = (x: number) => {
    const { held } = state
    if (held === null) return
    path += `H${x}V${y(held.most).toFixed(1)}V${y(held.least).toFixed(1)}V${y(held.last).toFixed(1)}`
  }
  for (const { since, position } of points) {
    const x = Math.round(shareOf(since, window) * WIDTH)
    const before = state.held
    if (x !== column) {
      if (column >= 0) draw(column)
      column = x
      ticks.push(x)
      if (before !== null) state.held = { least: before.last, most: before.last, last: before.last }
    }
    if (position === null) {
      if (before !== null) path += `H${x}`
      state.held = null
      continue
    }
    const { offset } = position
    const { held } = state
    if (held === null) {
      path += `M${x} ${y(offset).toFixed(1)}`
      state.held = { least: offset, most: offset, last: offset }
    } else {
      state.held = { least: offset < held.least ? offset : held.least, most: offset > held.most ? offset : held.most, last: offset } // oxfmt-ignore
    }
  }
  if (column >= 0) draw(column)
  if (state.held !== null) path += `H${WIDTH}`
  return { path, ticks, logStart: inside(edges?.logStart), highWatermark: inside(high) }
}

export interface MemberChange {
  at: bigint
  words: string
}

/** The most that are drawn; the newest are kept. */
const MOST_CHANGES = 300

/** When members joined and left, as far as the records show: oldest first. */
export function memberChanges(members: readonly MemberRecord[]): MemberChange[] {
  const there = new Map<string, string>()
  let isKnown = false
  const changes: MemberChange[] = []
  for (const record of members) {
    const before = new Map(there)
    if (record.kind === 'all') {
      there.clear()
      for (const one of record.members) there.set(one.memberId, one.clientId)
    } else if (record.there) there.set(record.member.memberId, record.member.clientId)
    else there.delete(record.member.memberId)
    const came = [...there].filter(([id]) => !before.has(id)).map(([, name]) => name)
    const left = [...before].filter(([id]) => !there.has(id)).map(([, name]) => name)
    // For the first record, what was before it is not known.
    const isFirst = !isKnown && record.kind === 'all'
    isKnown = true
    const isBlindLeave = record.kind === 'one' && !record.there && !before.has(record.member.memberId)
    if (isFirst ? there.size === 0 : came.length + left.length === 0 && !isBlindLeave) continue
    const said = [
      ...(came.length === 0 ? [] : [`${named(came)} ${isFirst ? 'there' : 'came'}`]),
      ...(left.length === 0 ? [] : [`${named(left)} left`]),
      ...(isBlindLeave ? ['a member left'] : []),
    ]
    changes.push({ at: record.at, words: `${said.join(', ')}; ${there.size === 1 ? '1 member' : `${there.size} members`} then` }) // oxfmt-ignore
  }
  return changes.slice(-MOST_CHANGES)
}

function named(names: readonly string[]): string {
  const first = names[0]! // callers pass at least one name
  const name = first === '' ? 'a member' : first
  return names.length === 1 ? name : `${name} and ${names.length - 1} more`
}
