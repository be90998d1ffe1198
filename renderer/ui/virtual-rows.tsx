import { observeElementOffset, useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useImperativeHandle, useRef, useState, type HTMLAttributes, type ReactNode, type Ref } from 'react'

/** Chromium's tallest element is 33,554,428 px; beyond it rows would silently overlap. */
export const MAX_PIXELS = 33_554_400

/** How many rows of a height can be scrolled to at all; a view with more must say that it shows only these. */
export const maxRows = (rowHeight: number): number => Math.floor(MAX_PIXELS / rowHeight)

export interface VirtualRowsHandle {
  scrollToIndex: (index: number, align?: 'start' | 'center' | 'end' | 'auto') => void
  /** Whole rows that fit the window now; what PageDown moves by. */
  pageSize: () => number
  isAtEnd: () => boolean
  element: HTMLDivElement | null
}

export interface VirtualRowsProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  count: number
  rowHeight: number
  /** `slot`, as the row's key, is taken over from a row that has left the window: its elements are filled anew, not made. */
  renderRow: (index: number, slot: number) => ReactNode
  /** Stays above the rows inside the scroller; its height must be given for keyboard scrolling to stop below it. */
  header?: ReactNode
  headerHeight?: number | undefined
  /** Called as the rows in the window change, to load more near an end. */
  onRange?: ((first: number, last: number) => void) | undefined
  /** The row the keyboard is on and the element that stands for it; named only while that row is drawn. */
  active?: { index: number; id: string } | undefined
  bodyRole?: string | undefined
  bodyWidth?: string | undefined
  handle?: Ref<VirtualRowsHandle> | undefined
}

/**
 * An element that is not shown says 0 of itself, and nothing when it is shown again, where it was: a list in a tab that
 * was left just after scrolling would draw its rows out of sight, and go on doing so until it is scrolled again.
 */
const observeWhileShown: typeof observeElementOffset = (instance, tell) => {
  const element = instance.scrollElement
  const stop = observeElementOffset(instance, (offset, isScrolling) => {
    const isShown = (element?.clientHeight ?? 0) > 0
    tell(isShown ? offset : (instance.scrollOffset ?? 0), isScrolling)
  })
  if (element === null || typeof ResizeObserver === 'undefined') return stop
  const shown = new ResizeObserver(() => {
    if (element.clientHeight > 0) tell(element.scrollTop, false)
  })
  shown.observe(element)
  return () => {
    shown.disconnect()
    stop?.()
  }
}

/** Which slot each row of the window has; a row keeps its own, and one that comes takes that of one that went. */
export function createSlots(): (rows: readonly number[]) => readonly number[] {
  let taken = new Map<number, number>()
  return (rows) => {
    const next = new Map<number, number>()
    for (const row of rows) {
      const slot = taken.get(row)
      if (slot !== undefined) next.set(row, slot)
    }
    const used = new Set(next.values())
    let free = 0
    for (const row of rows) {
      if (next.has(row)) continue
      while (used.has(free)) free += 1
      next.set(row, free)
      free += 1
    }
    taken = next
    return rows.map((row) => next.get(row)!)
  }
}

/**
 * The one place that virtualises (the React Compiler cannot memoise a component that calls useVirtualizer). All rows
 * have one height, so the window's rows flow inside a single translated block and no row needs a style of its own.
 */
export function VirtualRows(props: VirtualRowsProps) {
  const {
    count,
    rowHeight,
    renderRow,
    header,
    headerHeight = 0,
    onRange,
    active,
    bodyRole,
    bodyWidth,
    handle,
    ...rest
  } = props
  const scroller = useRef<HTMLDivElement>(null)
  const shown = Math.min(count, maxRows(rowHeight))
  // oxlint-disable-next-line react/incompatible-library -- this is the one component that is left unmemoised for it
  const virtual = useVirtualizer({
    count: shown,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    observeElementOffset: observeWhileShown,
    overscan: 8,
    scrollMargin: headerHeight,
    scrollPaddingStart: headerHeight,
  })
  useImperativeHandle(
    handle,
    () => ({
      scrollToIndex: (index, align = 'auto') => virtual.scrollToIndex(index, { align }),
      pageSize: () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headerHeight) / rowHeight)),
      isAtEnd: () => {
        const at = scroller.current
        return at === null || at.scrollHeight - at.scrollTop - at.clientHeight < rowHeight
      },
      get element() {
        return scroller.current
      },
    }),
    [virtual, headerHeight, rowHeight],
  )
  const items = virtual.getVirtualItems()
  const [slotsOf] = useState(createSlots)
  const slots = slotsOf(items.map((item) => item.index))
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (last >= first) onRange?.(first, last)
  }, [first, last, onRange])
  return (
    <div
      {...rest}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroller without focus cannot be scrolled by keys
      tabIndex={0}
      ref={scroller}
      // Chromium's scroll anchoring does not see the block's translation: as it moved, the list would jump to and fro.
      style={{ ...rest.style, overflowAnchor: 'none' }}
      aria-activedescendant={
        active !== undefined && active.index >= first && active.index <= last ? active.id : undefined
      }
    >
      {header}
      <div role={bodyRole ?? 'presentation'} style={{ height: shown * rowHeight, minWidth: bodyWidth }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.map((item, at) => renderRow(item.index, slots[at]!))}
        </div>
      </div>
    </div>
  )
}
