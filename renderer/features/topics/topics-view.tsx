import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { TopicRow, TopicTotals } from '#shared/contract/topics.ts'
import { patternOf } from '#shared/model/topic-choice.ts'
import { useApi, useConnection, useNavigation, useServices, useSetting } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { idle } from '../../stores/fetched.ts'
import { filterTopics, type TopicList } from '../../stores/topics.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Toggle } from '../../ui/checkbox.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { PinIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { throughputColumns } from '../../shared-views/throughput/throughput-columns.tsx'
import { useThroughput, type Throughput } from '../../shared-views/throughput/use-throughput.ts'
import { createTotalsStore } from './topics-store.ts'
import { useSeenTopics } from './use-seen-topics.ts'
import s from './topics.module.css'

/** What a row shows besides the topic's entry in the list; looked up for the rows in view. */
interface Beside {
  totals: ReadonlyMap<string, TopicTotals>
  pins: readonly string[]
  throughput: Throughput
}

/** The time that the line in a row covers. */
const LINE_MS = 1_200_000
const noTopics: TopicList = { items: [], names: '', starts: new Uint32Array(0), internal: [], failures: [] }

/** Every topic that these rights list, with its size. */
// oxlint-disable-next-line max-lines-per-function -- the layout of every list view: toolbar, sentence, columns, table; and pinned topics, which come first
export function TopicsView({ tabId, intent: { connectionId }, isActive }: TabViewProps<'topics'>) {
  const api = useApi()
  const { topics, settings } = useServices()
  const navigation = useNavigation()
  const profileId = useConnection(connectionId)?.profileId ?? connectionId
  const [totalsStore] = useState(() => createTotalsStore(api, connectionId))
  const { byTopic, note } = useStore(totalsStore)
  const read = useStore(topics, (state) => state.byConnection[connectionId] ?? idle)
  const allPins = useSetting('pins')
  const pins = useMemo(() => allPins[profileId] ?? [], [allPins, profileId])
  const showInternal = useSetting('showInternal')
  const [typed, setTyped] = useState('')
  const filter = useDeferredValue(typed)
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<DataGridHandle>(null)
  const goToFirst = () => {
    table.current?.goToRow(0)
    table.current?.focus()
  }
  const list = read.value
  const found = useMemo(
    () => filterTopics(list ?? noTopics, { text: filter, pins, showInternal }),
    [list, filter, pins, showInternal],
  )
  const { seen, see } = useSeenTopics()
  const throughput = useThroughput(connectionId, seen, LINE_MS, isActive)
  const columns = useMemo(() => columnsOf({ totals: byTopic, pins, throughput }), [byTopic, pins, throughput])
  const refresh = () => {
    totalsStore.refresh()
    void topics.refresh(connectionId)
  }
  const isUnknown = list === undefined
  useEffect(() => {
    if (isUnknown) void topics.load(connectionId)
  }, [topics, connectionId, isUnknown])
  useOffer(refreshing, refresh, isActive)
  useOffer(finding, () => search.current?.focus(), isActive)
  const counted = `${formatGrouped(found.rows.length)} of ${formatGrouped(found.total)} topics that these rights show`
  useTabStatus(
    tabId,
    useMemo(() => ({ main: list === undefined ? '' : counted }), [counted, list]),
  )
  if (list === undefined) {
    return read.status === 'failed' ? (
      <ErrorState error={read.error} onRetry={refresh} />
    ) : (
      <StateView kind="loading" title="Asking for the topics…" />
    )
  }
  const setPins = (next: readonly string[]) => settings.change({ pins: { ...allPins, [profileId]: [...next] } })
  const open = (topic: TopicRow) => navigation.open({ kind: 'topic', connectionId, topic: topic.name })
  return (
    <View>
      <Bar label="Topics">
        <SearchField
          label="Filter topics"
          placeholder="Filter by name"
          className={s.search}
          value={typed}
          onChange={setTyped}
          inputRef={search}
          onDown={goToFirst}
          onSubmit={goToFirst}
        />
        <span className={s.count}>
          {formatGrouped(found.rows.length)} of {formatGrouped(found.total)}
        </span>
        <Spacer />
        <Button
          onPress={() => navigation.open({ kind: 'search', connectionId, topics: patternOf(typed) || '.' })}
          isDisabled={found.rows.length === 0}
        >
          Search their records…
        </Button>
        <Toggle isSelected={showInternal} onChange={(next) => settings.change({ showInternal: next })}>
          Internal topics
        </Toggle>
        <IconButton label="Refresh" shortcut="F5" onPress={refresh}>
          <RefreshIcon size={14} />
        </IconButton>
      </Bar>
      {read.status === 'failed' && <ErrorBanner error={read.error} onRetry={refresh} />}
      {list.failures.map(({ what, error }) => (
        <StateView key={what} kind="partial" title={`${what}: ${error.message}`} />
      ))}
      {note !== undefined && <StateView kind="partial" title={note} />}
      <SmallTable
        handle={table}
        label="Topics"
        columns={columns}
        columnsId="topics"
        rows={found.rows}
        rowId={(topic) => topic.name}
        tone={(topic) => (topic.error !== undefined || topic.leaderless > 0 ? 'bad' : topic.underReplicated > 0 ? 'warn' : undefined)} // oxfmt-ignore
        onVisible={(visible) => {
          const names = visible.map((topic) => topic.name)
          totalsStore.want(names)
          see(names)
        }}
        onOpen={open}
        menu={(topic) => [
          { id: 'messages', label: 'Open messages', onAction: () => navigation.open({ kind: 'messages', connectionId, topic: topic.name }) }, // oxfmt-ignore
          { id: 'topic', label: 'Open topic', onAction: () => open(topic) },
          {
            id: 'replay',
            label: 'Replay…',
            onAction: () => navigation.open({ kind: 'replay', connectionId, topic: topic.name }),
          },
          {
            id: 'produce',
            label: 'Produce records…',
            onAction: () => navigation.open({ kind: 'produce', connectionId, topic: topic.name }),
          },
          '-',
          pins.includes(topic.name)
            ? { id: 'unpin', label: 'Unpin', onAction: () => setPins(pins.filter((pin) => pin !== topic.name)) }
            : { id: 'pin', label: 'Pin to the top', onAction: () => setPins([...pins, topic.name]) },
        ]}
        empty={
          read.status === 'failed' || list.failures.length > 0 ? null : filter === '' ? (
            <StateView kind="empty" title="No topic can be seen.">
              The cluster has none, or these credentials lack Describe on topics.
            </StateView>
          ) : (
            <StateView kind="empty" title="No topic has such a name." />
          )
        }
      />
    </View>
  )
}

const columnsOf = ({ totals, pins, throughput }: Beside): readonly TableColumn<TopicRow>[] => [
  {
    id: 'name',
    title: 'Topic',
    width: 280,
    flex: 1,
    value: (topic) => topic.name,
    cell: (topic) => (
      <>
        {pins.includes(topic.name) && (
          <span className={s.pin} title="Pinned">
            <PinIcon size={11} aria-label="Pinned" />
          </span>
        )}
        <SafeText text={topic.name} limit={260} />
        {topic.internal && <span className={s.faint}> internal</span>}
      </>
    ),
  },
  { id: 'partitions', title: 'Partitions', width: 88, align: 'end', mono: true, value: (topic) => topic.partitions },
  {
    id: 'replicas',
    title: 'Replicas',
    width: 132,
    value: (topic) => topic.underReplicated,
    cell: (topic) =>
      topic.leaderless > 0 ? (
        <span className={s.warn}>{topic.leaderless} without leader</span>
      ) : topic.underReplicated > 0 ? (
        <span className={s.warn}>{topic.underReplicated} not in sync</span>
      ) : (
        <span className={s.faint}>{topic.replicationFactor} in sync</span>
      ),
  },
  {
    id: 'offsets',
    title: 'Offsets',
    width: 116,
    align: 'end',
    mono: true,
    value: (topic) => totals.get(topic.name)?.offsets,
    cell: (topic) => known(totals.get(topic.name), 'offsets', formatGrouped),
  },
  ...throughputColumns<TopicRow>(throughput, ({ name }) => name),
  {
    id: 'size',
    title: 'Size',
    width: 92,
    align: 'end',
    mono: true,
    value: (topic) => totals.get(topic.name)?.size,
    cell: (topic) => known(totals.get(topic.name), 'size', formatBytes),
  },
]

function known(totals: TopicTotals | undefined, of: 'offsets' | 'size', format: (value: bigint) => string) {
  if (totals === undefined) return <span className={s.faint}>…</span>
  const value = totals[of]
  if (value === null) {
    return (
      <span className={s.faint} title={totals.error?.message}>
        not known
      </span>
    )
  }
  return format(value)
}
