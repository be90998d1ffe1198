import {
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { cx } from './class-names.ts'
import { RightIcon } from './icons.ts'
import { ContextMenu, type MenuEntry } from './menu.tsx'
import { VirtualRows, type VirtualRowsHandle } from './virtual-rows.tsx'
import { findByPrefix, treeMove } from './tree-keys.ts'
import s from './tree.module.css'

export interface TreeRow {
  id: string
  text: string
  /** 0 is the outermost. */
  level: number
  isExpandable?: boolean | undefined
  isExpanded?: boolean | undefined
  icon?: ReactNode
  /** At the right edge: "12 p", "lag 1.2 M". */
  meta?: string | undefined
  metaTone?: 'warn' | 'bad' | undefined
  /** The tooltip. */
  metaNote?: string | undefined
  /** A CSS colour for a dot before the name. */
  mark?: string | undefined
  isDimmed?: boolean | undefined
}

/** The rows of a tree, each made when it is read: of two hundred thousand topics about thirty are visible. */
export interface TreeRows<Row extends TreeRow> {
  readonly length: number
  at: (index: number) => Row | undefined
  indexOf: (id: string) => number
  /** If any row has an arrow, rows without one leave room for it, so that names of the same level are aligned. */
  readonly hasArrows: boolean
}

export function treeRows<Row extends TreeRow>(rows: readonly Row[]): TreeRows<Row> {
  return {
    length: rows.length,
    at: (index) => rows[index],
    indexOf: (id) => rows.findIndex((row) => row.id === id),
    hasArrows: rows.some((row) => row.isExpandable === true),
  }
}

/** A flat list. */
export function listRows<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  rowOf: (item: T, index: number) => TreeRow,
): TreeRows<TreeRow> {
  return {
    length: items.length,
    at: (index) => {
      const item = items[index]
      return item === undefined ? undefined : rowOf(item, index)
    },
    indexOf: (id) => items.findIndex((item) => idOf(item) === id),
    hasArrows: false,
  }
}

export interface TreeProps<Row extends TreeRow> {
  label: string
  /** The visible rows, flattened, in order. The owner expands and collapses them. */
  rows: TreeRows<Row>
  selected?: string | undefined
  onOpen: (row: Row) => void
  onToggle?: ((row: Row, expanded: boolean) => void) | undefined
  /** The cursor moved to another row, by the keyboard or a press. */
  onActive?: ((row: Row) => void) | undefined
  /** Called before the tree handles a key, also for keys with modifiers; returns true if it handled the key. */
  onKey?: ((row: Row, event: globalThis.KeyboardEvent) => boolean) | undefined
  menu?: ((row: Row) => readonly MenuEntry[]) | undefined
  /** Draws a row's label in place of its text; called only for visible rows. */
  draw?: ((row: Row) => ReactNode) | undefined
  /** The rows show stored data: in the code font, and selectable as text. */
  isVerbatim?: boolean | undefined
  handle?: Ref<TreeHandle> | undefined
}

export interface TreeHandle {
  /** Moves the cursor to the first row. */
  focusFirst: () => void
  /** Makes a row the current one and scrolls to it; the focus stays where it is. */
  goTo: (id: string) => void
  focus: () => void
}

const ROW = 25
const VERBATIM_ROW = 22

/**
 * An ARIA tree over virtual rows. The tree itself has the focus, as in the record grid. React Aria's own tree builds a
 * collection of all rows before it draws some; for the twenty thousand nodes that a value may have that blocks the page.
 */
// oxlint-disable-next-line max-lines-per-function -- one focus in the tree: keys, typing ahead, menu and scrolling all move the same cursor
export function Tree<Row extends TreeRow>(props: TreeProps<Row>) {
  const { label, rows, selected, onOpen, onToggle, onActive, onKey, menu, draw, isVerbatim, handle } = props
  const id = useId()
  const view = useRef<VirtualRowsHandle>(null)
  const [activeId, setActiveId] = useState<string>()
  const [menuAt, setMenuAt] = useState<{ x: number; y: number; row: Row }>()
  const typed = useRef({ text: '', at: 0 })
  const wanted = activeId ?? selected
  const found = useMemo(() => (wanted === undefined ? -1 : rows.indexOf(wanted)), [rows, wanted])
  const active = found === -1 ? 0 : found

  const shown = useRef(selected)
  useEffect(() => {
    // Once for each row that is chosen from outside: somebody who then scrolls away is not scrolled back.
    if (shown.current === selected) return
    const at = selected === undefined ? -1 : rows.indexOf(selected)
    if (at === -1) return
    shown.current = selected
    view.current?.scrollToIndex(at)
  }, [selected, rows])

  const activate = (row: Row) => {
    setActiveId(row.id)
    onActive?.(row)
  }
  const goTo = (index: number) => {
    const row = rows.at(index)
    if (row === undefined) return
    activate(row)
    view.current?.scrollToIndex(index)
  }
  useImperativeHandle(handle, () => ({
    focusFirst: () => {
      goTo(0)
      view.current?.element?.focus()
    },
    goTo: (id) => goTo(rows.indexOf(id)),
    focus: () => view.current?.element?.focus(),
  }))
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = rows.at(active)
    if (row === undefined) return
    // Any other key ends the text that is being typed.
    if (event.key.length > 1) typed.current = { text: '', at: 0 }
    if (onKey?.(row, event.nativeEvent) === true) {
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter' || event.key === ' ') {
      activate(row)
      onOpen(row)
    } else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && menu !== undefined) {
      const box = document.getElementById(`${id}-${active}`)?.getBoundingClientRect()
      if (box !== undefined) setMenuAt({ x: box.left + 24, y: box.bottom, row })
    } else {
      const move = treeMove(rows, active, event.key, view.current?.pageSize() ?? 1)
      if (move === undefined) {
        if (event.key.length !== 1) return
        const now = Date.now()
        typed.current = { text: (now - typed.current.at < 700 ? typed.current.text : '') + event.key, at: now }
        const match = findByPrefix(rows, typed.current.text, active)
        if (match !== -1) goTo(match)
      } else if (move.kind === 'go') goTo(move.index)
      else onToggle?.(row, move.kind === 'expand')
    }
    event.preventDefault()
  }
  const closeMenu = useCallback(() => {
    setMenuAt(undefined)
    view.current?.element?.focus()
  }, [])
  return (
    <>
      <VirtualRows
        role="tree"
        aria-label={label}
        active={{ index: active, id: `${id}-${active}` }}
        className={cx(s.tree, isVerbatim === true && s.verbatim)}
        onFocus={() => {
          const row = rows.at(active)
          if (row !== undefined) onActive?.(row)
        }}
        count={rows.length}
        rowHeight={isVerbatim === true ? VERBATIM_ROW : ROW}
        handle={view}
        onKeyDown={onKeyDown}
        renderRow={(index) => {
          const row = rows.at(index)
          if (row === undefined) return null
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the tree holds focus and keys
            <div
              key={row.id}
              role="treeitem"
              id={`${id}-${index}`}
              aria-level={row.level + 1}
              aria-expanded={row.isExpandable === true ? row.isExpanded === true : undefined}
              aria-selected={row.id === selected}
              aria-posinset={index + 1}
              aria-setsize={rows.length}
              data-active={index === active || undefined}
              title={draw === undefined ? row.text : undefined}
              className={cx(s.item, row.isDimmed === true && s.dimmed)}
              style={{ '--level': row.level } as CSSProperties}
              onClick={() => {
                activate(row)
                onOpen(row)
              }}
              onContextMenu={(event) => {
                if (menu === undefined) return
                event.preventDefault()
                activate(row)
                setMenuAt({ x: event.clientX, y: event.clientY, row })
              }}
            >
              {rows.hasArrows && row.isExpandable !== true && <span className={s.arrow} aria-hidden="true" />}
              {row.isExpandable === true && (
                <span
                  className={s.arrow}
                  data-open={row.isExpanded || undefined}
                  aria-hidden="true"
                  onClick={(event) => {
                    event.stopPropagation()
                    onToggle?.(row, row.isExpanded !== true)
                  }}
                >
                  <RightIcon size={12} />
                </span>
              )}
              {row.mark !== undefined && (
                <span className={s.mark} style={{ background: row.mark }} aria-hidden="true" />
              )}
              {row.icon !== undefined && (
                <span className={s.icon} aria-hidden="true">
                  {row.icon}
                </span>
              )}
              <span className={s.name}>{draw === undefined ? row.text : draw(row)}</span>
              {row.meta !== undefined && (
                <span className={cx(s.meta, row.metaTone && s[row.metaTone])} title={row.metaNote}>
                  {row.meta}
                </span>
              )}
            </div>
          )
        }}
      />
      {menu !== undefined && (
        <ContextMenu
          label={`${label}: actions`}
          items={menuAt === undefined ? [] : menu(menuAt.row)}
          at={menuAt}
          onClose={closeMenu}
        />
      )}
    </>
  )
}
