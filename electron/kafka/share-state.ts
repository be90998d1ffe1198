import { bytesOfText } from '#shared/bytes.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { ShareRecordState, ShareState, ShareStretch } from '#shared/model/share-state.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { isCancelled } from './cancellation.ts'
import type { HistoryAccess } from './commit-history.ts'
import { stateName } from './decode/internal-topics/meanings.ts'
import type { Fields } from './decode/internal-topics/message.ts'
import { readInternalKey, readInternalValue } from './decode/internal-topics/records.ts'
import { eachRecord } from './each-record.ts'
import { logBounds } from './log-bounds.ts'
import { isOfGroup, javaHashPartition } from './offsets-topic.ts'
import { MalformedResponse } from './protocol/reader.ts'
import { RecordCursor } from './records/record-cursor.ts'
import { foldShareState, type ShareStateRecord } from './share-state-fold.ts'

/** Where share coordinators store the state of records (KIP-932). Reading it is optional: many users may not. */
export const shareStateTopic = '__share_group_state'

export interface SharePartition {
  topicId: string
  partition: number
}

export interface ShareStateQuestion {
  group: string
  partitions: readonly SharePartition[]
  signal: AbortSignal
  /** For tests: how much to read, and for how long. */
  most?: { bytes: number; milliseconds: number }
}

/**
 * How long a user waits when opening a group: even a busy coordinator's newest snapshots are within a few hundred records each.
 */
const MOST = { bytes: 16 << 20, milliseconds: 5_000 }
/** The first stretch is short: for most groups it has everything. */
const FIRST_SPAN = 512n
const LONGEST_SPAN = 65_536n
/** A partition has at most 10,000 locks (`group.share.partition.max.record.locks`), and an update holds what changed. */
const MOST_STRETCHES = 200_000

/** The partition of {@link shareStateTopic} that holds it: by the Java hash of `SharePartitionKey.asCoordinatorKey`. */
export function shareStatePartitionOf(
  group: string,
  { topicId, partition }: SharePartition,
  partitions: number,
): number {
  return javaHashPartition(`${group}:${topicId}:${partition}`, partitions)
}

/**
 * The stored state of these partitions of a share group, one answer each, in order: read backwards from the end of the state
 * topic to the newest snapshot of each, which together with the later updates is complete. Sends no request to a coordinator:
 * ReadShareGroupState is for brokers only (it needs ClusterAction).
 */
export async function readShareState(access: HistoryAccess, question: ShareStateQuestion): Promise<ShareState[]> {
  const { group, partitions, signal, most = MOST } = question
  const late = AbortSignal.timeout(most.milliseconds)
  const over = AbortSignal.any([signal, late])
  const search = new Search(access, group, over, most.bytes)
  try {
    await search.run(partitions)
  } catch (error) {
    if (signal.aborted || (isCancelled(error) && !late.aborted)) throw error
    search.giveUp(late.aborted ? `${shareStateTopic} could not be read in the time that was given.` : cannotBeRead(error)) // oxfmt-ignore
  }
  return partitions.map((one) => search.stateOf(one))
}

const cannotBeRead = (error: unknown): string => `${shareStateTopic} cannot be read: ${toErrorValue(error).message}`
const nameOf = ({ topicId, partition }: SharePartition): string => `${topicId}:${partition}`

/** One partition of a group, as far as it was read. */
interface Sought {
  /** From its newest snapshot on, oldest first; without one, everything that was read. */
  records: ShareStateRecord[]
  isWhole: boolean
  why: string | null
}

class Search {
  readonly #access: HistoryAccess
  readonly #group: string
  readonly #prefix: Uint8Array
  readonly #over: AbortSignal
  readonly #mostBytes: number
  readonly #cursor = new RecordCursor()
  readonly #sought = new Map<string, Sought>()
  #bytes = 0
  #stretches = 0

  constructor(access: HistoryAccess, group: string, over: AbortSignal, mostBytes: number) {
    this.#access = access
    this.#group = group
    this.#prefix = bytesOfText(group)
    this.#over = over
    this.#mostBytes = mostBytes
  }

  async run(wanted: readonly SharePartition[]): Promise<void> {
    for (const one of wanted) this.#sought.set(nameOf(one), { records: [], isWhole: false, why: null })
    const { cluster } = this.#access
    const { partitions } = await cluster.requireTopic(shareStateTopic, this.#over)
    const lanes = new Map<number, { from: bigint; logStart: bigint; open: Set<Sought> }>()
    for (const one of wanted) {
      const at = shareStatePartitionOf(this.#group, one, partitions.length)
      const lane = lanes.get(at) ?? { from: 0n, logStart: 0n, open: new Set() }
      lane.open.add(this.#sought.get(nameOf(one))!) // each wanted partition was put in #sought before
      lanes.set(at, lane)
    }
    const asked = [...lanes.keys()].map((partition) => ({ topic: shareStateTopic, partition }))
    const bounds = await logBounds(cluster, asked, { signal: this.#over })
    for (const at of asked) {
      const lane = lanes.get(at.partition)! // every partition asked about has a lane
      const log = bounds.get(keyOf(at))
      if (log?.ok === true) Object.assign(lane, { from: log.value.highWatermark, logStart: log.value.logStart })
      else this.#fail(lane.open, cannotBeRead(log?.error ?? new Error('its broker did not tell its end.')))
    }
    for (let span = FIRST_SPAN; ; span = span < LONGEST_SPAN ? span * 4n : span) {
      const ranges = []
      for (const [partition, lane] of lanes) {
        for (const one of lane.open) if (one.isWhole || one.why !== null) lane.open.delete(one)
        // There is nothing before it: what was found is complete.
        if (lane.from <= lane.logStart) for (const one of lane.open) one.isWhole = true
        if (lane.open.size === 0 || lane.from <= lane.logStart) continue
        const from = lane.from - span > lane.logStart ? lane.from - span : lane.logStart
        ranges.push({ partition, from, to: lane.from })
        lane.from = from
      }
      if (ranges.length === 0) return
      await this.#read(ranges, (partition) => lanes.get(partition)!.open) // every range belongs to a lane
    }
  }

  giveUp(why: string): void {
    this.#fail(this.#sought.values(), why)
  }

  stateOf(one: SharePartition): ShareState {
    const found = this.#sought.get(nameOf(one))
    if (found === undefined || found.why !== null)
      return { kind: 'unknown', why: found?.why ?? 'It was not looked for.' }
    return foldShareState(found.records)
  }

  #fail(all: Iterable<Sought>, why: string): void {
    for (const one of all) if (!one.isWhole) one.why ??= why
  }

  async #read(
    ranges: { partition: number; from: bigint; to: bigint }[],
    openOf: (partition: number) => ReadonlySet<Sought>,
  ): Promise<void> {
    const found = new Map<Sought, ShareStateRecord[]>()
    const { reader } = this.#access
    for await (const event of reader.rawBatches({ topic: shareStateTopic, ranges, signal: this.#over })) {
      if (event.kind === 'failed') {
        if (isCancelled(event.error)) throw event.error
        this.#fail(openOf(event.partition), cannotBeRead(event.error))
      } else if (event.kind === 'batches') {
        this.#bytes += event.bytes.length
        const isReadable = await eachRecord(event, this.#cursor, () => this.#record(found))
        if (!isReadable) this.#fail(openOf(event.partition), `A part of ${shareStateTopic} is damaged, or newer than this version of Seekline.`) // oxfmt-ignore
        if (this.#bytes > this.#mostBytes || this.#stretches > MOST_STRETCHES) {
          return this.giveUp(`More was written to ${shareStateTopic} since its newest snapshot than is read for this.`)
        }
      }
    }
    for (const [one, records] of found) {
      if (one.isWhole) continue
      one.records = [...records, ...one.records]
      one.isWhole = records[0]?.isSnapshot === true
    }
  }

  /** False: the record is the group's, and cannot be read. */
  #record(found: Map<Sought, ShareStateRecord[]>): boolean {
    const key = this.#cursor.key()
    if (key === null || !isOfGroup(key, this.#prefix)) return true
    try {
      const { of, fields } = readInternalKey(shareStateTopic, key)
      if (of === null || fields === null) return false
      const one = this.#sought.get(nameOf({ topicId: fields.topicId as string, partition: fields.partition as number }))
      if (one === undefined || one.isWhole) return true
      const value = this.#cursor.value()
      const at = this.#cursor.timestamp
      const isSnapshot = of.name === 'ShareSnapshot'
      // A tombstone: from there on the group has no state for this partition.
      const told = value === null ? { startOffset: -1n, stateBatches: [] } : readInternalValue(of, value).fields
      if (told === null) return false
      const stretches = (told.stateBatches as Fields[]).map(stretchOf)
      this.#stretches += stretches.length
      const record = { isSnapshot, startOffset: told.startOffset as bigint, stretches, at }
      const before = found.get(one)
      if (isSnapshot || before === undefined) found.set(one, [record])
      else before.push(record)
      return true
    } catch (error) {
      if (error instanceof MalformedResponse) return false
      throw error
    }
  }
}

function stretchOf({ firstOffset, lastOffset, deliveryState, deliveryCount }: Fields): ShareStretch {
  const name = stateName('ShareUpdate', 'deliveryState', deliveryState as number)
  return {
    first: firstOffset as bigint,
    last: lastOffset as bigint,
    state: (name?.toLowerCase() ?? 'unknown') as ShareRecordState,
    deliveries: deliveryCount as number,
  }
}
