import type { PlanSpec, Target } from '../contract/offsets.ts'
import type { SnapshotPosition } from '../model/positions-snapshot.ts'
import { grouped } from './plan-sentence.ts'

/** One of two vectors of positions to compare: of a group, or of all groups of a cluster, now or at a moment. */
export interface PositionSide {
  /** For people: "billing on Staging, now". */
  readonly name: string
  /** null: not known, and then treated as another cluster. */
  readonly clusterId: string | null
  /** The group of all its positions; empty for an anchor; null: many groups. */
  readonly group: string | null
  readonly positions: readonly SnapshotPosition[]
}

export interface ComparedRow {
  readonly key: string
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly left: SnapshotPosition | null
  readonly right: SnapshotPosition | null
  /**
   * `topic-anew`: the same name, but deleted and created again in between. `unknown`: present on both sides, but not comparable
   * by this measure.
   */
  readonly standing: 'only-left' | 'only-right' | 'differs' | 'same' | 'topic-anew' | 'unknown'
  /** Right minus left, in offsets or in lag; null if there is nothing to subtract. */
  readonly by: bigint | null
}

/** What is compared. Offsets of two clusters do not correspond, unless one was copied from the other offset by offset. */
export type Measure = 'offset' | 'lag'

export interface Comparison {
  readonly rows: readonly ComparedRow[]
  readonly isSameCluster: boolean
  readonly measure: Measure
}

/** Rows between two pauses: some hundredths of a second of work. */
const ROWS_A_STEP = 2_000

export const isSameCluster = (left: PositionSide, right: PositionSide): boolean =>
  left.clusterId !== null && left.clusterId === right.clusterId

/**
 * All partitions of either side, by group, topic and partition. If one side is a single group and the other has many, it is
 * compared with the group of that name; two single groups are compared whatever their names. Yields regularly, to let others
 * run.
 */
export function* comparing(left: PositionSide, right: PositionSide, measure: Measure): Generator<void, Comparison> {
  const ofMany = left.group === null && right.group === null
  const only = left.group ?? right.group
  const mine = (side: PositionSide) =>
    ofMany || side.group !== null ? side.positions : side.positions.filter((at) => at.group === only)
  const keyOf = ({ group, topic, partition }: SnapshotPosition) => `${ofMany ? group : ''}\n${partition}/${topic}`
  const isOne = isSameCluster(left, right)
  const pairs = new Map<string, { left: SnapshotPosition | null; right: SnapshotPosition | null }>()
  let count = 0
  for (const at of mine(left)) {
    pairs.set(keyOf(at), { left: at, right: null })
    if (++count % ROWS_A_STEP === 0) yield
  }
  for (const at of mine(right)) {
    const key = keyOf(at)
    const pair = pairs.get(key)
    if (pair === undefined) pairs.set(key, { left: null, right: at })
    else pair.right = at
    if (++count % ROWS_A_STEP === 0) yield
  }
  const rows: ComparedRow[] = []
  for (const [key, pair] of pairs) {
    const { group, topic, partition } = (pair.left ?? pair.right)! // a pair has at least one side
    rows.push({ key, group, topic, partition, ...pair, ...standingOf(pair.left, pair.right, measure, isOne) })
    if (++count % ROWS_A_STEP === 0) yield
  }
  return { rows, isSameCluster: isOne, measure }
}

/** The same without pauses. @internal Only tests use it. */
export function comparePositions(left: PositionSide, right: PositionSide, measure: Measure): Comparison {
  const steps = comparing(left, right, measure)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

function standingOf(
  left: SnapshotPosition | null,
  right: SnapshotPosition | null,
  measure: Measure,
  isOneCluster: boolean,
): Pick<ComparedRow, 'standing' | 'by'> {
  if (left === null) return { standing: 'only-right', by: null }
  if (right === null) return { standing: 'only-left', by: null }
  const isAnew = isOneCluster && left.topicId !== null && right.topicId !== null && left.topicId !== right.topicId
  if (isAnew) return { standing: 'topic-anew', by: null }
  const [a, b] = measure === 'offset' ? [left.offset, right.offset] : [lagOf(left), lagOf(right)]
  if (a === null || b === null) return { standing: 'unknown', by: null }
  return { standing: a === b ? 'same' : 'differs', by: b - a }
}

/** Offsets up to the high watermark that was read with the position; null: not known, or the position is outside the log. */
export function lagOf({ offset, logStart, highWatermark }: SnapshotPosition): bigint | null {
  if (highWatermark === null || offset > highWatermark || (logStart !== null && offset < logStart)) return null
  return highWatermark - offset
}

/** A summary of the whole comparison in one sentence. */
export function comparedSentence({ rows, measure }: Comparison): string {
  if (rows.length === 0) return 'Neither side has a position.'
  const count = (standing: ComparedRow['standing']) => rows.filter((row) => row.standing === standing).length
  const [same, differs, left, right, anew, unknown] = (
    ['same', 'differs', 'only-left', 'only-right', 'topic-anew', 'unknown'] as const
  ).map(count) as [number, number, number, number, number, number]
  if (same === rows.length) return `All ${partitions(same)} are the same on both sides.`
  const of = measure === 'offset' ? 'offset' : 'lag'
  const ahead = rows.reduce((sum, { by }) => (by !== null && by > 0n ? sum + by : sum), 0n)
  const behind = rows.reduce((sum, { by }) => (by !== null && by < 0n ? sum - by : sum), 0n)
  const more = [
    ahead > 0n ? `${grouped(ahead)} more on the right` : '',
    behind > 0n ? `${grouped(behind)} more on the left` : '',
  ].filter((part) => part !== '')
  const parts = [
    differs === 0 ? '' : `${partitions(differs)} ${differs === 1 ? 'differs' : 'differ'} in ${of} (${more.join(', ')})`, // oxfmt-ignore
    left === 0 ? '' : `${partitions(left)} only on the left`,
    right === 0 ? '' : `${partitions(right)} only on the right`,
    anew === 0 ? '' : `${partitions(anew)} of topics that were created again in between`,
    unknown === 0 ? '' : `${partitions(unknown)} whose ${of} is not known`,
    same === 0 ? '' : `${grouped(same)} the same`,
  ].filter((part) => part !== '')
  return `${parts.join('; ')}.`
}

const partitions = (n: number): string => `${grouped(n)} ${n === 1 ? 'partition' : 'partitions'}`

/**
 * The specs that set the positions of one side to those of the other: one per group, for exactly these partitions. Rows without
 * a position to take over are left out, and so are equal ones. On one cluster metadata and leader epoch are kept, and the plan
 * refuses a topic that was created again; on another cluster they would mean nothing.
 */
export function specsToSet(
  rows: readonly ComparedRow[],
  from: 'left' | 'right',
  { isSameCluster, groupOf }: { isSameCluster: boolean; groupOf: (row: ComparedRow) => string },
): { specs: PlanSpec[]; left: number } {
  const taken = rows.filter((row) => row[from] !== null && row.standing !== 'same')
  const specs = [...Map.groupBy(taken, groupOf)].map(([group, own]): PlanSpec => {
    const positions = own.map((row): Extract<Target, { at: 'restore' }>['positions'][number] => {
      const { topicId, offset, metadata, leaderEpoch } = row[from]! // rows without a position on this side were filtered out above
      const position = isSameCluster ? { offset, metadata, leaderEpoch } : { offset, metadata: '', leaderEpoch: -1 }
      return { topic: row.topic, partition: row.partition, topicId: isSameCluster ? topicId : null, position }
    })
    const scope = [...Map.groupBy(own, (row) => row.topic)].map(([topic, of]) => ({ topic, partitions: of.map((row) => row.partition) })) // oxfmt-ignore
    return { group, scope, target: { at: 'restore', positions, deleteGroup: false, inLog: true } }
  })
  return { specs, left: rows.length - taken.length }
}
