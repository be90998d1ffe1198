/** How long a loop over many elements may run before others get a turn, so that the page and other sockets are served. */
const SLICE_MS = 15
/** Elements between two readings of the clock. */
const LOOK_EVERY = 256

/** Lets a long loop pause: it yields when `due()` says so. */
export class Slices {
  #since = performance.now()
  #left = LOOK_EVERY

  due(): boolean {
    if (--this.#left > 0) return false
    this.#left = LOOK_EVERY
    const now = performance.now()
    if (now - this.#since < SLICE_MS) return false
    // The loop continues once all others had a turn, so the time counts from now: the clock is not read again.
    this.#since = now
    return true
  }
}

/** Runs the steps; at each `yield` others get a turn. */
export async function inSlices<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}

/** Runs all steps without pausing. */
export function atOnce<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
