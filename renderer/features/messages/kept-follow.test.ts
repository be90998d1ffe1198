import { afterAll, describe, expect, it, vi } from 'vitest'
import { emptyForm } from './browse-form.ts'
import { keepFollow, takeFollow } from './kept-follow.ts'
import type { MessagesState } from './list-state.ts'
import type { MessagesStore } from './messages-store.ts'

function shelf() {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  }
}

/** A store as far as it is looked at here. */
function followed(state: Partial<MessagesState>) {
  let listen: (now: MessagesState, before: MessagesState) => void = () => undefined
  let now = { form: emptyForm, reading: undefined, ...state } as MessagesState
  const store = {
    getState: () => now,
    subscribe: (listener: typeof listen) => {
      listen = listener
      return () => undefined
    },
  } as unknown as MessagesStore
  const change = (next: Partial<MessagesState>) => {
    const before = now
    now = { ...now, ...next }
    listen(now, before)
  }
  return { store, change }
}

describe('a Follow over a reload', () => {
  vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined })
  afterAll(() => vi.unstubAllGlobals())
  const request = {
    start: { at: 'offsets' as const, offsets: [{ partition: 3, offset: 9_007_199_254_740_993n }] },
    partitions: [3],
    show: { aborted: false, open: true },
  }
  const place = { ...emptyForm.place, offset: 9_007_199_254_740_993n, group: '12n' }
  const form = { ...emptyForm, from: 'offset' as const, place, partitions: [3] }
  const next = [{ partition: 3, offset: 9_223_372_036_854_775_806n }]

  it('is found as it stood, to the digit, and once', () => {
    const kept = shelf()
    const { store, change } = followed({ form })
    keepFollow(kept, 'tab', store)
    change({ reading: 'tail', followed: request, newer: next })
    expect(takeFollow(kept, 'tab')).toEqual({ form, running: { request, topicId: null, next } })
    expect(takeFollow(kept, 'tab')).toBeUndefined()
  })

  it('is what the fields say as long as it has read nothing, and gone once it ends', () => {
    const kept = shelf()
    const { store, change } = followed({ form })
    keepFollow(kept, 'tab', store)
    change({ reading: 'tail' })
    expect(kept.kept.size).toBe(1)
    change({ reading: undefined })
    expect(kept.kept.size).toBe(0)
    change({ reading: 'tail' })
    expect(takeFollow(kept, 'tab')).toEqual({ form, running: undefined })
  })

  it('is written again where it has moved, once a second at most, and not for what is not kept', () => {
    vi.useFakeTimers()
    const kept = shelf()
    const setItem = vi.spyOn(kept, 'setItem')
    const { store, change } = followed({ form })
    const leave = keepFollow(kept, 'tab', store)
    change({ reading: 'tail', followed: request, newer: next })
    expect(setItem).toHaveBeenCalledTimes(1)
    for (const ratePerSecond of [1, 0, 2]) change({ ratePerSecond })
    vi.advanceTimersByTime(10_000)
    expect(setItem).toHaveBeenCalledTimes(1)
    for (const offset of [7n, 8n]) change({ newer: [{ partition: 3, offset }] })
    vi.advanceTimersByTime(10_000)
    expect(setItem).toHaveBeenCalledTimes(2)
    change({ newer: [{ partition: 3, offset: 9n }] })
    leave()
    vi.advanceTimersByTime(10_000)
    expect([setItem.mock.calls.length, kept.kept.size]).toEqual([2, 0])
    vi.useRealTimers()
  })

  it('is not made of what something else wrote', () => {
    const kept = shelf()
    // As a version before places had one name wrote it.
    const older = {
      form: { from: 'newest', offsets: {}, ifNone: 'end', group: '', limit: 500, aborted: false, open: true },
      running: { request: { start: { from: 'newest' }, show: request.show }, topicId: null, next: [] },
    }
    const wrong = ['', '{', '{"form":{}}', '{"form":{"from":"log-start","offsets":{"0":{"digits":"1.5"}}}}']
    for (const text of [...wrong, JSON.stringify(older)]) {
      kept.setItem('follow:tab', text)
      expect(takeFollow(kept, 'tab')).toBeUndefined()
    }
  })
})
