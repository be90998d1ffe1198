import { useCallback, useEffect, useState } from 'react'
import type { Show } from '#shared/contract/messages.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import { kcatCommand } from '#shared/filters/kcat-command.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newLedger } from '#shared/model/ledger.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import { toast } from '../../ui/toast.tsx'
import type { ExportSource } from './export-dialog.tsx'
import { createExportStore, type ExportStore } from './export-store.ts'
import type { ShownLines } from './line.ts'
import type { MessagesStore } from './messages-store.ts'
import type { RecordMenuContext } from './record-menu.ts'
import { formWords } from './search-form.ts'
import { rangeOf, rangeWords } from './search-request.ts'
import type { OrderOfHits, SearchStore } from './search-store.ts'

export interface ListExport {
  readonly store: ExportStore
  /** undefined: its dialog is closed. */
  readonly source: ExportSource | undefined
  readonly open: () => void
  readonly close: () => void
}

/** The export of what a search went through, or else of what the bar says. */
export function useExport(
  connectionId: ConnectionId,
  topic: string,
  list: MessagesStore,
  search: SearchStore,
  partitions: readonly number[],
  { brokers, isSecured }: Pick<RecordMenuContext, 'brokers' | 'isSecured'>,
): ListExport {
  const services = useServices()
  const { api } = services
  const zone = useZone()
  const [store] = useState(() => createExportStore(services, connectionId, topic))
  const [source, setSource] = useState<ExportSource>()
  useEffect(() => () => store.stop(), [store])
  const open = useCallback(() => {
    const { done } = list.getState()
    const commandOf =
      (filter: RecordFilter | null, show: Show, order: OrderOfHits): ExportSource['command'] =>
      (ledger, isAll) =>
        kcatCommand({
          brokers: brokers.join(','),
          topics: [{ topic, ranges: ledger.parts.filter(({ from, to }) => from < to) }],
          filter: isAll ? null : filter,
          time: null,
          show,
          hasOpen: done?.bounds.some(({ lastStable, highWatermark }) => lastStable < highWatermark) ?? false,
          isPlain: plainParts(search.getState().shown === undefined ? list.lines : search.lines),
          order,
          isSecured,
        })
    const { shown, ledger, form } = search.getState()
    if (shown !== undefined && ledger !== undefined) {
      const ranges = ledger.parts.map(({ partition, from, to }) => ({ partition, from, to }))
      return setSource({
        filter: shown.filter,
        words: formWords(shown.form),
        // A file is written from the oldest on, whichever way was searched.
        range: rangeWords({ ...shown, direction: 'forward' }, zone),
        show: shown.show,
        // The same offsets, and none that came since.
        command: shown.newestPerKey || shown.list !== 'matches' ? () => ({ why: 'they know neither the newest of each key nor what cannot be judged.' }) : commandOf(shown.filter, shown.show, search.getState().order), // prettier-ignore
        ledger: () => Promise.resolve({ ledger: newLedger(ledger, ranges), failures: [] }),
      })
    }
    const range = rangeOf(form, list.getState().form, partitions)
    if (typeof range === 'string') return toast({ text: range, tone: 'warn' })
    const filter = search.check()
    if (filter === undefined) return undefined
    return setSource({
      filter,
      words: formWords(form),
      range: rangeWords({ ...range, direction: 'forward', newestPerKey: false }, zone),
      show: range.show,
      command: commandOf(filter, range.show, 'found'),
      ledger: async (signal) => {
        const { start, end, ifNone, show } = range
        const input = { connectionId, topic, start, show, ...(end === null ? {} : { end }), ...(ifNone === undefined ? {} : { ifNone }) } // prettier-ignore
        const chosen = range.partitions === undefined ? {} : { partitions: [...range.partitions] }
        return api.call('messages.ledger', { ...input, ...chosen }, { signal })
      },
    })
  }, [api, connectionId, topic, list, search, partitions, zone, brokers, isSecured])
  return { store, source, open, close: useCallback(() => setSource(undefined), []) }
}

/** Rows that are asked how they were decoded: enough to see what a topic holds. */
const MOST_ASKED = 200
const plainEncodings = new Set(['JSON', 'UTF-8', 'Hex'])

/** Whether keys and values are shown as they are stored, by those that are here. */
function plainParts(lines: Pick<ShownLines, 'count' | 'at'>): { key: boolean; value: boolean } {
  let [key, value] = [true, true]
  for (let at = 0; at < Math.min(lines.count, MOST_ASKED); at += 1) {
    const line = lines.at(at)
    if (line?.kind !== 'row') continue
    if (line.row.keyAs !== null) key &&= plainEncodings.has(line.row.keyAs.encoding)
    if (line.row.valueAs !== null) value &&= plainEncodings.has(line.row.valueAs.encoding)
  }
  return { key, value }
}
