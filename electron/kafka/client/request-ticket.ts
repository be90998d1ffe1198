import { type Connection, KafkajsRequestQueue, type RequestQueue } from './kafkajs-internals.ts'

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
