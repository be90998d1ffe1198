import { toErrorValue } from '#shared/errors.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { HistoryAccess } from './commit-history.ts'
import { isCancelled } from './cancellation.ts'
import { eachRecord } from './each-record.ts'
import { logBounds } from './log-bounds.ts'
import { listOffsets } from './list-offsets.ts'
import type { RawChunk } from './log-reader.ts'
import { decodeCommit, offsetsPartitionOf, offsetsTopic } from './offsets-topic.ts'
import { RecordCursor } from './records/record-cursor.ts'

/** What `__consumer_offsets` says about many groups at once. */
export interface LastCommits {
  /** When the current position was committed, ms since 1970; null: not known. `key` is made by `keyOf`. */
  committedAt(group: string, key: string): bigint | null
  /** The newest commit or record of its members, ms since 1970; null: none was read. */
  lastSeen(group: string): LastSeen | null
  /** Why it is not known whether the group was active since the moment asked about; null: it is known. */
  unknownWhy(group: string): string | null
}

export interface LastSeen {
  at: bigint
  what: 'commit' | 'members'
}

export interface LastCommitsQuestion {
  groups: readonly string[]
  /**
   * Every record from this moment on is wanted, ms since 1970; earlier records give dates only, as far as `mostBytes` allow.
   */
  since: bigint
  mostBytes: number
  milliseconds: number
  signal: AbortSignal
  onProgress?: (partitionsRead: number, partitions: number) => void
}

/** Clocks of brokers differ: a record may be stored after another that has a later timestamp. */
const SKEW_MS = 60_000n

/**
 * Finds out when groups last committed, and last had members, from their partitions of the offsets topic, each read once for
 * all groups. Records written since the moment decide whether a group was quiet. A compacted log still has the newest commit of
 * each position, so a group without a record there did nothing. Earlier records are read only for their dates.
 */
export async function lastCommits(access: HistoryAccess, question: LastCommitsQuestion): Promise<LastCommits> {
  const { groups, since, signal } = question
  const { cluster } = access
  const found = new Found(groups)
  let count: number
  try {
    count = (await cluster.requireTopic(offsetsTopic, signal)).partitions.length
  } catch (error) {
    if (isCancelled(error)) throw error
    return found.told(() => cannotBeRead(error))
  }
  const mine = [...new Set(groups.map((group) => offsetsPartitionOf(group, count)))].sort((a, b) => a - b)
  const late = AbortSignal.timeout(question.milliseconds)
  const over = AbortSignal.any([signal, late])
  const unread = new Map<number, string>()
  try {
    const parts = await partsOf(access, mine, since, unread, over)
    const reading = { access, found, question, unread, bytes: 0, over }
    await readRanges(reading, parts.map(({ partition, split, end }) => ({ partition, from: split, to: end })), 'since') // oxfmt-ignore
    await readRanges(reading, parts.map(({ partition, start, split }) => ({ partition, from: start, to: split })), 'before') // oxfmt-ignore
  } catch (error) {
    if (signal.aborted) throw error
    const why = late.aborted ? TOO_LONG : cannotBeRead(error)
    for (const partition of mine) if (!found.isWhole(partition) && !unread.has(partition)) unread.set(partition, why)
  }
  return found.told((group) => unread.get(offsetsPartitionOf(group, count)) ?? null)
}

const cannotBeRead = (error: unknown): string => `${offsetsTopic} cannot be read: ${toErrorValue(error).message}`
const TOO_LONG = `${offsetsTopic} could not be read in the time that was given.`
const DAMAGED = `A part of ${offsetsTopic} is damaged, or newer than this version of Seekline.`
const TOO_MUCH = `More was written to ${offsetsTopic} since then than is read for this.`

interface Part {
  partition: number
  start: bigint
  /** The first record at or after the moment asked about. */
  split: bigint
  end: bigint
}

/** The bounds of each partition, and where the moment is in it. Partitions that cannot be asked are among the unread. */
async function partsOf(
  { cluster }: HistoryAccess,
  partitions: readonly number[],
  since: bigint,
  unread: Map<number, string>,
  signal: AbortSignal,
): Promise<Part[]> {
  const at = partitions.map((partition) => ({ topic: offsetsTopic, partition }))
  const moment = since > SKEW_MS ? since - SKEW_MS : 0n
  const [bounds, splits] = await Promise.all([
    logBounds(cluster, at, { signal }),
    listOffsets(cluster, at.map((one) => ({ ...one, at: moment })), { signal }), // oxfmt-ignore
  ])
  return at.flatMap((one, i): Part[] => {
    const log = bounds.get(keyOf(one))
    const split = splits[i]?.outcome
    if (log?.ok !== true || split?.ok !== true) {
      const error = log?.ok === false ? log.error : split?.ok === false ? split.error : undefined
      unread.set(one.partition, cannotBeRead(error ?? new Error('its broker did not tell its end.')))
      return []
    }
    const { logStart: start, highWatermark: end } = log.value
    // No record is that new: all of them are earlier.
    const first = split.value.offset ?? end
    return [{ partition: one.partition, start, split: first < start ? start : first > end ? end : first, end }]
  })
}

interface Reading {
  access: HistoryAccess
  found: Found
  question: LastCommitsQuestion
  unread: Map<number, string>
  bytes: number
  over: AbortSignal
}

async function readRanges(
  reading: Reading,
  all: readonly { partition: number; from: bigint; to: bigint }[],
  phase: 'since' | 'before',
): Promise<void> {
  const { access, found, question, unread, over } = reading
  for (const { partition, from, to } of all) if (from >= to) found.ended(partition, phase)
  const ranges = all.filter(({ partition, from, to }) => from < to && !unread.has(partition))
  let done = all.length - ranges.length
  const tell = () => {
    if (phase === 'since') question.onProgress?.(done, all.length)
  }
  tell()
  if (ranges.length === 0) return
  const left = new Set(ranges.map(({ partition }) => partition))
  for await (const event of access.reader.rawBatches({ topic: offsetsTopic, ranges, signal: over })) {
    if (event.kind === 'failed') {
      left.delete(event.partition)
      if (isCancelled(event.error)) throw event.error
      if (phase === 'since') unread.set(event.partition, cannotBeRead(event.error))
    } else if (event.kind === 'end') {
      left.delete(event.partition)
      found.ended(event.partition, phase)
      done += 1
      tell()
    } else if (event.kind === 'batches') {
      reading.bytes += event.bytes.length
      const isReadable = await found.take(event, phase)
      if (!isReadable && phase === 'since') unread.set(event.partition, DAMAGED)
      if (reading.bytes <= question.mostBytes) continue
      // If this part was not read completely, it is not known whether groups were active; of the earlier part only dates are
      // missing.
      if (phase === 'since') for (const partition of left) unread.set(partition, TOO_MUCH)
      return
    }
  }
}

/** What was found, by group. */
class Found {
  readonly #commits: ReadonlyMap<string, { since: Map<string, bigint>; before: Map<string, bigint> }>
  readonly #seen = new Map<string, LastSeen>()
  readonly #ended = { since: new Set<number>(), before: new Set<number>() }
  readonly #partitionOf = new Map<string, number>()
  readonly #cursor = new RecordCursor()

  constructor(groups: readonly string[]) {
    this.#commits = new Map(groups.map((group) => [group, { since: new Map(), before: new Map() }]))
  }

  ended(partition: number, phase: 'since' | 'before'): void {
    this.#ended[phase].add(partition)
  }

  isWhole(partition: number): boolean {
    return this.#ended.since.has(partition)
  }

  /** False: something in it could not be read, which may concern any group. */
  async take(chunk: RawChunk, phase: 'since' | 'before'): Promise<boolean> {
    return await eachRecord(chunk, this.#cursor, () => {
      this.#record(chunk.partition, phase)
      return true
    })
  }

  #record(partition: number, phase: 'since' | 'before'): void {
    const key = this.#cursor.key()
    const group = key === null ? null : groupOf(key)
    if (key === null || group === null) return
    const known = this.#commits.get(group)
    if (known === undefined) return
    this.#partitionOf.set(group, partition)
    const value = this.#cursor.value()
    const commit = decodeCommit(key, value, this.#cursor.offset)
    if (commit !== null) {
      const of = keyOf(commit)
      // Expired or deleted: by the broker, or by somebody who cleans up.
      if (commit.position === null) known[phase].delete(of)
      else {
        const at = commit.committedAt ?? this.#cursor.timestamp
        known[phase].set(of, at)
        this.#saw(group, { at, what: 'commit' })
      }
    } else if (value !== null) this.#saw(group, { at: this.#cursor.timestamp, what: 'members' })
  }

  #saw(group: string, now: LastSeen): void {
    const before = this.#seen.get(group)
    if (before === undefined || before.at < now.at) this.#seen.set(group, now)
  }

  told(unknownWhy: (group: string) => string | null): LastCommits {
    return {
      unknownWhy,
      lastSeen: (group) => this.#seen.get(group) ?? null,
      committedAt: (group, key) => {
        const known = this.#commits.get(group)
        const partition = this.#partitionOf.get(group)
        if (known === undefined || partition === undefined) return null
        // If a stretch was not read to its end, the last commit may be missing.
        const since = this.#ended.since.has(partition) ? known.since.get(key) : undefined
        return since ?? (this.#ended.before.has(partition) ? (known.before.get(key) ?? null) : null)
      },
    }
  }
}

/** Every key of that topic starts with its type and the group's name. null: this one does not. */
function groupOf(key: Uint8Array): string | null {
  if (key.length < 4) return null
  const length = (key[2]! << 8) | key[3]! // the caller or the line above checked that four bytes are there
  if (length > 0x7fff || 4 + length > key.length) return null
  return Buffer.from(key.buffer, key.byteOffset + 4, length).toString('utf8')
}
