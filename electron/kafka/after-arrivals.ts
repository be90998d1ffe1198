/**
 * For the end of a time limit: calls `judge` after what has arrived was read. Timers run before sockets are read, so if this thread
 * itself stood still for longer than the limit, the answer is there and nobody knows of it yet.
 */
export function afterArrivals(judge: () => void): void {
  setImmediate(() => setImmediate(judge))
}
