import type { KeptSearch } from '#shared/contract/searches.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { CompareDialog } from './compare-dialog.tsx'
import type { CompareStore } from './compare-store.ts'
import { DecodeDialog } from './decode-dialog.tsx'
import type { DecodeStore } from './decode-store.ts'
import { decodedNow } from './decoded-now.ts'
import { ExportDialog } from './export-dialog.tsx'
import type { Lines } from './grid-lines.ts'
import { SearchesDialog } from './searches-dialog.tsx'
import { TryDialog } from './try-filter-dialog.tsx'
import type { ListExport } from './use-export.ts'

export interface MessagesDialogsProps {
  connectionId: ConnectionId
  topic: string
  /** The lines that the list shows. */
  lines: Lines
  /** The filter that is tried; undefined: none. */
  trying: RecordFilter | undefined
  onTried: () => void
  exported: ListExport
  fields: readonly RowField[]
  /** The list of stored searches is open. */
  isListing: boolean
  onListed: () => void
  onTake: (kept: KeptSearch) => void
  decode: DecodeStore
  compare: CompareStore
  /** Gives the focus back to the list. */
  onBack: () => void
}

/** The dialogs of a topic's list; each renders nothing while it is closed. */
export function MessagesDialogs(props: MessagesDialogsProps) {
  const { connectionId, topic, exported, decode, compare, onBack } = props
  const backFrom = (close: () => void) => () => {
    close()
    onBack()
  }
  return (
    <>
      <TryDialog connectionId={connectionId} topic={topic} filter={props.trying} onClose={props.onTried} />
      <ExportDialog
        connectionId={connectionId}
        store={exported.store}
        topic={topic}
        source={exported.source}
        fields={props.fields}
        onClose={exported.close}
      />
      <SearchesDialog
        connectionId={connectionId}
        isOpen={props.isListing}
        onClose={props.onListed}
        onTake={props.onTake}
      />
      <DecodeDialog
        connectionId={connectionId}
        store={decode}
        topic={topic}
        now={(part) => decodedNow(props.lines, part)}
        onClose={backFrom(decode.close)}
      />
      <CompareDialog store={compare} onClose={backFrom(compare.close)} />
    </>
  )
}
