import { MAX_THROTTLE_MS } from '../throttle.ts'
import { KafkajsRequestQueue } from './kafkajs-internals.ts'

const RETRY_PENDING_MS = 10

/** Fixes how kafkajs' queue treats requests that a quota delays. */
export function patchThrottle(): void {
  patchTimerLoop()
  patchOrder()
}

// As shipped, every answer schedules a check after (−1 − now) ms, which re-schedules itself for ever: one wake-up per
// millisecond and connection (kafkajs #1556, #1704, #1751).
function patchTimerLoop(): void {
  KafkajsRequestQueue.prototype.scheduleCheckPendingRequests = function schedule() {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
    const wait = Math.min(this.throttledUntil - Date.now(), MAX_THROTTLE_MS)
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      },
      wait > 0 ? wait : RETRY_PENDING_MS,
    )
  }
}

// As shipped, once a quota's delay is over, a new request is sent at once and overtakes those that wait for a timer a moment
// longer. An idempotent producer's batches then arrive out of order, and the broker refuses them.
function patchOrder(): void {
  const push = KafkajsRequestQueue.prototype.push
  KafkajsRequestQueue.prototype.push = function pushBehindOthers(request) {
    if (this.pending.length === 0) return push.call(this, request)
    // Both decide by the clock, so the delay may end between checking the waiting requests and pushing the new one.
    this.pending.push(this.createSocketRequest(request))
    this.checkPendingRequests()
  }
}
