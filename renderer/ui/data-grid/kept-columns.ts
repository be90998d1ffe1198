import { createContext, use, useRef, useState } from 'react'
import type { MenuEntry } from '../menu.tsx'
import type { ColumnWidths, GridColumn } from './grid-columns.ts'

/** The widths and the hidden columns of a table. */
export interface KeptColumns {
  /** The widths of the columns that were dragged. */
  readonly widths: ColumnWidths
  readonly hidden: readonly string[]
}

/** Where widths and hidden columns are stored. Without it they last as long as the table is open. */
export interface ColumnMemory {
  readonly tables: Readonly<Record<string, KeptColumns>>
  keep: (table: string, kept: KeptColumns) => void
}

export const ColumnMemoryContext = createContext<ColumnMemory | undefined>(undefined)

const asMade: KeptColumns = { widths: {}, hidden: [] }

export interface ArrangedColumns {
  /** The visible columns: at least one. */
  readonly columns: readonly GridColumn[]
  readonly widths: ColumnWidths
  /** Called while a column is dragged; the width is stored when the drag ends. */
  setWidth: (column: string, width: number | undefined) => void
  keep: () => void
  menu: () => MenuEntry[]
}

/** A table's columns as the user last arranged them. `table` is the name that views share; without it nothing is stored. */
export function useKeptColumns(table: string | undefined, all: readonly GridColumn[]): ArrangedColumns {
  const memory = use(ColumnMemoryContext)
  const [kept, setKept] = useState(() => (table === undefined ? undefined : memory?.tables[table]) ?? asMade)
  // The latest value, even if it was set earlier in the same event.
  const latest = useRef(kept)
  const set = (next: KeptColumns) => {
    latest.current = next
    setKept(next)
  }
  const keep = (next: KeptColumns) => {
    set(next)
    if (table !== undefined) memory?.keep(table, next)
  }
  const shown = all.filter((column) => !kept.hidden.includes(column.id))
  const columns = shown.length === 0 ? all : shown
  const toggle = (id: string) => {
    const hidden = kept.hidden.includes(id) ? kept.hidden.filter((other) => other !== id) : [...kept.hidden, id]
    keep({ ...kept, hidden })
  }
  return {
    columns,
    widths: kept.widths,
    setWidth: (column, width) => {
      const { [column]: _, ...others } = latest.current.widths
      set({ ...latest.current, widths: width === undefined ? others : { ...others, [column]: width } })
    },
    keep: () => keep(latest.current),
    menu: () => [
      {
        heading: 'Columns',
        items: all.map(({ id, title }) => {
          const isShown = columns.some((column) => column.id === id)
          return {
            id,
            label: title === '' ? id : title,
            isChecked: isShown,
            isDisabled: isShown && columns.length === 1,
            onAction: () => toggle(id),
          }
        }),
      },
      '-',
      { id: 'reset', label: 'All columns, as wide as they were made', onAction: () => keep(asMade) },
    ],
  }
}
