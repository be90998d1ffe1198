/**
 * The end of a time limit: calls `late` after `milliseconds`, unless the function that it returns was called before, and not before
 * what has arrived was read. Timers run before sockets are read, so if this thread itself stood still for longer than the limit,
 * the answer is there and nobody knows of it yet.
 */
export function lateAfter(milliseconds: number, late: () => void): () => void {
  let isStopped = false
  const judge = (): void => {
    if (!isStopped) late()
  }
  const timer = setTimeout(() => setImmediate(() => setImmediate(judge)), milliseconds)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
