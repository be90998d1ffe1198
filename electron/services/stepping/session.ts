// oxlint-disable max-lines -- one membership: steps and rebalances take turns over the same partitions
import { randomUUID } from 'node:crypto'
import type { Output } from '#shared/contract/define.ts'
import type {
  StartedBy,
  MemberStep,
  StepEvent,
  StepPartition,
  StepPlan,
  stepping,
  TakenRecord,
} from '#shared/contract/stepping.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { Position } from '#shared/model/positions.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { asSeeklineError, sleep } from '../../kafka/cancellation.ts'
import type { Channel } from '../../kafka/cluster.ts'
import { commitPositions } from '../../kafka/group-positions.ts'
import { ClassicMembership } from '../../kafka/membership/classic-member.ts'
import { ConsumerMembership } from '../../kafka/membership/consumer-member.ts'
import type { Member, MemberFacts, MemberListener } from '../../kafka/membership/member.ts'
import type { GroupPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { nextRecords } from '../messages/next-records.ts'
import { recordForGroup } from '../offsets/next-of-group.ts'
import { startOf } from './plan.ts'
import { inWordsOfAMember, listed, noOffset, notAMember, notHeld, resetWords, type Committed } from './session-words.ts'

export type SteppingAccess = MessagesAccess & { groups: GroupPort }

export interface SessionOptions {
  plan: StepPlan
  access: SteppingAccess
  channel: Channel
  tell: (event: StepEvent) => void
  /** So long nobody does anything, and the member leaves, as a client does after max.poll.interval.ms. */
  idleMs?: number | undefined
}

/** How it ended. */
export interface Ended {
  ended: 'left' | 'gone' | 'idle' | 'out'
  error: ErrorValue | null
}

type StepOutput = Output<(typeof stepping)['stepping.step']>

/** A partition that the member has. */
interface Held extends TopicPartition {
  topicId: string | null
  started: bigint | null
  by: StartedBy
  committed: Position | null
  next: bigint | null
  bounds: LogBounds | null
  error: SeeklineError | null
  /** Something was taken of it, or sought, so that its position is a person's. */
  isTouched: boolean
}

const IDLE_MS = 300_000
const LOOK_MS = 2_000
const COMMIT_MS = 5_000
const KEY_BYTES = 128
const STALE_MEMBER_EPOCH = 113
const COMMIT_TRIES = 4
/** A stretch of markers and aborted records is passed over in so many reads, before the take says that there is nothing. */
const MOST_READS = 20

/**
 * One membership of a group, led by hand. Steps and rebalances take turns, so that nothing is committed for a partition that is
 * being given up, and nothing is taken of one that is not here yet.
 */
export class StepSession {
  readonly id: string = randomUUID()
  taken = 0
  commits = 0
  readonly committed = new Map<string, Committed>()
  readonly #options: SessionOptions
  readonly #held = new Map<string, Held>()
  readonly #over = new AbortController()
  #ending: Ended | null = null
  #member: Member | null = null
  #facts: MemberFacts | null = null
  #state: 'joining' | 'stable' | 'out' = 'joining'
  #wasMember = false
  #turn: Promise<unknown> = Promise.resolve()
  #rejoin: (() => void) | null = null
  #idle: NodeJS.Timeout | undefined
  /** After which partition it is the next one's turn. */
  #last = ''

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** Joins and is a member until it is told to leave. Never rejects. */
  async run(signal: AbortSignal): Promise<Ended> {
    const gone = (): void => void this.#inTurn(() => this.#leave({ ended: 'gone', error: null }))
    if (signal.aborted) gone()
    signal.addEventListener('abort', gone, { once: true })
    this.#awake()
    void this.#watchLogs()
    try {
      while (this.#ending === null) {
        const lost = await this.#live()
        if (lost === null) break
        if (!this.#wasMember) {
          this.#ending ??= { ended: 'out', error: toErrorValue(lost) }
          break
        }
        this.#fellOut(lost)
        await this.#untilRejoin()
      }
      return this.#ending ?? { ended: 'left', error: null }
    } finally {
      signal.removeEventListener('abort', gone)
      clearTimeout(this.#idle)
      this.#over.abort()
    }
  }

  /** From outside: the connection is being closed, the app ends. */
  leaveNow(): Promise<void> {
    return this.#inTurn(() => this.#leave({ ended: 'gone', error: null }))
  }

  step(step: MemberStep, signal: AbortSignal): Promise<StepOutput> {
    this.#awake()
    if (step.do === 'rejoin') return Promise.resolve(this.#joinAgain())
    return this.#inTurn(async () => {
      if (this.#ending !== null) throw this.#ended()
      switch (step.do) {
        case 'take':
          return await this.#take(step.count, step.from, signal)
        case 'commit':
          return await this.#commitByHand()
        case 'nack':
          return this.#seekBack(step)
        case 'leave':
          await this.#leave({ ended: 'left', error: null })
          return said('Left the group.')
      }
    })
  }

  /** null: it left as it was told to; otherwise why it is no member. */
  async #live(): Promise<SeeklineError | null> {
    const { plan, access, channel } = this.#options
    const { group, topics, protocol } = plan.spec
    const options = { group, topics, channel, listener: this.#listener }
    const member =
      protocol === 'classic'
        ? new ClassicMembership(access.cluster, { ...options, assignors: plan.assignors })
        : new ConsumerMembership(access.cluster, options)
    this.#member = member
    try {
      await member.live(this.#over.signal)
      return null
    } catch (error) {
      return asSeeklineError(error)
    } finally {
      this.#member = null
    }
  }

  readonly #listener: MemberListener = {
    joining: () => {
      this.#state = 'joining'
      this.#tellMember(null)
    },
    revoked: (partitions) =>
      this.#inTurn(async () => {
        if (this.#isAutomatic) await this.#commit().catch((error: unknown) => this.#note('warn', `What was taken could not be committed before it was given up: ${asSeeklineError(error).message}`)) // prettier-ignore
        this.#forget(partitions)
        this.#note('info', `Gave up ${listed(partitions)}.`)
      }),
    assigned: (partitions, held) =>
      this.#inTurn(async () => {
        await this.#begin(partitions)
        this.#note('info', partitions.length > 0 ? `Was given ${listed(partitions)}.` : held.length > 0 ? 'Kept what it had.' : 'Was given no partition: others have them all.') // prettier-ignore
      }),
    stable: (facts) => {
      this.#facts = facts
      this.#state = 'stable'
      this.#wasMember = true
      this.#tellMember(null)
    },
  }

  get #isAutomatic(): boolean {
    return this.#options.plan.spec.commit === 'automatic'
  }

  /** Where it starts in partitions that it was given. Never throws: what cannot be read says so in its row. */
  async #begin(partitions: readonly TopicPartition[]): Promise<void> {
    const { access, plan } = this.#options
    const { group, reset } = plan.spec
    if (partitions.length === 0) return this.#tell([], [])
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(30_000)])
    const topics = [...new Set(partitions.map(({ topic }) => topic))]
    const asked = Promise.all([
      access.groups.positions(group, partitions, signal),
      access.groups.bounds(partitions, signal),
      access.groups.topicIds(topics, signal),
    ])
    const answers = await asked.catch((error: unknown) => asSeeklineError(error))
    for (const at of partitions) {
      const { topic, partition } = at
      const base = { topic, partition, topicId: null, started: null, by: 'none' as const, committed: null, next: null, bounds: null, isTouched: false } // prettier-ignore
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
      this.#held.set(keyOf(at), { ...base, topicId: ids.get(topic) ?? null, started: start, by, committed, next: start, bounds: log, error }) // prettier-ignore
      if (by !== 'position') this.#note('warn', resetWords(at, committed, reset, start))
    }
    this.#tell(partitions, [])
  }

  #forget(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.#held.delete(keyOf(at))
    this.#tell([], partitions)
  }

  #fellOut(error: SeeklineError): void {
    this.#state = 'out'
    const lost = [...this.#held.values()].filter((one) => one.isTouched && one.next !== one.committed?.offset)
    this.#note('warn', `No member of the group any more: ${error.message}${lost.length > 0 ? ` What was taken and not committed of ${listed(lost)} will be read again by whoever has it now.` : ''}`) // prettier-ignore
    this.#forget([...this.#held.values()])
    this.#tellMember(toErrorValue(error))
  }

  async #untilRejoin(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#rejoin = resolve
      if (this.#over.signal.aborted) resolve()
      this.#over.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#rejoin = null
  }

  #joinAgain(): StepOutput {
    if (this.#rejoin === null) throw new SeeklineError('call.invalid', 'It is a member already.')
    this.#state = 'joining'
    this.#rejoin()
    return said('Joins again.')
  }

  async #leave(how: Ended): Promise<void> {
    if (this.#ending !== null) return
    // A client that was idle for too long is taken out without a commit; so is this one.
    if (this.#isAutomatic && how.ended !== 'idle') await this.#commit().catch(() => undefined)
    this.#ending = how
    this.#over.abort()
  }

  async #take(count: number, from: TopicPartition | undefined, signal: AbortSignal): Promise<StepOutput> {
    this.#requireStable()
    if (from !== undefined && !this.#held.has(keyOf(from))) throw notHeld(from)
    const committed = this.#isAutomatic ? await this.#commit() : 0
    await this.#look(signal)
    const taken: TakenRecord[] = []
    const touched = new Set<Held>()
    const done = new Set<Held>()
    for (let reads = 0; taken.length < count && this.#state === 'stable' && reads < count + MOST_READS; reads += 1) {
      const one = this.#whoseTurn(from, done)
      if (one === undefined) break
      const before = one.next
      const record = await this.#takeOf(one, signal)
      touched.add(one)
      if (record !== null) taken.push(record)
      else if (one.next === before) done.add(one)
    }
    this.taken += taken.length
    if (touched.size > 0) this.#tell([...touched], [])
    if (taken.length > 0) this.#options.tell({ kind: 'taken', records: taken })
    const failed = [...done].find(({ error }) => error !== null)?.error
    if (taken.length === 0 && failed != null) throw failed
    return { taken, committed, summary: taken.length === 0 ? this.#whyNothing() : `Took ${count1(taken.length, 'record')}.` } // prettier-ignore
  }

  /** The next record of one partition; null: there is none up to where could be looked. */
  async #takeOf(one: Held, signal: AbortSignal): Promise<TakenRecord | null> {
    const { access, plan } = this.#options
    const end = this.#endOf(one)
    const from = one.next! // only partitions with one have a turn
    const found = await nextRecords(
      access,
      one.topic,
      one.topicId,
      [{ partition: one.partition, from, to: end }],
      signal,
      { keyBytes: KEY_BYTES, includeAborted: plan.spec.isolation === 'read_uncommitted' },
    )
    const next = found.get(one.partition)! // it was asked for
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

  /** Who follows the one that gave the last record, so that no partition starves the others. */
  #whoseTurn(from: TopicPartition | undefined, done: ReadonlySet<Held>): Held | undefined {
    const all =
      from === undefined ? [...this.#held.entries()] : [...this.#held.entries()].filter(([key]) => key === keyOf(from))
    const at = all.findIndex(([key]) => key === this.#last)
    const inTurn = [...all.slice(at + 1), ...all.slice(0, at + 1)]
    return inTurn.find(([, one]) => !done.has(one) && one.next !== null && one.next < this.#endOf(one))?.[1]
  }

  #endOf({ bounds }: Held): bigint {
    if (bounds === null) return 0n
    return this.#options.plan.spec.isolation === 'read_committed' ? bounds.lastStable : bounds.highWatermark
  }

  #whyNothing(): string {
    if (this.#state !== 'stable') return 'The group rebalances.'
    if (this.#held.size === 0) return 'It has no partition.'
    const all = [...this.#held.values()]
    if (all.every(({ next }) => next === null)) return 'None of its partitions has a place to start from.'
    const open = all.some(({ bounds }) => bounds !== null && bounds.lastStable < bounds.highWatermark)
    return this.#options.plan.spec.isolation === 'read_committed' && open
      ? 'No record to take: up to the last stable offset everything was taken, and behind it a transaction is open.'
      : 'No record to take: everything up to the end was taken.'
  }

  async #commitByHand(): Promise<StepOutput> {
    this.#requireMember()
    const committed = await this.#commit()
    return { taken: [], committed, summary: committed === 0 ? 'There is nothing to commit.' : `Committed ${count1(committed, 'position')}.` } // prettier-ignore
  }

  /** What was taken and is not committed yet. Throws where a position was refused. */
  async #commit(): Promise<number> {
    const due = [...this.#held.values()].filter(
      ({ isTouched, next, committed }) => isTouched && next !== null && next !== committed?.offset,
    )
    if (due.length === 0) return 0
    const { access, plan } = this.#options
    let failed: SeeklineError | null = null
    let open = due
    for (let tries = 0; open.length > 0 && tries < COMMIT_TRIES; tries += 1) {
      const member = this.#member?.identity()
      if (member == null) throw notAMember()
      const positions = open.map(({ topic, partition, next }) => ({
        topic,
        partition,
        position: { offset: next!, metadata: '', leaderEpoch: -1 },
      })) // prettier-ignore -- only those with a next are due
      const results = await commitPositions(access.cluster, plan.spec.group, positions, {
        member,
        timeoutMs: COMMIT_MS,
      })
      const again: Held[] = []
      failed = null
      for (const [i, { outcome }] of results.entries()) {
        const one = open[i]! // one result each, in order
        if (outcome.ok || outcome.error.details?.['sent'] === true)
          this.#setCommitted(one, positions[i]!.position, !outcome.ok) // prettier-ignore -- one position each
        if (outcome.ok) continue
        failed ??= inWordsOfAMember(outcome.error)
        // The epoch moved on between two heartbeats: the next one tells it.
        if (outcome.error.details?.['kafkaCode'] === STALE_MEMBER_EPOCH) again.push(one)
      }
      open = again
      if (open.length > 0) await sleep(300)
    }
    this.commits += 1
    this.#tell(due, [])
    if (failed !== null) throw failed
    return due.length
  }

  #setCommitted(one: Held, after: Position, isUnsure: boolean): void {
    const { topic, partition, topicId } = one
    const present = this.committed.get(keyOf(one))
    this.committed.set(keyOf(one), { topic, partition, topicId, before: present === undefined ? one.committed : present.before, after, isUnsure }) // prettier-ignore
    if (!isUnsure) one.committed = after
  }

  #seekBack({ topic, partition, offset }: Extract<MemberStep, { do: 'nack' }>): StepOutput {
    this.#requireStable()
    const one = this.#held.get(keyOf({ topic, partition }))
    if (one === undefined) throw notHeld({ topic, partition })
    if (one.started === null || one.next === null || offset >= one.next || !one.isTouched) {
      throw new SeeklineError('call.invalid', `Offset ${offset} of ${topic}[${partition}] was not taken.`, {
        hint: 'A record that was taken can be given back.',
      })
    }
    one.next = offset
    this.#tell([one], [])
    return said(`Sought back to ${offset} of ${topic}[${partition}]: it is taken again next.`)
  }

  /** Where the logs end by now; a position that retention has passed follows auto.offset.reset, as a consumer's would. */
  async #look(signal: AbortSignal): Promise<void> {
    const { access, plan } = this.#options
    const held = [...this.#held.values()]
    if (held.length === 0) return
    const bounds = await access.groups.bounds(held, signal)
    const changed: Held[] = []
    for (const one of held) {
      const found = bounds.get(keyOf(one))
      if (found === undefined || 'error' in found) continue
      const log = found.value
      const same = one.bounds !== null && one.bounds.logStart === log.logStart && one.bounds.lastStable === log.lastStable && one.bounds.highWatermark === log.highWatermark // prettier-ignore
      one.bounds = log
      if (!same) changed.push(one)
      if (one.next === null || (one.next >= log.logStart && one.next <= log.highWatermark)) continue
      const at = { offset: one.next, metadata: '', leaderEpoch: -1 }
      const { start, by } = startOf(one.next, log, plan.spec.reset)
      one.next = start
      one.by = by
      one.error = start === null ? noOffset(one, at) : null
      this.#note('warn', resetWords(one, at, plan.spec.reset, start))
    }
    if (changed.length > 0) this.#tell(changed, [])
  }

  async #watchLogs(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      await sleep(LOOK_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      await this.#inTurn(() => this.#look(signal)).catch(() => undefined)
    }
  }

  #requireMember(): void {
    if (this.#state === 'out') throw notAMember()
  }

  #requireStable(): void {
    this.#requireMember()
    if (this.#state === 'stable') return
    throw new SeeklineError('kafka.group-live', 'The group rebalances.', {
      hint: 'Wait until all of its members have joined again.',
      retryable: true,
    })
  }

  #ended(): SeeklineError {
    return new SeeklineError('call.invalid', 'This session has ended.', { hint: 'Join again.' })
  }

  #awake(): void {
    clearTimeout(this.#idle)
    const idleMs = this.#options.idleMs ?? IDLE_MS
    this.#idle = setTimeout(() => {
      this.#note('warn', `Nothing was done for ${Math.round(idleMs / 1000)} s, so it leaves, as a client does after max.poll.interval.ms.`) // prettier-ignore
      void this.#inTurn(() => this.#leave({ ended: 'idle', error: null }))
    }, idleMs)
    this.#idle.unref()
  }

  /** One after the other, whatever came of the one before. */
  #inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    const mine = this.#turn.then(work, work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  #note(tone: 'info' | 'warn', text: string): void {
    this.#options.tell({ kind: 'note', at: BigInt(Date.now()), tone, text })
  }

  #tellMember(error: ErrorValue | null): void {
    const facts = this.#state === 'stable' ? this.#facts : null
    this.#options.tell({
      kind: 'member',
      session: this.id,
      state: this.#state,
      memberId: facts?.memberId ?? null,
      epoch: facts?.epoch ?? null,
      assignor: facts?.assignor ?? null,
      isLeader: facts?.isLeader ?? false,
      error,
    })
  }

  #tell(changed: readonly TopicPartition[], gone: readonly TopicPartition[]): void {
    const now = changed.flatMap((at): StepPartition[] => {
      const one = this.#held.get(keyOf(at))
      if (one === undefined) return []
      const { topic, partition, started, by, committed, next, bounds, error } = one
      return [{
        topic, partition, started, by, committed: committed?.offset ?? null, next,
        logStart: bounds?.logStart ?? null, lastStable: bounds?.lastStable ?? null, highWatermark: bounds?.highWatermark ?? null,
        error: error === null ? null : toErrorValue(error),
      }] // prettier-ignore
    })
    this.#options.tell({ kind: 'partitions', now, gone: gone.map(({ topic, partition }) => ({ topic, partition })) })
  }
}

const said = (summary: string): StepOutput => ({ taken: [], committed: 0, summary })

const count1 = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
