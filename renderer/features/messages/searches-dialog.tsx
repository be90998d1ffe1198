import { useCallback, useEffect, useState } from 'react'
import type { KeptSearch } from '#shared/contract/searches.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { failed, idle, ready, type Fetched } from '../../stores/fetched.ts'
import { useApi, useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { formatBytes, formatGrouped, formatTimestampShort } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import { keptFilterWords, keptShare, topicsWords } from './kept-search.ts'
import s from './search.module.css'

export interface SearchesDialogProps {
  connectionId: ConnectionId
  isOpen: boolean
  onClose: () => void
  /** Shows its matches and lets it continue from there. */
  onTake: (kept: KeptSearch) => void
}

/** The searches that the app stores with what they read and found: each can be continued, even after a restart. */
export function SearchesDialog({ connectionId, isOpen, onClose, onTake }: SearchesDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} size="full" title="Kept searches">
      {isOpen && <List connectionId={connectionId} onTake={onTake} />}
    </Dialog>
  )
}

interface Listed {
  searches: readonly KeptSearch[]
  damaged: readonly string[]
}

function List({ connectionId, onTake }: Pick<SearchesDialogProps, 'connectionId' | 'onTake'>) {
  const api = useApi()
  const zone = useZone()
  const [listed, setListed] = useState<Fetched<Listed>>(idle)
  const [naming, setNaming] = useState<KeptSearch>()
  const look = useCallback(
    () =>
      api.call('search.list', { connectionId }).then(
        (found) => setListed(ready(found)),
        (error: unknown) => setListed((before) => failed(before, error)),
      ),
    [api, connectionId],
  )
  useEffect(() => void look(), [look])
  const remove = ({ search }: KeptSearch) => api.call('search.forget', { search }).then(look, toastFailure)
  if (listed.status === 'failed' && listed.value === undefined)
    return <ErrorState error={listed.error} onRetry={() => void look()} />
  if (listed.value === undefined) return <StateView kind="loading" title="Looking for searches…" />
  const { searches, damaged } = listed.value
  const columns: readonly TableColumn<KeptSearch>[] = [
    { id: 'changed', title: 'Last read', width: 170, mono: true, value: ({ changedAt }) => changedAt, cell: ({ changedAt }) => formatTimestampShort(BigInt(changedAt), zone) }, // oxfmt-ignore
    { id: 'topics', title: 'Topic', width: 180, value: topicsWords, cell: (kept) => <SafeText text={topicsWords(kept)} limit={200} /> }, // oxfmt-ignore
    { id: 'filter', title: 'Looked for', width: 300, flex: 1, mono: true, value: keptFilterWords, cell: (kept) => <SafeText text={keptFilterWords(kept)} limit={300} /> }, // oxfmt-ignore
    { id: 'name', title: 'Name', width: 140, value: ({ name }) => name, cell: ({ name }) => <SafeText text={name ?? ''} limit={200} /> }, // oxfmt-ignore
    { id: 'read', title: 'Read', width: 76, align: 'end', mono: true, value: keptShare, cell: (kept) => `${Math.floor(keptShare(kept) * 100)}\u202f%` }, // oxfmt-ignore
    { id: 'hits', title: 'Hits', width: 96, align: 'end', mono: true, value: ({ hits }) => hits, cell: ({ hits }) => formatGrouped(hits) }, // oxfmt-ignore
    { id: 'bytes', title: 'On disk', width: 90, align: 'end', mono: true, value: ({ bytes }) => bytes, cell: ({ bytes }) => formatBytes(bytes) }, // oxfmt-ignore
  ]
  return (
    <div className={s.tried}>
      <p className={s.quiet}>
        Enter shows what was found and goes on from there. Those without a name are deleted first when space is needed.
      </p>
      {damaged.map((sentence) => (
        <StateView key={sentence} kind="partial" title={sentence} />
      ))}
      {naming !== undefined && (
        <NameRow
          kept={naming}
          onName={
            (name) =>
            api.call('search.change', { connectionId, search: naming.search, name }).then(look, toastFailure).finally(() => setNaming(undefined)) // oxfmt-ignore
          }
        />
      )}
      <SmallTable
        label="Kept searches"
        columns={columns}
        rows={searches}
        rowId={({ search }) => search}
        initialSort={{ column: 'changed', direction: 'descending' }}
        onOpen={onTake}
        menu={(kept) => [
          { id: 'open', label: 'Show and go on', shortcut: 'Enter', onAction: () => onTake(kept) },
          { id: 'name', label: 'Name…', onAction: () => setNaming(kept) },
          '-',
          { id: 'delete', label: 'Delete with its hits', isDanger: true, onAction: () => void remove(kept) },
        ]}
        empty={
          <StateView kind="empty" title="No search is kept yet.">
            Each search of this profile is, with what it found.
          </StateView>
        }
      />
    </div>
  )
}

function NameRow({ kept, onName }: { kept: KeptSearch; onName: (name: string | null) => void }) {
  const [typed, setTyped] = useState(kept.name ?? '')
  const done = () => onName(typed.trim() === '' ? null : typed.trim())
  return (
    <div className={s.shell}>
      <TextField label="Name" layout="inline" value={typed} onChange={setTyped} onEnter={done} autoFocus />
      <Button onPress={done}>Keep this name</Button>
    </div>
  )
}
