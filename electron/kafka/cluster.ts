import type { TopicRights } from './rights.ts'
import { SeeklineError } from '#shared/errors.ts'
import {
  type CallOptions,
  type Channel,
  type ConnectionSpec,
  createKafkaClient,
  type Destination,
  type KafkaClient,
} from './client/connect.ts'
import { advertisedFailure } from './client/connect-errors.ts'
import type { GateMode, Gate } from './client/read-only-gate.ts'
import { formatAddress } from '#shared/model/addresses.ts'
import { guessRelease } from './broker-version.ts'
import type { GroupKind } from './group-kind.ts'
import { kafkaError, tooManyPartitions } from './protocol/error-codes.ts'
import { type ClusterState, Heartbeat, HEARTBEAT, type HeartbeatTimes } from './heartbeat.ts'
import { MetadataIndex, type PartitionInfo, type ToldMeanwhile, type TopicInfo } from './metadata-index.ts'
import { inSlices } from './protocol/slices.ts'
import { type KafkaApi, type ApiRanges, commonVersion, type Throttled } from './protocol/api.ts'
import { type BrokerNode, metadata, type MetadataResponse } from './protocol/metadata.ts'
import { abandonable, asSeeklineError, isCancelled, sleep } from './cancellation.ts'
import { mapLimited } from './map-limited.ts'
import { backOff } from './back-off.ts'

export type { GateMode, Channel, CallOptions, ClusterState, ConnectionSpec, Destination, PartitionInfo, TopicInfo }

export interface UnreachableBroker {
  nodeId: number
  address: string
  error: SeeklineError
}

export interface ClusterInfo {
  clusterId: string | null
  /** In KRaft mode a broker that forwards to the controller, not the controller itself. */
  controllerId: number
  brokers: readonly BrokerNode[]
  /** Guessed from the broker's features, e.g. "4.3"; null: unknown. */
  release: string | null
  /** Feature → enabled level (KIP-584), e.g. group.version → 1. */
  features: ReadonlyMap<string, number>
  /** Advertised addresses that did not answer when the connection was made. */
  unreachable: readonly UnreachableBroker[]
}

export interface OpenOptions {
  mode: GateMode
  signal?: AbortSignal | undefined
  heartbeat?: HeartbeatTimes
  /** Called after each step, with the broker it concerns (null: the cluster as a whole) and its duration. */
  onStep?: (step: ConnectStep, broker: string | null, milliseconds: number) => void
}

export type ConnectStep = 'name' | 'tcp' | 'tls' | 'versions' | 'sasl' | 'authorisation' | 'advertised'

const PROBED_BROKERS = 12
/** How long to wait for the other brokers after the first one has answered. */
const STRAGGLERS_MS = 1_500
/** Within this time after connecting, the topics read then are still current. */
const JUST_CONNECTED_MS = 3_000

/**
 * Connects: bootstrap, all metadata, then the addresses the cluster advertises. Throws errors that say what to do
 * (`connect.*`); `connect.advertised` if only the bootstrap address answers. Aborting the signal closes every socket at once.
 */
export async function openCluster(spec: ConnectionSpec, options: OpenOptions): Promise<KafkaCluster> {
  const client = createKafkaClient(spec, options.mode)
  const cluster = new KafkaCluster(client, options.heartbeat ?? HEARTBEAT)
  let since = performance.now()
  const passed = (step: ConnectStep, broker: string | null, milliseconds = performance.now() - since): void => {
    since = performance.now()
    options.onStep?.(step, broker, milliseconds)
  }
  client.onStep = (address, step, milliseconds) => passed(step, formatAddress(address), milliseconds)
  try {
    await cluster.refresh({ signal: options.signal })
    client.onStep = null
    passed('authorisation', null)
    await cluster.probeAdvertised(options.signal)
    passed('advertised', null)
    cluster.watch()
    return cluster
  } catch (error) {
    cluster.close()
    throw error
  }
}

/**
 * One open cluster: the index of its metadata, calls to any broker, and its state over time. Routing with retries (leaders,
 * coordinators) is in routing.ts; functions for whole tasks are in the files beside it, named by what they ask.
 */
export class KafkaCluster {
  /** For uses not covered here: raw connections, the gate. */
  readonly client: KafkaClient
  /** Group → node id of its coordinator. Maintained by routing.ts. */
  readonly coordinators = new Map<string, number>()
  /**
   * Group → its kind, as the brokers said last. Maintained by groups-api.ts; it decides where a group's positions are stored.
   */
  readonly groupKinds = new Map<string, GroupKind>()
  private readonly index = new MetadataIndex()
  private readonly heart: Heartbeat
  private readonly listeners = new Set<(state: ClusterState) => void>()
  private unreachable: UnreachableBroker[] = []
  private refreshing: Promise<void> | null = null
  private nextRefresh: Promise<void> | null = null
  /** When the list of all topics arrived while connecting, until somebody used it. */
  private connectedAt: number | null = null

  constructor(client: KafkaClient, times: HeartbeatTimes) {
    this.client = client
    this.heart = new Heartbeat(
      () => this.probe(),
      (state) => this.listeners.forEach((listener) => listener(state)),
      () => this.client.dropAllSockets(),
      times,
      () => this.client.quietMs('admin'),
    )
    client.onLost = () => this.heart.suspect()
  }

  get state(): ClusterState {
    return this.heart.state
  }

  /** Calls the listener at each change of {@link state}. Returns a function that stops it. */
  onState(listener: (state: ClusterState) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get gate(): Gate {
    return this.client.gate
  }

  /** What may be sent; takes effect on the next frame, on open sockets too. */
  setAccess(mode: GateMode): void {
    this.client.gate.mode = mode
  }

  info(): ClusterInfo {
    const versions = this.client.latestVersions()
    return {
      clusterId: this.index.clusterId,
      controllerId: this.index.controllerId,
      brokers: this.index.brokers,
      release: guessRelease(versions),
      features: new Map([...(versions?.finalizedFeatures ?? [])].map(([name, level]) => [name, level.max])),
      unreachable: this.unreachable,
    }
  }

  /** Topics these credentials may describe, as of the last refresh. */
  get topics(): MetadataIndex['topics'] {
    return this.index.topics
  }

  topic(name: string): TopicInfo | undefined {
    return this.index.topic(name)
  }

  partition(topic: string, partition: number): PartitionInfo | undefined {
    return this.index.partition(topic, partition)
  }

  /** Node id and epoch of the leader, from the index; null: unknown partition or no leader. */
  leaderOf(topic: string, partition: number): { nodeId: number; leaderEpoch: number } | null {
    const found = this.index.partition(topic, partition)
    return found === undefined || found.leader === null
      ? null
      : { nodeId: found.leader, leaderEpoch: found.leaderEpoch }
  }

  /** Whether some broker that was reached supports a version of the API that we implement. */
  supports<Q, R extends Throttled>(api: KafkaApi<Q, R>, request: Q | null = null): boolean {
    const ranges = this.ranges()
    return ranges !== null && commonVersion(api, ranges, request) !== null
  }

  /** API key → versions, from the broker that answered last. */
  ranges(): ApiRanges | null {
    return this.client.latestVersions()?.ranges ?? null
  }

  /**
   * Sends one request, once, without retries. Throws connection errors; error codes inside the answer are left to the caller.
   */
  async call<Q, R extends Throttled>(
    to: Destination,
    api: KafkaApi<Q, R>,
    request: Q,
    options: CallOptions = {},
  ): Promise<R> {
    if (this.state.kind === 'failed') throw this.state.error
    try {
      return await this.client.call(to, api, request, options)
    } catch (error) {
      if (error instanceof SeeklineError && error.code === 'connect.sasl' && !error.retryable) this.heart.fail(error)
      throw error
    }
  }

  /**
   * As `call`, for requests that only read: sent again, at most twice, if the connection breaks. A lost packet should not be
   * the answer to a user's question.
   */
  async ask<Q, R extends Throttled>(
    to: Destination,
    api: KafkaApi<Q, R>,
    request: Q,
    options: CallOptions = {},
  ): Promise<R> {
    let broken: unknown
    for (let attempt = 0; ; attempt += 1) {
      // Does not wait for a cluster that is away: then the broken connection is the answer.
      const again = attempt === 0 ? null : AbortSignal.timeout(AGAIN_MS)
      const signals = [options.signal, again].filter((one) => one != null)
      try {
        return await this.call(
          to,
          api,
          request,
          again === null ? options : { ...options, signal: AbortSignal.any(signals) },
        )
      } catch (error) {
        if (again?.aborted === true && options.signal?.aborted !== true) throw broken
        if (!isBroken(error) || attempt === 2) throw error
        broken = error
        await sleep(backOff(attempt), options.signal)
      }
    }
  }

  /**
   * Reads metadata again: of all topics, or of the named ones (topics that are gone leave the index). Never creates a topic.
   * Who comes while everything is being read shares the next reading: this one may lack what was changed just now.
   */
  async refresh(options: { topics?: readonly string[]; signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { topics, signal } = options
    if (topics !== undefined) {
      await this.refreshTopics(topics, { signal })
      return
    }
    // Shared, so one caller's cancel must not end it for the others; the call has its own time limit.
    await abandonable(this.refreshing === null ? this.beginRefresh() : this.refreshAfter(this.refreshing), signal)
  }

  private beginRefresh(): Promise<void> {
    const told = this.index.expectAll()
    const begun = this.ask('any', metadata, { topics: null })
      .then(async (answer) => this.take(answer, told))
      .finally(() => {
        this.index.expectNoMore(told)
        if (this.refreshing === begun) this.refreshing = null
      })
    this.refreshing = begun
    return begun
  }

  private refreshAfter(running: Promise<void>): Promise<void> {
    if (this.nextRefresh !== null) return this.nextRefresh
    const begin = (): Promise<void> => {
      if (this.nextRefresh === next) this.nextRefresh = null
      // One that somebody began in the meantime was sent late enough for those who wait here.
      return this.refreshing ?? this.beginRefresh()
    }
    const next = running.then(begin, begin)
    this.nextRefresh = next
    return next
  }

  /**
   * Reads metadata of these topics again; with `includeRights` also what these credentials may do with each, if brokers tell.
   */
  async refreshTopics(
    topics: readonly string[],
    { signal, includeRights = false }: { signal?: AbortSignal | undefined; includeRights?: boolean } = {},
  ): Promise<TopicRights> {
    if (topics.length === 0) return new Map()
    const answer = await this.ask('any', metadata, { topics, includeRights }, { signal })
    await this.take(answer)
    return new Map(answer.topics.map((topic) => [topic.name, topic.rights]))
  }

  /** Whether all topics were read while connecting a moment ago; true once, for the first caller. */
  takeConnected(): boolean {
    const since = performance.now() - (this.connectedAt ?? -Infinity)
    this.connectedAt = null
    return since < JUST_CONNECTED_MS
  }

  /** The topic, looked up again if the index lacks it. Throws `kafka.topic-unknown` or `kafka.unauthorised`. */
  async requireTopic(name: string, signal?: AbortSignal): Promise<TopicInfo> {
    if (this.index.topic(name) === undefined) await this.refresh({ topics: [name], signal })
    const topic = this.index.topic(name)
    if (topic === undefined) throw kafkaError(3, `Topic ${name}`, { details: { topic: name } })
    if (topic.claims !== undefined) throw tooManyPartitions(name, topic.claims)
    if (topic.errorCode !== 0 && topic.partitions.length === 0) {
      throw kafkaError(topic.errorCode, `Topic ${name}`, {
        details: { topic: name },
        asked: { api: 'Metadata', topic: name },
      })
    }
    return topic
  }

  /** Tries to reach the cluster now: after sleep, a network change, or on the user's request; also after `failed`. */
  retryNow(): void {
    const reason = new SeeklineError('connect.lost', 'Connecting again.', { retryable: true })
    this.heart.retryNow(this.state.kind === 'failed' ? this.state.error : reason)
  }

  /** Closes every socket, as sleep or a network change would, and checks at once whether the cluster is reachable. */
  dropAllSockets(): void {
    this.client.dropAllSockets({ opening: true })
    // It fails with its socket; later callers must neither share that failure nor wait for it.
    this.refreshing = null
    this.nextRefresh = null
    this.heart.suspect()
  }

  /** At once; requests in flight are not waited for. */
  close(): void {
    this.heart.close()
    this.client.close()
    this.listeners.clear()
  }

  /** Starts the heartbeat. Part of {@link openCluster}. */
  watch(): void {
    this.connectedAt = performance.now()
    this.heart.start()
  }

  /** Finds out which advertised addresses answer. Throws `connect.advertised` if none does. Part of {@link openCluster}. */
  async probeAdvertised(signal?: AbortSignal): Promise<void> {
    const brokers = this.index.brokers.slice(0, PROBED_BROKERS)
    const failures = new Map<number, { nodeId: number; address: BrokerNode; error: SeeklineError }>()
    let reached: () => void = () => undefined
    const firstReached = new Promise<void>((resolve) => (reached = resolve))
    const all = mapLimited(brokers, PROBED_BROKERS, async (node) => {
      try {
        await this.client.connection(node.nodeId, { signal })
        reached()
      } catch (error) {
        if (isCancelled(error)) throw error
        const first = (error as SeeklineError).details?.['addresses'] as
          | { message: string; code: SeeklineError['code'] }[]
          | undefined
        const known = asSeeklineError(error)
        const inner =
          first?.[0] === undefined ? known : new SeeklineError(first[0].code, first[0].message, { retryable: true })
        failures.set(node.nodeId, { nodeId: node.nodeId, address: node, error: inner })
        this.unreachable = [...failures.values()].map((f) => ({ ...f, address: formatAddress(f.address) }))
      }
    })
    all.catch(() => undefined)
    await Promise.race([all, firstReached.then(() => sleep(STRAGGLERS_MS, signal))])
    if (brokers.length === 0 || failures.size < brokers.length) return
    // If every broker rejects the password or certificate, the addresses are not the problem.
    const other = [...failures.values()].find(
      (f) => !['connect.name', 'connect.tcp', 'connect.tls'].includes(f.error.code),
    )
    if (other !== undefined) throw other.error
    throw advertisedFailure([...failures.values()], this.client.spec.brokers.map(formatAddress).join(', '))
  }

  // Brokers only: cheap in a cluster of any size, and keeps addresses and cluster id current.
  private async probe(): Promise<void> {
    const answer = await this.client.call('any', metadata, { topics: [] })
    const back = this.state.kind === 'reconnecting'
    const before = this.index.clusterId
    await this.take(answer)
    // Also a look that is on its way: the heartbeat's time limit is too short to wait for two in a large cluster.
    if (back || this.index.clusterId !== before) await (this.refreshing ?? this.beginRefresh())
  }

  /** `told`: the answer lists all topics, and this is what others told of some since it was requested. */
  private async take(answer: MetadataResponse, told?: ToldMeanwhile): Promise<void> {
    if (answer.errorCode !== 0) throw kafkaError(answer.errorCode, 'Metadata')
    const before = this.index.clusterId
    const steps = this.index.apply(answer, told !== undefined, told)
    if (before !== null && this.index.clusterId !== before) {
      this.coordinators.clear()
      // Asking this cluster for a coordinator might create its offsets topic.
      this.gate.groupsExist = false
    }
    if (answer.brokers.length > 0) this.client.setBrokers(answer.brokers, answer.clusterId)
    await inSlices(steps)
  }
}

/** The limit for repeated attempts, connecting included. */
const AGAIN_MS = 3_000

/** A connection that breaks at its first request looks as if the sign-in were missing. */
const isBroken = (error: unknown): boolean =>
  error instanceof SeeklineError && error.retryable && ['connect.lost', 'connect.sasl'].includes(error.code)
