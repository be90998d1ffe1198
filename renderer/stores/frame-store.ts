import type { StoreApi } from 'zustand/vanilla'

/** A store as a view draws it; `useStore` takes it as it takes the store itself. */
export interface FrameStore<T> extends Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'> {
  /** What is hidden is told nothing; shown again, it is told at once what it missed. */
  show: (isShown: boolean) => void
}

/** Rows that come faster are read by nobody, and each telling draws all rows in sight anew. */
const REST_MS = 200
/** What comes together is told together: a tail's rows are several frames of the wire, and what it has to say of them. */
const GATHER_MS = 30

/**
 * What a store holds, told in a frame, and five times a second at most: a stream changes it hundreds of times. What comes
 * after a rest is told as soon as what came with it is there; an answer to a person (`isAnswer`) at once, or a field would lose what is typed.
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
 * A page that cannot be seen has no frames, and is told nothing either. Told right behind a frame, views render in a task of their
 * own: within it, rendering and painting would be one task twice as long, and hold a key up for as long.
 */
function onNextFrame(tell: () => void, afterMs: number): void {
  const later = () => void setTimeout(tell, 0)
  const frame = typeof requestAnimationFrame === 'undefined' ? later : () => void requestAnimationFrame(later)
  if (afterMs > 0) setTimeout(frame, afterMs)
  else frame()
}
