import { Buffer } from 'node:buffer'
import { KafkajsEncoder, KafkajsRequestQueue } from './kafkajs-internals.ts'
import { patchTickets } from './request-ticket.ts'
import { patchReader } from './response-reader.ts'
import { patchScram } from './scram-iterations.ts'
import { patchThrottle } from './throttled-queue.ts'

/** After a field this large, the rest is not given a buffer of its own. */
const LARGE_FIELD_BYTES = 16 * 1024
const PATCHED = Symbol.for('seekline.kafkajs-patched')

/** Fixes the defects of kafkajs that affect every connection. Idempotent; call before the first connection is made. */
export function patchKafkajs(): void {
  const mark = KafkajsRequestQueue.prototype as unknown as Record<symbol, boolean>
  if (mark[PATCHED] === true) return
  mark[PATCHED] = true
  patchThrottle()
  patchTickets()
  patchScram()
  patchEncoder()
  patchReader()
}

// As shipped, building a request copies it twice, each time into zeroed memory rounded up to a power of two: a batch of 512 KiB
// cost 2 MiB.
function patchEncoder(): void {
  const ensureAvailable = KafkajsEncoder.prototype.ensureAvailable
  KafkajsEncoder.prototype.ensureAvailable = function makeRoom(length) {
    if (length < LARGE_FIELD_BYTES || this.offset + length <= this.buf.length) return ensureAvailable.call(this, length)
    const larger = Buffer.allocUnsafeSlow(this.offset + length)
    this.buf.copy(larger, 0, 0, this.offset)
    this.buf = larger
  }
}
