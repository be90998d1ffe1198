import { useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { LagAlert } from '#shared/contract/lag-limits.ts'
import { groupNature, natureWord } from '#shared/model/group-nature.ts'
import { MOST_GROUPS } from '#shared/contract/offsets.ts'
import { alertSentence } from '#shared/offsets/lag-alerts.ts'
import { useNavigation, useServices, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { idle } from '../../stores/fetched.ts'
import { noSummaries } from '../../stores/groups.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatCount, formatGrouped, isMuch, formatTime, zoneLabel } from '../../ui/format.ts'
import { MoveIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { countGroups, filterGroups, typeWords, type GroupEntry } from './group-rows.ts'
import { isShare } from './group-words.ts'
import { alertWords } from './lag-words.ts'
import { trendColumns } from './trend-cells.tsx'
import { usePolling } from './use-polling.ts'
import { useTrends, type TrendsByGroup } from './use-trends.ts'
import s from './groups.module.css'

/** The refresh interval for few groups. For many it follows from how long a refresh takes. */
const EVERY_MS = 5000
const LOOK_MS = 1000

// oxlint-disable-next-line max-lines-per-function -- the layout of every list view: toolbar, sentence, columns, table; what a cell says is in functions below
export function GroupsView({ tabId, intent: { connectionId }, isActive }: TabViewProps<'groups'>) {
  const { groups, alerts } = useServices()
  const navigation = useNavigation()
  const zone = useZone()
  const list = useStore(groups, (state) => state.byConnection[connectionId] ?? idle)
  const summaries = useStore(groups, (state) => state.summaries[connectionId] ?? noSummaries)
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState<readonly string[]>([])
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<DataGridHandle>(null)
  const goToFirst = () => {
    table.current?.goToRow(0)
    table.current?.focus()
  }
  const items = list.value?.items
  const shown = useMemo(() => filterGroups(items ?? [], summaries.byGroup, filter), [items, summaries, filter])

  const chosen = useMemo(() => {
    const names = new Set(selected)
    return shown.rows.filter((row) => names.has(row.group)).map((row) => row.group)
  }, [shown, selected])
  const planChosen = () => navigation.open({ kind: 'plans', connectionId, groups: chosen.slice(0, MOST_GROUPS) })
  // Records after a share group's start offset may already be processed: only its broker knows how many are left.
  const names = useMemo(() => (items ?? []).filter((item) => !isShare(item)).map((item) => item.group), [items])
  const trends = useTrends(connectionId, names, isActive)
  const passed = useStore(alerts, (all) => all[connectionId])

  const refresh = () => groups.refresh(connectionId)
  usePolling(() => groups.loadIfDue(connectionId, EVERY_MS), LOOK_MS, isActive)
  useOffer(refreshing, () => void refresh(), isActive)
  useOffer(finding, () => search.current?.focus(), isActive)
  const { readAt, progress } = summaries
  const isWhole = readAt !== undefined
  const columns = useMemo(() => withTrends(isWhole ? sortable : unsorted, trends, passed), [isWhole, trends, passed])
  const counted = list.value === undefined ? '' : `${countGroups(shown)} that these rights show`
  const every = Math.ceil(groups.everyMs(connectionId, EVERY_MS) / 1000)
  const status = useMemo(
    () => ({
      main: counted,
      aside: readAt === undefined ? null : <span>{`Read ${formatTime(readAt, zone).slice(0, 8)} ${zoneLabel(zone)}, again every ${every} s`}</span>, // oxfmt-ignore
    }),
    [counted, readAt, zone, every],
  )
  useTabStatus(tabId, status)

  if (list.value === undefined) {
    return list.status === 'failed' ? (
      <ErrorState error={list.error} onRetry={() => void refresh()} />
    ) : (
      <StateView kind="loading" title="Asking the brokers for groups…" />
    )
  }
  const { note, failures, older } = list.value
  const isPartial = failures.length > 0 || list.status === 'failed'
  return (
    <View>
      <Bar label="Groups">
        <SearchField
          label="Filter groups"
          placeholder="Filter by name, type, state or topic"
          value={filter}
          onChange={setFilter}
          inputRef={search}
          onDown={goToFirst}
          onSubmit={goToFirst}
          className={s.search}
        />
        <span className={s.count} aria-live="polite">
          {countGroups(shown)}
          {!isWhole && list.value.items.length > 0 && `; ${stillReading(progress, filter)}`}
        </span>
        <Spacer />
        {chosen.length > 1 && (
          <Button variant="primary" isDisabled={chosen.length > MOST_GROUPS} onPress={planChosen}>
            <MoveIcon size={14} aria-hidden="true" />
            {chosen.length > MOST_GROUPS
              ? `${MOST_GROUPS} groups in a plan at most`
              : `Plan for ${chosen.length} groups…`}
          </Button>
        )}
        <Button onPress={() => navigation.open({ kind: 'cleaning', connectionId })}>Clean up…</Button>
        <Button onPress={() => navigation.open({ kind: 'plan', connectionId, group: '' })}>
          New group at a position…
        </Button>
        <IconButton label="Refresh" shortcut="F5" onPress={() => void refresh()}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      {list.status === 'failed' && <ErrorBanner error={list.error} onRetry={() => void refresh()} />}
      {failures.map(({ what, error }) => (
        <StateView key={what} kind="partial" title={`${what} did not list its groups: ${error.message}`}>
          {older.size === 0
            ? (error.hint ?? 'Groups that it coordinates are missing here.')
            : `${formatGrouped(older.size)} groups are shown from an earlier reading.`}
        </StateView>
      ))}
      {summaries.error !== undefined && list.status !== 'failed' && (
        <ErrorBanner
          error={summaries.error}
          lead={
            isWhole ? 'Lag is of an earlier reading.' : 'Lag could not be read of all groups, so it cannot be sorted.'
          }
          onRetry={() => void refresh()}
        />
      )}
      <SmallTable
        handle={table}
        label="Groups"
        columns={columns}
        columnsId="groups"
        rows={shown.rows}
        rowId={(row) => row.group}
        selectionMode="multiple"
        onSelectionChange={setSelected}
        initialSort={{ column: 'group', direction: 'ascending' }}
        tone={(row) => ((row.summary?.outOfRange ?? 0) > 0 ? 'warn' : undefined)}
        onOpen={(row) => navigation.open({ kind: 'group', connectionId, group: row.group })}
        menu={(row) => [
          {
            id: 'open',
            label: 'Open',
            onAction: () => navigation.open({ kind: 'group', connectionId, group: row.group }),
          },
          {
            id: 'move',
            label: 'Move positions…',
            icon: <MoveIcon size={13} />,
            onAction: () => navigation.open({ kind: 'plan', connectionId, group: row.group }),
          },
          ...(chosen.length > 1 && chosen.length <= MOST_GROUPS && chosen.includes(row.group)
            ? [{ id: 'plans', label: `Plan for ${chosen.length} groups…`, onAction: planChosen }]
            : []),
          {
            id: 'clone',
            label: 'Clone…',
            isDisabled: isShare(row),
            onAction: () => navigation.open({ kind: 'plan', connectionId, group: '', like: row.group }),
          },
          {
            id: 'compare',
            label: chosen.length === 2 && chosen.includes(row.group) ? 'Compare these two…' : 'Compare…',
            isDisabled: isShare(row),
            onAction: () =>
              navigation.open(
                chosen.length === 2 && chosen.includes(row.group)
                  ? { kind: 'compare', connectionId, group: chosen[0], with: chosen[1] }
                  : { kind: 'compare', connectionId, group: row.group },
              ),
          },
          {
            id: 'delete',
            label: 'Delete…',
            onAction: () => navigation.open({ kind: 'delete', connectionId, group: row.group, what: 'group' }),
          },
        ]}
        empty={
          filter !== '' ? (
            <StateView
              kind="empty"
              title={`No group matches “${filter}”.`}
              actions={<Button onPress={() => setFilter('')}>Clear the filter</Button>}
            >
              {`${countGroups(shown)} match`}
              {isWhole ? '.' : `; ${stillReading(progress, filter)}.`}
            </StateView>
          ) : isPartial ? null : (
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

/** Why a column cannot be sorted yet, or a topic not be found. */
function stillReading(progress: { done: number; total: number } | undefined, filter: string): string {
  const of = progress === undefined ? '' : ` ${formatGrouped(progress.done)} of ${formatGrouped(progress.total)}`
  return filter === '' ? `reading lag${of}, then it can be sorted` : `topics are searched once all are read${of}`
}

const sortable: readonly TableColumn<GroupEntry>[] = [
  { id: 'group', title: 'Group', width: 160, flex: 3, isSortable: true, value: (row) => row.group, cell: (row) => <SafeText text={row.group} limit={300} /> }, // oxfmt-ignore
  { id: 'type', title: 'Type', width: 76, isSortable: true, value: (row) => typeWords[row.type] },
  { id: 'state', title: 'State', width: 96, isSortable: true, value: (row) => row.state },
  { id: 'members', title: 'Members', width: 80, align: 'end', mono: true, isSortable: true, value: (row) => row.summary?.members, cell: membersCell }, // oxfmt-ignore
  { id: 'topics', title: 'Topics', width: 96, flex: 3, isSortable: true, value: (row) => row.summary?.topics.length, cell: topicsCell }, // oxfmt-ignore
  { id: 'lag', title: 'Lag, offsets', width: 100, align: 'end', mono: true, isSortable: true, value: (row) => row.summary?.lag, cell: lagCell }, // oxfmt-ignore
  {
    id: 'flag',
    title: 'Note',
    width: 80,
    flex: 1,
    value: (row) => row.summary && row.summary.outOfRange + row.summary.unknown,
    cell: (row) => flagCell(row),
  },
]

/** Until all groups are read, their values are incomplete, and the columns cannot be sorted. */
const unsorted = sortable.map((column) =>
  ['members', 'topics', 'lag', 'flag'].includes(column.id) ? { ...column, isSortable: false } : column,
)

/** Inserted after the lag and before the notes. */
function withTrends(
  columns: readonly TableColumn<GroupEntry>[],
  trends: TrendsByGroup,
  passed: readonly LagAlert[] | undefined,
): TableColumn<GroupEntry>[] {
  const byGroup = Map.groupBy(passed ?? [], ({ group }) => group)
  const noted = columns.slice(-1).map((column) => ({ ...column, cell: (row: GroupEntry) => flagCell(row, byGroup.get(row.group)) })) // oxfmt-ignore
  return [...columns.slice(0, -1), ...trendColumns(trends), ...noted]
}

function membersCell({ summary }: GroupEntry) {
  if (summary === undefined) return null
  return summary.members ?? <span className={s.faint} title="These brokers do not tell it">unknown</span> // oxfmt-ignore
}

function topicsCell({ summary }: GroupEntry) {
  if (summary === undefined) return null
  const names = summary.topics.slice(0, 5).join(', ')
  const more = summary.topics.length > 5 ? `, and ${summary.topics.length - 5} more` : ''
  return <SafeText text={names + more} limit={300} />
}

function lagCell({ summary, type }: GroupEntry) {
  if (summary === undefined) return <span className={s.faint}>…</span>
  if (summary.unknown > 0) {
    const known = summary.lag === null ? 'not known' : `≥ ${formatCount(summary.lag)}`
    return <span title={`Without ${summary.unknown} partitions whose lag could not be read`}>{known}</span>
  }
  if (summary.lag === null) return <span className={s.faint}>none</span>
  return (
    <span
      className={isMuch(summary.lag) ? s.lag : undefined}
      title={`${formatGrouped(summary.lag)} ${isShare({ type }) ? 'records' : 'offsets'}`}
    >
      {formatCount(summary.lag)}
    </span>
  )
}

function flagCell(row: GroupEntry, passed: readonly LagAlert[] = []) {
  const { summary } = row
  if (summary?.error !== undefined) {
    return (
      <Badge tone="bad" title={summary.error.message}>
        <SafeText text={summary.error.message} limit={200} />
      </Badge>
    )
  }
  const [alert] = passed
  if (alert !== undefined) {
    return (
      <Badge tone="warn" title={passed.map((one) => alertSentence(one)).join(' ')}>
        {alertWords[alert.what]}
      </Badge>
    )
  }
  const out = summary?.outOfRange ?? 0
  const unknown = summary?.unknown ?? 0
  if (out === 0 && unknown > 0) return <Badge tone="warn">{`lag of ${unknown} partitions not known`}</Badge>
  const nature = out === 0 ? groupNature(row) : null
  if (nature !== null) return <Badge>{natureWord(nature)}</Badge>
  if (summary === undefined || out === 0) return null
  return <Badge tone="warn">{`${out} of ${summary.partitions} out of range`}</Badge>
}
