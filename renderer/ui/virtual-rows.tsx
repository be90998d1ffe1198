import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type HTMLAttributes,
  type ReactNode,
  type Ref,
  type RefObject,
} from 'react'
import { flushSync } from 'react-dom'

/** The greatest height of an element in Chromium is 33,554,428 px; beyond it rows would overlap without any error. */
export const MAX_PIXELS = 33_554_400

/** How many rows of a height can be scrolled to. A view with more rows must say that it shows only these. */
export const maxRows = (rowHeight: number): number => Math.floor(MAX_PIXELS / rowHeight)

export interface VirtualRowsHandle {
  scrollToIndex: (index: number, align?: 'start' | 'center' | 'end' | 'auto') => void
  /** How many whole rows fit in the window now: PageDown moves by this number. */
  pageSize: () => number
  isAtStart: () => boolean
  isAtEnd: () => boolean
  element: HTMLDivElement | null
}

export interface VirtualRowsProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  count: number
  rowHeight: number
  /** `slot`, used as the row's key, is taken over from a row that has left the window: its elements are reused. */
  renderRow: (index: number, slot: number) => ReactNode
  /** Stays above the rows inside the scroller. Its height must be passed, so that scrolling by keyboard stops below it. */
  header?: ReactNode
  headerHeight?: number | undefined
  /** Called when the rows in the window change, e.g. to load more near an end. */
  onRange?: ((first: number, last: number) => void) | undefined
  /** The end that stays in view while rows are added: the list is drawn there at once, and not first at its old position. */
  keeps?: 'start' | 'end' | undefined
  /** The keyboard's row and the id of its element, which is set only while that row is drawn. */
  active?: { index: number; id: string } | undefined
  bodyRole?: string | undefined
  bodyWidth?: string | undefined
  handle?: Ref<VirtualRowsHandle> | undefined
}

interface Sizes {
  rowHeight: number
  headerHeight: number
}

/** Which rows are drawn, and how tall the scroller was then. */
interface Drawn {
  first: number
  last: number
  height: number
}

const noRows: Drawn = { first: 0, last: -1, height: 0 }

/** Rows drawn beyond the window on each side, so that short scrolling leaves no gap. */
const BEYOND = 8
/** Where an end stays in view nobody scrolls, and all rows are different ones the next time. */
const BEYOND_KEPT = 1

function rowsAt(top: number, height: number, { rowHeight, headerHeight }: Sizes, beyond: number): Drawn {
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  return { first, last: Math.ceil((top + height - headerHeight) / rowHeight) - 1 + beyond, height }
}

/**
 * The rows in the window and a few beyond. All rows have the same height, so a division is enough: TanStack's virtualiser keeps
 * an object for each row, and for 200,000 topics that took the page a tenth of a second.
 */
function useWindow(
  scroller: RefObject<HTMLDivElement | null>,
  { rowHeight, headerHeight }: Sizes,
  count: number,
  keeps: 'start' | 'end' | undefined,
): Drawn & { keptTop?: number; look: () => void } {
  const [shown, setShown] = useState(noRows)
  const look = useCallback(() => {
    const element = scroller.current
    if (element === null) return
    const { scrollTop: top, clientHeight: height } = element
    // A hidden list draws no rows: otherwise each hidden tab would keep a thousand elements. The browser keeps the scroll
    // position.
    if (height === 0) return setShown((before) => (before.last === -1 ? before : noRows))
    const next = rowsAt(top, height, { rowHeight, headerHeight }, BEYOND)
    setShown((before) => {
      // The rows at an end that stays in view do not depend on the scroll position: nothing needs to be drawn again.
      const isSame = keeps === undefined ? before.first === next.first && before.last === next.last : before.last !== -1
      return isSame && before.height === height ? before : next
    })
  }, [scroller, rowHeight, headerHeight, keeps])
  useLayoutEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- how tall the window is can be asked only once it stands
    look()
    const element = scroller.current
    if (element === null) return undefined
    // At once: one frame later, fast scrolling or switching to a tab would show the bare background.
    const lookNow = () => flushSync(look)
    element.addEventListener('scroll', lookNow, { passive: true })
    const resized = new ResizeObserver(lookNow)
    resized.observe(element)
    return () => {
      element.removeEventListener('scroll', lookNow)
      resized.disconnect()
    }
  }, [scroller, look])
  const { height } = shown
  if (keeps === undefined || height === 0) return { ...shown, look }
  const top = keeps === 'end' ? Math.max(0, headerHeight + count * rowHeight - height) : 0
  return { ...rowsAt(top, height, { rowHeight, headerHeight }, BEYOND_KEPT), keptTop: top, look }
}

/** The scroll position at which a row is visible below the header and above the lower edge. */
export function scrollTopFor(
  { index, align }: { index: number; align: 'start' | 'center' | 'end' | 'auto' },
  { top, height, rowHeight, headerHeight }: { top: number; height: number; rowHeight: number; headerHeight: number },
): number {
  const atStart = index * rowHeight
  const atEnd = headerHeight + (index + 1) * rowHeight - height
  switch (align) {
    case 'start':
      return atStart
    case 'end':
      return atEnd
    case 'center':
      return (atStart + atEnd) / 2
    case 'auto':
      return Math.min(Math.max(top, atEnd), atStart)
  }
}

/** The slot of each row in the window. A row keeps its slot, and a new row takes the slot of one that left. */
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
    return rows.map((row) => next.get(row)!) // every row was given a slot above
  }
}

/**
 * The only component that virtualises rows. All rows have the same height, so the rows of the window are in a single translated
 * block and no row needs a style of its own.
 */
export function VirtualRows(props: VirtualRowsProps) {
  const {
    count,
    rowHeight,
    renderRow,
    header,
    headerHeight = 0,
    onRange,
    keeps,
    active,
    bodyRole,
    bodyWidth,
    handle,
    ...rest
  } = props
  const scroller = useRef<HTMLDivElement>(null)
  const shown = Math.min(count, maxRows(rowHeight))
  const inWindow = useWindow(scroller, { rowHeight, headerHeight }, shown, keeps)
  const { look, keptTop } = inWindow
  useLayoutEffect(() => {
    const at = scroller.current
    if (at !== null && keptTop !== undefined) at.scrollTop = keptTop
  }, [keptTop])
  useImperativeHandle(
    handle,
    () => ({
      scrollToIndex: (index, align = 'auto') => {
        const at = scroller.current
        if (at === null) return
        at.scrollTop = scrollTopFor({ index, align }, { top: at.scrollTop, height: at.clientHeight, rowHeight, headerHeight }) // oxfmt-ignore
        look()
      },
      pageSize: () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headerHeight) / rowHeight)),
      isAtStart: () => (scroller.current?.scrollTop ?? 0) < rowHeight,
      isAtEnd: () => {
        const at = scroller.current
        return at === null || at.scrollHeight - at.scrollTop - at.clientHeight < rowHeight
      },
      get element() {
        return scroller.current
      },
    }),
    [look, headerHeight, rowHeight],
  )
  const last = Math.min(inWindow.last, shown - 1)
  // When a list becomes shorter the browser scrolls back, and until then shows the list's end.
  const first = Math.max(0, Math.min(inWindow.first, shown - (inWindow.last - inWindow.first + 1)))
  const items = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
  const [slotsOf] = useState(createSlots)
  const slots = slotsOf(items)
  const rows = items.map((row, at) => renderRow(row, slots[at]!)) // there is a slot per row
  useEffect(() => {
    if (last >= first) onRange?.(first, last)
  }, [first, last, onRange])
  return (
    <div
      {...rest}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scroller without focus cannot be scrolled by keys
      tabIndex={0}
      ref={scroller}
      // Chromium's scroll anchoring does not take the block's translation into account: when the block moved, the list would
      // jump back and forth.
      style={{ ...rest.style, overflowAnchor: 'none' }}
      aria-activedescendant={
        active !== undefined && active.index >= first && active.index <= last ? active.id : undefined
      }
    >
      {header}
      <div role={bodyRole ?? 'presentation'} style={{ height: shown * rowHeight, minWidth: bodyWidth }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  )
}
