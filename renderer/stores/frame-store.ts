import type { StoreApi } from 'zustand/vanilla'

/** A throttled store for a view; `useStore` accepts it like the store itself. */
export interface FrameStore<T> extends Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'> {
  /** While hidden it notifies nobody; when shown again it notifies at once. */
  show: (isShown: boolean) => void
}

/** Nobody can read rows that arrive faster, and each notification draws all visible rows again. */
const REST_MS = 200
/** Changes that arrive together are reported together: a tail's rows are several frames on the wire, plus its progress. */
const GATHER_MS = 30

/**
 * A store's changes, reported in an animation frame, and at most five times a second: a stream changes it hundreds of times.
 * After a pause a change is reported as soon as those that belong to it have arrived; an answer to the user (`isAnswer`) at
 * once, or a field would lose what is typed.
 */
export function inFrames<T>(
  store: StoreApi<T>,
  isAnswer: (now: T, before: T) => boolean,
  nextFrame: (tell: () => void, afterMs: number) => void = onNextFrame,
  now: () => number = () => performance.now(),
): FrameStore<T> {
  const listeners = new Set<(now: T, before: T) => void>()
  let told = store.getState()
  let isShown = true
  let isDue = false
  let toldAt = -Infinity
  const tell = (): void => {
    isDue = false
    const state = store.getState()
    if (!isShown || told === state) return
    const before = told
    told = state
    toldAt = now()
    for (const listener of listeners) listener(state, before)
  }
  store.subscribe((state, before) => {
    if (!isShown) return
    if (isAnswer(state, before)) return tell()
    if (isDue) return
    isDue = true
    nextFrame(tell, Math.max(GATHER_MS, toldAt + REST_MS - now()))
  })
  return {
    getState: () => told,
    getInitialState: store.getInitialState,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    show: (next) => {
      isShown = next
      tell()
    },
  }
}

/**
 * A hidden page has no animation frames, and is not notified either. Notified right after a frame, views render in a task of
 * their own: inside the frame, rendering and painting would be one task twice as long, and delay a key press by as much.
 */
function onNextFrame(tell: () => void, afterMs: number): void {
  const later = () => void setTimeout(tell, 0)
  const frame = typeof requestAnimationFrame === 'undefined' ? later : () => void requestAnimationFrame(later)
  if (afterMs > 0) setTimeout(frame, afterMs)
  else frame()
}
