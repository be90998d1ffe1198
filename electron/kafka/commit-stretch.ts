import type { CommitPoint, MemberRecord } from '#shared/model/commit-history.ts'
import { decodeCommit, decodeMembers, isOfGroup } from './offsets-topic.ts'
import type { RawChunk } from './log-reader.ts'
import type { BatchView } from './records/batch-header.ts'
import { markerOf } from './records/control-records.ts'
import { RecordCursor } from './records/record-cursor.ts'

interface Marker {
  isCommit: boolean
  at: bigint
}

/**
 * For each producer how its first transaction after this stretch ended. Bounded by what a search may read: each entry comes
 * from a batch of 78 bytes.
 */
export type FirstMarkers = Map<bigint, Marker>

export interface StretchOptions {
  group: string
  /** The group's name as it is stored in keys. */
  prefix: Uint8Array
  from: bigint
  to: bigint
  /** Below this offset all transactions have ended, wherever their markers are. */
  decidedBefore: bigint
}

interface Pending {
  point: CommitPoint
  isDecided: boolean
}

/** A batch of the offsets topic holds what one request committed: by default a broker accepts messages of a mebibyte. */
const MOST_UNPACKED = 32 << 20
/** Batches between two pauses: a megabyte of small ones at once would block the main thread. */
const BATCHES_A_TURN = 2_000

/** One stretch of a group's partition of the offsets topic, read forward: its commits, and how transactions ended. */
export class CommitStretch {
  readonly from: bigint
  readonly to: bigint
  bytes = 0
  unreadable = 0
  /** From this offset on none is missing. */
  wholeFrom: bigint
  readonly #group: string
  readonly #prefix: Uint8Array
  readonly #decidedBefore: bigint
  readonly #cursor = new RecordCursor()
  readonly #points: CommitPoint[] = []
  readonly #members: MemberRecord[] = []
  readonly #pending = new Map<bigint, Pending[]>()
  readonly #first: FirstMarkers = new Map()
  #next: bigint

  constructor({ group, prefix, from, to, decidedBefore }: StretchOptions) {
    this.from = from
    this.to = to
    this.wholeFrom = from
    this.#next = from
    this.#group = group
    this.#prefix = prefix
    this.#decidedBefore = decidedBefore
  }

  /** Offsets up to here hold nothing any more. */
  pass(next: bigint): void {
    this.wholeFrom = this.#next = next < this.to ? next : this.to
  }

  async take(chunk: RawChunk): Promise<void> {
    this.bytes += chunk.bytes.length
    const walker = chunk.walk()
    let batches = 0
    for (let batch = walker.next(); batch !== null; batch = walker.next()) {
      if (batch.kind === 'batch') this.#batch(batch)
      else {
        this.unreadable += 1
        this.#saw(batch.first, batch.last)
      }
      batches += 1
      if (batches % BATCHES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** What was found, newest first, given the markers after it; also adds its own markers for the stretch before. */
  finish(behind: FirstMarkers): { points: CommitPoint[]; members: MemberRecord[]; undecided: number } {
    if (this.#next < this.to) this.wholeFrom = this.to
    let undecided = 0
    for (const [producer, waiting] of this.#pending) {
      const marker = behind.get(producer)
      for (const { point, isDecided } of waiting) {
        if (marker !== undefined) this.#decide(point, marker)
        // Its marker was compacted away. If it had been aborted, the broker would have said so.
        else if (isDecided) this.#points.push(point)
        else undecided += 1
      }
    }
    for (const [producer, marker] of this.#first) behind.set(producer, marker)
    const newestFirst = (a: { offset: bigint }, b: { offset: bigint }) => (a.offset > b.offset ? -1 : 1)
    return { points: this.#points.sort(newestFirst), members: this.#members.sort(newestFirst), undecided }
  }

  #saw(first: bigint, last: bigint): void {
    if (first > this.#next) this.wholeFrom = first < this.to ? first : this.to
    if (last >= this.#next) this.#next = last + 1n
  }

  #batch(batch: BatchView): void {
    if (batch.lastOffset < this.from || batch.baseOffset >= this.to) return
    if (batch.control) {
      this.#saw(batch.baseOffset, batch.lastOffset)
      this.#marker(batch)
      return
    }
    if (this.#cursor.open(batch, MOST_UNPACKED) !== null) {
      this.unreadable += 1
      this.#saw(batch.baseOffset, batch.lastOffset)
      return
    }
    while (this.#cursor.next()) {
      const { offset } = this.#cursor
      if (offset < this.from || offset >= this.to) continue
      this.#saw(offset, offset)
      if (!batch.aborted) this.#record(batch, offset)
    }
    if (this.#cursor.problem !== null) this.unreadable += 1
  }

  #record(batch: BatchView, offset: bigint): void {
    const key = this.#cursor.key()
    // Most records belong to other groups: names are compared as they are stored, before anything is decoded.
    if (key === null || !isOfGroup(key, this.#prefix)) return
    const { timestamp } = this.#cursor
    const commit = decodeCommit(key, this.#cursor.value(), offset)
    if (commit === null) {
      const members = decodeMembers(key, this.#cursor.value(), offset, timestamp)
      if (members === 'unknown') this.unreadable += 1
      else if (members !== null) this.#members.push(members)
      return
    }
    if (commit.group !== this.#group) return
    const { topic, partition, position } = commit
    const committedAt = commit.committedAt ?? timestamp
    const source = position === null ? 'tombstone' : batch.transactional ? 'transactional commit' : 'commit'
    const point: CommitPoint = { topic, partition, position, committedAt, since: committedAt, source, offset }
    if (!batch.transactional) {
      this.#points.push(point)
      return
    }
    const waiting = this.#pending.get(batch.producerId) ?? []
    waiting.push({ point, isDecided: offset < this.#decidedBefore })
    this.#pending.set(batch.producerId, waiting)
  }

  #marker(batch: BatchView): void {
    const type = markerOf(batch)?.type
    if (type !== 'commit' && type !== 'abort') return
    const marker = { isCommit: type === 'commit', at: batch.maxTimestamp }
    if (!this.#first.has(batch.producerId)) this.#first.set(batch.producerId, marker)
    for (const { point } of this.#pending.get(batch.producerId) ?? []) this.#decide(point, marker)
    this.#pending.delete(batch.producerId)
  }

  #decide(point: CommitPoint, { isCommit, at }: Marker): void {
    if (isCommit) this.#points.push({ ...point, since: at > point.committedAt ? at : point.committedAt })
  }
}
