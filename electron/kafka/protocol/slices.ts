/** What a loop over many elements may take at a time, so that the page and other sockets are served in between. */
const SLICE_MS = 15
/** Elements between two looks at the clock. */
const LOOK_EVERY = 256

/** Lets a loop over what a broker sent be left and gone on with: it yields where `due()` says so. */
export class Slices {
  #since = performance.now()
  #left = LOOK_EVERY

  due(): boolean {
    if (--this.#left > 0) return false
    this.#left = LOOK_EVERY
    const now = performance.now()
    if (now - this.#since < SLICE_MS) return false
    // It goes on as soon as all others have had their turn, so the time counts from here: the clock is not read again.
    this.#since = now
    return true
  }
}

/** Goes through the steps; at each `yield` others have their turn. */
export async function inSlices<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}

/** The same at one go. */
export function atOnce<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
