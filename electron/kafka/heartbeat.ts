import { SeeklineError } from '#shared/errors.ts'
import { asSeeklineError } from './cancellation.ts'
import { backOff } from './back-off.ts'
import { lateAfter } from './late-after.ts'

/** The state of a cluster, for display. */
export type ClusterState =
  | { kind: 'connected' }
  | { kind: 'reconnecting'; reason: SeeklineError; attempt: number; nextInMs: number }
  /** Not retried automatically: a wrong password or certificate does not fix itself. */
  | { kind: 'failed'; error: SeeklineError }
  | { kind: 'closed' }

export interface HeartbeatTimes {
  /** Interval between checks, milliseconds. With `timeoutMs` it limits how long a loss goes unnoticed: 13 s. */
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
 * Watches one cluster: sends a small request at intervals, and at once when a socket was lost; if nobody answers, retries with
 * growing pauses until a broker answers.
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
   * `onSilence`: a check got no answer in time, so the sockets must be considered dead. `quietMs`: how long a quota still
   * delays requests, so that no answer can have arrived.
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

  /** Something was lost: check now instead of at the next interval. */
  suspect(): void {
    if (this.state.kind === 'connected' && !this.running) this.schedule(0, 0)
  }

  /** Check now: the user asked, or the computer woke up. Also leaves `failed`. */
  retryNow(reason: SeeklineError): void {
    if (this.state.kind === 'closed' || this.running) return
    if (this.state.kind === 'failed') this.become({ kind: 'reconnecting', reason, attempt: 1, nextInMs: 0 })
    this.schedule(0, this.state.kind === 'reconnecting' ? this.state.attempt : 0)
  }

  /** Another request showed that retrying is useless. */
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
      // Only a refused sign-in is not retried, because that may lock an account. Other errors that look final when a profile is
      // first opened (TLS expected, not Kafka) pass: this cluster was reached with the same settings before, and a tunnel whose
      // other end is down closes each connection just like a listener that expects TLS.
      this.fail(failure)
    } else {
      const nextInMs = backOff(attempt, this.times.firstBackOffMs, this.times.mostBackOffMs)
      this.become({ kind: 'reconnecting', reason: failure, attempt: attempt + 1, nextInMs })
      this.schedule(nextInMs, attempt + 1)
    }
  }

  private async limited(): Promise<void> {
    let stop = (): void => undefined
    const silence = new Promise<never>((_resolve, reject) => {
      stop = lateAfter(this.quietMs() + this.times.timeoutMs, () => {
        this.onSilence()
        reject(
          new SeeklineError('connect.lost', `No broker answered within ${this.times.timeoutMs / 1000} s.`, {
            hint: 'Check the network or the VPN. Seekline goes on trying.',
            retryable: true,
          }),
        )
      })
    })
    try {
      await Promise.race([this.probe(), silence])
    } finally {
      stop()
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
