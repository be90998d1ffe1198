import { useRef, type PointerEvent } from 'react'
import { cx } from '../class-names.ts'
import { DownIcon, UpIcon } from '../icons.ts'
import { resized, type GridColumn } from './grid-columns.ts'
import s from './data-grid.module.css'

export interface GridSort {
  column: string
  direction: 'ascending' | 'descending'
}

interface GridHeadProps {
  columns: readonly GridColumn[]
  onWidth: (column: string, width: number | undefined) => void
  onWidthEnd: () => void
  sort: GridSort | undefined
  onSort: ((column: string) => void) | undefined
}

export function GridHead({ columns, onWidth, onWidthEnd, sort, onSort }: GridHeadProps) {
  return (
    <div role="rowgroup" className={s.head}>
      <div role="row" aria-rowindex={1} className={s.row}>
        {columns.map((column, index) => {
          const direction = sort?.column === column.id ? sort.direction : undefined
          const sortable = column.isSortable === true && onSort !== undefined
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={sortable ? (direction ?? 'none') : undefined}
              className={cx(s.cell, s.headCell, column.align === 'end' && s.end, column.align === 'center' && s.center)}
              style={{ overflow: 'visible' }}
            >
              {sortable ? (
                <button type="button" className={s.sort} onClick={() => onSort(column.id)}>
                  {column.title}
                  {direction === 'ascending' && <UpIcon size={12} aria-hidden="true" />}
                  {direction === 'descending' && <DownIcon size={12} aria-hidden="true" />}
                </button>
              ) : (
                <span className={s.headLabel} title={column.title}>
                  {column.title}
                </span>
              )}
              {column.isResizable !== false && <Resizer column={column} onWidth={onWidth} onEnd={onWidthEnd} />}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface ResizerProps {
  column: GridColumn
  onWidth: (column: string, width: number | undefined) => void
  onEnd: () => void
}

/**
 * For the pointer; with the keyboard, Alt+Left and Alt+Right in the grid resize the current column. A double click resets the
 * width.
 */
function Resizer({ column, onWidth, onEnd }: ResizerProps) {
  const start = useRef<{ x: number; width: number }>(undefined)
  const onPointerDown = (event: PointerEvent<HTMLSpanElement>) => {
    if (event.button !== 0) return
    event.preventDefault()
    event.stopPropagation()
    const cell = event.currentTarget.parentElement
    start.current = { x: event.clientX, width: cell?.getBoundingClientRect().width ?? column.width }
    event.currentTarget.setPointerCapture(event.pointerId)
    event.currentTarget.dataset['active'] = ''
  }
  return (
    <span
      aria-hidden="true"
      className={s.resizer}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (start.current === undefined) return
        onWidth(column.id, resized(column, start.current.width + event.clientX - start.current.x))
      }}
      onPointerUp={(event) => {
        start.current = undefined
        delete event.currentTarget.dataset['active']
        onEnd()
      }}
      onDoubleClick={() => {
        onWidth(column.id, undefined)
        onEnd()
      }}
    />
  )
}
