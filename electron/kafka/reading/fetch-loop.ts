import type { SeeklineError } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import { kafkaError, kafkaErrorInfo } from '../protocol/error-codes.ts'
import type { FetchResponse } from '../protocol/fetch.ts'
import { MAX_THROTTLE_MS, throttled } from '../throttle.ts'
import { asSeeklineError, cancelledError, isCancelled, sleep } from '../cancellation.ts'
import { Answers, type FetchedPart } from './fetch-answers.ts'
import { EventQueue } from './event-queue.ts'
import { Healer, LEADER_NOT_AVAILABLE, OFFSET_OUT_OF_RANGE } from './heal-partitions.ts'
import { canBeAsked, newPartitionRead, type PartitionRead } from './partition-read.ts'
import type { ReadLimit } from './rate-limit.ts'
import { noPartition, recreated } from './read-errors.ts'
import type { LogSource, ReadChannel, SourceTopic } from './source.ts'

export interface FetchRange {
  partition: number
  from: bigint
  /** Exclusive; null: follow the log for ever. */
  to: bigint | null
}

export interface LoopOptions {
  topic: string
  /** The id of the topic: a read of another topic with the same name fails. Left out: the id found at the start. */
  topicId?: string | null
  ranges: readonly FetchRange[]
  channel?: ReadChannel
  /** `committed` ends at the last stable offset. Default `all`. */
  isolation?: 'all' | 'committed'
  /** Requested per partition at first (default 1 MiB), and per response in all (default 4 MiB). */
  partitionBytes?: number
  responseBytes?: number
  /** One response at a time per partition: it then pauses until `resume`. For callers that may not want more. */
  stepwise?: boolean
  /** Bytes fetched and not yet released; one response per leader may come on top. Default 16 MiB. */
  maxInFlightBytes?: number
  /** How long to wait for a partition without a leader, or a broker that is away. Default 30 s; null: for ever. */
  giveUpAfterMs?: number | null
  signal?: AbortSignal
}

export type LoopEvent =
  /** One response: all parts are in the same ArrayBuffer. */
  | { kind: 'data'; parts: FetchedPart[]; bytes: number }
  /** Offsets [from, next) hold nothing any more: deleted by retention, or compacted away at the end of the log. */
  | { kind: 'gap'; partition: number; from: bigint; next: bigint; generation: number }
  | { kind: 'end'; partition: number; next: bigint; bounds: LogBounds; generation: number }
  | { kind: 'failed'; partition: number; next: bigint; error: SeeklineError }
  /** A broker or a leader is away, or a quota slows the read down (the error); or everything works again (null). */
  | { kind: 'waiting'; error: SeeklineError | null }

const NOTICEABLE_MS = 100
const PARTITION_BYTES = 1 << 20
const GIVE_UP_MS = 30_000
/**
 * The only fetch loop: one request at a time per leader; the next one is sent as soon as the answer's batch headers say where
 * to continue, whether or not the data was decoded yet. Fetch sessions and rack ids are not used: a session pays off for
 * hundreds of idle partitions, and a follower lags behind, so brokers never offer a `preferredReadReplica`.
 */
export class FetchLoop {
  readonly #source: LogSource
  readonly #limit: ReadLimit
  readonly #options: LoopOptions
  readonly #partitions = new Map<number, PartitionRead>()
  readonly #queue: EventQueue<LoopEvent>
  readonly #stop = new AbortController()
  readonly #running = new Set<number>()
  readonly #signal: AbortSignal
  #topicId: string | null = null
  readonly #healer: Healer
  readonly #answers: Answers
  #slowed = false
  /** Bytes received so far. */
  bytes = 0

  constructor(source: LogSource, limit: ReadLimit, options: LoopOptions) {
    this.#source = source
    this.#limit = limit
    this.#options = options
    this.#queue = new EventQueue(options.maxInFlightBytes ?? 16 << 20)
    this.#signal =
      options.signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, options.signal])
    for (const range of options.ranges) {
      this.#partitions.set(range.partition, newPartitionRead(range, options.partitionBytes ?? PARTITION_BYTES))
    }
    this.#healer = new Healer({
      source,
      topic: options.topic,
      topicId: () => this.#topicId,
      partitions: this.#partitions,
      signal: this.#signal,
      giveUpAfterMs: options.giveUpAfterMs === undefined ? GIVE_UP_MS : options.giveUpAfterMs,
      waiting: (error) => this.#queue.push({ kind: 'waiting', error }),
      gap: (p, next) => this.#gap(p, next),
      goOn: (p) => this.#answers.goOn(p),
      fail: (p, error) => this.#fail(p, error),
      failAll: (error) => this.#queue.fail(error),
      kick: () => this.#kick(),
    })
    this.#answers = new Answers({
      topic: options.topic,
      isCommitted: options.isolation === 'committed',
      isStepwise: options.stepwise === true,
      partitionBytes: options.partitionBytes ?? PARTITION_BYTES,
      healer: this.#healer,
      end: (p) => this.#end(p),
      fail: (p, error) => this.#fail(p, error),
    })
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    this.#start().catch((error: unknown) => this.#queue.fail(error))
  }

  get topicId(): string | null {
    return this.#topicId
  }

  /**
   * The next event, in order per partition; null: closed. Throws if the whole read fails. The caller counts the partitions that
   * ended, because `rewind` can restart one that ended.
   */
  async next(): Promise<LoopEvent | null> {
    if (this.#options.signal?.aborted === true) throw cancelledError()
    return await this.#queue.take()
  }

  /** The bytes of a `data` event are no longer used, so that as many may be fetched. */
  release(bytes: number): void {
    this.#queue.release(bytes)
  }

  /** Requests nothing more for this partition until `resume`; data of a request in flight still arrives. */
  pause(partition: number): void {
    const p = this.#partitions.get(partition)
    if (p !== undefined) p.paused = true
  }

  resume(partition: number): void {
    const p = this.#partitions.get(partition)
    if (p === undefined || !p.paused) return
    p.paused = false
    this.#kick()
  }

  /** Continues from another offset; data fetched before has an older `generation` and must be dropped. */
  rewind(partition: number, next: bigint): number {
    const p = this.#partitions.get(partition)! // callers name only partitions that this loop was made with
    p.generation++
    p.next = next
    p.lastEpoch = -1
    p.isolation = 1
    p.done = false
    p.empties = 0
    this.#kick()
    return p.generation
  }

  /** Also reads this partition, as if it had been among the ranges, or another range of one that has ended. */
  add(range: FetchRange): void {
    const p = newPartitionRead(range, this.#options.partitionBytes ?? PARTITION_BYTES)
    const before = this.#partitions.get(range.partition)
    this.#partitions.set(range.partition, p)
    if (before === undefined || before.leader < 0) {
      // Its leader has to be found first.
      this.#healer.heal(p, LEADER_NOT_AVAILABLE)
      return
    }
    const { leader, leaderEpoch, generation, logStart, lastStable, highWatermark, toldEnd } = before
    Object.assign(p, { leader, leaderEpoch, logStart, lastStable, highWatermark, toldEnd })
    p.generation = generation + 1
    this.#kick()
  }

  /** Ends one partition: nothing more is sent for it. */
  finish(partition: number): void {
    const p = this.#partitions.get(partition)
    if (p !== undefined) this.#done(p)
  }

  /** Events with an older generation are about offsets from before a rewind. */
  generationOf(partition: number): number {
    return this.#partitions.get(partition)?.generation ?? 0
  }

  close(): void {
    this.#stop.abort()
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#queue.end()
  }

  readonly #onAbort = (): void => this.#queue.fail(cancelledError())

  async #start(): Promise<void> {
    const { topic, topicId } = this.#options
    const found = await this.#source.topic(topic, false, this.#signal)
    this.#topicId = topicId ?? found.topicId
    if (this.#topicId !== found.topicId) throw recreated(topic)
    this.#place(found)
    for (const p of this.#partitions.values()) {
      if (p.to !== null && p.next >= p.to) this.#end(p)
    }
    this.#kick()
  }

  #place(topic: SourceTopic): void {
    for (const p of this.#partitions.values()) {
      const found = topic.partitions.get(p.partition)
      if (p.done) continue
      if (found === undefined) {
        this.#fail(p, noPartition(this.#options.topic, p.partition, topic.partitions.size))
      } else if (found.leader < 0) {
        this.#healer.heal(p, LEADER_NOT_AVAILABLE, found.leaderless)
      } else {
        p.leader = found.leader
        p.leaderEpoch = found.leaderEpoch
      }
    }
  }

  #kick(): void {
    for (const p of this.#partitions.values()) {
      if (p.leader >= 0 && !this.#running.has(p.leader) && canBeAsked(p, p.leader)) {
        const node = p.leader
        this.#running.add(node)
        this.#serve(node)
          .catch((error: unknown) => {
            if (!isCancelled(error)) this.#queue.fail(error)
          })
          .finally(() => {
            this.#running.delete(node)
            if (!this.#signal.aborted) this.#kick()
          })
      }
    }
  }

  /** Serves one leader until none of its partitions can be requested. */
  async #serve(node: number): Promise<void> {
    for (;;) {
      await this.#queue.room()
      await this.#limit.ready(this.#signal)
      if (this.#signal.aborted) return
      const able = [...this.#partitions.values()].filter((p) => canBeAsked(p, node))
      const first = able[0]
      if (first === undefined) return
      // One isolation level per request. The first in line decides; it and all others in the request go to the end of the line.
      const asked = able.filter((p) => p.isolation === first.isolation)
      const before = asked.map(({ next }) => next)
      await this.#ask(node, asked, first.isolation)
      for (const [i, p] of asked.entries()) {
        if ((p !== first && p.next === before[i]) || this.#partitions.get(p.partition) !== p) continue
        this.#partitions.delete(p.partition)
        this.#partitions.set(p.partition, p)
      }
    }
  }

  async #ask(node: number, asked: PartitionRead[], isolation: 0 | 1): Promise<void> {
    const { topic, channel = 'browse', responseBytes = 4 << 20 } = this.#options
    const generations = new Map(asked.map((p) => [p.partition, p.generation]))
    const from = new Map(asked.map((p) => [p.partition, p.next]))
    for (const p of asked) p.busy = true
    const maxBytes = this.#limit.cap(Math.max(responseBytes, ...asked.map((p) => p.maxBytes)))
    let response: FetchResponse
    try {
      const follows = asked.every((p) => p.to === null && p.next >= p.highWatermark)
      response = await this.#source.fetch(
        node,
        channel,
        {
          isolationLevel: isolation,
          maxWaitMs: follows ? 500 : 100,
          minBytes: 1,
          maxBytes,
          topics: [
            {
              topic,
              topicId: this.#topicId,
              partitions: asked.map((p) => ({
                partition: p.partition,
                fetchOffset: p.next,
                maxBytes: p.maxBytes,
                currentLeaderEpoch: p.leaderEpoch,
                lastFetchedEpoch: p.lastEpoch,
              })),
            },
          ],
        },
        this.#signal,
      )
    } catch (error) {
      for (const p of asked) p.busy = false
      if (this.#signal.aborted || isCancelled(error)) return
      const failure = asSeeklineError(error)
      for (const p of asked) {
        if (failure.retryable) this.#healer.heal(p, null, failure)
        else this.#fail(p, failure)
      }
      return
    }
    for (const p of asked) p.busy = false
    const answers = response.topics[0]?.partitions ?? []
    // Over a quota a broker reads nothing and answers at once, with a delay and without the requested partitions.
    if (answers.length === 0 && response.errorCode === 0 && response.throttleTimeMs > 0) {
      return await this.#obey(response.throttleTimeMs)
    }
    const bytes = answers.reduce((sum, a) => sum + a.records.byteLength, 0)
    this.bytes += bytes
    this.#limit.spent(bytes)
    const parts: FetchedPart[] = []
    const after: (() => void)[] = []
    const answerOf = new Map(answers.map((a) => [a.partition, a]))
    for (const p of asked) {
      // Rewound in the meantime: the answer is about another place.
      if (p.done || generations.get(p.partition) !== p.generation || from.get(p.partition) !== p.next) continue
      const answer = answerOf.get(p.partition)
      const code = answer === undefined ? response.errorCode || -1 : answer.errorCode
      if (answer === undefined || code !== 0) this.#refused(p, code)
      else {
        const how = { room: maxBytes - bytes, sure: bytes === 0 || p === asked[0] }
        after.push(...this.#answers.take(p, isolation, answer, parts, how))
      }
    }
    if (parts.length > 0) this.#queue.push({ kind: 'data', parts, bytes }, bytes)
    for (const act of after) act()
    await this.#obey(response.throttleTimeMs)
  }

  /** The delay of a quota. Reported if a user would notice it, and cleared with the first answer without one. */
  async #obey(milliseconds: number): Promise<void> {
    const slow = milliseconds >= NOTICEABLE_MS
    if (slow || (this.#slowed && milliseconds === 0)) {
      this.#slowed = slow
      if (!this.#healer.waits) this.#queue.push({ kind: 'waiting', error: slow ? throttled(milliseconds) : null })
    }
    if (milliseconds > 0) await sleep(Math.min(milliseconds, MAX_THROTTLE_MS), this.#signal).catch(() => undefined)
  }

  #refused(p: PartitionRead, code: number): void {
    const info = kafkaErrorInfo(code)
    if (code === OFFSET_OUT_OF_RANGE || info.retry === 'leader' || info.retry === 'wait') this.#healer.heal(p, code)
    else
      this.#fail(
        p,
        kafkaError(code, `${this.#options.topic}[${p.partition}]`, {
          asked: { api: 'Fetch', topic: this.#options.topic },
        }),
      )
  }

  #gap(p: PartitionRead, next: bigint): void {
    this.#queue.push({ kind: 'gap', partition: p.partition, from: p.next, next, generation: p.generation })
    p.next = next
    p.lastEpoch = -1
  }

  #end(p: PartitionRead): void {
    if (p.done) return
    const bounds = { logStart: p.logStart, lastStable: p.lastStable, highWatermark: p.highWatermark }
    const next = p.to !== null && p.next > p.to ? p.to : p.next
    this.#queue.push({ kind: 'end', partition: p.partition, next, bounds, generation: p.generation })
    this.#done(p)
  }

  #fail(p: PartitionRead, error: SeeklineError): void {
    if (p.done) return
    this.#queue.push({ kind: 'failed', partition: p.partition, next: p.next, error })
    this.#done(p)
  }

  #done(p: PartitionRead): void {
    p.done = true
    p.trouble = null
    p.blocked = false
  }
}
