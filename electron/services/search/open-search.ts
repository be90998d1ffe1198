import { giveBack } from '#shared/bytes.ts'
import type { HitsStopped, KeptSearch, SearchOf } from '#shared/contract/searches.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { advanced, coverageOf, tallyOf, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import { SpreadCounts, type SpreadDelta } from '#shared/model/spread.ts'
import { BlockLog, type BlockPlace } from '../../storage/block-log.ts'
import type { HeldLock } from '../../storage/lock.ts'
import { FrameBuilder } from '../messages/row-frames.ts'
import { Hits, MOST_HITS } from './hits.ts'
import { decodeBlock, encodeBlock, type Begun, type Block, type Changing, type Frame } from './search-blocks.ts'

/** Bytes of one search on disk: beyond that hits are counted, but not kept. */
const MOST_BYTES = 1 << 30
const ASK_MS = 1_000

/** The file does not say it: there are fewer hits than matches. */
export function stoppedOf({ of, topics, hits }: Pick<KeptSearch, 'of' | 'topics' | 'hits'>): HitsStopped | null {
  const matched = topics.reduce((sum, one) => sum + one.matched, 0n)
  return of.list === 'matches' && BigInt(hits) < matched ? { why: 'full', error: null } : null
}

type WholeSearch = { kept: KeptSearch; ledgers: ScanLedger[]; spreads: SpreadDelta }

/** A search that was loaded from its file, or just started: its ledgers, its counts, an index of its hits. */
export class OpenSearch {
  readonly #begun: Begun
  #now: Changing
  /** null: the file could not be created. */
  readonly #log: BlockLog | null
  readonly #hits: Hits
  readonly #spreads: readonly SpreadCounts[]
  #stopped: HitsStopped | null = null
  /** False once the disk accepts no more: from then on everything is in memory only. */
  #isOnDisk: boolean
  #changedAt: number
  #running: { abort: AbortController; ended: Promise<void> } | null = null
  /** Held while something is written. */
  lock: HeldLock | null = null
  #askedAt = 0

  private constructor(begun: Begun, log: BlockLog | null, changedAt: number) {
    this.#begun = begun
    const { of, ledgers, name, direction, order } = begun
    this.#now = { of, ledgers, name, direction, order }
    this.#log = log
    this.#isOnDisk = log !== null
    this.#changedAt = changedAt
    this.#spreads = of.spreads.map((request) => new SpreadCounts(request))
    this.#hits = new Hits((place) => this.#rowsAt(place))
  }

  /** If the disk accepts nothing, the search still runs, but nothing is kept. */
  static async begin(path: string, begun: Begun): Promise<OpenSearch> {
    const content = encodeBlock(begun)
    try {
      const log = await BlockLog.create(path)
      await log.append(content)
      return new OpenSearch(begun, log, begun.startedAt)
    } catch (error) {
      const made = new OpenSearch(begun, null, begun.startedAt)
      made.#stopped = { why: 'disk', error: toErrorValue(error) }
      return made
    }
  }

  /** Loads it from its file; null: that is not a search. */
  static async open(path: string, changedAt: number): Promise<OpenSearch | null> {
    const log = await BlockLog.open(path)
    const found: { made: OpenSearch | null } = { made: null }
    await log.news((content, place) => {
      const block = decodeBlock(content)
      if (found.made !== null) {
        if (block !== null) found.made.#take(block, place)
        return true
      }
      if (block?.kind !== 'begun') return false
      found.made = new OpenSearch(block, log, changedAt)
      return true
    })
    const { made } = found
    if (made === null) await log.close()
    else made.#stopped = stoppedOf(made.kept())
    return made
  }

  get search(): string {
    return this.#begun.search
  }

  get of(): SearchOf {
    return this.#now.of
  }

  get ledgers(): readonly ScanLedger[] {
    return this.#now.ledgers
  }

  get direction(): KeptSearch['direction'] {
    return this.#now.direction
  }

  get hits(): Hits {
    return this.#hits
  }

  get stopped(): HitsStopped | null {
    return this.#stopped
  }

  get isRunning(): boolean {
    return this.#running !== null
  }

  /** Marks it as running, until `end` is called. */
  run(): { signal: AbortSignal; end: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    const abort = new AbortController()
    const mine = { abort, ended: promise }
    this.#running = mine
    const end = (): void => {
      if (this.#running === mine) this.#running = null
      resolve()
    }
    return { signal: abort.signal, end }
  }

  /** Stops it if it is running, and waits for that. */
  async stop(): Promise<void> {
    this.#running?.abort.abort()
    await this.#running?.ended
  }

  /** Reads what another process has written since. */
  async catchUp(): Promise<void> {
    if (this.#log === null || !this.#isOnDisk) return
    await this.#log.news((content, place) => {
      const block = decodeBlock(content)
      if (block !== null) this.#take(block, place)
      return true
    })
  }

  /** To be called before writing, by the only writer. */
  async toWrite(): Promise<void> {
    await this.catchUp()
    await this.#log?.cut()
  }

  /** Keeps hits together with what they were found in. Beyond the limits they are only counted. */
  async keep(topic: number, rows: RowColumns, covered: Covered[], spreads: SpreadDelta): Promise<void> {
    const isFull = this.#hits.count + rows.count > MOST_HITS || (this.#log?.bytes ?? 0) > MOST_BYTES
    if (isFull && rows.count > 0) this.#stopped ??= { why: 'full', error: null }
    const kept = this.#stopped === null ? { ...rows, holes: [] } : new FrameBuilder().take()
    await this.#write({ kind: 'frame', topic, rows: kept, covered, spreads })
  }

  change(change: Partial<Changing>): Promise<void> {
    return this.#write({ kind: 'changed', ...change })
  }

  /** Also writes the summary for lists, so that the file need not be read completely for them. */
  async rest(): Promise<void> {
    const { bytes: _, changedAt: __, isRunning: ___, stopped: ____, ...kept } = this.kept()
    await this.#write({ kind: 'sum', kept })
    if (this.#isOnDisk) await this.#log?.sync().catch(() => undefined)
  }

  kept(): KeptSearch {
    const { of, name, direction, order, ledgers } = this.#now
    return {
      search: this.search,
      of,
      name,
      direction,
      order,
      startedAt: this.#begun.startedAt,
      changedAt: this.#changedAt,
      topics: ledgers.map((ledger) => ({ topic: ledger.topic, topicId: ledger.topicId, ...coverageOf(ledger), ...tallyOf(ledger) })), // oxfmt-ignore
      hits: this.#hits.count,
      bytes: this.#log?.bytes ?? 0,
      stopped: this.#stopped,
      isRunning: this.isRunning,
    }
  }

  whole(): WholeSearch {
    return { kept: this.kept(), ledgers: [...this.ledgers], spreads: this.#spreads.map(({ series }) => [...series]) }
  }

  async close(): Promise<void> {
    await this.stop()
    this.#isOnDisk = false
    await this.#log?.close().catch(() => undefined)
  }

  async #write(block: Block): Promise<void> {
    let place: BlockPlace | null = null
    if (this.#log !== null && this.#isOnDisk) {
      try {
        await this.#askLock()
        const content = encodeBlock(block)
        place = await this.#log.append(content)
        giveBack(content)
      } catch (error) {
        this.#isOnDisk = false
        this.#stopped = { why: 'disk', error: toErrorValue(error) }
      }
    }
    this.#changedAt = Date.now()
    this.#take(block, place)
  }

  /** A process that was suspended for long may have lost the lock to another, which writes now. */
  async #askLock(): Promise<void> {
    const now = performance.now()
    if (now - this.#askedAt < ASK_MS) return
    await this.lock?.assertHeld()
    this.#askedAt = now
  }

  /** `place`: null if the disk did not accept it. */
  #take(block: Block, place: BlockPlace | null): void {
    if (block.kind === 'changed') {
      const { kind: _, ...change } = block
      this.#now = { ...this.#now, ...change }
    } else if (block.kind === 'frame') this.#takeFrame(block, place)
  }

  #takeFrame({ topic, rows, covered, spreads }: Frame, place: BlockPlace | null): void {
    const ledger = this.#now.ledgers[topic]
    if (ledger === undefined) return
    const ledgers = [...this.#now.ledgers]
    ledgers[topic] = advanced(ledger, covered)
    this.#now = { ...this.#now, ledgers }
    if (rows.count > 0 && place !== null) this.#hits.add(topic, rows, place)
    for (const [i, series] of spreads.entries()) this.#spreads[i]?.merge(series)
  }

  async #rowsAt(place: BlockPlace): Promise<RowColumns> {
    const block = this.#log === null ? null : decodeBlock(await this.#log.read(place))
    if (block?.kind === 'frame') return block.rows
    throw new SeeklineError('storage.damaged', 'The hits of this search cannot be read any more.', { hint: 'Search again.' }) // oxfmt-ignore
  }
}
