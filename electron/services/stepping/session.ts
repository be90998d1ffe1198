import { randomUUID } from 'node:crypto'
import type { Output } from '#shared/contract/define.ts'
import type { MemberStep, StepEvent, StepPlan, stepping, TakenRecord } from '#shared/contract/stepping.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { asSeeklineError, sleep } from '../../kafka/cancellation.ts'
import type { Channel } from '../../kafka/cluster.ts'
import { commitPositions } from '../../kafka/group-positions.ts'
import { ClassicMembership } from '../../kafka/membership/classic-member.ts'
import { ConsumerMembership } from '../../kafka/membership/consumer-member.ts'
import type { Member, MemberFacts, MemberListener } from '../../kafka/membership/member.ts'
import type { GroupPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { HeldPartitions, type HeldPartition } from './held-partitions.ts'
import { inWordsOfAMember, listed, notAMember, notHeld, type Committed } from './session-words.ts'

export type SteppingAccess = MessagesAccess & { groups: GroupPort }

export interface SessionOptions {
  plan: StepPlan
  access: SteppingAccess
  channel: Channel
  tell: (event: StepEvent) => void
  /** After this long without a step the member leaves, as a client does after max.poll.interval.ms. */
  idleMs?: number | undefined
}

/** How it ended. */
export interface Ended {
  ended: 'left' | 'gone' | 'idle' | 'out'
  error: ErrorValue | null
}

type StepOutput = Output<(typeof stepping)['stepping.step']>

const IDLE_MS = 300_000
const LOOK_MS = 2_000
const COMMIT_MS = 5_000
const STALE_MEMBER_EPOCH = 113
const COMMIT_TRIES = 4
/** How many reads skip markers and aborted records before a take reports that there is nothing. */
const MOST_READS = 20

/**
 * One membership of a group, controlled by the user. Steps and rebalances take turns, so that nothing is committed for a
 * partition that is being given up, and nothing is taken from one that is not assigned yet.
 */
export class StepSession {
  readonly id: string = randomUUID()
  taken = 0
  commits = 0
  readonly #options: SessionOptions
  readonly #held: HeldPartitions
  readonly #over = new AbortController()
  #ending: Ended | null = null
  #member: Member | null = null
  #facts: MemberFacts | null = null
  #state: 'joining' | 'stable' | 'out' = 'joining'
  #wasMember = false
  #turn: Promise<unknown> = Promise.resolve()
  #rejoin: (() => void) | null = null
  #idle: NodeJS.Timeout | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    const { plan, access, tell } = options
    this.#held = new HeldPartitions({ plan, access, tell, note: (tone, text) => this.#note(tone, text) })
  }

  get committed(): ReadonlyMap<string, Committed> {
    return this.#held.committed
  }

  /** Joins, and stays a member until it is told to leave. Never rejects. */
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

  /** From outside: the connection is being closed, or the app ends. */
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
          this.#requireStable()
          this.#held.seekBack(step)
          return said(`Sought back to ${step.offset} of ${step.topic}[${step.partition}]: it is taken again next.`)
        case 'leave':
          await this.#leave({ ended: 'left', error: null })
          return said('Left the group.')
      }
    })
  }

  /** null: it left on request; otherwise why it is no longer a member. */
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
        if (this.#isAutomatic) await this.#commit().catch((error: unknown) => this.#note('warn', `What was taken could not be committed before it was given up: ${asSeeklineError(error).message}`)) // oxfmt-ignore
        this.#held.forget(partitions)
        this.#note('info', `Gave up ${listed(partitions)}.`)
      }),
    assigned: (partitions, held) =>
      this.#inTurn(async () => {
        await this.#held.begin(partitions, this.#over.signal)
        this.#note('info', partitions.length > 0 ? `Was given ${listed(partitions)}.` : held.length > 0 ? 'Kept what it had.' : 'Was given no partition: others have them all.') // oxfmt-ignore
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

  #fellOut(error: SeeklineError): void {
    this.#state = 'out'
    const lost = this.#held.due()
    this.#note('warn', `No member of the group any more: ${error.message}${lost.length > 0 ? ` What was taken and not committed of ${listed(lost)} will be read again by whoever has it now.` : ''}`) // oxfmt-ignore
    this.#held.forget(this.#held.all())
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
    // A client that was idle for too long is removed without a commit; this one behaves the same.
    if (this.#isAutomatic && how.ended !== 'idle') await this.#commit().catch(() => undefined)
    this.#ending = how
    this.#over.abort()
  }

  async #take(count: number, from: TopicPartition | undefined, signal: AbortSignal): Promise<StepOutput> {
    this.#requireStable()
    if (from !== undefined && !this.#held.has(from)) throw notHeld(from)
    const committed = this.#isAutomatic ? await this.#commit() : 0
    await this.#held.look(signal)
    const taken: TakenRecord[] = []
    const touched = new Set<HeldPartition>()
    const done = new Set<HeldPartition>()
    for (let reads = 0; taken.length < count && this.#state === 'stable' && reads < count + MOST_READS; reads += 1) {
      const one = this.#held.whoseTurn(from, done)
      if (one === undefined) break
      const before = one.next
      const record = await this.#held.takeOf(one, signal)
      touched.add(one)
      if (record !== null) taken.push(record)
      else if (one.next === before) done.add(one)
    }
    this.taken += taken.length
    if (touched.size > 0) this.#held.tell([...touched], [])
    if (taken.length > 0) this.#options.tell({ kind: 'taken', records: taken })
    const failed = [...done].find(({ error }) => error !== null)?.error
    if (taken.length === 0 && failed != null) throw failed
    return { taken, committed, summary: taken.length === 0 ? this.#whyNothing(from) : `Took ${count1(taken.length, 'record')}.` } // oxfmt-ignore
  }

  #whyNothing(from: TopicPartition | undefined): string {
    return this.#state === 'stable' ? this.#held.whyNothing(from) : 'The group rebalances.'
  }

  async #commitByHand(): Promise<StepOutput> {
    this.#requireMember()
    const committed = await this.#commit()
    return { taken: [], committed, summary: committed === 0 ? 'There is nothing to commit.' : `Committed ${count1(committed, 'position')}.` } // oxfmt-ignore
  }

  /** Commits records that were taken. Throws if a position was refused. */
  async #commit(): Promise<number> {
    const due = this.#held.due()
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
        position: { offset: next!, metadata: '', leaderEpoch: -1 }, // only partitions with a next offset are due
      }))
      const results = await commitPositions(access.cluster, plan.spec.group, positions, {
        member,
        timeoutMs: COMMIT_MS,
      })
      const again: HeldPartition[] = []
      failed = null
      for (const [i, { outcome }] of results.entries()) {
        const one = open[i]! // there is a result per partition, in the same order
        if (outcome.ok || outcome.error.details?.['sent'] === true)
          this.#held.setCommitted(one, positions[i]!.position, !outcome.ok) // there is a result per position, in the same order
        if (outcome.ok) continue
        failed ??= inWordsOfAMember(outcome.error)
        // The epoch changed between two heartbeats: the next one reports it.
        if (outcome.error.details?.['kafkaCode'] === STALE_MEMBER_EPOCH) again.push(one)
      }
      open = again
      if (open.length > 0) await sleep(300)
    }
    this.commits += 1
    this.#held.tell(due, [])
    if (failed !== null) throw failed
    return due.length
  }

  async #watchLogs(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      await sleep(LOOK_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      await this.#inTurn(() => this.#held.look(signal)).catch(() => undefined)
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
      this.#note('warn', `Nothing was done for ${Math.round(idleMs / 1000)} s, so it leaves, as a client does after max.poll.interval.ms.`) // oxfmt-ignore
      void this.#inTurn(() => this.#leave({ ended: 'idle', error: null }))
    }, idleMs)
    this.#idle.unref()
  }

  /** One after the other, whether the previous one succeeded or not. */
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
}

const said = (summary: string): StepOutput => ({ taken: [], committed: 0, summary })

const count1 = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
