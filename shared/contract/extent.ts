/**
 * How much of what was asked for an answer holds. A view shows it row by row; a shell script needs it in one word, so each
 * route whose answer can be a part says it itself, from its own typed result.
 */
export type Extent = 'all' | 'partly' | 'none'

/** Of parts that did or did not succeed. Nothing asked for is all of it. */
export function extentOfParts(parts: readonly boolean[]): Extent {
  if (parts.every(Boolean)) return 'all'
  return parts.some(Boolean) ? 'partly' : 'none'
}

/** Of what was had, beside what could not be. */
export function extentOf(had: number, failures: readonly unknown[]): Extent {
  if (failures.length === 0) return 'all'
  return had > 0 ? 'partly' : 'none'
}
