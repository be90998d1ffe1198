import type { ConnectionState } from '#shared/contract/connections.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { ConnectionId, type ProfileId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import { brokersOf } from '#shared/model/endpoints.ts'
import { SecretName } from '#shared/model/secret-names.ts'
import type { GateMode, ClusterState, KafkaCluster } from '../../kafka/cluster.ts'
import { abandonable } from '../../kafka/cancellation.ts'

/** Everything that belongs to one open cluster: made when it connects, closed with it. */
export interface ConnectionParts {
  cluster: KafkaCluster
  /** MB/s; null = none. Takes effect at once, also for running reads. */
  setReadLimit(limit: number | null): void
  /** The profile has another schema registry, or another sign-in for it: cached answers are no longer valid. */
  setRegistry(kind: RegistryKind | null): void
  close(): void
}

export interface OpenConnectionsOptions<P extends ConnectionParts> {
  /** Connects; rejects with `connect.*`. Aborting closes every socket at once. */
  connect(profile: Profile, mode: GateMode, signal: AbortSignal): Promise<P>
}

interface Entry<P> {
  profile: Profile
  parts: P | null
  state: ConnectionState
  attempt: AbortController | null
  opening: Promise<ConnectionState> | null
  /** Callers that wait for `opening` and have not given up. */
  waiting: number
}

/** How many times files are read again while they keep changing; after that the last reading counts. */
const MOST_READS = 10

/** The open profiles: which are open, in which state, and which may write; views watch it. */
export class OpenConnections<P extends ConnectionParts> {
  private readonly entries = new Map<string, Entry<P>>()
  private readonly watchers = new Set<(state: ConnectionState) => void>()
  private readonly options: OpenConnectionsOptions<P>
  /** Counts the changes of profiles made here. */
  private news = 0

  constructor(options: OpenConnectionsOptions<P>) {
    this.options = options
  }

  list(): ConnectionState[] {
    return [...this.entries.values()].map((entry) => entry.state)
  }

  /** Calls the watcher at each change. Returns a function that stops it. */
  watch(watcher: (state: ConnectionState) => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /** What services work with. Throws `connect.closed` if the connection is not open. */
  require(connectionId: ConnectionId): P {
    const entry = this.entries.get(connectionId)
    if (entry?.parts !== null && entry?.parts !== undefined) return entry.parts
    throw closedError(entry)
  }

  /** As `require`, but undefined if it is closed. */
  partsOf(connectionId: ConnectionId): P | undefined {
    return this.entries.get(connectionId)?.parts ?? undefined
  }

  profileOf(connectionId: ConnectionId): Profile {
    const entry = this.entries.get(connectionId)
    if (entry === undefined) throw closedError(undefined)
    return entry.profile
  }

  find(connectionId: string): Profile | undefined {
    return this.entries.get(connectionId)?.profile
  }

  /**
   * Opens the profile, or returns the open connection. A second caller joins an attempt in progress; it is aborted only when
   * all callers have given up, so that one window's Cancel does not affect the other.
   */
  async open(profile: Profile, signal: AbortSignal): Promise<ConnectionState> {
    const id = ConnectionId.parse(profile.id)
    const present = this.entries.get(id)
    if (present?.opening != null && present.attempt?.signal.aborted === false) return this.join(present, signal)
    if (present?.parts != null && present.state.status !== 'failed') return present.state
    present?.parts?.close()
    this.news += 1
    const attempt = new AbortController()
    const state = startState(id, profile)
    const entry: Entry<P> = { profile, parts: null, state, attempt, opening: null, waiting: 0 }
    this.entries.set(id, entry)
    this.publish(entry, {})
    entry.opening = this.connect(entry, attempt.signal).finally(() => {
      entry.attempt = null
      entry.opening = null
    })
    return this.join(entry, signal)
  }

  close(connectionId: string): void {
    const entry = this.entries.get(connectionId)
    if (entry === undefined) return
    this.entries.delete(connectionId)
    entry.attempt?.abort()
    entry.parts?.close()
    this.publish(entry, { status: 'closed', reason: null, nextAttemptAt: null })
  }

  closeAll(): void {
    for (const id of this.entries.keys()) this.close(id)
  }

  setReadLimit(connectionId: ConnectionId, limit: number | null): ConnectionState {
    const parts = this.require(connectionId)
    parts.setReadLimit(limit)
    const entry = this.entries.get(connectionId)! // it was added just above
    this.publish(entry, { readLimit: limit })
    return entry.state
  }

  /** After sleep or a change of network, or on request. */
  reconnect(connectionId: ConnectionId): ConnectionState {
    const { cluster } = this.require(connectionId)
    cluster.dropAllSockets()
    cluster.retryNow()
    return this.entries.get(connectionId)!.state // it was added just above
  }

  /**
   * The computer woke up, or its network changed: old sockets may be dead without notice, so every open connection gets new
   * ones at once. A refused sign-in is not retried automatically.
   */
  networkChanged(): void {
    for (const { parts, state } of this.entries.values()) {
      if (parts === null || state.status === 'failed') continue
      parts.cluster.dropAllSockets()
      parts.cluster.retryNow()
    }
  }

  /**
   * A profile was saved or (null) deleted. Name, colour and access mode apply at once, on open sockets too; a connection whose
   * profile now points elsewhere is closed, because the data on screen would belong to another cluster.
   */
  profileChanged(id: ProfileId, profile: Profile | null): void {
    this.news += 1
    const entry = this.entries.get(id)
    if (entry === undefined) return
    if (profile === null || leadsElsewhere(entry.profile, profile)) return this.close(id)
    const before = entry.profile
    entry.profile = profile
    if (entry.parts !== null) putInForce(entry.parts, before, profile)
    const { name, environment, colour, accessMode, readLimit } = profile
    this.publish(entry, { name, environment, colour, accessMode, readLimit })
  }

  /**
   * Takes over what the files say about open profiles: another process, or an editor, may have changed them. If a profile was
   * saved or opened here while they were read, the result may be outdated, and they are read again.
   */
  async followFiles(read: () => Promise<readonly Profile[]>): Promise<void> {
    for (let tries = 0; tries < MOST_READS; tries += 1) {
      const before = this.news
      // A folder that cannot be read is reported when somebody asks for the list.
      const profiles = await read().catch(() => null)
      if (profiles === null) return
      if (this.news !== before) continue
      for (const { profileId } of this.list()) {
        const profile = profiles.find((one) => one.id === profileId)
        if (profile !== undefined) this.profileChanged(profileId, profile)
      }
      return
    }
  }

  private async join(entry: Entry<P>, signal: AbortSignal): Promise<ConnectionState> {
    const { attempt, opening } = entry
    const giveUp = (): void => {
      if (--entry.waiting === 0) attempt?.abort()
    }
    entry.waiting++
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await abandonable(opening!, signal) // the entry was opened above if it was not open
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  private async connect(entry: Entry<P>, signal: AbortSignal): Promise<ConnectionState> {
    try {
      const begunWith = entry.profile
      const parts = await this.options.connect(begunWith, wireMode(begunWith), signal)
      if (signal.aborted) {
        parts.close()
        throw new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })
      }
      entry.parts = parts
      // The profile may have been saved meanwhile, when there was nothing yet to apply it to.
      putInForce(parts, begunWith, entry.profile)
      parts.cluster.onState((state) => this.publish(entry, { ...ofCluster(state), ...facts(parts.cluster) }))
      this.publish(entry, { ...ofCluster(parts.cluster.state), ...facts(parts.cluster) })
      return entry.state
    } catch (error) {
      // Closed, or replaced by another attempt: this one is ignored.
      if (this.entries.get(entry.state.connectionId) !== entry) throw error
      this.entries.delete(entry.state.connectionId)
      const cancelled = signal.aborted
      this.publish(entry, { status: cancelled ? 'closed' : 'failed', reason: cancelled ? null : toErrorValue(error) })
      throw error
    }
  }

  private publish(entry: Entry<P>, change: Partial<ConnectionState>): void {
    entry.state = { ...entry.state, ...change }
    for (const watcher of this.watchers) watcher(entry.state)
  }
}

/** `guarded` asks before it writes; the gate lets its writes pass. */
function wireMode(profile: Profile): GateMode {
  return profile.accessMode === 'read-only' ? 'read-only' : 'read-write'
}

/** What of a profile an open connection takes over. A registry that is the same keeps its cached answers. */
function putInForce(parts: ConnectionParts, before: Profile, profile: Profile): void {
  const hasOtherRegistry = JSON.stringify(before.registry) !== JSON.stringify(profile.registry)
  if (hasOtherRegistry) parts.setRegistry(profile.registry?.kind ?? null)
  parts.cluster.setAccess(wireMode(profile))
  parts.setReadLimit(profile.readLimit)
}

function startState(connectionId: ConnectionId, profile: Profile): ConnectionState {
  return {
    connectionId,
    profileId: profile.id,
    name: profile.name,
    environment: profile.environment,
    colour: profile.colour,
    accessMode: profile.accessMode,
    status: 'connecting',
    reason: null,
    attempt: 0,
    nextAttemptAt: null,
    clusterId: null,
    brokers: null,
    kafkaVersion: null,
    readLimit: profile.readLimit,
  }
}

function ofCluster(state: ClusterState): Pick<ConnectionState, 'status' | 'reason' | 'attempt' | 'nextAttemptAt'> {
  const still = { attempt: 0, nextAttemptAt: null }
  if (state.kind === 'connected' || state.kind === 'closed') return { status: state.kind, reason: null, ...still }
  if (state.kind === 'failed') return { status: 'failed', reason: toErrorValue(state.error), ...still }
  return {
    status: 'reconnecting',
    reason: toErrorValue(state.reason),
    attempt: state.attempt,
    nextAttemptAt: BigInt(Date.now() + state.nextInMs),
  }
}

function facts(cluster: KafkaCluster): Pick<ConnectionState, 'clusterId' | 'brokers' | 'kafkaVersion'> {
  const { clusterId, brokers, release } = cluster.info()
  return { clusterId, brokers: brokers.length, kafkaVersion: release }
}

function leadsElsewhere(before: Profile, after: Profile): boolean {
  const [one, other] = [brokersOf(before), brokersOf(after)]
  return (
    SecretName.options.some((name) => one.binding(name) !== other.binding(name)) ||
    JSON.stringify(before.tls) !== JSON.stringify(after.tls)
  )
}

function closedError(entry: { state: ConnectionState } | undefined): SeeklineError {
  const reason: ErrorValue | null = entry?.state.reason ?? null
  return new SeeklineError('connect.closed', reason?.message ?? 'This profile is not connected.', {
    hint: reason?.hint ?? 'Connect it first.',
    retryable: true,
  })
}
