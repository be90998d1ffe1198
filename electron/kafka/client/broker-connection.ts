import { SeeklineError } from '#shared/errors.ts'
import { lateAfter } from '../late-after.ts'
import { type KafkaApi, type ApiRanges, chooseVersion, type Throttled } from '../protocol/api.ts'
import { kafkaApis } from '../protocol/api-table.ts'
import { apiVersions, type ApiVersionsResponse, type ExpectedBroker } from '../protocol/api-versions.ts'
import { MalformedResponse } from '../protocol/reader.ts'
import { type ConnectPhase, connectFailure, connectionLost, notTheBroker, notUnderstood } from './connect-errors.ts'
import type { Gate } from './read-only-gate.ts'
import { type Connection, KafkajsConnection, silentLogger } from './kafkajs-internals.ts'
import { trustConnection } from './response-reader.ts'
import { send, type SendOptions } from './send.ts'
import { createSocketFactory, type SocketEnd, type StepListener } from './socket.ts'
import { formatAddress, type Address } from '#shared/model/addresses.ts'
import { CONNECT_TIMEOUT_MS, type ConnectionSpec, REQUEST_TIMEOUT_MS } from './connection-spec.ts'

const REAUTHENTICATE_BEFORE_MS = 10_000
const UNSUPPORTED_VERSION = 35
const REBOOTSTRAP_REQUIRED = 129

/**
 * One socket to one broker, with kafkajs' Connection around it: connected, API versions known, authenticated. Once closed it
 * stays closed, and a new one is made. kafkajs' own Cluster and Broker are not used: their retries hide which step failed, one
 * leaderless partition breaks their metadata, and their pools hold a second socket that we do not want.
 */
export class BrokerConnection {
  readonly address: Address
  /** What this broker announced. Known once opened. */
  versions: ApiVersionsResponse | null = null
  private readonly spec: ConnectionSpec
  private readonly connection: Connection
  private end: SocketEnd | null = null
  private answered = 0

  private readonly onStep: StepListener | undefined
  /** The cluster and node this broker should be; only for brokers that check it. */
  private readonly expected: ExpectedBroker | null

  constructor(
    spec: ConnectionSpec,
    gate: Gate,
    address: Address,
    onClosed: (connection: BrokerConnection) => void,
    onStep?: StepListener,
    expected: ExpectedBroker | null = null,
  ) {
    this.spec = spec
    this.expected = expected
    this.onStep = onStep
    this.address = address
    this.connection = new KafkajsConnection({
      host: address.host,
      port: address.port,
      logger: silentLogger,
      socketFactory: createSocketFactory(
        spec,
        gate,
        (end) => {
          this.end = end
          onClosed(this)
        },
        onStep,
      ),
      // kafkajs' limits can only be raised per call, and cost a timer every 100 ms; send() has its own limit.
      enforceRequestTimeout: false,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // The socket has the real limit and knows the step; this one is only a fallback that comes later.
      connectionTimeout: (spec.connectTimeoutMs ?? CONNECT_TIMEOUT_MS) + 2_000,
      ssl: spec.tls === undefined ? null : {},
      // A fresh object: kafkajs caches its authenticator inside it.
      sasl: spec.sasl === undefined ? null : { ...spec.sasl.settings },
      clientId: spec.clientId,
    })
  }

  get closed(): boolean {
    return this.end !== null
  }

  /** How long a quota still delays requests (KIP-219), milliseconds; usually 0. */
  get quietMs(): number {
    return Math.max(0, this.connection.requestQueue.throttledUntil - Date.now())
  }

  get ranges(): ApiRanges {
    return this.versions?.ranges ?? new Map()
  }

  async open(): Promise<this> {
    let phase: ConnectPhase = 'socket'
    try {
      await this.connection.connect()
      phase = 'versions'
      this.versions = await this.timed('versions', this.askVersions())
      const announced: Record<number, { minVersion: number; maxVersion: number }> = {}
      for (const [key, range] of this.ranges) announced[key] = { minVersion: range.min, maxVersion: range.max }
      this.connection.setVersions(announced)
      this.connection.setSupportAuthenticationProtocol(this.ranges.has(kafkaApis.SaslAuthenticate.key))
      if (this.spec.sasl !== undefined) {
        phase = 'sasl'
        await this.timed('sasl', this.withLimit(this.connection.authenticate()))
        this.spaceReauthentication()
      }
      trustConnection(this.connection)
      return this
    } catch (error) {
      const failure =
        error instanceof MalformedResponse
          ? notUnderstood(this.address, 'greeting', error)
          : connectFailure(this.spec, this.address, phase, this.end, error)
      this.destroy()
      throw failure
    }
  }

  async call<Q, R extends Throttled>(api: KafkaApi<Q, R>, request: Q, options: SendOptions): Promise<R> {
    const version = chooseVersion(api, this.ranges, request, formatAddress(this.address))
    const first = this.answered === 0
    const answering = send(this.connection, api, version, request, options, ({ kind, sent, error }) => {
      if (kind === 'timeout') {
        const quiet = Math.ceil(this.quietMs / 1_000)
        // A broker answers the requests of a connection in order: everything behind this one is stuck as well.
        this.destroy()
        const where = formatAddress(this.address)
        const why = quiet > 0 ? `${where} asked for ${quiet} s of silence, so ${api.name} was not sent in time.` : null
        return new SeeklineError('call.timeout', why ?? `${where} did not answer ${api.name} in time.`, {
          hint:
            why === null
              ? 'The broker may be overloaded, or the network slow. Try again.'
              : 'A quota of this user is used up. Try again later, or read with a lower limit.',
          retryable: true,
          details: { broker: formatAddress(this.address), api: api.name, timeoutMs: options.timeoutMs, sent },
        })
      }
      const name = error instanceof Error ? error.name : ''
      if (name === 'KafkaJSSASLAuthenticationError') {
        return connectFailure(this.spec, this.address, 'sasl', this.end, error)
      }
      if (first && this.spec.sasl === undefined && this.end?.byUs !== true) return this.saslExpected(sent)
      return connectionLost(this.spec, this.address, this.end, sent)
    })
    const answer = await answering.catch((error: unknown) => {
      throw error instanceof MalformedResponse ? notUnderstood(this.address, 'open', error) : error
    })
    this.answered++
    return answer
  }

  /** Closes it at once: all requests in flight are rejected, nothing is waited for. */
  destroy(): void {
    this.connection.rejectRequests(new Error('Connection closed'))
    this.connection.socket?.destroy()
    // Clears kafkajs' timers; it waits for requests in flight, of which there are none any more.
    this.connection.disconnect().catch(() => undefined)
  }

  // kafkajs re-authenticates 10 s before a session ends. With short sessions that would be at every request, and the broker
  // closes a connection that re-authenticates twice within a second.
  private spaceReauthentication(): void {
    const lifetime = this.connection.sessionLifetime.toNumber()
    if (lifetime > 0) this.connection.reauthenticationThreshold = Math.min(REAUTHENTICATE_BEFORE_MS, lifetime / 4)
  }

  private async timed<T>(step: 'versions' | 'sasl', work: Promise<T>): Promise<T> {
    const since = performance.now()
    const result = await work
    this.onStep?.(step, performance.now() - since)
    return result
  }

  private async askVersions(): Promise<ApiVersionsResponse> {
    const options: SendOptions = { timeoutMs: this.spec.connectTimeoutMs ?? CONNECT_TIMEOUT_MS }
    const { expected } = this
    const request = { softwareName: 'seekline', softwareVersion: softwareVersion(this.spec.clientId), expected }
    const failed = ({ kind, error }: { kind: string; error: unknown }): SeeklineError => {
      const cause = kind === 'timeout' ? new Error('no answer to the first request in time') : error
      return connectFailure(this.spec, this.address, 'versions', this.end, cause)
    }
    const ask = (version: number) => send(this.connection, apiVersions, version, request, options, failed)
    let answer = await ask(expected === null ? 3 : 5)
    // A broker that was not upgraded yet, or was downgraded since.
    if (expected !== null && answer.errorCode === UNSUPPORTED_VERSION) answer = await ask(3)
    if (answer.errorCode === UNSUPPORTED_VERSION) answer = await ask(0)
    if (expected !== null && answer.errorCode === REBOOTSTRAP_REQUIRED) throw notTheBroker(this.address, expected)
    if (answer.errorCode !== 0 || !answer.ranges.has(3)) {
      throw new SeeklineError(
        'connect.versions',
        `${formatAddress(this.address)} does not say which requests it understands.`,
        {
          hint: 'Seekline speaks to Apache Kafka 3.3 and later.',
          details: { broker: formatAddress(this.address), kafkaCode: answer.errorCode },
        },
      )
    }
    return answer
  }

  // A listener with SASL answers ApiVersions to anybody and closes the connection at any other request.
  private saslExpected(sent: boolean): SeeklineError {
    const where = formatAddress(this.address)
    return new SeeklineError(
      'connect.sasl',
      `${where} closed the connection at the first request after the greeting.`,
      {
        hint: 'It most likely expects a user name and password: set SASL in the profile.',
        retryable: true,
        details: { broker: where, step: 'sasl', sent },
      },
    )
  }

  private async withLimit<T>(work: Promise<T>): Promise<T> {
    const limit = this.spec.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
    let stop = (): void => undefined
    const late = new Promise<never>((_resolve, reject) => {
      stop = lateAfter(limit, () => reject(new Error('Connection timed out')))
    })
    try {
      return await Promise.race([work, late])
    } finally {
      stop()
    }
  }
}

// The broker refuses a version with other characters (KIP-511).
function softwareVersion(clientId: string): string {
  const tail = /(\d[a-zA-Z0-9.-]*)$/.exec(clientId)?.[1] ?? '0'
  return /[a-zA-Z0-9]$/.test(tail) ? tail : `${tail}0`
}
