import { z } from 'zod'
import { maxInt64, minInt64, PartitionId } from './ids.ts'

/**
 * All positions of a cluster at a moment, as a file with one JSON value per line: a head, a line per group, and last the number
 * of groups, so that a truncated file is recognised. Offsets and times are decimal strings. Files are untrusted: each line is
 * checked, and everything is bounded.
 */

export const SNAPSHOT_KIND = 'seekline.positions'
export const SNAPSHOT_VERSION = 1
/** Characters of a file; 200,000 positions take about half of that. */
export const MOST_SNAPSHOT_CHARS = 33_554_432
export const MOST_SNAPSHOT_POSITIONS = 200_000
const MOST_GROUPS = 50_000

const integer = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((text) => BigInt(text))
  .refine((n) => n >= minInt64 && n <= maxInt64)
const name = z.string().max(32_767)
const edge = integer.refine((n) => n >= 0n).nullable()

const Head = z.strictObject({
  kind: z.literal(SNAPSHOT_KIND),
  version: z.literal(SNAPSHOT_VERSION),
  /** null: the cluster has no id. */
  clusterId: z.string().max(200).nullable(),
  /** The name of the profile that it was taken with. */
  profile: z.string().max(200),
  /** ms since 1970, by the clock of the machine that took it. */
  takenAt: integer,
  /** What was left out, and why. */
  notes: z.array(z.string().max(2_000)).max(50),
})

/** partition, offset, leader epoch, metadata, log start, high watermark. */
const Stored = z.tuple([PartitionId, integer.refine((n) => n >= 0n), z.int().min(-1), name, edge, edge])

const GroupLine = z.strictObject({
  group: name,
  type: z.string().max(20),
  state: z.string().max(50),
  topics: z
    .array(
      z.strictObject({
        topic: z.string().min(1).max(249),
        topicId: z.string().max(100).nullable(),
        positions: z.array(Stored).min(1).max(MOST_SNAPSHOT_POSITIONS),
      }),
    )
    .max(MOST_SNAPSHOT_POSITIONS),
})

const Foot = z.strictObject({ groups: z.int().min(0), positions: z.int().min(0) })

/** A position, with the bounds of its log as known when it was read. */
export interface SnapshotPosition {
  readonly group: string
  readonly topic: string
  readonly topicId: string | null
  readonly partition: number
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string
  readonly logStart: bigint | null
  readonly highWatermark: bigint | null
}

export interface SnapshotGroup {
  readonly group: string
  readonly type: string
  readonly state: string
}

export interface Snapshot {
  readonly clusterId: string | null
  readonly profile: string
  readonly takenAt: bigint
  readonly notes: readonly string[]
  readonly groups: readonly SnapshotGroup[]
  readonly positions: readonly SnapshotPosition[]
}

/**
 * The lines of a snapshot's file, each with its line feed; as a generator, so that the whole text need not be built at once.
 */
export function* snapshotLines(snapshot: Snapshot): Generator<string> {
  const { clusterId, profile, takenAt, notes, groups } = snapshot
  yield `${JSON.stringify({ kind: SNAPSHOT_KIND, version: SNAPSHOT_VERSION, clusterId, profile, takenAt: String(takenAt), notes })}\n`
  const byGroup = Map.groupBy(snapshot.positions, (at) => at.group)
  let positions = 0
  for (const { group, type, state } of groups) {
    const mine = (byGroup.get(group) ?? []).filter((at) => at.offset >= 0n)
    positions += mine.length
    const topics = [...Map.groupBy(mine, (at) => at.topic)].map(([topic, own]) => ({
      topic,
      topicId: own[0]?.topicId ?? null,
      positions: own.map((at) => [at.partition, String(at.offset), at.leaderEpoch, at.metadata, textOf(at.logStart), textOf(at.highWatermark)]), // oxfmt-ignore
    }))
    yield `${JSON.stringify({ group, type, state, topics })}\n`
  }
  yield `${JSON.stringify({ groups: groups.length, positions })}\n`
}

const textOf = (n: bigint | null): string | null => (n === null ? null : String(n))

/**
 * Reads such a file line by line, and yields after each line, so that the caller can let others run. Returns a sentence if
 * something is wrong with the file; a file is accepted as a whole or not at all.
 */
export function* readingSnapshot(text: string): Generator<void, Snapshot | string> {
  if (text.length > MOST_SNAPSHOT_CHARS) return `The file is larger than ${MOST_SNAPSHOT_CHARS >> 20} MiB, which no snapshot of Seekline is.` // oxfmt-ignore
  let line = 0
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let head: z.infer<typeof Head> | undefined
  let foot: z.infer<typeof Foot> | undefined
  const groups: SnapshotGroup[] = []
  const names = new Set<string>()
  const positions: SnapshotPosition[] = []
  while (at < text.length) {
    const feed = text.indexOf('\n', at)
    const raw = text.slice(at, feed === -1 ? text.length : feed).trim()
    at = feed === -1 ? text.length : feed + 1
    line += 1
    if (raw === '') continue
    if (foot !== undefined) return `Line ${line} follows the end of the snapshot.`
    const value = parsed(raw)
    if (head === undefined) {
      const read = headOf(value)
      if (typeof read === 'string') return read
      head = read
    } else if (isFoot(value)) {
      foot = Foot.parse(value)
    } else {
      if (value === undefined && at >= text.length) return CUT_OFF
      const problem = takeGroup(value, { groups, names, positions })
      if (problem !== null) return `Line ${line}: ${problem}`
    }
    yield
  }
  if (head === undefined) return 'The file is empty.'
  if (foot === undefined) return CUT_OFF
  if (foot.groups !== groups.length || foot.positions !== positions.length) {
    return `The file has ${positions.length} positions of ${groups.length} groups, and says that it should have ${foot.positions} of ${foot.groups}: something was lost or added.` // oxfmt-ignore
  }
  const { clusterId, profile, takenAt, notes } = head
  return { clusterId, profile, takenAt, notes, groups, positions }
}

const CUT_OFF = 'The file ends before the snapshot does: it was cut off. Nothing of it is taken.'

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

function headOf(value: unknown): z.infer<typeof Head> | string {
  const kind = z.looseObject({ kind: z.literal(SNAPSHOT_KIND), version: z.int() }).safeParse(value)
  if (!kind.success) return 'This is no snapshot of positions: its first line is not the head of one.'
  const { version } = kind.data
  if (version !== SNAPSHOT_VERSION) {
    return `The snapshot is of version ${version}; this Seekline reads version ${SNAPSHOT_VERSION}. ${version > SNAPSHOT_VERSION ? 'A newer Seekline wrote it: use that one, or export it there as CSV.' : ''}`.trim() // oxfmt-ignore
  }
  return Head.safeParse(value).data ?? 'The head of the snapshot, in its first line, cannot be read.'
}

const isFoot = (value: unknown): boolean => Foot.safeParse(value).success

interface Taken {
  groups: SnapshotGroup[]
  names: Set<string>
  positions: SnapshotPosition[]
}

/** What is wrong with the line of a group; null: it was accepted. */
function takeGroup(value: unknown, { groups, names, positions }: Taken): string | null {
  const read = GroupLine.safeParse(value)
  if (!read.success) return `it is no group with its positions (${placeOf(read.error)}).`
  const { group, type, state, topics } = read.data
  if (names.has(group)) return `the group ${shown(group)} is there twice.`
  if (groups.length >= MOST_GROUPS) return `there are more than ${MOST_GROUPS} groups.`
  names.add(group)
  groups.push({ group, type, state })
  const seen = new Set<string>()
  for (const { topic, topicId, positions: stored } of topics) {
    for (const [partition, offset, leaderEpoch, metadata, logStart, highWatermark] of stored) {
      const key = `${partition}/${topic}`
      if (seen.has(key)) return `${shown(topic)}, partition ${partition}, is there twice for ${shown(group)}.`
      seen.add(key)
      if (positions.length >= MOST_SNAPSHOT_POSITIONS) return `there are more than ${MOST_SNAPSHOT_POSITIONS} positions.` // oxfmt-ignore
      positions.push({ group, topic, topicId, partition, offset, leaderEpoch, metadata, logStart, highWatermark })
    }
  }
  return null
}

/** Where in the line the problem is; never the text itself, which may be megabytes. */
function placeOf(error: z.ZodError): string {
  const path = error.issues[0]?.path.slice(0, 6).join('.') ?? ''
  return path === '' ? 'its form' : `at ${path.slice(0, 80)}`
}

const shown = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`
