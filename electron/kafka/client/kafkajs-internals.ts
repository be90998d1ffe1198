// kafkajs ships types for its public half only. These are the members of the other half that we rely on, declared by
// hand; self-check.ts proves at start-up that they are there. 2.2.4 is the last release and pinned exactly.
// @ts-expect-error no types for this path
import ConnectionModule from 'kafkajs/src/network/connection.js'
// @ts-expect-error no types for this path
import EncoderModule from 'kafkajs/src/protocol/encoder.js'
// @ts-expect-error no types for this path
import RequestQueueModule from 'kafkajs/src/network/requestQueue/index.js'
// @ts-expect-error no types for this path
import ScramModule from 'kafkajs/src/broker/saslAuthenticator/scram.js'
import type { SaslSettings } from '#shared/model/sasl/define-mechanism.ts'
import type { EventEmitter } from 'node:events'
import type { ConnectionOptions } from 'node:tls'

/** The members kafkajs uses of a socket; ours has no others, so nothing can bypass the gate. */
export interface KafkaSocket {
  on(event: string, listener: (...args: never[]) => void): unknown
  write(bytes: Uint8Array | string, encoding?: BufferEncoding): boolean
  end(): void
  unref(): void
  setKeepAlive(on: boolean, delay?: number): void
  destroy(error?: Error): void
  /** The buffer that the next bytes are to be read into; null: the socket's own. */
  readInto?: Buffer | null
}

export interface SocketFactoryArguments {
  host: string
  port: number
  ssl?: ConnectionOptions | null
  onConnect: () => void
}

export type SocketFactory = (options: SocketFactoryArguments) => KafkaSocket

export interface PendingRequest {
  correlationId: number
  rejected(error: unknown): void
}

export interface RequestQueue extends EventEmitter {
  throttleCheckTimeoutId: NodeJS.Timeout | null
  pending: PendingRequest[]
  inflight: Map<number, PendingRequest>
  throttledUntil: number
  push(request: unknown): void
  createSocketRequest(request: unknown): PendingRequest
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
  sendSocketRequest(request: PendingRequest): void
  fulfillRequest(answer: { correlationId: number; payload: Uint8Array; size: number }): void
  destroy(): void
}

export interface Encoder {
  buf: Buffer
  /** How many bytes of `buf` are written. */
  offset: number
  ensureAvailable(length: number): void
}

export interface RawRequest<T> {
  request: {
    apiKey: number
    apiVersion: number
    apiName: string
    encode: () => Promise<{ buf: Uint8Array; buffer: Uint8Array; size: () => number }>
  }
  response: {
    decode: (payload: Uint8Array) => Promise<{ value: T; clientSideThrottleTime: number }>
    parse: (decoded: { value: T; clientSideThrottleTime: number }) => Promise<T>
  }
  requestTimeout?: number | null
  logResponseError?: boolean
}

export interface Connection {
  host: string
  port: number
  broker: string
  socket: KafkaSocket | undefined
  authHandlers: unknown
  requestQueue: RequestQueue
  /** The id of the next request. */
  correlationId: number
  connect(): Promise<boolean>
  disconnect(): Promise<boolean>
  authenticate(): Promise<void>
  isConnected(): boolean
  send<T>(request: RawRequest<T>): Promise<T>
  setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void
  setSupportAuthenticationProtocol(supported: boolean): void
  rejectRequests(error: unknown): void
  processData(chunk: Buffer): void
  /** Milliseconds as a Long; 0: unlimited (KIP-368). */
  sessionLifetime: { toNumber(): number }
  /** How long before the end of the session it re-authenticates, milliseconds. */
  reauthenticationThreshold: number
}

export interface ConnectionConstructor {
  new (options: {
    host: string
    port: number
    logger: SilentLogger
    socketFactory: SocketFactory
    requestTimeout: number
    connectionTimeout: number
    enforceRequestTimeout: boolean
    ssl: ConnectionOptions | null
    sasl: SaslSettings | null
    clientId: string
  }): Connection
  prototype: Connection
}

export interface SilentLogger {
  namespace(): SilentLogger
  debug(): void
  info(): void
  warn(): void
  error(): void
}

const nothing = (): void => undefined

/** kafkajs logs each failure that we already turn into an error of our own, and its text may contain secrets. */
export const silentLogger: SilentLogger = {
  namespace: () => silentLogger,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
}

export const KafkajsConnection = ConnectionModule as unknown as ConnectionConstructor
export const KafkajsEncoder = EncoderModule as unknown as { prototype: Encoder }
export const KafkajsRequestQueue = RequestQueueModule as unknown as { prototype: RequestQueue }

/** Its only static method whose cost the server controls, and the method that reads the server's number. */
export const KafkajsScram = (
  ScramModule as {
    SCRAM: {
      hi(password: string, salt: Uint8Array, iterations: number, digest: unknown): Promise<Uint8Array>
      prototype: { sendClientFinalMessage(first: { i?: string }): Promise<unknown> }
    }
  }
).SCRAM
