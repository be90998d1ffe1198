import { useCallback, useEffect, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { coverageOf } from '#shared/model/ledger.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import type { Zone } from '../../ui/format.ts'
import { toast } from '../../ui/toast.tsx'
import type { ExportSource } from './export-dialog.tsx'
import { createExportStore, type ExportStore } from './export-store.ts'
import type { MessagesStore } from './messages-store.ts'
import { formWords } from './search-form.ts'
import { rangeOf, rangeWords } from './search-range.ts'
import { partsOf } from './search-state.ts'
import type { SearchStore } from './search-store.ts'

export interface ListExport {
  readonly store: ExportStore
  /** undefined: the dialog is closed. */
  readonly source: ExportSource | undefined
  readonly open: () => void
  readonly close: () => void
}

/** The export of a search's range; undefined: nothing was searched, or nothing is known of it yet. */
export function foundSource(search: SearchStore, zone: Zone): ExportSource | undefined {
  const { shown, ledgers } = search.getState()
  const kept = search.name()
  const whole = partsOf(ledgers)
  if (shown === undefined || whole === undefined || kept === undefined) return undefined
  return {
    kept,
    filter: shown.filter,
    words: formWords(shown.form),
    // A file is written from the oldest record on, whatever the direction of the search.
    range: rangeWords({ ...shown, direction: 'forward' }, zone),
    show: shown.show,
    // The same offsets, without records that arrived since.
    found: () => Promise.resolve({ offsets: whole.parts.reduce((sum, { from, to }) => sum + to - from, 0n), failures: [] }), // oxfmt-ignore
  }
}

/** The export of a search's range, or otherwise of the range in the bar. */
export function useExport(
  connectionId: ConnectionId,
  topic: string,
  list: MessagesStore,
  search: SearchStore,
  partitions: readonly number[],
): ListExport {
  const services = useServices()
  const { api } = services
  const zone = useZone()
  const [store] = useState(() => createExportStore(services, connectionId, topic))
  const [source, setSource] = useState<ExportSource>()
  useEffect(() => () => store.stop(), [store])
  const open = useCallback(() => {
    const { form } = search.getState()
    const found = foundSource(search, zone)
    if (found !== undefined) return setSource(found)
    const range = rangeOf(form, list.getState().form, partitions)
    if (typeof range === 'string') return toast({ text: range, tone: 'warn' })
    const filter = search.check()
    if (filter === undefined) return undefined
    return setSource({
      filter,
      words: formWords(form),
      range: rangeWords({ ...range, direction: 'forward', newestPerKey: false }, zone),
      show: range.show,
      kept: undefined,
      found: async (signal) => {
        const { start, end, ifNone, show } = range
        const input = { connectionId, topic, start, show, ...(end === null ? {} : { end }), ...(ifNone === undefined ? {} : { ifNone }) } // oxfmt-ignore
        const chosen = range.partitions === undefined ? {} : { partitions: [...range.partitions] }
        const { ledger, failures } = await api.call('messages.ledger', { ...input, ...chosen }, { signal })
        return { offsets: coverageOf(ledger).left, ledger, failures }
      },
    })
  }, [api, connectionId, topic, list, search, partitions, zone])
  return { store, source, open, close: useCallback(() => setSource(undefined), []) }
}
