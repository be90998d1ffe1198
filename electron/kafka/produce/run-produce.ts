import type { ProduceReceipt, WrittenPlace } from '#shared/contract/produce.ts'
import type { LogGrowth } from '#shared/contract/replay.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { asSeeklineError, cancelledError, isCancelled, sleep } from '../cancellation.ts'
import type { OutBatch } from '../sending/out-batch.ts'
import type { Settled } from '../sending/idempotent-sender.ts'
import { Senders, type SendersOptions } from '../sending/senders.ts'
import type { Composed, ComposeFrom, ComposeProblem } from './compose-task.ts'

/** An invalid line, found while the file was cut into chunks. */
export interface BadLine {
  kind: 'bad'
  problem: ComposeProblem
}

export interface ProduceJob extends SendersOptions {
  /** In order; each is small enough for one task of a worker. */
  chunks: AsyncIterable<ComposeFrom | BadLine>
  /** Runs in a worker. */
  compose: (from: ComposeFrom) => Promise<Composed>
  /** Records per second; null: as fast as the brokers accept them. */
  rate: number | null
  /** Leave out records that cannot be written; otherwise the first one ends the run. */
  skipBad: boolean
}

export interface ProduceCounts {
  written: bigint
  bytes: bigint
  failed: bigint
  note: string | null
}

type Failure = ProduceReceipt['failures']['first'][number]

/** For how many records the failure is listed; the others are only counted. */
const MOST_FAILURES = 100
/** How many chunks are composed ahead of the senders. */
const CHUNKS_AHEAD = 2

/**
 * Writes the records of a source, each once. Memory: {@link CHUNKS_AHEAD} chunks in workers, and what the senders hold. The
 * first partition that cannot be written to ends the run: the others would otherwise go on without the records that belong
 * before theirs.
 */
export class ProduceRun {
  readonly #job: ProduceJob
  readonly #senders: Senders
  readonly #places = new Map<number, WrittenPlace>()
  readonly #failures: { total: bigint; first: Failure[] } = { total: 0n, first: [] }
  #written = 0n
  #bytes = 0n
  #error: SeeklineError | null = null

  constructor(job: ProduceJob) {
    this.#job = job
    this.#senders = new Senders(job)
  }

  counts(): ProduceCounts {
    return { written: this.#written, bytes: this.#bytes, failed: this.#failures.total, note: this.#senders.note }
  }

  /**
   * Does not throw what the receipt can say. After a cancel it ends when requests in flight are answered, after 4 s at most.
   */
  async run(): Promise<
    Pick<ProduceReceipt, 'places' | 'failures' | 'written' | 'bytes'> & { error: SeeklineError | null }
  > {
    try {
      if (this.#job.rate === null) await this.#fast()
      else await this.#paced(this.#job.rate)
    } catch (error) {
      this.#error = asSeeklineError(error)
    }
    await this.#senders.end()
    if (this.#job.signal.aborted) this.#error ??= cancelledError()
    const places = [...this.#places.values()].sort((a, b) => a.partition - b.partition)
    return { places, failures: this.#failures, written: this.#written, bytes: this.#bytes, error: this.#error }
  }

  /** To be called after {@link run}. */
  async growth(): Promise<LogGrowth[]> {
    return await this.#senders.growth()
  }

  async #fast(): Promise<void> {
    const ahead: Promise<Composed>[] = []
    for await (const chunk of this.#job.chunks) {
      if (chunk.kind === 'bad') this.#bad([chunk.problem], 1)
      else {
        const composed = this.#job.compose(chunk)
        // Errors are handled where the promise is awaited; this avoids an unhandled rejection before that.
        composed.catch(() => undefined)
        ahead.push(composed)
      }
      while (ahead.length > CHUNKS_AHEAD) await this.#send(await ahead.shift()!) // its length was checked
      if (this.#isOver()) return
    }
    while (ahead.length > 0 && !this.#isOver()) await this.#send(await ahead.shift()!) // its length was checked
  }

  /** A chunk has at most the records of a tenth of a second, and is made when it is due. */
  async #paced(rate: number): Promise<void> {
    const { chunks, compose, signal } = this.#job
    const start = performance.now()
    let sent = 0
    for await (const chunk of chunks) {
      const early = start + (sent / rate) * 1_000 - performance.now()
      if (early > 0) await sleep(early, signal)
      if (this.#isOver()) return
      if (chunk.kind === 'bad') this.#bad([chunk.problem], 1)
      else {
        const composed = await compose(chunk)
        sent += composed.records
        await this.#send(composed)
      }
    }
  }

  #isOver(): boolean {
    return this.#error !== null || this.#job.signal.aborted || this.#senders.stopped !== null
  }

  async #send({ batches, problems, bad }: Composed): Promise<void> {
    // Records before a bad record would be written as well: a chunk is written whole or not at all.
    if (bad > 0) this.#bad(problems, bad)
    if (this.#error !== null) return
    for (const batch of batches) {
      if (this.#isOver()) return
      await this.#senders.of(batch.target).send(batch, (outcome) => this.#settle(batch, outcome))
    }
  }

  #bad(problems: readonly ComposeProblem[], count: number): void {
    this.#failures.total += BigInt(count)
    for (const problem of firstOfEach(problems)) {
      this.#fail(problem.line, null, new SeeklineError('call.invalid', problemSentence(problem)))
    }
    const first = problems[0]
    if (!this.#job.skipBad && first !== undefined) this.#error ??= new SeeklineError('call.invalid', problemSentence(first), { hint: 'Nothing after it was sent. Mend it, or have such records left out.' }) // oxfmt-ignore
  }

  #fail(line: number, partition: number | null, error: SeeklineError): void {
    if (this.#failures.first.length < MOST_FAILURES)
      this.#failures.first.push({ line, partition, error: toErrorValue(error) })
  }

  #place(partition: number): WrittenPlace {
    const known = this.#places.get(partition)
    if (known !== undefined) return known
    const none = { records: 0n, bytes: 0n, first: null, last: null, status: 'complete', error: null } as const
    const made: WrittenPlace = { partition, ...none }
    this.#places.set(partition, made)
    return made
  }

  #settle(batch: OutBatch, outcome: Settled): void {
    const place = this.#place(batch.target)
    if (outcome.status === 'written') {
      if (outcome.count === 0) return
      const count = BigInt(outcome.count)
      place.records += count
      place.bytes += BigInt(outcome.bytes)
      this.#written += count
      this.#bytes += BigInt(outcome.bytes)
      if (outcome.baseOffset === null) return
      place.first ??= outcome.baseOffset
      place.last = outcome.baseOffset + count - 1n
      return
    }
    const { error } = outcome
    if (outcome.status === 'refused') {
      this.#failures.total += 1n
      place.error ??= toErrorValue(error)
      if (place.status === 'complete') place.status = 'failed'
      return this.#fail(Number(outcome.offset), batch.target, error)
    }
    const status = outcome.status === 'unknown' ? 'unknown' : isCancelled(error) ? 'cancelled' : 'failed'
    const rank = { complete: 0, cancelled: 1, failed: 2, unknown: 3 }
    if (rank[status] > rank[place.status]) {
      place.status = status
      place.error = toErrorValue(error)
    }
    // Records that were cancelled before they were sent are not failures.
    if (status === 'cancelled') return
    this.#failures.total += BigInt(batch.count)
    for (let at = 0; at < batch.count && this.#failures.first.length < MOST_FAILURES; at += 1) {
      this.#fail(Number(batch.firstOffset) + (batch.deltas?.[at] ?? at), batch.target, error)
    }
  }
}

/** "Line 12, value: This is to be a whole number." */
export function problemSentence({ line, part, header, path, message }: ComposeProblem): string {
  const where = part === 'line' ? '' : `, ${header === undefined ? part : `${header.of} of header ${header.index + 1}`}`
  return `Record ${line}${where}${path === '' || part === 'line' ? '' : ` at ${path}`}: ${message}`
}

function firstOfEach(problems: readonly ComposeProblem[]): ComposeProblem[] {
  return problems.filter((one, at) => one.line !== problems[at - 1]?.line)
}
