import type { StoreApi } from 'zustand/vanilla'

/** A store as a view draws it; `useStore` takes it as it takes the store itself. */
export interface FrameStore<T> extends Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'> {
  /** What is hidden is told nothing; shown again, it is told at once what it missed. */
  show: (isShown: boolean) => void
}

/**
 * What a store holds, told at most once a frame: a stream changes it hundreds of times a second, and each telling draws
 * the view anew. Changes that are an answer to a key (`isAnswer`) do not wait, or a field would lose what is typed into it.
 */
export function inFrames<T>(
  store: StoreApi<T>,
  isAnswer: (now: T, before: T) => boolean,
  nextFrame: (tell: () => void) => void = onNextFrame,
): FrameStore<T> {
  const listeners = new Set<(now: T, before: T) => void>()
  let told = store.getState()
  let isShown = true
  let isDue = false
  const tell = (): void => {
    isDue = false
    const now = store.getState()
    if (!isShown || told === now) return
    const before = told
    told = now
    for (const listener of listeners) listener(now, before)
  }
  store.subscribe((now, before) => {
    if (!isShown) return
    if (isAnswer(now, before)) return tell()
    if (isDue) return
    isDue = true
    nextFrame(tell)
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

/** A page that cannot be seen has no frames, and is told nothing either. */
function onNextFrame(tell: () => void): void {
  if (typeof requestAnimationFrame === 'undefined') setTimeout(tell, 0)
  else requestAnimationFrame(tell)
}
