import { SeeklineError } from '#shared/errors.ts'
import { asSeeklineError } from './cancellation.ts'
import { backOff } from './back-off.ts'

/** How a cluster is doing, for the person who looks at it. */
export type ClusterState =
  | { kind: 'connected' }
  | { kind: 'reconnecting'; reason: SeeklineError; attempt: number; nextInMs: number }
  /** Not tried again by itself: a wrong password or certificate does not mend. */
  | { kind: 'failed'; error: SeeklineError }
  | { kind: 'closed' }

export interface HeartbeatTimes {
  /** Between two proofs of life, milliseconds. With `timeoutMs` it bounds how long a loss goes unnoticed: 13 s. */
  everyMs: number
  timeoutMs: number
  firstBackOffMs: number
  mostBackOffMs: number
}

export const HEARTBEAT: HeartbeatTimes = {
  everyMs: 8_000,
  timeoutMs: 5_000,
  firstBackOffMs: 500,
  mostBackOffMs: 8_000,
}

/**
 * Watches one cluster: asks something small at intervals and at once when a socket was lost; when nobody answers, tries
 * again with growing pauses until somebody does.
 */
export class Heartbeat {
  state: ClusterState = { kind: 'connected' }
  private readonly probe: () => Promise<void>
  private readonly onState: (state: ClusterState) => void
  private readonly onSilence: () => void
  private readonly times: HeartbeatTimes
  private readonly quietMs: () => number
  private timer: NodeJS.Timeout | null = null
  private running = false

  /**
   * `onSilence`: a probe got no answer in time, so the sockets are to be taken for dead. `quietMs`: how long a quota still
   * keeps us from asking, so that nobody can have answered before.
   */
  constructor(
    probe: () => Promise<void>,
    onState: (state: ClusterState) => void,
    onSilence: () => void,
    times: HeartbeatTimes = HEARTBEAT,
    quietMs: () => number = () => 0,
  ) {
    this.probe = probe
    this.onState = onState
    this.onSilence = onSilence
    this.times = times
    this.quietMs = quietMs
  }

  start(): void {
    this.schedule(this.times.everyMs, 0)
  }

  /** Something was lost: look now instead of at the next beat. */
  suspect(): void {
    if (this.state.kind === 'connected' && !this.running) this.schedule(0, 0)
  }

  /** Try now: the person asked, or the computer woke up. Also leaves `failed`. */
  retryNow(reason: SeeklineError): void {
    if (this.state.kind === 'closed' || this.running) return
    if (this.state.kind === 'failed') this.become({ kind: 'reconnecting', reason, attempt: 1, nextInMs: 0 })
    this.schedule(0, this.state.kind === 'reconnecting' ? this.state.attempt : 0)
  }

  /** An answer elsewhere showed that trying again is useless. */
  fail(error: SeeklineError): void {
    if (this.state.kind === 'closed' || this.state.kind === 'failed') return
    this.stopTimer()
    this.become({ kind: 'failed', error })
  }

  close(): void {
    this.stopTimer()
    if (this.state.kind !== 'closed') this.become({ kind: 'closed' })
  }

  private schedule(ms: number, attempt: number): void {
    this.stopTimer()
    this.timer = setTimeout(() => void this.beat(attempt), ms)
    this.timer.unref()
  }

  private async beat(attempt: number): Promise<void> {
    this.timer = null
    this.running = true
    let failure: SeeklineError | null = null
    try {
      await this.limited()
    } catch (error) {
      failure = asSeeklineError(error)
    }
    this.running = false
    if (this.state.kind === 'closed' || this.state.kind === 'failed') return
    if (failure === null) {
      if (this.state.kind !== 'connected') this.become({ kind: 'connected' })
      this.schedule(this.times.everyMs, 0)
    } else if (!failure.retryable && failure.code === 'connect.sasl') {
      // Only a log-in that was refused is not tried again, for that may lock an account. What else looks final when a profile
      // is first opened (TLS expected, no Kafka there) passes: this cluster was reached with the same settings, and a tunnel
      // whose other end is down for a moment closes each connection just like a listener that wants TLS.
      this.fail(failure)
    } else {
      const nextInMs = backOff(attempt, this.times.firstBackOffMs, this.times.mostBackOffMs)
      this.become({ kind: 'reconnecting', reason: failure, attempt: attempt + 1, nextInMs })
      this.schedule(nextInMs, attempt + 1)
    }
  }

  private async limited(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.onSilence()
        reject(
          new SeeklineError('connect.lost', `No broker answered within ${this.times.timeoutMs / 1000} s.`, {
            hint: 'Check the network or the VPN. Seekline goes on trying.',
            retryable: true,
          }),
        )
      }, this.quietMs() + this.times.timeoutMs)
    })
    try {
      await Promise.race([this.probe(), silence])
    } finally {
      clearTimeout(timer)
    }
  }

  private become(state: ClusterState): void {
    this.state = state
    this.onState(state)
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }
}
