import { giveBackBuffer } from '#shared/bytes.ts'
import type { Done, Input, ProgressOf, StreamSink } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import type { SearchFailure, searches } from '#shared/contract/searches.ts'
import { fromErrorValue, SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { addedTallies, coverageOf, noTally, rangesLeft, type Covered } from '#shared/model/ledger.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import { SpreadCounts, type SpreadDelta, type SpreadRequest } from '#shared/model/spread.ts'
import { FrameBuilder } from '../messages/row-frames.ts'
import { noCounts } from '../messages/holes.ts'
import { scan } from '../messages/scan.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { changesOf } from './topic-changes.ts'
import type { OpenSearch } from './open-search.ts'

type RunDef = (typeof searches)['search.run']
type ScanDef = (typeof messages)['messages.scan']
type ScanInput = Input<ScanDef>

/** How many topics are read at the same time; with more each has its turn, so that a large one does not delay the others. */
const AT_ONCE = 4
const TURN = { bytes: 256n << 20n, milliseconds: 5_000 }
/** The longest time of a timer: 24 days. */
const WHOLE = { bytes: 2n ** 62n, milliseconds: 2 ** 31 - 1 }
const MOST_MATCHES = 1_000_000_000
const PROGRESS_MS = 200
/** Once no more hits are shown, frames that only report coverage are combined and sent this often. */
const COVERAGE_MS = 100

/** Reads what a search has left. It is written to its file frame by frame, before anything is sent. */
export async function runSearch(
  access: MessagesAccess,
  open: OpenSearch,
  input: Input<RunDef>,
  sink: StreamSink<RunDef>,
  signal: AbortSignal,
): Promise<Done<RunDef>> {
  const direction = input.direction ?? open.direction
  requireWhole(open)
  if (direction !== open.direction) await open.change({ direction })
  const late = input.most === null ? null : AbortSignal.timeout(input.most.milliseconds)
  const over = late === null ? signal : AbortSignal.any([signal, late])
  const changes = await changesOf(access, open, signal)
  const run = new SearchRun(access, open, input, sink, over)
  await run.readAll()
  const isLate = late?.aborted === true && !signal.aborted
  if (!over.aborted) run.throwIfNothing()
  return {
    ...open.whole(),
    reason: signal.aborted ? 'cancelled' : isLate || run.limit !== null ? 'limit' : 'end',
    limit: isLate ? 'time' : run.limit,
    counts: run.counts(),
    found: run.found,
    failures: run.failures,
    changes,
  }
}

class SearchRun {
  readonly failures: SearchFailure[] = []
  found = noTally()
  limit: 'keys' | null = null
  readonly #access: MessagesAccess
  readonly #open: OpenSearch
  readonly #connectionId: ConnectionId
  readonly #sink: StreamSink<RunDef>
  readonly #signal: AbortSignal
  readonly #mostShown: number
  #shown = 0
  /** The counts of finished turns, and of running ones by topic. */
  #counts = noCounts()
  readonly #countsOf = new Map<number, ProgressOf<ScanDef>['counts']>()
  readonly #waitingOf = new Map<number, ErrorValue>()
  readonly #untold = new Map<number, Untold>()
  readonly #before: bigint
  readonly #start = performance.now()
  #toldAt = this.#start

  constructor(
    access: MessagesAccess,
    open: OpenSearch,
    { connectionId, shown }: Input<RunDef>,
    sink: StreamSink<RunDef>,
    signal: AbortSignal,
  ) {
    this.#access = access
    this.#open = open
    this.#connectionId = connectionId
    this.#mostShown = shown
    this.#sink = sink
    this.#signal = signal
    this.#before = this.#coverage().covered
  }

  /** Reads all topics that have something left, each in its turn. */
  async readAll(): Promise<void> {
    const queue = [...this.#open.ledgers.keys()].filter((i) => rangesLeft(this.#open.ledgers[i]!).length > 0) // i is an index of this list
    const inTurns = queue.length > AT_ONCE
    const work = async (): Promise<void> => {
      for (let topic = queue.shift(); topic !== undefined && !this.#signal.aborted; topic = queue.shift())
        if (await this.#read(topic, inTurns ? TURN : WHOLE)) queue.push(topic)
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, work))
  }

  counts(): ProgressOf<RunDef>['counts'] {
    return [...this.#countsOf.values()].reduce(addedCounts, this.#counts)
  }

  /** A topic of which nothing at all could be read has failed, not ended. */
  throwIfNothing(): void {
    const [first] = this.failures
    const isAll = this.#open.ledgers.every(({ topic }) => this.failures.some((one) => one.topic === topic && one.partition === null)) // oxfmt-ignore
    if (first !== undefined && isAll && this.found.records === 0n) throw fromErrorValue(first.error)
  }

  /** Whether it needs another turn. */
  async #read(topic: number, most: { bytes: bigint; milliseconds: number }): Promise<boolean> {
    const ledger = this.#open.ledgers[topic]! // `topic` is an index into the ledgers
    try {
      const done = await scan(this.#access, this.#inputOf(topic, most), this.#sinkOf(topic), this.#signal)
      await this.#tellRest(topic)
      this.#endTurn(topic, done.counts)
      for (const failure of done.failures) this.failures.push({ topic: ledger.topic, ...failure })
      if (done.limit === 'keys') this.limit = 'keys'
      return done.reason === 'limit' && done.limit !== 'keys'
    } catch (error) {
      this.#endTurn(topic, null)
      if (this.#signal.aborted) return false
      await this.#tellRest(topic)
      this.failures.push({ topic: ledger.topic, partition: null, error: toErrorValue(error) })
      return false
    }
  }

  #inputOf(topic: number, most: { bytes: bigint; milliseconds: number }): ScanInput {
    const { filter, time, show, list, newestPerKey, fields, spreads } = this.#open.of
    return {
      connectionId: this.#connectionId,
      ledger: this.#open.ledgers[topic]!, // `topic` is an index into the ledgers
      filter,
      time,
      show,
      list,
      newestPerKey,
      fields,
      spreads,
      direction: this.#open.direction,
      want: 'rows',
      previews: 'short',
      // Kept results are not read again.
      patient: true,
      most: { ...most, matches: MOST_MATCHES },
    }
  }

  #sinkOf(topic: number): StreamSink<ScanDef> {
    return {
      batch: async ({ rows, covered, spreads }) => {
        await this.#open.keep(topic, rows, covered, spreads)
        for (const one of covered) this.found = addedTallies(this.found, one)
        await this.#tell(topic, rows, covered, spreads)
      },
      progress: ({ counts, waiting }) => {
        this.#countsOf.set(topic, counts)
        if (waiting === null) this.#waitingOf.delete(topic)
        else this.#waitingOf.set(topic, waiting)
        this.#tellProgress()
      },
    }
  }

  async #tell(topic: number, made: RowColumns, covered: Covered[], spreads: SpreadDelta): Promise<void> {
    const untold = this.#untold.get(topic) ?? new Untold(this.#open.of.spreads)
    this.#untold.set(topic, untold)
    const isShown = this.#shown < this.#mostShown
    untold.add(isShown ? [] : made.holes, covered, spreads)
    // It is on disk and used nowhere else: freeing it here saves the garbage collector many runs in a search with a million
    // hits.
    if (!isShown) for (const { buffer } of [made.offset, made.preview]) giveBackBuffer(buffer)
    if (!isShown && performance.now() - untold.since < COVERAGE_MS) return
    if (isShown) this.#shown += made.count
    await this.#send(topic, untold, isShown ? made : null)
  }

  async #tellRest(topic: number): Promise<void> {
    const untold = this.#untold.get(topic)
    if (untold !== undefined && !untold.isEmpty) await this.#send(topic, untold, null)
  }

  async #send(topic: number, untold: Untold, shown: RowColumns | null): Promise<void> {
    const { holes, covered, spreads } = untold.take()
    const rows = shown ?? framed(holes)
    await this.#sink.batch({ topic: this.#open.ledgers[topic]!.topic, rows, covered, spreads }) // `topic` is an index into the ledgers
  }

  #tellProgress(): void {
    const now = performance.now()
    if (now - this.#toldAt < PROGRESS_MS) return
    this.#toldAt = now
    const { covered, left } = this.#coverage()
    const seconds = (now - this.#start) / 1_000
    const counts = this.counts()
    const offsetsPerSecond = Number(covered - this.#before) / seconds
    this.#sink.progress({
      counts,
      found: this.found,
      covered,
      left,
      ratePerSecond: Math.round(Number(this.found.records) / seconds),
      bytesPerSecond: Math.round(Number(counts.bytes) / seconds),
      secondsLeft: offsetsPerSecond === 0 ? null : Number(left) / offsetsPerSecond,
      // The search waits only if all topics that are being read wait.
      waiting: this.#waitingOf.size < this.#countsOf.size ? null : ([...this.#waitingOf.values()][0] ?? null),
    })
  }

  #coverage(): { covered: bigint; left: bigint } {
    const all = this.#open.ledgers.map(coverageOf)
    return all.reduce((a, b) => ({ covered: a.covered + b.covered, left: a.left + b.left }), { covered: 0n, left: 0n })
  }

  #endTurn(topic: number, counts: ProgressOf<ScanDef>['counts'] | null): void {
    this.#counts = addedCounts(this.#counts, counts ?? this.#countsOf.get(topic) ?? noCounts())
    this.#countsOf.delete(topic)
    this.#waitingOf.delete(topic)
  }
}

function addedCounts(a: ReturnType<typeof noCounts>, b: ReturnType<typeof noCounts>): ReturnType<typeof noCounts> {
  return {
    records: a.records + b.records,
    aborted: a.aborted + b.aborted,
    markers: a.markers + b.markers,
    missing: a.missing + b.missing,
    bytes: a.bytes + b.bytes,
  }
}

/** For a topic, what its frames contained since the last one that was sent. */
class Untold {
  since = 0
  #holes: RowColumns['holes'] = []
  #covered: Covered[] = []
  readonly #spreads: readonly SpreadCounts[]

  constructor(requests: readonly SpreadRequest[]) {
    this.#spreads = requests.map((request) => new SpreadCounts(request))
  }

  get isEmpty(): boolean {
    return this.#covered.length === 0 && this.#holes.length === 0
  }

  /** Offsets that could not be read are reported, although no row is. */
  add(holes: RowColumns['holes'], covered: readonly Covered[], spreads: SpreadDelta): void {
    this.#holes.push(...holes)
    this.#covered.push(...covered)
    for (const [i, series] of spreads.entries()) this.#spreads[i]?.merge(series)
  }

  take(): { holes: RowColumns['holes']; covered: Covered[]; spreads: SpreadDelta } {
    const taken = { holes: this.#holes, covered: this.#covered, spreads: this.#spreads.map((counts) => counts.take()) }
    this.since = performance.now()
    this.#holes = []
    this.#covered = []
    return taken
  }
}

function framed(holes: RowColumns['holes']): RowColumns {
  const builder = new FrameBuilder()
  for (const { hole } of holes) builder.hole(hole)
  return builder.take()
}

/** A ledger does not hold the keys that were seen. */
function requireWhole({ of, ledgers }: OpenSearch): void {
  if (!of.newestPerKey || ledgers.every(({ parts }) => parts.every(({ covered }) => covered.length === 0))) return
  throw new SeeklineError('call.invalid', 'A search for the newest record of each key cannot be gone on with.', {
    hint: 'Search again.',
  })
}
