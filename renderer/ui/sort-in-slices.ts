const SLICE_MS = 12
/** The number of rows that are sorted at once, within a millisecond or two. */
const RUN = 1_000

/** Whether a slice of work has lasted long enough; the work itself calls it from time to time. */
export type IsOver = () => boolean

/**
 * Runs work that would block the page in slices; `step` returns whether the work is done. A worker would need the text copied
 * there and back, and a content security policy that allows workers.
 */
export async function betweenFrames(step: (isOver: IsOver) => boolean, signal?: AbortSignal): Promise<void> {
  for (;;) {
    if (signal?.aborted === true) return
    const until = endOfSlice()
    const isOver = (): boolean => performance.now() > until
    if (!isOver() && step(isOver)) return
    await breath()
  }
}

let sliceEnd: number | null = null

/**
 * One slice per task for all users together: many short pieces of work in a row would otherwise each take a whole slice, and
 * the page could not respond between them.
 */
function endOfSlice(): number {
  if (sliceEnd === null) {
    sliceEnd = performance.now() + SLICE_MS
    setTimeout(() => (sliceEnd = null), 0)
  }
  return sliceEnd
}

/** Lets the page draw and handle keys. */
export function breath(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0))
}

/** Sorts as `toSorted` does, but in slices: comparing a million names in one go takes seconds. */
export async function sortedInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  signal?: AbortSignal,
): Promise<T[]> {
  const runs: T[][] = []
  const at = () => runs.length * RUN
  await betweenFrames(() => {
    if (at() < items.length) runs.push(items.slice(at(), at() + RUN).toSorted(compare))
    return at() >= items.length
  }, signal)
  return mergedInSlices(runs, compare, signal)
}

/** Merges sorted runs into one. Equal rows keep the order of their runs. */
export async function mergedInSlices<T>(
  runs: readonly (readonly T[])[],
  compare: (a: T, b: T) => number,
  signal?: AbortSignal,
): Promise<T[]> {
  let left = runs
  while (left.length > 1 && signal?.aborted !== true) {
    const next: T[][] = []
    // Merges neighbouring runs, so that equal rows keep their order and the runs have about the same length.
    for (let i = 0; i < left.length; i += 2) next.push(await merged(left[i] ?? [], left[i + 1] ?? [], compare, signal))
    left = next
  }
  return [...(left[0] ?? [])]
}

async function merged<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
  signal?: AbortSignal,
): Promise<T[]> {
  const all: T[] = []
  let at = 0
  let other = 0
  await betweenFrames((isOver) => {
    while (at < left.length || other < right.length) {
      const isLeft = other >= right.length || (at < left.length && compare(left[at]!, right[other]!) <= 0) // both indexes are within their run: the ends are checked first
      all.push(isLeft ? left[at++]! : right[other++]!) // the side that is taken has an element left
      if (all.length % 256 === 0 && isOver()) return false
    }
    return true
  }, signal)
  return all
}
