import { useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useNavigation, useServices, useZone } from '../../app/services.ts'
import type { TabViewProps } from '../../app/tabs.tsx'
import { useTabStatus } from '../../app/tab-status.ts'
import { useCommand } from '../../app/use-command.ts'
import { idle } from '../../stores/fetched.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatCount, formatGrouped, isMuch, formatTime, zoneLabel } from '../../ui/format.ts'
import { MoveIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { countGroups, filterGroups, typeWords, type ListedGroup } from './group-rows.ts'
import { isForeign } from './group-words.ts'
import { usePolling } from './use-polling.ts'
import s from './groups.module.css'

const EVERY_MS = 5000

export function GroupsView({ tabId, intent: { connectionId }, isActive }: TabViewProps<'groups'>) {
  const { groups } = useServices()
  const navigation = useNavigation()
  const zone = useZone()
  const list = useStore(groups, (state) => state.byConnection[connectionId] ?? idle)
  const summaries = useStore(groups, (state) => state.summaries[connectionId])
  const [filter, setFilter] = useState('')
  const search = useRef<HTMLInputElement>(null)
  const visible = useRef<readonly ListedGroup[]>([])
  const items = list.value?.items
  const shown = useMemo(() => filterGroups(items ?? [], summaries, filter), [items, summaries, filter])

  const refresh = async () => {
    await groups.loadList(connectionId)
    const names = visible.current.map((row) => row.group)
    // Failing to sum up is told by the list's own next failure; rows keep what they had.
    if (names.length > 0) await groups.loadSummaries(connectionId, names).catch(() => undefined)
  }
  const showVisible = (rows: readonly ListedGroup[]) => {
    visible.current = rows
    const unknown = rows.filter((row) => row.summary === undefined).map((row) => row.group)
    const asked = unknown.filter((group) => !asking.current.has(group))
    if (asked.length === 0) return
    for (const group of asked) asking.current.add(group)
    groups
      .loadSummaries(connectionId, asked)
      .catch(() => undefined)
      .finally(() => {
        for (const group of asked) asking.current.delete(group)
      })
  }
  const asking = useRef(new Set<string>())
  usePolling(refresh, EVERY_MS, isActive)
  useCommand('view.refresh', () => void refresh(), isActive)
  useCommand('view.find', () => search.current?.focus(), isActive)
  const { readAt } = list
  const counted = list.value === undefined ? '' : `${countGroups(shown)} that these rights show`
  const status = useMemo(
    () => ({
      main: counted,
      aside: readAt === undefined ? null : <span>{`Read ${formatTime(readAt, zone).slice(0, 8)} ${zoneLabel(zone)}, again every 5 s`}</span>, // prettier-ignore
    }),
    [counted, readAt, zone],
  )
  useTabStatus(tabId, status)

  if (list.value === undefined) {
    return list.status === 'failed' ? (
      <ErrorState error={list.error} onRetry={() => void refresh()} />
    ) : (
      <StateView kind="loading" title="Asking the brokers for groups…" />
    )
  }
  const { note, failures } = list.value
  return (
    <View>
      <Bar label="Groups">
        <SearchField
          label="Filter groups"
          placeholder="Filter by name, type, state or topic"
          value={filter}
          onChange={setFilter}
          inputRef={search}
          className={s.search}
        />
        <span className={s.count} aria-live="polite">
          {countGroups(shown)}
        </span>
        <Spacer />
        <Button onPress={() => navigation.openPlan({ connectionId, group: '' })}>New group at a position…</Button>
        <IconButton label="Refresh" shortcut="F5" onPress={() => void refresh()}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      {list.status === 'failed' && <ErrorBanner error={list.error} onRetry={() => void refresh()} />}
      {failures.map(({ what, error }) => (
        <StateView key={what} kind="partial" title={`${what} did not list its groups: ${error.message}`}>
          {error.hint ?? 'Groups that it coordinates are missing here.'}
        </StateView>
      ))}
      <SmallTable
        label="Groups"
        columns={columns}
        rows={shown.rows}
        rowId={(row) => row.group}
        initialSort={{ column: 'group', direction: 'ascending' }}
        onVisible={showVisible}
        tone={(row) => ((row.summary?.outOfRange ?? 0) > 0 ? 'warn' : undefined)}
        onOpen={(row) => navigation.openGroup({ connectionId, group: row.group })}
        menu={(row) => [
          { id: 'open', label: 'Open', onAction: () => navigation.openGroup({ connectionId, group: row.group }) },
          {
            id: 'move',
            label: 'Move positions…',
            icon: <MoveIcon size={13} />,
            isDisabled: isForeign(row),
            onAction: () => navigation.openPlan({ connectionId, group: row.group }),
          },
        ]}
        empty={
          filter !== '' ? (
            <StateView
              kind="empty"
              title={`No group matches “${filter}”.`}
              actions={<Button onPress={() => setFilter('')}>Clear the filter</Button>}
            >
              {countGroups({ rows: shown.rows, total: shown.total })} match; topics are searched where they are known.
            </StateView>
          ) : (
            <StateView kind="empty" title={note ?? 'These rights show no groups.'}>
              {note === null
                ? 'A group appears with its first consumer or commit, to those who may describe it.'
                : 'A group appears with the first consumer that joins it, or with the first position committed for it.'}
            </StateView>
          )
        }
      />
    </View>
  )
}

const columns: readonly TableColumn<ListedGroup>[] = [
  { id: 'group', title: 'Group', width: 200, flex: 3, isSortable: true, value: (row) => row.group, cell: (row) => <SafeText text={row.group} limit={300} /> }, // prettier-ignore
  { id: 'type', title: 'Type', width: 92, isSortable: true, value: (row) => typeWords[row.type] },
  { id: 'state', title: 'State', width: 140, isSortable: true, value: (row) => row.state },
  { id: 'members', title: 'Members', width: 84, align: 'end', mono: true, isSortable: true, value: (row) => (isForeign(row) ? null : row.summary?.members) }, // prettier-ignore
  { id: 'topics', title: 'Topics', width: 160, flex: 3, isSortable: true, value: (row) => row.summary?.topics.length, cell: topicsCell }, // prettier-ignore
  { id: 'lag', title: 'Lag, offsets', width: 116, align: 'end', mono: true, isSortable: true, value: (row) => row.summary?.lag, cell: lagCell }, // prettier-ignore
  { id: 'flag', title: 'Note', width: 220, flex: 1, value: (row) => row.summary?.outOfRange ?? 0, cell: flagCell },
]

function topicsCell({ summary }: ListedGroup) {
  if (summary === undefined) return null
  const names = summary.topics.slice(0, 5).join(', ')
  const more = summary.topics.length > 5 ? `, and ${summary.topics.length - 5} more` : ''
  return <SafeText text={names + more} limit={300} />
}

function lagCell({ summary, type }: ListedGroup) {
  if (summary === undefined) return <span className={s.faint}>…</span>
  if (summary.lag === null) return <span className={s.faint}>{isForeign({ type }) ? '–' : 'none'}</span>
  return (
    <span className={isMuch(summary.lag) ? s.lag : undefined} title={`${formatGrouped(summary.lag)} offsets`}>
      {formatCount(summary.lag)}
    </span>
  )
}

function flagCell({ summary, type }: ListedGroup) {
  if (summary?.error !== undefined) {
    return (
      <Badge tone="bad" title={summary.error.message}>
        <SafeText text={summary.error.message} limit={200} />
      </Badge>
    )
  }
  if (isForeign({ type })) return <Badge>positions kept elsewhere</Badge>
  const out = summary?.outOfRange ?? 0
  return out === 0 ? null : <Badge tone="warn">{`${out} of ${summary!.partitions} out of range`}</Badge>
}
