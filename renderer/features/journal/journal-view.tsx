import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { aboutEntry, kindWord } from '#shared/changes/kinds.ts'
import { ChangeKind, type JournalEntry } from '#shared/contract/journal.ts'
import { useApi, useServices, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { topicsWords } from '../../shared-views/position-diff/diff-rows.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import type { GridColumn } from '../../ui/data-grid/grid-columns.ts'
import { DataGrid } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor } from '../../ui/data-grid/grid-keys.ts'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatTimestampShort, zoneLabel } from '../../ui/format.ts'
import { RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { Split } from '../../ui/split-panes.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { EntryBadges, EntryPanel } from './journal-entry.tsx'
import { createJournalStore, type JournalFilter } from './journal-store.ts'
import s from './journal.module.css'

/** Every change that this app ever made in a cluster, newest first, with the undo of each. */
// oxlint-disable-next-line max-lines-per-function -- the layout of every list view: filters, sentence, columns, table; an entry is drawn in a file of its own
export function JournalView({ tabId, intent, isActive }: TabViewProps<'journal'>) {
  const api = useApi()
  const [store] = useState(() => createJournalStore(api))
  const { pages, filter } = useStore(store)
  const [choice, setChoice] = useState<{ intent: typeof intent; id: string | undefined }>()
  // When the journal is opened for another entry, it shows that one; until then, whatever the user selected.
  const selected = choice?.intent === intent ? choice.id : intent.entry
  useEffect(() => {
    const { entry, group, clusterId, change } = intent
    void store
      .setFilter({ group, clusterId, kind: change })
      .then(() => (entry === undefined ? undefined : store.find(entry)))
  }, [store, intent])
  useEffect(() => {
    // Another tab may have applied something since; the first read is started by the filter.
    if (isActive && store.getState().pages.status === 'ready') void store.refresh()
  }, [store, isActive])
  useOffer(refreshing, () => void store.refresh(), isActive)
  const { value } = pages
  const items = useMemo(() => value?.items ?? [], [value])
  const counted =
    value === undefined ? '' : `${items.length} ${items.length === 1 ? 'change' : 'changes'}${value.more ? ' shown, older ones on disk' : ''}` // oxfmt-ignore
  useTabStatus(
    tabId,
    useMemo(() => ({ main: counted }), [counted]),
  )
  const at = items.findIndex((entry) => entry.id === selected)
  const row = at === -1 && items.length > 0 ? 0 : at
  const entry = items[row]
  const isMissing = selected !== undefined && at === -1 && pages.status === 'ready'

  if (value === undefined && pages.status === 'failed') {
    return <ErrorState error={pages.error} onRetry={() => void store.refresh()} />
  }
  return (
    <View>
      <Bar label="Journal">
        <Filters filter={filter} items={items} onChange={(next) => void store.setFilter(next)} />
        <Spacer />
        <IconButton label="Refresh" shortcut="F5" onPress={() => void store.refresh()}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      {pages.status === 'failed' && <ErrorBanner error={pages.error} onRetry={() => void store.refresh()} />}
      {value !== undefined && value.damaged.length > 0 && (
        <StateView
          kind="partial"
          title={`${value.damaged.length} ${value.damaged.length === 1 ? 'line' : 'lines'} of the journal could not be read; the rest is whole.`}
        >
          <SafeText text={value.damaged.slice(0, 3).join(' ')} limit={400} />
        </StateView>
      )}
      {isMissing && (
        <StateView kind="partial" title="That change is not among these.">
          It may be filtered out, or lie further back.
        </StateView>
      )}
      {items.length === 0 &&
      value !== undefined &&
      (value.damaged.length > 0 || pages.status === 'failed') ? null : items.length === 0 ? (
        <NoChanges isLoading={value === undefined} filter={filter} onClear={() => void store.setFilter({})} />
      ) : (
        <Split
          label="Resize the entry"
          direction="vertical"
          panes={[
            {
              id: 'list',
              minSize: '20%',
              children: <EntryList items={items} row={row} onRow={(index) => setChoice({ intent, id: items[index]?.id })} more={value?.more === true}
                  isReady={pages.status === 'ready'} onOlder={() => void store.loadOlder()} />, // oxfmt-ignore
            },
            {
              id: 'entry',
              defaultSize: '55%',
              minSize: '25%',
              children: entry && <EntryPanel key={entry.id} entry={entry} onSettled={() => void store.refresh()} />,
            },
          ]}
        />
      )}
    </View>
  )
}

interface EntryListProps {
  items: readonly JournalEntry[]
  row: number
  onRow: (row: number) => void
  more: boolean
  isReady: boolean
  onOlder: () => void
}

function EntryList({ items, row, onRow, more, isReady, onOlder }: EntryListProps) {
  const zone = useZone()
  const columns = useMemo(() => columnsIn(zoneLabel(zone)), [zone])
  return (
    <div className={s.entry}>
      <DataGrid
        label="Changes"
        columns={columns}
        columnsId="journal"
        rowCount={items.length}
        cursor={{ ...emptyCursor, row, anchor: row, selected: row === -1 ? [] : [{ start: row, end: row }] }}
        onCursorChange={(cursor) => onRow(cursor.row)}
        tone={(index) => (items[index]?.result === null ? 'warn' : undefined)}
        renderCell={(index, column) => {
          const entry = items[index]
          return entry === undefined ? null : cellOf(entry, column, zone)
        }}
        onRange={(_, last) => {
          // Automatically only while it works: after a failure a button asks to try again.
          if (more && isReady && last >= items.length - 5) onOlder()
        }}
      />
      {more && (
        <div className={s.foot}>
          <span>{`The newest ${items.length} changes.`}</span>
          <Button size="small" onPress={onOlder}>
            Older ones
          </Button>
        </div>
      )}
    </div>
  )
}

function columnsIn(zone: string): GridColumn[] {
  return [
    { id: 'at', title: `When, ${zone}`, width: 164, mono: true },
    { id: 'kind', title: 'Change', width: 92 },
    { id: 'profile', title: 'Profile', width: 100, flex: 1 },
    { id: 'subject', title: 'Group or topic', width: 130, flex: 1 },
    { id: 'topics', title: 'Topics', width: 130, flex: 1 },
    { id: 'sentence', title: 'What happened', width: 230, flex: 5 },
    { id: 'counts', title: 'Result', width: 150, flex: 1 },
  ]
}

function cellOf(entry: JournalEntry, column: string, zone: string) {
  switch (column) {
    case 'at':
      return formatTimestampShort(entry.at, zone)
    case 'kind':
      return kindWord(entry.kind)
    case 'profile':
      return <SafeText text={entry.profileName} limit={120} />
    case 'subject':
      return <SafeText text={aboutEntry(entry).subject} limit={300} />
    case 'topics':
      return <SafeText text={topicsWords(aboutEntry(entry).topics)} limit={300} />
    case 'sentence':
      return <SafeText text={aboutEntry(entry).sentence} limit={400} />
    default:
      return <EntryBadges entry={entry} />
  }
}

interface FiltersProps {
  filter: JournalFilter
  items: readonly JournalEntry[]
  onChange: (filter: JournalFilter) => void
}

function Filters({ filter, items, onChange }: FiltersProps) {
  const { connections, groups } = useServices()
  const open = useStore(connections, (state) => state.open)
  const known = useStore(groups, (state) => state.byConnection)
  const [draft, setDraft] = useState<string>()
  const offered = useMemo(() => {
    const isOf = (clusterId: string | null) => filter.clusterId === undefined || clusterId === filter.clusterId
    const changed = items.flatMap((entry) => (isOf(entry.clusterId) && 'group' in entry ? [entry.group] : []))
    const listed = Object.values(open)
      .filter(({ clusterId }) => isOf(clusterId))
      .flatMap(({ connectionId }) => (known[connectionId]?.value?.items ?? []).map((row) => row.group))
    // The groups that were changed come first: people look for those here.
    return [...new Set([...changed, ...listed])].filter((name) => name !== '')
  }, [items, open, known, filter.clusterId])
  const names = new Map<string, string>()
  for (const { clusterId, profileName } of items) if (clusterId !== null) names.set(clusterId, profileName)
  for (const { clusterId, name } of Object.values(open)) if (clusterId !== null) names.set(clusterId, name)
  if (filter.clusterId !== undefined && !names.has(filter.clusterId)) names.set(filter.clusterId, filter.clusterId)
  const takeGroup = (name: string) => {
    const group = name.trim() === '' ? undefined : name.trim()
    if (group !== filter.group) onChange({ ...filter, group })
    setDraft(undefined)
  }
  return (
    <>
      <Select
        label="Cluster"
        layout="inline"
        options={[{ id: '', label: 'every' }, ...[...names].map(([id, label]) => ({ id, label }))]}
        value={filter.clusterId ?? ''}
        onChange={(id) => onChange({ ...filter, clusterId: id === '' ? undefined : id })}
      />
      <Select
        label="Change"
        layout="inline"
        options={[{ id: '', label: 'every' }, ...ChangeKind.options.map((id) => ({ id, label: kindWord(id) }))]}
        value={filter.kind ?? ''}
        onChange={(id) => onChange({ ...filter, kind: ChangeKind.safeParse(id).data })}
      />
      <ComboField
        label="Group"
        layout="inline"
        className={s.name}
        placeholder="every; or its exact name"
        value={draft ?? filter.group ?? ''}
        options={offered}
        onChange={setDraft}
        onCommit={takeGroup}
      />
      <SearchField
        label="Search the journal"
        className={s.name}
        placeholder="topic, who, what happened"
        value={filter.text ?? ''}
        onChange={(text) => onChange({ ...filter, text: text === '' ? undefined : text })}
      />
      {isFiltered(filter) && (
        <Button variant="quiet" onPress={() => onChange({})}>
          Show every change
        </Button>
      )}
    </>
  )
}

function NoChanges({ isLoading, filter, onClear }: { isLoading: boolean; filter: JournalFilter; onClear: () => void }) {
  if (isLoading) return <StateView kind="loading" title="Reading the journal…" />
  if (isFiltered(filter)) {
    return (
      <StateView kind="empty" title="No change matches." actions={<Button onPress={onClear}>Show every change</Button>}>
        A group is matched by its exact name; words by a group, a topic, who made the change, and what came of it.
      </StateView>
    )
  }
  return (
    <StateView kind="empty" title="Nothing has been changed from here yet.">
      Each change of a cluster is written here before it is made, with what it replaced, so that it can be undone where
      Kafka allows it.
    </StateView>
  )
}

function isFiltered({ group, clusterId, kind, text }: JournalFilter): boolean {
  return group !== undefined || clusterId !== undefined || kind !== undefined || text !== undefined
}
