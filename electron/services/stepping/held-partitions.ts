import type {
  MemberStep,
  StartedBy,
  StepEvent,
  StepPartition,
  StepPlan,
  TakenRecord,
} from '#shared/contract/stepping.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { Position } from '#shared/model/positions.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { asSeeklineError } from '../../kafka/cancellation.ts'
import type { GroupPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { nextRecords } from '../messages/next-records.ts'
import { recordForGroup } from '../offsets/next-of-group.ts'
import { startOf } from './plan.ts'
import { noOffset, notHeld, resetWords, type Committed } from './session-words.ts'

export interface HeldOptions {
  plan: StepPlan
  access: MessagesAccess & { groups: GroupPort }
  tell: (event: StepEvent) => void
  note: (tone: 'info' | 'warn', text: string) => void
}

/** A partition that the member has. */
export interface HeldPartition extends TopicPartition {
  topicId: string | null
  started: bigint | null
  by: StartedBy
  committed: Position | null
  next: bigint | null
  bounds: LogBounds | null
  error: SeeklineError | null
  /** A record was taken, or a seek was made, so its position was chosen by the user. */
  isTouched: boolean
}

const KEY_BYTES = 128

/** The partitions of a member: where it is in each, the records it takes, and what it has committed. */
export class HeldPartitions {
  /** By `keyOf`: what it has committed since it first joined, including partitions that it has given up. */
  readonly committed = new Map<string, Committed>()
  readonly #options: HeldOptions
  readonly #held = new Map<string, HeldPartition>()
  /** The partition after which it is the next one's turn. */
  #last = ''

  constructor(options: HeldOptions) {
    this.#options = options
  }

  all(): HeldPartition[] {
    return [...this.#held.values()]
  }

  has(at: TopicPartition): boolean {
    return this.#held.has(keyOf(at))
  }

  /** Partitions with records that were taken and not committed yet. */
  due(): HeldPartition[] {
    return this.all().filter(
      ({ isTouched, next, committed }) => isTouched && next !== null && next !== committed?.offset,
    )
  }

  /** Finds where it starts in newly assigned partitions. Never throws: a failure is reported in the partition's row. */
  async begin(partitions: readonly TopicPartition[], over: AbortSignal): Promise<void> {
    const { access, plan } = this.#options
    const { group, reset } = plan.spec
    if (partitions.length === 0) return this.tell([], [])
    const signal = AbortSignal.any([over, AbortSignal.timeout(30_000)])
    const topics = [...new Set(partitions.map(({ topic }) => topic))]
    const asked = Promise.all([
      access.groups.positions(group, partitions, signal),
      access.groups.bounds(partitions, signal),
      access.groups.topicIds(topics, signal),
    ])
    const answers = await asked.catch((error: unknown) => asSeeklineError(error))
    for (const at of partitions) {
      const { topic, partition } = at
      const base = { topic, partition, topicId: null, started: null, by: 'none' as const, committed: null, next: null, bounds: null, isTouched: false } // oxfmt-ignore
      if (answers instanceof SeeklineError) {
        this.#held.set(keyOf(at), { ...base, error: answers })
        continue
      }
      const [positions, bounds, ids] = answers
      const position = positions.get(keyOf(at))
      const bound = bounds.get(keyOf(at))
      const failure = [position, bound].find((one) => one === undefined || 'error' in one)
      const committed = position !== undefined && 'value' in position ? position.value : null
      const log = bound !== undefined && 'value' in bound ? bound.value : null
      if (failure !== undefined || log === null) {
        const why = failure !== undefined && 'error' in failure ? failure.error : null
        const error = new SeeklineError(why?.code ?? 'internal', why?.message ?? 'Nothing was told of this partition.')
        this.#held.set(keyOf(at), { ...base, committed, error })
        continue
      }
      const { start, by } = startOf(committed?.offset ?? null, log, reset)
      const error = start === null ? noOffset(at, committed) : null
      this.#held.set(keyOf(at), { ...base, topicId: ids.get(topic) ?? null, started: start, by, committed, next: start, bounds: log, error }) // oxfmt-ignore
      if (by !== 'position') this.#options.note('warn', resetWords(at, committed, reset, start))
    }
    this.tell(partitions, [])
  }

  forget(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#held.delete(keyOf(at))
    this.tell([], partitions)
  }

  /** The next record of one partition; null: there is none, as far as could be read. */
  async takeOf(one: HeldPartition, signal: AbortSignal): Promise<TakenRecord | null> {
    const { access, plan } = this.#options
    const end = this.#endOf(one)
    const from = one.next! // only partitions with a next offset are given a turn
    const found = await nextRecords(
      access,
      one.topic,
      one.topicId,
      [{ partition: one.partition, from, to: end }],
      signal,
      { keyBytes: KEY_BYTES, includeAborted: plan.spec.isolation === 'read_uncommitted' },
    )
    const next = found.get(one.partition)! // nextRecords answers for every partition it is given
    if (next.row === null) {
      one.error = next.error
      if (next.error === null) one.next = next.next
      return null
    }
    const record = recordForGroup(next.row, next.hole)
    one.error = null
    one.next = record.offset + 1n
    one.isTouched = true
    this.#last = keyOf(one)
    return { topic: one.topic, partition: one.partition, record }
  }

  /** The partition after the one that gave the last record, so that all have their turn. */
  whoseTurn(from: TopicPartition | undefined, done: ReadonlySet<HeldPartition>): HeldPartition | undefined {
    const all =
      from === undefined ? [...this.#held.entries()] : [...this.#held.entries()].filter(([key]) => key === keyOf(from))
    const at = all.findIndex(([key]) => key === this.#last)
    const inTurn = [...all.slice(at + 1), ...all.slice(0, at + 1)]
    return inTurn.find(([, one]) => !done.has(one) && this.#hasMore(one))?.[1]
  }

  #hasMore(one: HeldPartition): boolean {
    return one.next !== null && one.next < this.#endOf(one)
  }

  #endOf({ bounds }: HeldPartition): bigint {
    if (bounds === null) return 0n
    return this.#options.plan.spec.isolation === 'read_committed' ? bounds.lastStable : bounds.highWatermark
  }

  /** Why there is no record to take, of one partition or of all. */
  whyNothing(from: TopicPartition | undefined): string {
    if (this.#held.size === 0) return 'It has no partition.'
    const all = this.all().filter((one) => from === undefined || keyOf(one) === keyOf(from))
    if (all.every(({ next }) => next === null)) return 'None of its partitions has a place to start from.'
    // The limits of one look were reached before a record came, as behind many aborted ones.
    if (all.some((one) => one.error === null && this.#hasMore(one))) {
      return 'No record was found in the time of one look: take again to read on from there.'
    }
    const open = all.some(({ bounds }) => bounds !== null && bounds.lastStable < bounds.highWatermark)
    return this.#options.plan.spec.isolation === 'read_committed' && open
      ? 'No record to take: up to the last stable offset everything was taken, and behind it a transaction is open.'
      : 'No record to take: everything up to the end was taken.'
  }

  /** Seeks back so that a record is taken again. Throws if it was not taken. */
  seekBack({ topic, partition, offset }: Extract<MemberStep, { do: 'nack' }>): void {
    const one = this.#held.get(keyOf({ topic, partition }))
    if (one === undefined) throw notHeld({ topic, partition })
    if (one.started === null || one.next === null || offset >= one.next || !one.isTouched) {
      throw new SeeklineError('call.invalid', `Offset ${offset} of ${topic}[${partition}] was not taken.`, {
        hint: 'A record that was taken can be given back.',
      })
    }
    one.next = offset
    this.tell([one], [])
  }

  /** Reads where the logs end now; a position that retention has passed follows auto.offset.reset, as a consumer's would. */
  async look(signal: AbortSignal): Promise<void> {
    const { access, plan } = this.#options
    const held = [...this.#held.values()]
    if (held.length === 0) return
    const bounds = await access.groups.bounds(held, signal)
    const changed: HeldPartition[] = []
    for (const one of held) {
      const found = bounds.get(keyOf(one))
      if (found === undefined || 'error' in found) continue
      const log = found.value
      const same = one.bounds !== null && one.bounds.logStart === log.logStart && one.bounds.lastStable === log.lastStable && one.bounds.highWatermark === log.highWatermark // oxfmt-ignore
      one.bounds = log
      if (!same) changed.push(one)
      if (one.next === null || (one.next >= log.logStart && one.next <= log.highWatermark)) continue
      const at = { offset: one.next, metadata: '', leaderEpoch: -1 }
      const { start, by } = startOf(one.next, log, plan.spec.reset)
      one.next = start
      one.by = by
      one.error = start === null ? noOffset(one, at) : null
      this.#options.note('warn', resetWords(one, at, plan.spec.reset, start))
    }
    if (changed.length > 0) this.tell(changed, [])
  }

  setCommitted(one: HeldPartition, after: Position, isUnsure: boolean): void {
    const { topic, partition, topicId } = one
    const present = this.committed.get(keyOf(one))
    this.committed.set(keyOf(one), { topic, partition, topicId, before: present === undefined ? one.committed : present.before, after, isUnsure }) // oxfmt-ignore
    if (!isUnsure) one.committed = after
  }

  tell(changed: readonly TopicPartition[], gone: readonly TopicPartition[]): void {
    const now = changed.flatMap((at): StepPartition[] => {
      const one = this.#held.get(keyOf(at))
      if (one === undefined) return []
      const { topic, partition, started, by, committed, next, bounds, error } = one
      return [{
        topic, partition, started, by, committed: committed?.offset ?? null, next,
        logStart: bounds?.logStart ?? null, lastStable: bounds?.lastStable ?? null, highWatermark: bounds?.highWatermark ?? null,
        error: error === null ? null : toErrorValue(error),
      }] // oxfmt-ignore
    })
    this.#options.tell({ kind: 'partitions', now, gone: gone.map(({ topic, partition }) => ({ topic, partition })) })
  }
}
