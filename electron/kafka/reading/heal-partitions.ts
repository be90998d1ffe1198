import { SeeklineError } from '#shared/errors.ts'
import { kafkaError } from '../protocol/error-codes.ts'
import { asSeeklineError, isCancelled, sleep } from '../cancellation.ts'
import { backOff } from '../back-off.ts'
import { readableEnd, type PartitionRead, type Trouble } from './partition-read.ts'
import { noPartition, recreated, remoteSlow } from './read-errors.ts'
import type { LogSource, SourceTopic } from './source.ts'

/** What is needed of the loop whose partitions are repaired. */
export interface HealingLoop {
  readonly source: LogSource
  readonly topic: string
  topicId(): string | null
  readonly partitions: ReadonlyMap<number, PartitionRead>
  readonly signal: AbortSignal
  /** null: for ever. */
  readonly giveUpAfterMs: number | null
  waiting(error: SeeklineError | null): void
  gap(p: PartitionRead, next: bigint): void
  /** Its bounds were just requested: reads on, or ends. */
  goOn(p: PartitionRead): void
  fail(p: PartitionRead, error: SeeklineError): void
  failAll(error: unknown): void
  /** Sends requests for partitions that are ready again. */
  kick(): void
}

/** How many empty answers in a row, where the log should hold something, before the leader is asked for its bounds. */
export const NO_EMPTY_READS = 2
export const OFFSET_OUT_OF_RANGE = 1
export const LEADER_NOT_AVAILABLE = 5
export const DOUBT = 'doubt'
const UNKNOWN_TOPIC_OR_PARTITION = 3
/** The broker does not know the topic, by name or id, or it was deleted. */
const GONE = new Set([UNKNOWN_TOPIC_OR_PARTITION, 100, 103])

/**
 * Recovers partitions for which a fetch got no good answer: finds leaders again, returns into the log's range, and finds out
 * what an answer without records means. With growing pauses, for all of them together, until each works again or is given up.
 */
export class Healer {
  readonly #loop: HealingLoop
  #isBusy = false
  #waits = false

  constructor(loop: HealingLoop) {
    this.#loop = loop
  }

  /** Whether it was reported that the read is waiting. */
  get waits(): boolean {
    return this.#waits
  }

  /** For an answer without records where there may be some: the log's bounds are requested before that is believed. */
  doubt(p: PartitionRead): void {
    this.heal(p, DOUBT, remoteSlow(this.#loop.topic, p))
  }

  /** Requests it again once its leader is known, or fails it if that takes too long. `cause` is reported in the meantime. */
  heal(p: PartitionRead, code: Trouble['code'], cause?: SeeklineError): void {
    if (p.done) return
    p.trouble = { code, since: p.trouble?.since ?? Date.now(), attempts: (p.trouble?.attempts ?? -1) + 1 }
    p.blocked = true
    const error =
      cause ?? kafkaError(typeof code === 'number' ? code : LEADER_NOT_AVAILABLE, `${this.#loop.topic}[${p.partition}]`)
    if (code !== OFFSET_OUT_OF_RANGE && p.trouble.attempts > 0 && !this.#waits) {
      this.#waits = true
      this.#loop.waiting(error)
    }
    const limit = this.#loop.giveUpAfterMs
    if (limit !== null && Date.now() - p.trouble.since > limit) return this.#loop.fail(p, error)
    if (this.#isBusy) return
    this.#isBusy = true
    this.#healAll().catch((failure: unknown) => {
      this.#isBusy = false
      if (!isCancelled(failure)) this.#loop.failAll(failure)
    })
  }

  /** It had a good answer. */
  healed(p: PartitionRead): void {
    p.trouble = null
    if (!this.#waits || [...this.#loop.partitions.values()].some((other) => other.trouble !== null)) return
    this.#waits = false
    this.#loop.waiting(null)
  }

  async #healAll(): Promise<void> {
    for (;;) {
      const blocked = [...this.#loop.partitions.values()].filter((p) => p.blocked && !p.done)
      if (blocked.length === 0) {
        this.#isBusy = false
        return
      }
      const attempts = Math.min(...blocked.map((p) => p.trouble?.attempts ?? 0))
      if (attempts > 0) await sleep(backOff(attempts - 1, 100, 2_000), this.#loop.signal)
      const outOfRange = blocked.filter((p) => p.trouble?.code === OFFSET_OUT_OF_RANGE)
      if (outOfRange.length > 0) await this.#intoRange(outOfRange)
      const doubted = blocked.filter((p) => p.trouble?.code === DOUBT)
      if (doubted.length > 0) await this.#resolve(doubted)
      const known = new Set([...outOfRange, ...doubted])
      const lost = blocked.filter((p) => p.blocked && !known.has(p))
      if (lost.length > 0) await this.#refresh(lost)
      this.#loop.kick()
    }
  }

  /** The log start has moved past our offset, or (after an unclean election) the end has moved before it. */
  async #intoRange(sick: PartitionRead[]): Promise<void> {
    for (const p of await this.#askBounds(sick)) {
      p.blocked = false
      // The broker may also mean that it does not know this epoch.
      p.lastEpoch = -1
      if (p.next < p.logStart) this.#loop.gap(p, p.to !== null && p.to < p.logStart ? p.to : p.logStart)
      else if (p.next > p.highWatermark && p.to === null) p.next = p.highWatermark
      this.#loop.goOn(p)
    }
  }

  /** Answers were empty: because the log ends here, holds nothing here, or is slow to read here. */
  async #resolve(doubted: PartitionRead[]): Promise<void> {
    const { topic } = this.#loop
    // What the empty answers were about: records that arrive in the meantime come after it, and a rewind asks elsewhere.
    const silent = new Map(doubted.map((p) => [p, { end: readableEnd(p, p.isolation), generation: p.generation }]))
    const partitions = doubted.filter((p) => p.empties >= NO_EMPTY_READS).map((p) => p.partition)
    const starts =
      partitions.length === 0 ? null : await this.#loop.source.localStart(topic, partitions, this.#loop.signal)
    for (const p of await this.#askBounds(doubted)) {
      const start = starts?.get(p.partition)
      if (start instanceof SeeklineError) {
        this.#unknown(p, start)
        continue
      }
      p.blocked = false
      const { end, generation } = silent.get(p)! // the partitions asked about are the keys of this map
      if (p.generation !== generation) continue
      // Read again, waiting as long as for a leader.
      if (start !== undefined && start !== null && start > p.next) continue
      if (start !== undefined) this.#loop.gap(p, end)
      p.empties = 0
      this.healed(p)
      this.#loop.goOn(p)
    }
  }

  /** Those whose bounds are known now; the others stay in trouble or fail. */
  async #askBounds(sick: PartitionRead[]): Promise<PartitionRead[]> {
    const partitions = sick.map((p) => p.partition)
    const bounds = await this.#loop.source.bounds(this.#loop.topic, partitions, this.#loop.signal)
    return sick.filter((p) => {
      if (p.done) return false
      const found = bounds.get(p.partition)
      if (found === undefined || found instanceof SeeklineError) {
        this.#unknown(p, found)
        return false
      }
      Object.assign(p, found, { toldEnd: found.highWatermark })
      return true
    })
  }

  #unknown(p: PartitionRead, error: SeeklineError | undefined): void {
    if (error?.retryable === false) this.#loop.fail(p, error)
    else this.heal(p, LEADER_NOT_AVAILABLE, error)
  }

  async #refresh(sick: PartitionRead[]): Promise<void> {
    const { topic } = this.#loop
    let found: SourceTopic
    try {
      found = await this.#loop.source.topic(topic, true, this.#loop.signal)
    } catch (error) {
      const failure = asSeeklineError(error)
      // A broker that has just learnt of a topic's creation may briefly not know it.
      const unknown = failure.code === 'kafka.topic-unknown'
      if (unknown && sick.every((p) => (p.trouble?.attempts ?? 0) < 4))
        return sick.forEach((p) => this.heal(p, UNKNOWN_TOPIC_OR_PARTITION))
      if (unknown || !failure.retryable) throw failure
      return sick.forEach((p) => this.heal(p, null, failure))
    }
    if (found.topicId !== this.#loop.topicId()) throw recreated(topic)
    for (const p of sick) {
      const code = p.trouble?.code ?? null
      const at = found.partitions.get(p.partition)
      if (at === undefined) this.#loop.fail(p, noPartition(topic, p.partition, found.partitions.size))
      else if (at.leader < 0) this.heal(p, LEADER_NOT_AVAILABLE, at.leaderless)
      else if (typeof code === 'number' && GONE.has(code) && p.trouble!.attempts > 40) {
        // code comes from p.trouble, so that is set
        this.#loop.fail(p, kafkaError(code, `${topic}[${p.partition}]`))
      } else {
        p.leader = at.leader
        p.leaderEpoch = at.leaderEpoch
        p.blocked = false
      }
    }
  }
}
