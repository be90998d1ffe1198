import { useEffect, useRef, type RefObject } from 'react'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import type { MessagesStore } from './messages-store.ts'

type Edge = 'start' | 'end'

/** A busy page takes more than one frame to draw the new height; until then there is nothing to scroll. */
const FRAMES = 30

/**
 * Scrolls to an end of the list and keeps it in view until the user does something: a filter finds its rows one after another,
 * and each of them would push that end out of view. A Follow keeps its own end in view.
 */
export function useEdge(grid: RefObject<DataGridHandle | null>, { lines, drawn }: MessagesStore): (edge: Edge) => void {
  const stay = useRef<AbortController>(undefined)
  useEffect(() => () => stay.current?.abort(), [])
  return (edge) => {
    stay.current?.abort()
    const mine = new AbortController()
    stay.current = mine
    const { signal } = mine
    const scroll = (tries: number): void => {
      requestAnimationFrame(() => {
        if (signal.aborted) return
        grid.current?.scrollToRow(edge === 'start' ? 0 : lines.count - 1, edge)
        const isThere = edge === 'start' ? grid.current?.isAtStart() : grid.current?.isAtEnd()
        if (isThere !== true && tries > 1) scroll(tries - 1)
      })
    }
    const leave = drawn.subscribe(({ reading }) => {
      if (reading === 'tail') leave()
      else scroll(FRAMES)
    })
    signal.addEventListener('abort', leave)
    for (const done of ['pointerdown', 'keydown', 'wheel'] as const)
      window.addEventListener(done, () => mine.abort(), { capture: true, passive: true, signal })
    scroll(FRAMES)
  }
}
