import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { keyOf } from '#shared/model/topic-partition.ts'
import { positionsAt } from '#shared/offsets/positions-then.ts'
import { useApi, useNavigation, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { MoveIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { count } from './group-words.ts'
import { HistoryChart, type Moments } from './history-chart.tsx'
import { historyLines, memberChanges, MOST_LINES, type Edges } from './history-lines.ts'
import { HistoryReplay } from './history-replay.tsx'
import { createHistoryStore, MOST_POINTS, type History } from './history-store.ts'
import { HistoryTable } from './history-table.tsx'
import s from './history.module.css'

/** The history of a group: its commits as lines over time, and all its positions at any time. */
export function HistoryView({ tabId, intent: { connectionId, group }, isActive }: TabViewProps<'history'>) {
  const api = useApi()
  const zone = useZone()
  const [store] = useState(() => createHistoryStore(api, connectionId, group))
  const { history, detail } = useStore(store)
  useEffect(() => {
    void store.load()
    return store.stop
  }, [store])
  useOffer(refreshing, () => void store.load(), isActive)
  const { value } = history
  const status = useMemo(
    () => ({
      main: value === undefined ? '' : `Commits from __consumer_offsets, partition ${value.searched.partition}`,
      aside: value === undefined ? null : <span>{count(value.points.length, 'commit')}</span>,
    }),
    [value],
  )
  useTabStatus(tabId, status)
  const edges = useMemo(() => new Map<string, Edges>((detail?.positions ?? []).map((at) => [keyOf(at), at])), [detail])

  if (value === undefined) {
    return history.status === 'failed' ? (
      <ErrorState error={history.error} onRetry={() => void store.load()} />
    ) : (
      <StateView kind="loading" title={`Looking for the commits of ${group}…`} />
    )
  }
  const isSearching = history.status === 'loading'
  const isMore = value.searched.from > value.searched.logStart && value.points.length < MOST_POINTS
  const more = (
    <Button isDisabled={isSearching} onPress={() => void store.searchOn()}>
      {isSearching ? 'Searching…' : 'Search further back'}
    </Button>
  )
  const refresh = (
    <IconButton label="Refresh" shortcut="F5" onPress={() => void store.load()}>
      <RefreshIcon size={14} />
    </IconButton>
  )
  const error = history.status === 'failed' && (
    <ErrorBanner error={history.error} onRetry={() => void store.searchOn()} />
  )
  if (value.points.length === 0) {
    return (
      <View>
        <Bar label={`Actions for the history of ${group}`}>
          {isMore && more}
          <Spacer />
          {refresh}
        </Bar>
        {error}
        <StateView kind="empty" title={`No commit of ${group} was found in __consumer_offsets.`}>
          {[
            ...value.notes,
            ...(isMore ? [] : ['All that is left of that topic was looked at: the group never committed, or what it committed has expired and was compacted away.']), // oxfmt-ignore
          ].join(' ')}
        </StateView>
      </View>
    )
  }
  return (
    <View>
      <Found
        key={value.searched.end.toString()}
        {...{ group, connectionId, history: value, edges, zone }}
        extra={isMore ? more : null}
        refresh={refresh}
        error={error}
      />
    </View>
  )
}

interface FoundProps {
  group: string
  connectionId: TabViewProps<'history'>['intent']['connectionId']
  history: History
  edges: ReadonlyMap<string, Edges>
  zone: string
  extra: React.ReactNode
  refresh: React.ReactNode
  error: React.ReactNode
}

function Found({ group, connectionId, history, edges, zone, extra, refresh, error }: FoundProps) {
  const navigation = useNavigation()
  const { points, notes } = history
  const { stops, newest, window, lines, changes, partitions, topics } = usePicture(history, edges)
  const [moments, setMoments] = useState<Moments>({ from: newest, at: newest })
  const [hovered, setHovered] = useState<bigint>()
  const [isReplaying, setReplaying] = useState(false)
  const shown = hovered ?? moments.at
  const then = useMemo(() => positionsAt(points, shown), [points, shown])
  return (
    <>
      <Bar label={`Actions for the history of ${group}`}>
        <Button
          variant="primary"
          onPress={() => navigation.open({ kind: 'plan', connectionId, group, then: moments.at })}
        >
          <MoveIcon size={14} aria-hidden="true" />
          Set the group back to here…
        </Button>
        <Button isDisabled={moments.from >= moments.at} onPress={() => setReplaying(true)}>
          Replay what it committed between…
        </Button>
        {extra}
        <Spacer />
        {refresh}
      </Bar>
      {error}
      <Summary>
        <strong>
          <SafeText
            text={`${group} committed ${formatGrouped(points.length)} ${points.length === 1 ? 'position' : 'positions'} on ${count(partitions, 'partition')} since ${formatTimestamp(window.from, zone)}.`}
            limit={400}
          />
        </strong>
        <SafeText text={` ${notes.join(' ')}`} />
      </Summary>
      <Key hasMembers={changes.length > 0} />
      <HistoryChart
        {...{ group, lines, changes, stops, window, moments, zone }}
        hasTopics={topics.length > 1}
        onMoments={(next) => {
          setHovered(undefined)
          setMoments(next)
        }}
        onHover={setHovered}
      />
      <div className={s.now}>
        {moments.from < moments.at && hovered === undefined
          ? `Positions at ${formatTimestamp(moments.at, zone)}, and what was committed since ${formatTimestamp(moments.from, zone)}. `
          : `Positions at ${formatTimestamp(shown, zone)}. `}
        Committed is not processed: it is where the group would have gone on.
        {partitions > MOST_LINES &&
          ` The first ${MOST_LINES} of ${partitions} partitions are drawn; the table has all.`}
      </div>
      <HistoryTable
        {...{ group, points, then, edges, zone }}
        searched={history.searched}
        from={hovered === undefined && moments.from < moments.at ? moments.from : undefined}
        at={shown}
        hasTopics={topics.length > 1}
      />
      {isReplaying && (
        <HistoryReplay
          {...{ group, connectionId, history, edges, moments, topics, zone }}
          onClose={() => setReplaying(false)}
        />
      )}
    </>
  )
}

/** Everything that stays the same while a time is selected. */
function usePicture({ points, members }: History, edges: ReadonlyMap<string, Edges>) {
  const facts = useMemo(() => {
    const stops = [...new Set(points.map(({ since }) => since))].sort((a, b) => (a < b ? -1 : 1))
    const oldest = stops[0]! // the view is shown only for a history with commits
    const newest = stops.at(-1)! // the view is shown only for a history with commits
    // A line after the last commit shows that the position holds.
    const rest = (newest - oldest) / 20n
    const window = { from: oldest, to: newest + (rest > 0n ? rest : 1_000n) }
    const partitions = new Set(points.map((point) => keyOf(point))).size
    const topics = [...new Set(points.map(({ topic }) => topic))].sort()
    const changes = memberChanges(members).filter(({ at }) => at >= oldest)
    return { stops, newest, window, partitions, topics, changes }
  }, [points, members])
  const { window } = facts
  const lines = useMemo(() => historyLines(points, window, edges), [points, window, edges])
  return { ...facts, lines }
}

function Key({ hasMembers }: { hasMembers: boolean }) {
  const items: readonly [words: string, name: string | undefined, d: string][] = [
    ['position', s.position, 'M0 5H14'],
    ['log start now', s.logStart, 'M0 5H14'],
    ['high watermark now', s.highWatermark, 'M0 5H14'],
    ['commits', s.tick, 'M3 2V9M8 2V9M12 2V9'],
  ]
  return (
    <ul className={s.key}>
      {items.map(([words, name, d]) => (
        <li key={words}>
          <svg width="14" height="10" aria-hidden="true">
            <path d={d} className={name} />
          </svg>
          {words}
        </li>
      ))}
      {hasMembers && <li>┊ members came or left</li>}
      <li className={s.hint}>press: the positions then · drag: a stretch between two moments</li>
    </ul>
  )
}
