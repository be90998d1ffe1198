import { useMemo, type ReactNode } from 'react'
import { ColumnMemoryContext } from '../ui/data-grid/kept-columns.ts'
import { useServices, useSetting } from '../workbench/services.ts'

/** Stores the layout of tables with the settings. */
export function ColumnMemoryProvider({ children }: { children: ReactNode }) {
  const { settings } = useServices()
  const tables = useSetting('columns')
  const memory = useMemo(
    () => ({
      tables,
      keep: (
        table: string,
        { widths, hidden }: { widths: Readonly<Record<string, number>>; hidden: readonly string[] },
      ) =>
        settings.change({
          columns: { ...settings.getState().values.columns, [table]: { widths, hidden: [...hidden] } },
        }),
    }),
    [settings, tables],
  )
  return <ColumnMemoryContext value={memory}>{children}</ColumnMemoryContext>
}
