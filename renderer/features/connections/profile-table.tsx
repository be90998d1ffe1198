import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import { ConnectionId, type ProfileId } from '#shared/model/ids.ts'
import { colourOf } from '../../workbench/profile-colour.ts'
import { useServices } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { exportProfile } from './export-profile.ts'
import { securityWords } from './profile-words.ts'
import type { ProfilesStore } from './profiles-store.ts'
import s from './connections.module.css'

export interface ProfileTableProps {
  entries: readonly ProfileEntry[]
  store: ProfilesStore
  filter: string
  /** Beside the form there is only room for the name and the status. */
  isNarrow: boolean
  onConnect: (id: ProfileId) => void
  onDelete: (entry: ProfileEntry) => void
}

interface Row {
  entry: ProfileEntry
  status: string
  isEdited: boolean
}

export function ProfileTable({ entries, store, filter, isNarrow, onConnect, onDelete }: ProfileTableProps) {
  const { connections, files } = useServices()
  const open = useStore(connections, (state) => state.open)
  const drafts = useStore(store, (state) => state.drafts)
  const selected = useStore(store, (state) => state.selected)
  const rows = useMemo(
    () =>
      entries.map((entry): Row => {
        const { id } = entry.profile
        const state = open[id]
        const status = state?.reason?.code === 'connect.secret' ? 'needs a secret' : (state?.status ?? 'closed')
        return { entry, status, isEdited: drafts[id] !== undefined }
      }),
    [entries, open, drafts],
  )
  return (
    <SmallTable
      label="Profiles"
      columns={isNarrow ? narrow : wide}
      rows={rows}
      rowId={({ entry }) => entry.profile.id}
      filter={filter}
      selected={selected === undefined ? [] : [selected]}
      onSelectionChange={([id]) => {
        if (id !== undefined) store.select(id as ProfileId)
      }}
      onOpen={({ entry }) => store.select(entry.profile.id)}
      menu={({ entry, status }) => {
        const { id } = entry.profile
        return [
          status === 'closed' || status === 'failed' || status === 'needs a secret'
            ? { id: 'connect', label: 'Connect', onAction: () => onConnect(id) }
            : {
                id: 'close',
                label: 'Disconnect',
                onAction: () => void connections.close(ConnectionId.parse(id)).catch(() => undefined),
              },
          { id: 'edit', label: 'Edit', onAction: () => store.select(id) },
          { id: 'copy', label: 'Duplicate', onAction: () => void store.duplicate(id) },
          { id: 'export', label: 'Export without secrets…', onAction: () => exportProfile(files, entry.profile) },
          '-',
          { id: 'delete', label: 'Delete…', isDanger: true, onAction: () => onDelete(entry) },
        ]
      }}
      tone={({ status }) => (status === 'failed' ? 'bad' : undefined)}
      empty={<p className={s.empty}>No profile matches “{filter}”.</p>}
    />
  )
}

const name: TableColumn<Row> = {
  id: 'name',
  title: 'Name',
  width: 150,
  flex: 2,
  value: ({ entry }) => entry.profile.name,
  cell: ({ entry, isEdited }) => (
    <span className={s.name}>
      <span className={s.swatch} style={{ background: colourOf(entry.profile.colour) }} aria-hidden="true" />
      <span className={s.ellipsis}>{entry.profile.name}</span>
      {isEdited && <span className={s.dim}>edited</span>}
    </span>
  ),
}

const status: TableColumn<Row> = {
  id: 'status',
  title: 'Status',
  width: 120,
  value: (row) => row.status,
  cell: (row) =>
    row.status === 'closed' ? (
      <span className={s.dim}>not open</span>
    ) : (
      <Badge tone={row.status === 'connected' ? 'ok' : row.status === 'failed' ? 'bad' : 'warn'}>{row.status}</Badge>
    ),
}

const narrow: TableColumn<Row>[] = [name, status]

const wide: TableColumn<Row>[] = [
  name,
  { id: 'environment', title: 'Environment', width: 100, value: ({ entry }) => entry.profile.environment },
  { id: 'access', title: 'Access', width: 90, value: ({ entry }) => entry.profile.accessMode },
  {
    id: 'brokers',
    title: 'Brokers',
    width: 160,
    flex: 2,
    mono: true,
    value: ({ entry }) => entry.profile.brokers.join(', '),
  },
  { id: 'security', title: 'Security', width: 170, flex: 2, value: ({ entry }) => securityWords(entry.profile) },
  {
    id: 'limit',
    title: 'Read limit',
    width: 90,
    align: 'end',
    value: ({ entry }) => entry.profile.readLimit,
    cell: ({ entry }) => (entry.profile.readLimit === null ? 'none' : `${entry.profile.readLimit} MB/s`),
  },
  status,
]
