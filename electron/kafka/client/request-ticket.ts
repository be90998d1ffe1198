import { type Connection, KafkajsRequestQueue, type RequestQueue } from './kafkajs-internals.ts'

/** A request on its way to the socket. */
export interface Ticket {
  /** Its caller gave up: if it was not sent yet, it never will be. */
  withdrawn: boolean
  /** Handed to the socket, so the broker may act on it. */
  sent: boolean
}

const tickets = new WeakMap<RequestQueue, Map<number, Ticket>>()

/** Attaches the ticket to the request that is being encoded, which was just given its correlation id. */
export function attachTicket({ requestQueue, correlationId }: Connection, ticket: Ticket): void {
  const waiting = tickets.get(requestQueue) ?? new Map<number, Ticket>()
  tickets.set(requestQueue, waiting.set(correlationId - 1, ticket))
}

// As shipped, a cancelled request that a quota delays is still sent, even a write. And a write that the gate refuses throws:
// from a timer or a data handler (for a delayed request) that would be an uncaught exception instead of reaching its caller.
export function patchTickets(): void {
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
