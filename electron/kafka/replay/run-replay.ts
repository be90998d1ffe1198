import { SeeklineError } from '#shared/errors.ts'
import type { LogGrowth, ReceiptRow, ReplayPlanRow } from '#shared/contract/replay.ts'
import type { LogReader, RawChunk, RawEvent } from '../log-reader.ts'
import { undecodable } from '../reading/read-errors.ts'
import { asSeeklineError, cancelledError, isCancelled } from '../cancellation.ts'
import type { Producer } from '../sending/producer-sequence.ts'
import { refusedRow, RowLedger } from './row-ledger.ts'
import type { ProduceLink } from '../sending/idempotent-sender.ts'
import { Senders } from '../sending/senders.ts'
import { type SourcePart, transformPart, type TransformedPart, type TransformOptions } from './transform-records.ts'

/** Chunks (1 MiB each, unless a batch is larger) that workers transform ahead of the senders. */
const CHUNKS_AHEAD = 3
/** Rows closer together than this are read in one go; the offsets between them are fetched and dropped. */
const READ_THROUGH = 20_000n

export interface ReplayJob {
  reader: Pick<LogReader, 'rawBatches'>
  topic: string
  topicId: string | null
  /** Rows with an `error` are reported, not copied. They do not overlap within a partition. */
  rows: readonly ReplayPlanRow[]
  targetTopic: string
  link: ProduceLink
  producer: Producer
  options: TransformOptions
  /** Runs in a worker; {@link transformPart} itself if there is none. */
  transform?: (part: SourcePart, options: TransformOptions) => Promise<TransformedPart>
  giveUpAfterMs?: number
  signal: AbortSignal
}

export interface ReplayCounts {
  copied: bigint
  bytes: bigint
  offsetsDone: bigint
  offsetsTotal: bigint
  /** Why it is not moving, for the user; null: it is moving. */
  note: string | null
}

/**
 * One running replay. Memory: 16 MiB fetched, {@link CHUNKS_AHEAD} chunks in workers, 24 MiB not acknowledged (`senders.ts`); a
 * compressed batch takes at most 128 MiB in its worker while it is decoded.
 */
export class ReplayRun {
  readonly #job: ReplayJob
  readonly #ledgers: RowLedger[]
  readonly #lanes = new Map<number, Lane>()
  readonly #senders: Senders
  #note: string | null = null

  constructor(job: ReplayJob) {
    this.#job = job
    const { targetTopic: topic, link, producer, giveUpAfterMs, signal } = job
    this.#senders = new Senders({ topic, link, producer, giveUpAfterMs, signal })
    this.#ledgers = job.rows.filter((row) => row.error === undefined).map((row) => new RowLedger(row))
    for (const ledger of this.#ledgers) {
      if (ledger.row.to <= ledger.row.from) continue
      const lane = this.#lanes.get(ledger.row.partition)
      if (lane === undefined) this.#lanes.set(ledger.row.partition, { ledgers: [ledger], next: ledger.row.from })
      else lane.ledgers.push(ledger)
    }
    for (const lane of this.#lanes.values()) {
      lane.ledgers.sort((a, b) => (a.row.from < b.row.from ? -1 : 1))
      lane.next = lane.ledgers[0]!.row.from // a lane always has at least one ledger
    }
  }

  counts(): ReplayCounts {
    const sum = { copied: 0n, bytes: 0n, offsetsDone: 0n, offsetsTotal: 0n }
    for (const { copied, bytes, done, row } of this.#ledgers) {
      sum.copied += copied
      sum.bytes += bytes
      sum.offsetsDone += done - row.from
      sum.offsetsTotal += row.to - row.from
    }
    return { ...sum, note: this.#note ?? this.#senders.note }
  }

  /**
   * Does not throw what can be reported per row. After a cancel it ends when requests in flight are answered, after 4 s at
   * most.
   */
  async run(): Promise<ReceiptRow[]> {
    const { signal } = this.#job
    let failure: SeeklineError | null = null
    try {
      while (this.#open().length > 0) await this.#readRound()
    } catch (error) {
      failure = signal.aborted ? cancelledError() : asSeeklineError(error)
    }
    await this.#senders.end()
    // Checked only now: everything may already have been read when the cancel came, and then no end is missing.
    if (signal.aborted) failure ??= cancelledError()
    for (const ledger of this.#ledgers) {
      if (ledger.done >= ledger.row.to) continue
      if (failure !== null) ledger.fail(isCancelled(failure) ? 'cancelled' : 'failed', failure)
      else ledger.fail('failed', endedEarly(this.#job.topic, ledger))
    }
    let next = 0
    return this.#job.rows.map((row) => (row.error === undefined ? this.#ledgers[next++]!.receipt() : refusedRow(row))) // there is a ledger per row without an error, in the same order
  }

  /** To be called after {@link run}: whether the logs gained exactly what was acknowledged. */
  async growth(): Promise<LogGrowth[]> {
    return await this.#senders.growth()
  }

  /** Partitions that are neither finished nor given up. */
  #open(): [number, Lane][] {
    return [...this.#lanes].filter(([, lane]) => {
      const rest = lane.ledgers.filter((ledger) => ledger.row.to > lane.next)
      return rest.length > 0 && !lane.ledgers.some((ledger) => ledger.failed)
    })
  }

  /** Reads on in every open partition until all have ended, or until one has to be read from another offset. */
  async #readRound(): Promise<void> {
    const { reader, topic, topicId, signal } = this.#job
    const ranges = this.#open().map(([partition, lane]) => ({ partition, ...nextStretch(lane) }))
    const ahead: { event: RawEvent; turned: Promise<TransformedPart> | null }[] = []
    const read = { topic, topicId, ranges, isolation: 'committed', signal } as const
    const takeFirst = async (): Promise<boolean> => {
      const { event, turned } = ahead.shift()! // its length was checked
      return await this.#take(event, turned)
    }
    for await (const event of reader.rawBatches(read)) {
      const turned = event.kind === 'batches' ? this.#turn(event) : null
      turned?.catch(() => undefined)
      ahead.push({ event, turned })
      while (ahead.length > CHUNKS_AHEAD) if (!(await takeFirst())) return
    }
    while (ahead.length > 0) if (!(await takeFirst())) return
    for (const { partition, to } of ranges) {
      const lane = this.#lanes.get(partition)! // every partition that is read has a lane
      if (lane.next < to) lane.next = to
    }
  }

  async #turn(chunk: RawChunk): Promise<TransformedPart> {
    const { transform, options } = this.#job
    const part: SourcePart = {
      partition: chunk.partition,
      from: chunk.from,
      next: chunk.next,
      // The chunk is valid only until the next step, and a worker takes its memory with it.
      records: new Uint8Array(chunk.bytes),
      aborted: chunk.aborted,
      wanted: this.#wanted(chunk.partition, chunk.from, chunk.next),
    }
    return transform === undefined ? transformPart(part, options) : await transform(part, options)
  }

  #wanted(partition: number, from: bigint, next: bigint): { from: bigint; to: bigint }[] {
    const rows = this.#lanes.get(partition)?.ledgers.map(({ row }) => ({ from: row.from, to: row.to })) ?? []
    return rows.filter((row) => row.to > from && row.from < next)
  }

  /** False: the round is over, and the next one starts from where the lanes are. */
  async #take(event: RawEvent, turned: Promise<TransformedPart> | null): Promise<boolean> {
    if (event.kind === 'waiting') {
      this.#note = event.error === null ? null : event.error.message
      return true
    }
    const lane = this.#lanes.get(event.partition)! // every partition that is read has a lane
    if (event.kind === 'failed') {
      for (const ledger of lane.ledgers) if (ledger.row.to > lane.next) ledger.fail('failed', event.error)
      return true
    }
    if (event.kind === 'end') return true
    if (event.next <= lane.next) return true
    let part: TransformedPart
    try {
      part = turned === null ? this.#gap(event.partition, lane.next, event.next) : await turned
    } catch (error) {
      const { partition, next } = event
      const failure = undecodable(this.#job.topic, { partition, from: lane.next, next }, error)
      if (failure.code !== 'worker.crashed') throw failure
      for (const ledger of lane.ledgers) if (ledger.row.to > lane.next) ledger.fail('failed', failure)
      return false
    }
    for (const unit of part.units) {
      const settle = lane.ledgers.find(({ row }) => row.from === unit.span)!.open(unit) // a unit's span is the start of one of the ledgers' ranges
      for (const batch of unit.batches) {
        await this.#senders.of(batch.target).send(batch, (outcome, last) => settle(batch, outcome, last))
      }
    }
    lane.next = part.rereadFrom ?? event.next
    return part.rereadFrom === null && !lane.ledgers.some((ledger) => ledger.failed)
  }

  #gap(partition: number, from: bigint, next: bigint): TransformedPart {
    const wanted = this.#wanted(partition, from, next)
    const records = new Uint8Array(0)
    return transformPart({ partition, from, next, records, aborted: [], wanted }, this.#job.options)
  }
}

interface Lane {
  /** Sorted. */
  ledgers: RowLedger[]
  /** Everything before it was handed to the senders. */
  next: bigint
}

/** From the lane's position over all rows that are worth reading in one go. */
function nextStretch({ ledgers, next }: Lane): { from: bigint; to: bigint } {
  const rest = ledgers.map(({ row }) => row).filter((row) => row.to > next)
  const from = rest[0]!.from > next ? rest[0]!.from : next // its length was checked
  let { to } = rest[0]! // its length was checked
  for (const row of rest) {
    if (row.from - to > READ_THROUGH) break
    to = row.to
  }
  return { from, to }
}

function endedEarly(topic: string, { row, done }: RowLedger): SeeklineError {
  return new SeeklineError('kafka.offset-out-of-range', `${topic}[${row.partition}] ended at offset ${done}.`, {
    hint: `The plan saw it reach ${row.to}; it was cut back since, as after an unclean leader election.`,
  })
}
