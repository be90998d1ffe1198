import { useCallback, useEffect, useEffectEvent, useRef, type RefObject } from 'react'

export interface KeysOfRecord {
  isActive: boolean
  /** A record is open beside the list. */
  isOpen: boolean
  /** The element that contains the list and the record. */
  body: RefObject<HTMLElement | null>
  step: (way: -1 | 1) => void
  onClose: () => void
}

/** Keys that work in the list and in the record beside it. `step` always stays the same function. */
export function useRecordKeys({ isActive, isOpen, body, step, onClose }: KeysOfRecord): (way: -1 | 1) => void {
  const onStepKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    event.stopPropagation()
    step(event.key === 'ArrowUp' ? -1 : 1)
  })
  /** Escape in the list or the record works at once, and not only after a tooltip or the selection has been closed. */
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen || !(event.target instanceof Element)) return
    if (event.target !== document.body && body.current?.contains(event.target) !== true) return
    // It first closes a search in the record.
    const isSearching = event.target.closest('[role="search"]') ?? event.target.closest('.cm-editor')?.querySelector('.cm-search') // oxfmt-ignore
    if (isSearching) return
    event.preventDefault()
    event.stopPropagation()
    onClose()
  })
  useEffect(() => {
    if (!isActive) return undefined
    const listen = (event: KeyboardEvent) => {
      onStepKey(event)
      onEscape(event)
    }
    // Before the grid receives it: in the grid an arrow key only moves the cursor.
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [isActive])
  // Always the same function, so that the record is not rendered again at each move of the cursor.
  const latest = useRef(step)
  useEffect(() => {
    latest.current = step
  })
  return useCallback((way) => latest.current(way), [])
}
