// oxlint-disable max-lines -- one protocol for sending, resending and giving up, whose states refer to each other
import type { SeeklineError } from '#shared/errors.ts'
import { kafkaError, kafkaErrorInfo } from '../protocol/error-codes.ts'
import type { ProducedPartition } from '../protocol/produce.ts'
import { asSeeklineError, cancelledError, sleep } from '../cancellation.ts'
import { backOff } from '../back-off.ts'
import { Account, type SenderAccount } from './sender-account.ts'
import { type Producer, sequenceAfter, stampBatch } from './producer-sequence.ts'
import type { Budget } from './byte-budget.ts'
import { judge } from './doubtful-batch.ts'
import type { LogLook, LookOptions } from './find-own-batches.ts'
import {
  BAD_RECORDS,
  cannotTell,
  DUPLICATE,
  mayHaveArrived,
  NO_PRODUCER,
  NOT_WRITTEN,
  OUT_OF_ORDER,
  overtaken,
  TOO_LARGE,
  TRIED_AGAIN,
  unreadable,
} from './produce-error-codes.ts'
import { dropBad, makeSmaller, type Replacement } from './refused-batch.ts'
import type { OutBatch } from './out-batch.ts'

/** What writing to one topic needs of its cluster; tests have a broker of their own. */
export interface ProduceLink {
  /** One Produce request with one batch, acks=all. Throws if no answer came; `details.sent` tells whether it was sent. */
  produce(partition: number, records: Uint8Array): Promise<ProducedPartition & { throttleTimeMs?: number }>
  /** Looks leaders up again. Throws an error with `retryable` false if the topic was deleted, or created again. */
  refresh(): Promise<void>
  newProducer(): Promise<Producer>
  /** The end of the records that consumers may read. */
  end(partition: number): Promise<bigint>
  /** Which batches of these producers are in the log from `from` on. Throws if it cannot or may not be read. */
  look(partition: number, from: bigint, producers: ReadonlySet<bigint>, options?: LookOptions): Promise<LogLook>
}

/** The outcome of a batch. `unknown`: it is not known whether it was written. */
export type Settled =
  | {
      status: 'written'
      count: number
      bytes: number
      /** null: written before, its offset forgotten. */ baseOffset: bigint | null
      timestamp: bigint
    }
  | { status: 'refused'; offset: bigint; error: SeeklineError }
  | { status: 'dropped' | 'unknown'; error: SeeklineError }

export interface SenderOptions {
  topic: string
  partition: number
  link: ProduceLink
  producer: Producer
  budget: Budget
  /** A quota of the target demands a pause; the connection obeys it by itself. */
  onThrottle?: (milliseconds: number) => void
  /** How long to try one batch. Default 120 s, as Java's delivery.timeout.ms. */
  giveUpAfterMs?: number
  /** How long to wait for answers after a cancel. Default 4 s: a cancelled stream has 5 s to end in a receipt. */
  cancelWaitMs?: number
  /** Default {@link LATE_ARRIVALS_MS}. */
  lateArrivalsMs?: number
}

/** Brokers remember a producer's last five batches to recognise a repeated one (ProducerStateEntry.NUM_BATCHES_TO_RETAIN). */
const IN_FLIGHT = 5
/** Data in the socket of a lost connection may still be carried out: how long to wait before reading the log. */
const LATE_ARRIVALS_MS = 1_000

interface Entry {
  batch: OutBatch
  /** Counts the batches in the order they were handed in. */
  order: number
  sequence: number
  settle: (outcome: Settled, last: boolean) => void
  /** Once written to a socket without a clear answer, it may be in the log. */
  maybeWritten: boolean
  state: 'waiting' | 'in-flight' | 'acked' | 'failed'
  failure: Failure | null
  /** The time of its first failure; 0: none yet. */
  since: number
}

interface Failure {
  code: number | null
  error: SeeklineError
  answer: ProducedPartition | null
}

/**
 * Writes batches to one partition in order and exactly once (KIP-98): a retry sends the same bytes with the same sequence, and
 * the broker drops duplicates. But a broker forgets a producer of old records, so before anything is sent again that may have
 * arrived, the log after the last acknowledged offset is read: it decides, or the batch is `unknown`. After any failure all
 * answers are awaited, and resending starts at the first batch without an acknowledgement, one at a time until one succeeds.
 * The very first batch is also sent alone: a broker that does not know a producer accepts any sequence as its first, so a later
 * batch could overtake it unnoticed.
 */
export class PartitionSender {
  readonly #options: SenderOptions
  #producer: Producer
  #entries: Entry[] = []
  #nextSequence = 0
  #nextOrder = 0
  /** The order of the last acknowledged batch. */
  #acknowledgedOrder = -1
  #inFlight = 0
  #careful = true
  #recovering = false
  #attempts = 0
  #stopped: { error: SeeklineError } | null = null
  #cancelled = false
  readonly #account = new Account()
  #idle: (() => void)[] = []

  constructor(options: SenderOptions) {
    this.#options = options
    this.#producer = options.producer
    this.#account.producers.add(options.producer.producerId)
  }

  account(): SenderAccount {
    return this.#account.of(this.#options.partition)
  }

  /** Why nothing more is written here; null: writing goes on. */
  get stopped(): SeeklineError | null {
    return this.#stopped?.error ?? null
  }

  /**
   * Waits for room, then queues the batch. `settle` may be called several times with `refused` records before its last call.
   */
  async send(batch: OutBatch, settle: (outcome: Settled, last: boolean) => void): Promise<void> {
    const { budget } = this.#options
    await budget.take(batch.bytes.byteLength, () => this.#stopped !== null || this.#cancelled)
    if (this.#stopped !== null || this.#cancelled) {
      budget.give(batch.bytes.byteLength)
      settle({ status: 'dropped', error: this.#stopped?.error ?? cancelledError() }, true)
      return
    }
    const fresh = { sequence: -1, maybeWritten: false, state: 'waiting', failure: null, since: 0 } as const
    this.#entries.push({ batch, order: this.#nextOrder++, settle, ...fresh })
    this.#pump()
  }

  /** Resolves once every batch has its outcome. */
  async settled(): Promise<void> {
    while (this.#entries.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Sends nothing more; batches in flight or in doubt are awaited for a while, and are then unknown. */
  cancel(): void {
    if (this.#cancelled || this.#stopped !== null) return
    this.#cancelled = true
    const error = cancelledError()
    this.#options.budget.wake()
    this.#dropUnsent(error)
    if (this.#inFlight === 0 && !this.#inDoubt) return this.#stop(error)
    setTimeout(() => this.#stop(error), this.#options.cancelWaitMs ?? 4_000).unref()
  }

  /** Gives up for a reason from outside: the topic is a different one now. */
  fail(error: SeeklineError): void {
    this.#stop(error)
  }

  get #name(): string {
    return `${this.#options.topic}[${this.#options.partition}]`
  }

  get #inDoubt(): boolean {
    return this.#entries.some((entry) => entry.maybeWritten)
  }

  #pump(): void {
    if (this.#stopped !== null || this.#recovering) return
    if (this.#account.behind === null) return this.#recovery(() => this.#begin())
    const limit = this.#careful ? 1 : IN_FLIGHT
    for (const entry of this.#entries) {
      if (this.#inFlight >= limit || this.#cancelled) return
      if (entry.state === 'failed') return
      if (entry.state === 'waiting') this.#transmit(entry)
    }
  }

  #transmit(entry: Entry): void {
    if (entry.sequence < 0) {
      entry.sequence = this.#nextSequence
      this.#nextSequence = sequenceAfter(this.#nextSequence, entry.batch.count)
      stampBatch(entry.batch.bytes, this.#producer, entry.sequence)
    }
    entry.state = 'in-flight'
    this.#inFlight++
    this.#options.link.produce(this.#options.partition, entry.batch.bytes).then(
      (answer) => {
        if (answer.throttleTimeMs) this.#options.onThrottle?.(answer.throttleTimeMs)
        this.#answered(entry, answer)
      },
      (error: unknown) => {
        const failure = asSeeklineError(error)
        if (mayHaveArrived(failure)) entry.maybeWritten = true
        this.#failed(entry, { code: null, error: failure, answer: null })
      },
    )
  }

  #answered(entry: Entry, answer: ProducedPartition): void {
    if (this.#stopped !== null) return
    const { errorCode: code } = answer
    if (code === 0 || code === DUPLICATE) {
      this.#inFlight--
      entry.state = 'acked'
      this.#acknowledge(entry, answer)
      this.#after()
      return
    }
    if (!NOT_WRITTEN.has(code)) entry.maybeWritten = true
    const { topic } = this.#options
    const error = kafkaError(code, this.#name, { brokerSays: answer.errorMessage, asked: { api: 'Produce', topic } })
    this.#failed(entry, { code, error, answer })
  }

  #acknowledge(entry: Entry, answer: Pick<ProducedPartition, 'baseOffset' | 'logAppendTime'>): void {
    const { count, bytes } = entry.batch
    const baseOffset = answer.baseOffset >= 0n ? answer.baseOffset : null
    const written = {
      status: 'written',
      count,
      bytes: bytes.byteLength,
      baseOffset,
      timestamp: answer.logAppendTime,
    } as const
    this.#account.place(baseOffset, count, entry === this.#entries[0])
    this.#options.budget.give(bytes.byteLength)
    entry.settle(written, true)
    if (entry.order > this.#acknowledgedOrder) this.#acknowledgedOrder = entry.order
    this.#entries = this.#entries.filter((other) => other !== entry)
    this.#attempts = 0
    if (!this.#recovering && !this.#entries.some((other) => other.state === 'failed')) this.#careful = false
  }

  #failed(entry: Entry, failure: Failure): void {
    if (this.#stopped !== null) return
    this.#inFlight--
    entry.state = 'failed'
    entry.failure = failure
    this.#after()
  }

  #after(): void {
    const failed = this.#entries.some((entry) => entry.state === 'failed')
    if (this.#cancelled && this.#inFlight === 0 && !this.#inDoubt) {
      return this.#stop(cancelledError())
    }
    if (failed && this.#inFlight === 0) {
      if (!this.#recovering) this.#recovery(() => this.#recover())
      return
    }
    if (this.#entries.length === 0) this.#wake()
    if (!failed) this.#pump()
  }

  /** Nothing is sent while it runs. */
  #recovery(work: () => Promise<void>): void {
    this.#recovering = true
    work().then(
      () => {
        this.#recovering = false
        if (this.#cancelled) this.#stop(cancelledError())
        if (this.#entries.length === 0) this.#wake()
        this.#pump()
      },
      (error: unknown) => this.#stop(asSeeklineError(error)),
    )
  }

  /** Reads where the log ends before anything of ours is in it. */
  async #begin(): Promise<void> {
    const { link, partition } = this.#options
    const head = this.#entries[0]! // called only while an entry is in flight
    this.#account.begin(await this.#patiently(head, null, () => link.end(partition)))
    head.since = 0
  }

  /** Nothing is in flight; the first entry failed, and those after it failed because of it or on their own. */
  async #recover(): Promise<void> {
    this.#careful = true
    const head = this.#entries[0]! // called only while an entry is in flight
    const failure = head.failure
    const lostAnswer = this.#entries.some((entry) => entry.failure?.code === null)
    for (const entry of this.#entries) {
      if (entry.state === 'failed') entry.state = 'waiting'
      entry.failure = null
    }
    // A sequence that is out of order may be caused by a batch that is in the log without our knowing.
    if (failure?.code === OUT_OF_ORDER) head.maybeWritten = true
    const looked = this.#inDoubt
    if (looked) await this.#lookFor(head, failure?.error ?? null, lostAnswer)
    const first = this.#entries[0]
    if (failure === null || first === undefined || this.#stopped !== null || this.#cancelled) return
    const { code, error } = failure
    // It is in the log already and cannot be put after the later ones any more.
    if (first.order < this.#acknowledgedOrder) throw overtaken(this.#name, error)
    if (first !== head) return
    if (code !== null && TOO_LARGE.has(code)) return this.#replace(head, makeSmaller(head.batch, error))
    if (code !== null && BAD_RECORDS.has(code)) return this.#replace(head, dropBad(head.batch, failure.answer, error))
    if (code !== null && NO_PRODUCER.has(code)) return await this.#renew(error)
    if (code === OUT_OF_ORDER) throw error
    const retry = code === null ? error.retryable : !['fatal', 'none'].includes(kafkaErrorInfo(code).retry)
    if (!retry && !(code !== null && TRIED_AGAIN.has(code))) throw error
    if (this.#isLate(head)) throw error
    // Reading the log has already looked up the leaders.
    if (!looked) await this.#patiently(head, error, () => this.#options.link.refresh())
  }

  /** Finds out from the log which batches without an answer were written. Afterwards nothing is in doubt, or it throws. */
  async #lookFor(head: Entry, reason: SeeklineError | null, lostAnswer: boolean): Promise<void> {
    const { link, partition, lateArrivalsMs } = this.#options
    if (lostAnswer) await sleep(lateArrivalsMs ?? LATE_ARRIVALS_MS)
    const look = await this.#patiently(head, reason, async () => {
      await link.refresh()
      return await link.look(partition, this.#account.behind!, this.#account.producers).catch((error: unknown) => {
        // #begin sets it before anything is sent
        const failure = asSeeklineError(error)
        throw failure.retryable ? failure : unreadable(this.#name, failure)
      })
    })
    if (this.#stopped !== null) return
    const { written, unsure } = judge(this.#entries, this.#producer, look)
    for (const [entry, { baseOffset, logAppendTime }] of written) {
      this.#acknowledge(entry, { baseOffset, logAppendTime })
    }
    for (const entry of this.#entries) if (!unsure.has(entry)) entry.maybeWritten = false
    if (unsure.size > 0) throw cannotTell(this.#name)
  }

  /** Tries until it succeeds, the reason is final, or the first entry has waited long enough. */
  async #patiently<T>(head: Entry, reason: SeeklineError | null, work: () => Promise<T>): Promise<T> {
    for (let first = true; ; first = false) {
      if (reason !== null || !first) await sleep(backOff(this.#attempts++, 50, 2_000))
      try {
        if (this.#stopped !== null) throw this.#stopped.error
        return await work()
      } catch (failed) {
        const error = asSeeklineError(failed)
        if (!error.retryable) throw error
        if (this.#isLate(head)) throw reason ?? error
      }
    }
  }

  #isLate(head: Entry): boolean {
    if (head.since === 0) head.since = Date.now()
    return Date.now() - head.since > (this.#options.giveUpAfterMs ?? 120_000)
  }

  /**
   * The first entry was refused, so nothing after it was written either (their sequences follow its): all may be renumbered.
   */
  #replace(head: Entry, { batches, refused }: Replacement): void {
    const { budget } = this.#options
    let size = -head.batch.bytes.byteLength
    for (const batch of batches) size += batch.bytes.byteLength
    budget.give(-size)
    let open = batches.length
    for (const one of refused) head.settle({ status: 'refused', ...one }, false)
    if (open === 0) head.settle({ status: 'written', count: 0, bytes: 0, baseOffset: null, timestamp: -1n }, true)
    const settle: Entry['settle'] = (outcome, last) => {
      if (last) open--
      head.settle(outcome, last && open === 0)
    }
    const fresh = batches.map((batch): Entry => ({ ...head, batch, settle, state: 'waiting' }))
    this.#nextSequence = head.sequence
    this.#entries.splice(0, 1, ...fresh)
    for (const entry of this.#entries) entry.sequence = -1
    if (this.#entries.length === 0) this.#wake()
  }

  /** The broker forgot this producer. A new one continues: the outcome of everything so far is known. */
  async #renew(error: SeeklineError): Promise<void> {
    if (this.#attempts++ > 3) throw error
    this.#producer = await this.#options.link.newProducer()
    this.#account.producers.add(this.#producer.producerId)
    this.#nextSequence = 0
    for (const entry of this.#entries) entry.sequence = -1
  }

  #dropUnsent(error: SeeklineError): void {
    const unsent = this.#entries.filter((entry) => entry.state === 'waiting' && !entry.maybeWritten)
    this.#entries = this.#entries.filter((entry) => !unsent.includes(entry))
    for (const { batch, settle } of unsent) {
      this.#options.budget.give(batch.bytes.byteLength)
      settle({ status: 'dropped', error }, true)
    }
  }

  #stop(error: SeeklineError): void {
    if (this.#stopped !== null) return
    this.#stopped = { error }
    const left = this.#entries
    this.#entries = []
    for (const entry of left) {
      this.#options.budget.give(entry.batch.bytes.byteLength)
      const unknown = entry.maybeWritten || entry.state === 'in-flight'
      entry.settle({ status: unknown ? 'unknown' : 'dropped', error }, true)
    }
    this.#options.budget.wake()
    this.#wake()
  }

  #wake(): void {
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }
}
