const SLICE_MS = 12

/** Whether a slice of work has lasted long enough: asked now and then by the work itself. */
export type IsOver = () => boolean

/**
 * Work that would hold the page up, a slice at a time: `step` says whether it is done. A worker would need the text copied
 * there and back, and a policy that lets the page load one.
 */
export async function betweenFrames(step: (isOver: IsOver) => boolean, signal?: AbortSignal): Promise<void> {
  for (;;) {
    if (signal?.aborted === true) return
    const until = performance.now() + SLICE_MS
    if (step(() => performance.now() > until)) return
    await breath()
  }
}

/** Lets the page draw and hear keys. */
export function breath(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0))
}
