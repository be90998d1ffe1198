/**
 * How much of what was asked for an answer holds. A view shows it row by row; a shell script needs it in one word, so
 * each route whose answer can be partial computes it from its own typed result.
 */
export type Extent = 'all' | 'partly' | 'none'

/** For a list of parts that each did or did not succeed. An empty list counts as all. */
export function extentOfParts(parts: readonly boolean[]): Extent {
  if (parts.every(Boolean)) return 'all'
  return parts.some(Boolean) ? 'partly' : 'none'
}

/** For a list of what was read, and a list of what could not be. */
export function extentOf(had: number, failures: readonly unknown[]): Extent {
  if (failures.length === 0) return 'all'
  return had > 0 ? 'partly' : 'none'
}
