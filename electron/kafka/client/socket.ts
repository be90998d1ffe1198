import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { FrameGate, type Gate } from './read-only-gate.ts'
import type { KafkaSocket, SocketFactory, SocketFactoryArguments } from './kafkajs-internals.ts'
import { type Address } from '#shared/model/addresses.ts'
import { CONNECT_TIMEOUT_MS, type ConnectionSpec } from './connection-spec.ts'
import { lateAfter } from '../late-after.ts'
import { mapAddress } from './address-map.ts'

const KEEP_ALIVE_MS = 30_000
/** How long a graceful close may take before the socket is destroyed. */
const END_MS = 1_000
/** One buffer per socket, for everything but the bulk of large answers. */
const READ_BYTES = 64 * 1024

/** The steps of connecting. */
export type SocketStep = 'name' | 'tcp' | 'tls' | 'open'

/** Called after each step of connecting, with its duration. */
export type StepListener = (step: 'name' | 'tcp' | 'tls' | 'versions' | 'sasl', milliseconds: number) => void

export interface SocketEnd {
  step: SocketStep
  /** Undefined: the other side closed the socket, or we did. */
  error: (Error & { code?: string }) | undefined
  byUs: boolean
  /** The certificate that the other side sent, trusted or not. */
  peer?: tls.DetailedPeerCertificate | undefined
}

/** kafkajs splits seed addresses at the first colon, which breaks IPv6 hosts: those seeds get a placeholder name. */
const PLACEHOLDER = /^seed-(\d+)\.seekline\.invalid$/
/** @internal Outside its file only tests use it. */
export const seedName = (index: number): string => `seed-${index}.seekline.invalid`

/**
 * What kafkajs gets as a socket: net or TLS underneath, the gate in front. It emits exactly one of 'end' and 'error', once,
 * whatever happens to the socket below: kafkajs listens to nothing else and would wait for ever.
 */
export function createSocketFactory(
  spec: ConnectionSpec,
  gate: Gate,
  onEnd?: (end: SocketEnd) => void,
  onStep?: StepListener,
): SocketFactory {
  return ({ host, port, onConnect }: SocketFactoryArguments) => {
    const seed = PLACEHOLDER.exec(host)
    const address = seed === null ? { host, port } : (spec.brokers[Number(seed[1])] ?? { host, port })
    return new GatedSocket(spec, address, gate, onConnect, onEnd, onStep)
  }
}

const contexts = new WeakMap<object, tls.SecureContext>()

/** One context for all sockets of a spec: making it parses every authority again. */
function secureContextOf(settings: NonNullable<ConnectionSpec['tls']>): tls.SecureContext {
  const made = contexts.get(settings)
  if (made !== undefined) return made
  const { ca, cert, key } = settings
  // As with Java's trust stores, every named certificate is trusted, including an intermediate authority or the broker's own
  // certificate; by default Node would require the root above it.
  const trust = ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca], allowPartialTrustChain: true }
  const context = tls.createSecureContext({
    ...trust,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  })
  contexts.set(settings, context)
  return context
}

export class GatedSocket implements KafkaSocket {
  /**
   * Set by our frame reader while a large answer arrives, so that the operating system writes the bytes to their final place.
   * As a stream of 64 KiB chunks they would be copied once more, and collecting the chunks costs as much again.
   */
  readInto: Buffer | null = null
  private readonly raw: net.Socket
  private readonly scratch = Buffer.allocUnsafeSlow(READ_BYTES)
  private readonly frames: FrameGate
  private readonly events = new EventEmitter()
  private stopLimit = (): void => undefined
  private readonly onEnd: ((end: SocketEnd) => void) | undefined
  private readonly onStep: StepListener | undefined
  private step: SocketStep = 'name'
  private stepSince = performance.now()
  private ended = false
  private reported = false
  private byUs = false
  private peer: tls.DetailedPeerCertificate | undefined

  constructor(
    spec: ConnectionSpec,
    address: Address,
    gate: Gate,
    onConnect: () => void,
    onEnd?: (end: SocketEnd) => void,
    onStep?: StepListener,
  ) {
    this.onEnd = onEnd
    this.onStep = onStep
    this.frames = new FrameGate(gate)
    // EventEmitter throws an 'error' that nobody listens to; kafkajs subscribes only after the factory has returned.
    this.events.on('error', () => undefined)
    try {
      this.raw = this.open(spec, address, () => {
        this.stopLimit()
        this.reach('open')
        onConnect()
      })
    } catch (error) {
      // Unreadable certificates, keys and passphrases throw before any socket exists.
      onEnd?.({ step: 'tls', error: error as Error, byUs: false })
      throw error
    }
    const limit = spec.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
    this.stopLimit = lateAfter(limit, () => {
      this.raw.destroy(Object.assign(new Error(`no answer within ${limit} ms`), { code: 'ETIMEDOUT' }))
    })
    this.raw.setNoDelay(true)
    this.raw.setKeepAlive(true, KEEP_ALIVE_MS)
    this.raw.on('lookup', (error: Error | null) => {
      if (error === null && this.step === 'name') this.reach('tcp')
    })
    this.raw.on('connectionAttempt', () => {
      if (this.step === 'name') this.reach('tcp')
    })
    this.raw.on('connect', () => {
      if (this.step !== 'open') this.reach('tls')
    })
    this.raw.on('error', (error: Error & { code?: string }) => this.finish(error))
    this.raw.on('end', () => this.finish(undefined))
    this.raw.on('close', () => this.finish(undefined))
  }

  on(event: string, listener: (...args: never[]) => void): this {
    this.events.on(event, listener as (...args: unknown[]) => void)
    return this
  }

  write(bytes: Uint8Array | string, encoding?: BufferEncoding): boolean {
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes, encoding) : bytes
    try {
      let drained = true
      for (const frame of this.frames.push(chunk)) drained = this.raw.write(frame)
      return drained
    } catch (error) {
      // The caller of the blocked frame gets this error; all other requests on the socket learn a moment later that it closed.
      // We mark it as closed at once, so that the next call opens another.
      this.byUs = true
      this.report(undefined)
      setImmediate(() => this.destroy())
      throw error
    }
  }

  end(): void {
    this.byUs = true
    this.raw.end()
    setTimeout(() => this.destroy(), END_MS).unref()
  }

  /** Closes it at once, without waiting for an answer. */
  destroy(error?: Error): void {
    if (error === undefined) {
      this.byUs = true
      // Not only on 'close', which comes some turns later: until then the next call would pick this closed socket.
      this.report(undefined)
    }
    this.raw.destroy(error)
  }

  unref(): void {
    this.raw.unref()
  }

  setKeepAlive(on: boolean, delay?: number): void {
    this.raw.setKeepAlive(on, delay)
  }

  private open(spec: ConnectionSpec, address: Address, ready: () => void): net.Socket {
    const target = mapAddress(spec, address)
    if (net.isIP(target.host) !== 0) this.reach('tcp')
    const onread: net.OnReadOpts = {
      buffer: () => this.readInto ?? this.scratch,
      callback: (length, bytes) => {
        this.events.emit('data', Buffer.from(bytes.buffer, bytes.byteOffset, length))
        return true
      },
    }
    if (spec.tls === undefined) return net.connect({ host: target.host, port: target.port, onread }, ready)
    const { rejectUnauthorized } = spec.tls
    const name = spec.tls.servername ?? address.host
    // tls.connect documents `onread`; its types lack it.
    const reading: tls.ConnectionOptions & { onread: net.OnReadOpts } = { onread }
    const socket = tls.connect(
      {
        ...reading,
        host: target.host,
        port: target.port,
        rejectUnauthorized: rejectUnauthorized ?? true,
        // The certificate is checked for the address the broker advertises, wherever the address map leads.
        checkServerIdentity: (_host, certificate) =>
          spec.tls?.checkHostName === false ? undefined : tls.checkServerIdentity(name, certificate),
        ...(net.isIP(name) === 0 ? { servername: name } : {}),
        secureContext: secureContextOf(spec.tls),
      },
      ready,
    )
    // Before Node judges it: a refused certificate is gone with its socket, and with it what was wrong. Not with
    // getPeerX509Certificate: after calling it, Node finds no certificate to check the host name in, and refuses every one.
    socket.prependListener('secure', () => {
      this.peer = socket.getPeerCertificate(true)
    })
    return socket
  }

  private reach(step: SocketStep): void {
    const now = performance.now()
    if (this.step !== 'open') this.onStep?.(this.step, now - this.stepSince)
    this.step = step
    this.stepSince = now
  }

  private finish(error: (Error & { code?: string }) | undefined): void {
    if (this.ended) return
    this.ended = true
    this.stopLimit()
    this.report(error)
    if (error !== undefined) {
      this.events.emit('error', error)
    } else if (this.step === 'open') {
      this.events.emit('end')
    } else {
      // kafkajs' connect() would never settle on 'end' before it is connected.
      this.events.emit('error', Object.assign(new Error('closed before the connection stood'), { code: 'ECONNRESET' }))
    }
    this.raw.destroy()
  }

  private report(error: (Error & { code?: string }) | undefined): void {
    if (this.reported) return
    this.reported = true
    this.onEnd?.({ step: this.step, error, byUs: this.byUs, peer: this.peer })
  }
}
