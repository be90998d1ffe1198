import { Buffer } from 'node:buffer'
import {
  type Connection,
  KafkajsConnection,
  KafkajsEncoder,
  KafkajsRequestQueue,
  KafkajsScram,
  type RequestQueue,
} from './internals.ts'

/** The largest answer taken. Fetch answers are bounded by what we ask for; only one oversized batch may exceed that. */
export const MAX_RESPONSE_BYTES = 256 * 1024 * 1024
/** Before the log-in succeeded. A greeting has two kilobytes, and kafkajs' own decoders bound nothing but their input. */
const MAX_GREETING_BYTES = 1024 * 1024
/** Kafka allows its users 16,384. Each million costs half a second of one of the four threads that files and DNS need, too. */
const MAX_SCRAM_ITERATIONS = 1_000_000
/** Less than this is not worth a read of its own. */
const READ_IN_PLACE_BYTES = 32 * 1024
/** What comes after a field this large is not worth room of its own. */
const LARGE_FIELD_BYTES = 16 * 1024
const RETRY_PENDING_MS = 10
/** The longest silence that a broker may ask for: quotas are counted over seconds. */
export const MAX_THROTTLE_MS = 60_000

interface Frame {
  header: Buffer
  headerFilled: number
  body: Buffer | null
  bodyFilled: number
}

const frames = new WeakMap<Connection, Frame>()
const trusted = new WeakSet<Connection>()
const PATCHED = Symbol.for('seekline.kafkajs-patched')

/** From now on its answers may be as large as answers are: it is the cluster's, as far as a log-in can tell. */
export function trustConnection(connection: Connection): void {
  trusted.add(connection)
}

/** Mends the defects of kafkajs that concern every connection. Idempotent; call before the first connection is made. */
export function patchKafkajs(): void {
  const mark = KafkajsRequestQueue.prototype as unknown as Record<symbol, boolean>
  if (mark[PATCHED] === true) return
  mark[PATCHED] = true
  patchTimerLoop()
  patchOrder()
  patchWrites()
  patchScram()
  patchEncoder()
  KafkajsConnection.prototype.processData = processData
}

// As shipped, every answer schedules a check after (−1 − now) ms, which re-schedules itself for ever: a wake-up per
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

// Once a quota's pause is over, a new request went out at once, past those that had waited for a timer a moment longer.
// An idempotent producer's batches then arrive out of order, and the broker refuses them.
function patchOrder(): void {
  const push = KafkajsRequestQueue.prototype.push
  KafkajsRequestQueue.prototype.push = function pushBehindOthers(request) {
    if (this.pending.length === 0) return push.call(this, request)
    // Both decide by the clock, so between a look at those that wait and a push of its own the pause may end.
    this.pending.push(this.createSocketRequest(request))
    this.checkPendingRequests()
  }
}

/** One request on its way to the socket. */
export interface Ticket {
  /** Nobody wants it any more: if it was not sent yet it will not be. */
  withdrawn: boolean
  /** Handed to the socket, so the broker may act on it. */
  sent: boolean
}

const tickets = new WeakMap<RequestQueue, Map<number, Ticket>>()

/** Attaches the ticket to the request that is being encoded, which has just been given its correlation id. */
export function attachTicket({ requestQueue, correlationId }: Connection, ticket: Ticket): void {
  const waiting = tickets.get(requestQueue) ?? new Map<number, Ticket>()
  tickets.set(requestQueue, waiting.set(correlationId - 1, ticket))
}

// As shipped, what was cancelled while a quota held it back is sent all the same, writes too. And a write that the gate
// refuses throws: from a timer or a data handler (a request that waited for a quota) that would be an uncaught exception,
// where it has to reach the one caller whose request it was.
function patchWrites(): void {
  const send = KafkajsRequestQueue.prototype.sendSocketRequest
  KafkajsRequestQueue.prototype.sendSocketRequest = function sendOrReject(request) {
    const waiting = tickets.get(this)
    const ticket = waiting?.get(request.correlationId)
    waiting?.delete(request.correlationId)
    if (ticket?.withdrawn === true) return request.rejected(new Error('Withdrawn before it was sent'))
    try {
      send.call(this, request)
      if (ticket !== undefined) ticket.sent = true
    } catch (error) {
      this.inflight.delete(request.correlationId)
      request.rejected(error)
    }
  }
}

// The server says how often the password is to be hashed, before it has proved anything. As shipped, two billion would be
// done, twice, on a thread that cannot be stopped; four such connections and nothing can be read from the disk any more.
function patchScram(): void {
  const { hi } = KafkajsScram
  KafkajsScram.hi = async (password, salt, iterations, digest) => {
    if (!(iterations <= MAX_SCRAM_ITERATIONS)) {
      throw new Error(`the server asks for ${iterations} rounds of hashing, over the limit of ${MAX_SCRAM_ITERATIONS}`)
    }
    return hi(password, salt, iterations, digest)
  }
  // kafkajs takes `4096abc` for 4096: whoever sends that speaks no SCRAM, and gets no proof of the password.
  const { sendClientFinalMessage } = KafkajsScram.prototype
  KafkajsScram.prototype.sendClientFinalMessage = async function answerNumber(first) {
    const said = String(first.i)
    if (!/^[1-9]\d{0,9}$/.test(said)) {
      throw new Error(`the server asks for ${JSON.stringify(said.slice(0, 40))} rounds of hashing, which is no number`)
    }
    return sendClientFinalMessage.call(this, first)
  }
}

// A request is put together by copying it twice, each time, as shipped, into zeroed memory of the next power of two: a
// batch of 512 KiB cost 2 MiB.
function patchEncoder(): void {
  const ensureAvailable = KafkajsEncoder.prototype.ensureAvailable
  KafkajsEncoder.prototype.ensureAvailable = function makeRoom(length) {
    if (length < LARGE_FIELD_BYTES || this.offset + length <= this.buf.length) return ensureAvailable.call(this, length)
    const larger = Buffer.allocUnsafeSlow(this.offset + length)
    this.buf.copy(larger, 0, 0, this.offset)
    this.buf = larger
  }
}

/**
 * Replaces kafkajs' reader, which joins chunks again and again and keeps a slice of each answer's memory as its
 * "remainder". Here every answer gets one ArrayBuffer of exactly its size, filled once, so that its receiver may
 * transfer it to a worker.
 */
function processData(this: Connection, chunk: Buffer): void {
  let frame = frames.get(this)
  if (frame === undefined) {
    frame = { header: Buffer.alloc(4), headerFilled: 0, body: null, bodyFilled: 0 }
    frames.set(this, frame)
  }
  const socket = this.socket
  if (frame.body !== null && chunk.buffer === frame.body.buffer) {
    // Read in place, see below.
    frame.bodyFilled += chunk.length
    if (frame.bodyFilled === frame.body.length) finish(this, frame, frame.body)
    if (socket) socket.readInto = rest(frame)
    return
  }
  let at = 0
  while (at < chunk.length) {
    if (frame.body === null) {
      const take = Math.min(4 - frame.headerFilled, chunk.length - at)
      chunk.copy(frame.header, frame.headerFilled, at, at + take)
      frame.headerFilled += take
      at += take
      if (frame.headerFilled < 4) return
      const size = frame.header.readInt32BE(0)
      const fault = this.authHandlers
        ? 'a broker without SaslAuthenticate is not supported'
        : faultOf(frame.header, size, trusted.has(this) ? MAX_RESPONSE_BYTES : MAX_GREETING_BYTES)
      if (fault !== null) {
        socket?.destroy(Object.assign(new Error(fault), { code: 'NOT_KAFKA' }))
        return
      }
      // Not zeroed: every byte of it is written before anybody sees it.
      frame.body = Buffer.allocUnsafeSlow(size)
      frame.bodyFilled = 0
    }
    const take = Math.min(frame.body.length - frame.bodyFilled, chunk.length - at)
    chunk.copy(frame.body, frame.bodyFilled, at, at + take)
    frame.bodyFilled += take
    at += take
    if (frame.bodyFilled === frame.body.length) finish(this, frame, frame.body)
  }
  // The socket looks here before each read. Once an answer is complete it must not write there any more.
  if (socket) socket.readInto = rest(frame)
}

function rest({ body, bodyFilled }: Frame): Buffer | null {
  return body !== null && body.length - bodyFilled >= READ_IN_PLACE_BYTES ? body.subarray(bodyFilled) : null
}

function finish(connection: Connection, frame: Frame, body: Buffer): void {
  frame.body = null
  frame.headerFilled = 0
  connection.requestQueue.fulfillRequest({
    size: body.length,
    correlationId: body.readInt32BE(0),
    payload: body.subarray(4),
  })
}

/** Says what the first four bytes of an answer are when they cannot be a Kafka size; null when they can. */
export function faultOf(header: Uint8Array, size: number, most = MAX_RESPONSE_BYTES): string | null {
  if ((header[0] === 0x15 || header[0] === 0x16) && header[1] === 0x03) return 'the answer is TLS'
  if (header[0] === 0x48 && header[1] === 0x54 && header[2] === 0x54 && header[3] === 0x50) return 'the answer is HTTP'
  if (size < 4 || size > most) return `the answer announces ${size} bytes`
  return null
}
