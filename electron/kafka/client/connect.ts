import { SeeklineError } from '#shared/errors.ts'
import type { KafkaApi, ApiRanges, Throttled } from '../protocol/api.ts'
import { kafkaApis } from '../protocol/api-table.ts'
import type { ApiVersionsResponse, ExpectedBroker } from '../protocol/api-versions.ts'
import type { BrokerNode } from '../protocol/metadata.ts'
import { abandonable } from '../cancellation.ts'
import { BrokerConnection } from './broker-connection.ts'
import { advertisedFailure, downSince } from './connect-errors.ts'
import { type GateMode, createGate, type Gate } from './read-only-gate.ts'
import { patchKafkajs } from './kafkajs-patches.ts'
import { checkKafkajs } from './self-check.ts'
import type { StepListener } from './socket.ts'
import { formatAddress, type Address } from '#shared/model/addresses.ts'
import { type ConnectionSpec, REQUEST_TIMEOUT_MS } from './connection-spec.ts'

export type { ConnectionSpec } from './connection-spec.ts'

/**
 * Each channel has sockets of its own: a broker answers the requests of a socket in order, so a long poll would delay the rest.
 */
export type Channel = 'admin' | 'browse' | 'tail' | 'produce' | `member ${number}`

/** The version of ApiVersions from which a broker checks that it is the one meant (KIP-1242). */
const CHECKS_WHO = 5

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** Limit for the answer, milliseconds; connecting has its own limit. Default: the spec's requestTimeoutMs. */
  timeoutMs?: number | undefined
  /** Default `admin`. */
  channel?: Channel | undefined
}

interface Slot {
  connection: BrokerConnection
  opening: Promise<BrokerConnection>
  /** The same connection once it is ready; null before. */
  open: BrokerConnection | null
}

/** Where a request goes: a broker by node id, or whichever answers. */
export type Destination = number | 'any'

/**
 * The sockets to one cluster's brokers, opened when first needed, one per channel and address. Knows nothing of topics; {@link
 * setBrokers} tells it the brokers. Does not retry.
 */
export class KafkaClient {
  readonly gate: Gate
  readonly spec: ConnectionSpec
  /** Called after an open socket was lost without our doing. */
  onLost: ((address: Address) => void) | null = null
  /** Called as a connection passes a step, with the time it took. */
  onStep: ((address: Address, ...step: Parameters<StepListener>) => void) | null = null
  private readonly slots = new Map<string, Slot>()
  private readonly reached = new Set<string>()
  private readonly versions = new Map<string, ApiVersionsResponse>()
  private nodes = new Map<number, BrokerNode>()
  private clusterId: string | null = null
  private closed = false

  constructor(spec: ConnectionSpec, gate: Gate) {
    checkKafkajs()
    patchKafkajs()
    this.spec = spec
    this.gate = gate
  }

  /** Sets the brokers as the cluster advertises them. Sockets to addresses that are no longer among them are closed. */
  setBrokers(brokers: readonly BrokerNode[], clusterId: string | null): void {
    this.clusterId = clusterId
    this.nodes = new Map(brokers.map((broker) => [broker.nodeId, broker]))
    const wanted = new Set([...brokers, ...this.spec.brokers].map(formatAddress))
    for (const [key, slot] of this.slots) {
      if (slot.open !== null && !wanted.has(key.slice(key.indexOf('|') + 1))) slot.open.destroy()
    }
  }

  /** The API versions of a broker that was reached at least once; null otherwise. */
  rangesOf(nodeId: number): ApiRanges | null {
    const node = this.nodes.get(nodeId)
    return (node === undefined ? undefined : this.versions.get(formatAddress(node))?.ranges) ?? null
  }

  /** The API versions of the broker that was reached last. */
  latestVersions(): ApiVersionsResponse | null {
    return [...this.versions.values()].at(-1) ?? null
  }

  /** How long a quota still delays a channel's requests, milliseconds; the longest of its sockets. */
  quietMs(channel: Channel): number {
    const open = [...this.slots].filter(([key]) => key.startsWith(`${channel}|`)).map(([, slot]) => slot.connection)
    return Math.max(0, ...open.map((connection) => connection.quietMs))
  }

  async call<Q, R extends Throttled>(
    to: Destination,
    api: KafkaApi<Q, R>,
    request: Q,
    options: CallOptions = {},
  ): Promise<R> {
    const connection = await this.connection(to, options)
    return await connection.call(api, request, {
      timeoutMs: options.timeoutMs ?? this.spec.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      signal: options.signal,
    })
  }

  /** Opens a connection without sending a request. Used to find out whether an address answers. */
  async connection(to: Destination, options: CallOptions = {}): Promise<BrokerConnection> {
    if (this.closed) throw new SeeklineError('connect.closed', 'This connection was closed.')
    const channel = options.channel ?? 'admin'
    const opening = to === 'any' ? this.anyConnection(channel) : this.nodeConnection(to, channel)
    return await abandonable(opening, options.signal)
  }

  /**
   * Closes every socket, as after sleep or a network change. The next call opens new ones. Sockets that are still connecting
   * are kept unless `opening`: on a slow line they may be about to succeed; on another network they will not.
   */
  dropAllSockets({ opening = false } = {}): void {
    for (const slot of this.slots.values()) if (opening || slot.open !== null) slot.connection.destroy()
  }

  /** Closes everything at once; does not wait for answers. */
  close(): void {
    this.closed = true
    this.onLost = null
    for (const { connection, opening } of this.slots.values()) {
      opening.catch(() => undefined)
      // Also a connection that is still being made: after a cancel no sign-in may go on that nobody waits for.
      connection.destroy()
    }
    this.slots.clear()
  }

  private async nodeConnection(nodeId: number, channel: Channel): Promise<BrokerConnection> {
    const node = this.nodes.get(nodeId)
    if (node === undefined) {
      throw new SeeklineError('kafka.no-leader', `Broker ${nodeId} is not (or no longer) part of the cluster.`, {
        hint: 'It may be restarting. Seekline looks again.',
        retryable: true,
        details: { nodeId },
      })
    }
    try {
      return await this.slot(channel, node, this.expectationOf(node.nodeId))
    } catch (error) {
      throw this.asAdvertised(node, error)
    }
  }

  private async anyConnection(channel: Channel): Promise<BrokerConnection> {
    for (const [key, slot] of this.slots) {
      if (key.startsWith(`${channel}|`) && slot.open !== null && !slot.open.closed) return slot.open
    }
    const known = shuffled([...this.nodes.values()])
    const seeds = this.spec.brokers.filter((seed) => !known.some((n) => formatAddress(n) === formatAddress(seed)))
    let last: unknown = new SeeklineError('profile.invalid', 'The profile names no broker.')
    for (const address of [...known.filter((n) => this.reached.has(formatAddress(n))), ...seeds, ...known]) {
      if (this.closed) break
      try {
        return await this.slot(channel, address)
      } catch (error) {
        last = error
        // A password that one broker rejects is wrong at all of them: trying them in turn would lock the account.
        if (error instanceof SeeklineError && error.code === 'connect.sasl' && !error.retryable) break
      }
    }
    throw last
  }

  /** null if the cluster's brokers are not known to check it: asking in vain costs a round trip. */
  private expectationOf(nodeId: number): ExpectedBroker | null {
    const { clusterId } = this
    const knows = (this.latestVersions()?.ranges.get(kafkaApis.ApiVersions.key)?.max ?? 0) >= CHECKS_WHO
    return clusterId === null || !knows ? null : { clusterId, nodeId }
  }

  private slot(channel: Channel, address: Address, expected: ExpectedBroker | null = null): Promise<BrokerConnection> {
    const name = formatAddress(address)
    const key = `${channel}|${name}`
    const present = this.slots.get(key)
    if (present !== undefined && present.open?.closed !== true) return present.opening
    const forget = (): void => {
      if (this.slots.get(key) === slot) this.slots.delete(key)
    }
    const closed = (): void => {
      const wasOpen = slot.open !== null
      forget()
      if (wasOpen) this.onLost?.(address)
    }
    const { host, port } = address
    const onStep: StepListener = (step, milliseconds) => this.onStep?.(address, step, milliseconds)
    const connection = new BrokerConnection(this.spec, this.gate, { host, port }, closed, onStep, expected)
    const slot: Slot = {
      connection,
      open: null,
      opening: connection.open().then(
        (opened) => {
          slot.open = opened
          this.reached.add(name)
          this.versions.delete(name)
          this.versions.set(name, opened.versions!) // versions are known once a connection is open
          return opened
        },
        (error: unknown) => {
          forget()
          throw this.reached.has(name) ? downSince(address, error) : error
        },
      ),
    }
    this.slots.set(key, slot)
    return slot.opening
  }

  // An address that never answered, but is advertised by a cluster that did, cannot be reached from this computer; one that
  // answered before is a broker that is down.
  private asAdvertised(node: BrokerNode, error: unknown): unknown {
    const unreachable = ['connect.name', 'connect.tcp', 'connect.tls']
    if (!(error instanceof SeeklineError) || !unreachable.includes(error.code)) return error
    if (this.reached.has(formatAddress(node)) || this.reached.size === 0) return error
    return advertisedFailure([{ nodeId: node.nodeId, address: node, error }], [...this.reached][0]!) // at least one broker was reached: the size was checked above
  }
}

/** A client over a gate of its own. `mode` can be changed later in `client.gate.mode`. */
export function createKafkaClient(spec: ConnectionSpec, mode: GateMode): KafkaClient {
  return new KafkaClient(spec, createGate(mode))
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!] // i and j are indexes of the list
  }
  return items
}
