import { SeeklineError } from '#shared/errors.ts'
import { kafkaError, kafkaErrorInfo } from '../error-table.ts'
import type { ProducedPartition } from '../protocol/produce.ts'
import { asSeeklineError, backOff, cancelledError, sleep } from '../waiting.ts'
import { halve, type Producer, sequenceAfter, sourceOffset, stampBatch, without } from './batch-edit.ts'
import type { Budget } from './budget.ts'
import type { OutBatch } from './transform.ts'

/** What writing to one topic needs of its cluster; tests have a broker of their own. */
export interface ProduceLink {
  /** One Produce request with one batch, acks=all. Throws where no answer came; `details.sent` tells whether it went out. */
  produce(partition: number, records: Uint8Array): Promise<ProducedPartition & { throttleTimeMs?: number }>
  /** Looks leaders up again. Throws for good (`retryable` false) when the topic is gone or was created anew. */
  refresh(): Promise<void>
  newProducer(): Promise<Producer>
}

/** How a batch ended. `unknown`: nobody can say whether it was written. */
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
  /** A quota of the target asks for a pause; the connection obeys it by itself. */
  onThrottle?: (milliseconds: number) => void
  /** How long one batch is tried. Default 120 s, as Java's delivery.timeout.ms. */
  giveUpAfterMs?: number
  /** How long answers are waited for after a cancel. Default 4 s: a cancelled stream is given 5 s to end in a receipt. */
  cancelWaitMs?: number
}

/** Brokers remember a producer's last five batches to tell a repeated one (ProducerStateEntry.NUM_BATCHES_TO_RETAIN). */
const IN_FLIGHT = 5
const TOO_LARGE = new Set([10, 18])
const BAD_RECORDS = new Set([32, 87])
const OUT_OF_ORDER = 45
const DUPLICATE = 46
/** UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED. */
const NO_PRODUCER = new Set([47, 49, 59, 90])
/** REQUEST_TIMED_OUT, NETWORK_EXCEPTION, NOT_ENOUGH_REPLICAS_AFTER_APPEND, UNKNOWN_SERVER_ERROR: perhaps in the log. */
const MAYBE_WRITTEN = new Set([7, 13, 20, -1])

interface Entry {
  batch: OutBatch
  sequence: number
  settle: (outcome: Settled, last: boolean) => void
  /** Once handed to a socket without a clear answer, it may lie in the log. */
  maybeWritten: boolean
  state: 'waiting' | 'in-flight' | 'acked' | 'failed'
  failure: Failure | null
  /** Of its first failure; 0: none yet. */
  since: number
}

interface Failure {
  code: number | null
  error: SeeklineError
  answer: ProducedPartition | null
}

/**
 * Writes batches to one partition in order and exactly once (KIP-98): a retry sends the same bytes under the same sequence,
 * and the broker drops what it has. After any failure everything under way is awaited, and resending starts at the first
 * batch without an acknowledgement, one at a time until one passes. The first batch of all travels alone, too: a broker that
 * knows nothing of a producer takes any sequence as its first, so a later batch could overtake it unnoticed.
 */
export class PartitionSender {
  readonly #options: SenderOptions
  #producer: Producer
  #entries: Entry[] = []
  #nextSequence = 0
  #inFlight = 0
  #careful = true
  #recovering = false
  #attempts = 0
  #stopped: { error: SeeklineError } | null = null
  #cancelled = false
  #idle: (() => void)[] = []

  constructor(options: SenderOptions) {
    this.#options = options
    this.#producer = options.producer
  }

  /** Why nothing more is written here; null: all is well. */
  get stopped(): SeeklineError | null {
    return this.#stopped?.error ?? null
  }

  /** Waits for room, then queues. `settle` may be called several times with `refused` records before its last call. */
  async send(batch: OutBatch, settle: (outcome: Settled, last: boolean) => void): Promise<void> {
    const { budget } = this.#options
    await budget.take(batch.bytes.byteLength, () => this.#stopped !== null || this.#cancelled)
    if (this.#stopped !== null || this.#cancelled) {
      budget.give(batch.bytes.byteLength)
      settle({ status: 'dropped', error: this.#stopped?.error ?? cancelledError() }, true)
      return
    }
    this.#entries.push({ batch, sequence: -1, settle, maybeWritten: false, state: 'waiting', failure: null, since: 0 })
    this.#pump()
  }

  /** Resolves once every batch is settled. */
  async settled(): Promise<void> {
    while (this.#entries.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Sends nothing more; what is under way is awaited for a while, and then unknown. */
  cancel(): void {
    if (this.#cancelled || this.#stopped !== null) return
    this.#cancelled = true
    const error = cancelledError()
    this.#options.budget.wake()
    if (this.#inFlight === 0) return this.#stop(error)
    this.#dropUnsent(error)
    setTimeout(() => this.#stop(error), this.#options.cancelWaitMs ?? 4_000).unref()
  }

  /** Gives up for a reason from elsewhere: the topic is another one now. */
  fail(error: SeeklineError): void {
    this.#stop(error)
  }

  #pump(): void {
    if (this.#stopped !== null || this.#recovering) return
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
    if (MAYBE_WRITTEN.has(code)) entry.maybeWritten = true
    const { topic, partition } = this.#options
    const error = kafkaError(code, `${topic}[${partition}]`, {
      brokerSays: answer.errorMessage,
      asked: { api: 'Produce', topic },
    })
    this.#failed(entry, { code, error, answer })
  }

  #acknowledge(entry: Entry, answer: ProducedPartition): void {
    const { count, bytes } = entry.batch
    const baseOffset = answer.errorCode === 0 && answer.baseOffset >= 0n ? answer.baseOffset : null
    const written = {
      status: 'written',
      count,
      bytes: bytes.byteLength,
      baseOffset,
      timestamp: answer.logAppendTime,
    } as const
    this.#options.budget.give(bytes.byteLength)
    entry.settle(written, true)
    // Nothing that was sent before it can be unwritten: sequences have no gaps.
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
    if (this.#cancelled && this.#inFlight === 0) {
      return this.#stop(cancelledError())
    }
    if (failed && this.#inFlight === 0) {
      if (this.#recovering) return
      this.#recovering = true
      this.#recover().then(
        () => {
          this.#recovering = false
          this.#pump()
        },
        (error: unknown) => this.#stop(asSeeklineError(error)),
      )
      return
    }
    if (this.#entries.length === 0) this.#wake()
    if (!failed) this.#pump()
  }

  /** Nothing is under way; the first entry failed, and those behind it failed because of it or on their own. */
  async #recover(): Promise<void> {
    this.#careful = true
    const head = this.#entries[0]!
    const failure = head.failure
    for (const entry of this.#entries) {
      if (entry.state === 'failed') entry.state = 'waiting'
      entry.failure = null
    }
    if (failure === null) return
    const { code, error } = failure
    if (code !== null && TOO_LARGE.has(code)) return this.#makeSmaller(head, error)
    if (code !== null && BAD_RECORDS.has(code)) return this.#dropBad(head, failure.answer, error)
    if (code !== null && NO_PRODUCER.has(code)) return await this.#renew(error)
    if (code === OUT_OF_ORDER) throw error
    const retry = code === null ? error.retryable : !['fatal', 'none'].includes(kafkaErrorInfo(code).retry)
    if (!retry && !(code !== null && MAYBE_WRITTEN.has(code))) throw error
    if (head.since === 0) head.since = Date.now()
    if (Date.now() - head.since > (this.#options.giveUpAfterMs ?? 120_000)) throw error
    await sleep(backOff(this.#attempts++, 50, 2_000))
    try {
      await this.#options.link.refresh()
    } catch (failed) {
      if (!asSeeklineError(failed).retryable) throw failed
    }
  }

  #makeSmaller(head: Entry, error: SeeklineError): void {
    const halves = halve(head.batch)
    if (halves === null) return this.#replace(head, [], [{ offset: sourceOffset(head.batch, 0), error }])
    this.#replace(head, halves, [])
  }

  #dropBad(head: Entry, answer: ProducedPartition | null, error: SeeklineError): void {
    const bad = new Map((answer?.recordErrors ?? []).map(({ index, message }) => [index, message]))
    for (const index of bad.keys()) if (index < 0 || index >= head.batch.count) bad.delete(index)
    // Brokers before 2.4 do not say which record it was: halving finds it.
    if (bad.size === 0) return this.#makeSmaller(head, error)
    const refused = [...bad].map(([index, message]) => ({
      offset: sourceOffset(head.batch, index),
      error:
        message === null
          ? error
          : new SeeklineError(error.code, `${error.message} ${message}`, { details: error.details ?? {} }),
    }))
    const rest = without(head.batch, new Set(bad.keys()))
    this.#replace(head, rest === null ? [] : [rest], refused)
  }

  /** The head was refused, so nothing behind it was written either (their sequences follow its): all may be numbered anew. */
  #replace(head: Entry, batches: OutBatch[], refused: { offset: bigint; error: SeeklineError }[]): void {
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
    const fresh = batches.map((batch): Entry => ({ ...head, batch, settle, maybeWritten: false, state: 'waiting' }))
    this.#nextSequence = head.sequence
    this.#entries.splice(0, 1, ...fresh)
    for (const entry of this.#entries) Object.assign(entry, { sequence: -1, maybeWritten: false })
    if (this.#entries.length === 0) this.#wake()
  }

  /** The broker forgot this producer. A new one may go on only where everything so far is certain. */
  async #renew(error: SeeklineError): Promise<void> {
    if (this.#entries.some((entry) => entry.maybeWritten) || this.#attempts++ > 3) throw error
    this.#producer = await this.#options.link.newProducer()
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

function mayHaveArrived(error: SeeklineError): boolean {
  const sent = error.details?.['sent']
  if (typeof sent === 'boolean') return sent
  // Connecting failed, the gate held it back, or nobody was there to send it to.
  return !/^(connect|access|kafka)\./.test(error.code)
}
