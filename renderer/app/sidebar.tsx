import { useDeferredValue, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { fetchFailureWords, idle } from '../stores/fetched.ts'
import type { GroupsStore } from '../stores/groups.ts'
import { filterTopics, type TopicsStore } from '../stores/topics.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { formatCount, formatGrouped, formatLag, isMuch } from '../ui/format.ts'
import { PinIcon, RefreshIcon } from '../ui/icons.ts'
import { SearchField } from '../ui/text-field.tsx'
import { listRows, Tree, type TreeHandle, type TreeRow } from '../ui/tree.tsx'
import { ClusterSection } from './sidebar-clusters.tsx'
import { connectionOf } from '../workbench/navigation.ts'
import { useOffer } from '../workbench/use-offer.ts'
import { useServices, useSetting } from '../workbench/services.ts'
import { useShownConnection } from '../workbench/shown-connection.ts'
import { topicFilter } from './commands.ts'
import s from './app.module.css'

/** Often enough to see lag move, rarely enough that a cluster does not notice; many groups are read less often. */
const REFRESH_MS = 15_000
const LOOK_MS = 3_000

export function Sidebar() {
  const { navigation } = useServices()
  const shown = useShownConnection()
  return (
    <nav className={s.sidebar} aria-label="Clusters, topics and groups">
      <SidebarSection
        title="Clusters"
        action={
          <Button
            size="small"
            variant="quiet"
            className={cx(s.headAction)}
            onPress={() => navigation.open({ kind: 'profiles' })}
          >
            Profiles
          </Button>
        }
      >
        <ClusterSection />
      </SidebarSection>
      {shown !== undefined && (
        <>
          <TopicSection key={`topics-${shown.connectionId}`} connection={shown} />
          <GroupSection key={`groups-${shown.connectionId}`} connection={shown} />
        </>
      )}
    </nav>
  )
}

const TREE_ROW = 25
/** Heading, filter and some space. */
const HEAD = 82
/** Longer lists are scrolled anyway; counted in full, five thousand topics would leave no room for the groups. */
const MOST_ROWS = 60
const LEAST = 180

interface SectionProps {
  title: string
  count?: string | undefined
  /** How many rows its list has: it gets the height they need, or a share if there is less. */
  rows?: number | undefined
  action?: ReactNode
  children: ReactNode
}

export function SidebarSection({ title, count, rows, action, children }: SectionProps) {
  // An empty one is as tall as the sentence in it.
  const room = rows === undefined || rows === 0 ? undefined : HEAD + Math.min(rows, MOST_ROWS) * TREE_ROW
  return (
    <section
      className={s.section}
      style={room === undefined ? undefined : { flex: `0 1 ${room}px`, minHeight: Math.min(room, LEAST) }}
      aria-label={title}
    >
      <div className={s.sectionHead}>
        <h2>{title}</h2>
        <span className={s.sectionCount}>{count}</span>
        {action}
      </div>
      {children}
    </section>
  )
}

// oxlint-disable-next-line max-lines-per-function -- one tree and its search field; loading, filtering and pins are in stores, and the rest is drawing
function TopicSection({ connection }: { connection: ConnectionState }) {
  const { topics, navigation, settings } = useServices()
  const id = connection.connectionId
  const fetched = useStore(topics, (state) => state.byConnection[id] ?? idle)
  const allPins = useSetting('pins')
  const showInternal = useSetting('showInternal')
  const [text, setText] = useState('')
  const [field, setField] = useState<HTMLInputElement | null>(null)
  const tree = useRef<TreeHandle>(null)
  const query = useDeferredValue(text)
  const pins = useMemo(() => allPins[connection.profileId] ?? [], [allPins, connection.profileId])
  const selected = useSelectedName(id, 'topic')
  useOffer(topicFilter, () => field?.focus())
  useReadWhenConnected(topics, connection)

  const list = fetched.value
  const found = useMemo(
    () => (list === undefined ? undefined : filterTopics(list, { text: query, pins, showInternal })),
    [list, query, pins, showInternal],
  )
  const rows = useMemo(
    () =>
      listRows(
        found?.rows ?? [],
        (topic) => topic.name,
        (topic, index): TreeRow => ({
          id: topic.name,
          text: topic.name,
          level: 0,
          isDimmed: topic.internal,
          icon: index < (found?.pinned ?? 0) ? <PinIcon size={11} /> : undefined,
          meta: topic.error === undefined ? partitionWords(topic.partitions) : 'no access',
          metaTone:
            topic.leaderless > 0 ? 'bad' : topic.underReplicated > 0 || topic.error !== undefined ? 'warn' : undefined,
        }),
      ),
    [found],
  )
  const setPins = (next: string[]) => settings.change({ pins: { ...allPins, [connection.profileId]: next } })
  const count =
    found === undefined
      ? undefined
      : query === ''
        ? `${formatGrouped(found.total)}${found.pinned > 0 ? ` · ${found.pinned} pinned` : ''}`
        : `${formatGrouped(found.rows.length)} of ${formatGrouped(found.total)}`
  return (
    <SidebarSection
      title="Topics"
      count={count}
      rows={rows.length}
      action={<Refresh what="topics" onPress={() => void topics.refresh(id)} />}
    >
      <div className={s.filter}>
        <SearchField
          label="Filter topics"
          value={text}
          onChange={setText}
          inputRef={setField}
          onDown={() => tree.current?.focusFirst()}
          onSubmit={(typed) => {
            // The list may lag one key press behind.
            const first = list && filterTopics(list, { text: typed, pins, showInternal }).rows[0]
            if (first !== undefined) navigation.open({ kind: 'messages', connectionId: id, topic: first.name })
          }}
        />
      </div>
      <Note status={fetched.status} hasValue={list !== undefined} error={fetched.error} what="topics" />
      {fetched.status !== 'failed' && list !== undefined && rows.length === 0 && list.failures.length === 0 && (
        <p className={s.sectionNote}>
          {query === '' ? 'No topics that these credentials may see.' : `No topic contains “${query}”.`}
        </p>
      )}
      <Tree
        handle={tree}
        label="Topics"
        rows={rows}
        selected={selected}
        onOpen={(row) => navigation.open({ kind: 'messages', connectionId: id, topic: row.id })}
        menu={(row) => [
          {
            id: 'messages',
            label: 'Messages',
            onAction: () => navigation.open({ kind: 'messages', connectionId: id, topic: row.id }),
          },
          {
            id: 'topic',
            label: 'Partitions and settings',
            onAction: () => navigation.open({ kind: 'topic', connectionId: id, topic: row.id }),
          },
          {
            id: 'replay',
            label: 'Replay from here…',
            onAction: () => navigation.open({ kind: 'replay', connectionId: id, topic: row.id }),
          },
          {
            id: 'produce',
            label: 'Produce records…',
            onAction: () => navigation.open({ kind: 'produce', connectionId: id, topic: row.id }),
          },
          '-',
          pins.includes(row.id)
            ? { id: 'unpin', label: 'Unpin', onAction: () => setPins(pins.filter((pin) => pin !== row.id)) }
            : { id: 'pin', label: 'Pin to the top', onAction: () => setPins([...pins, row.id]) },
          {
            id: 'internal',
            label: 'Show internal topics',
            isChecked: showInternal,
            onAction: () => settings.change({ showInternal: !showInternal }),
          },
        ]}
      />
    </SidebarSection>
  )
}

function GroupSection({ connection }: { connection: ConnectionState }) {
  const { groups, navigation } = useServices()
  const id = connection.connectionId
  const fetched = useStore(groups, (state) => state.byConnection[id] ?? idle)
  const summaries = useStore(groups, (state) => state.summaries[id]?.byGroup)
  const selected = useSelectedName(id, 'group')
  useReadWhenConnected(groups, connection)
  useEffect(() => {
    if (connection.status !== 'connected') return undefined
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void groups.loadIfDue(id, REFRESH_MS)
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [groups, id, connection.status])
  const list = fetched.value
  const rows = useMemo(
    () =>
      listRows(
        list?.items ?? [],
        (group) => group.group,
        (group): TreeRow => {
          const summary = summaries?.get(group.group)
          const lag = summary?.lag ?? undefined
          return {
            id: group.group,
            text: group.group === '' ? '(empty name)' : group.group,
            level: 0,
            isDimmed: group.state === 'Dead',
            meta:
              summary === undefined
                ? undefined
                : summary.outOfRange > 0
                  ? `${summary.outOfRange} out of range`
                  : summary.unknown > 0
                    ? 'not known'
                    : formatLag(lag),
            metaTone: summary !== undefined && (summary.outOfRange > 0 || isMuch(lag ?? 0n)) ? 'warn' : undefined,
          }
        },
      ),
    [list, summaries],
  )
  return (
    <SidebarSection
      title="Groups"
      rows={rows.length}
      count={list === undefined ? undefined : formatCount(list.items.length)}
      action={<Refresh what="groups" onPress={() => void groups.refresh(id)} />}
    >
      <Note status={fetched.status} hasValue={list !== undefined} error={fetched.error} what="groups" />
      {fetched.status !== 'failed' && list !== undefined && list.failures.length > 0 && (
        <p role="status" className={s.sectionNote} data-tone="bad">
          {fetchFailureWords(list.failures)}
          {list.older.size > 0 ? ` ${formatGrouped(list.older.size)} shown here are from an earlier reading.` : ''}
        </p>
      )}
      {fetched.status !== 'failed' && list?.items.length === 0 && list.failures.length === 0 && (
        <p className={s.sectionNote}>{list.note ?? 'No groups that these credentials may see.'}</p>
      )}
      <Tree
        label="Groups"
        rows={rows}
        selected={selected}
        onOpen={(row) => navigation.open({ kind: 'group', connectionId: id, group: row.id })}
        menu={(row) => [
          {
            id: 'open',
            label: 'Positions and members',
            onAction: () => navigation.open({ kind: 'group', connectionId: id, group: row.id }),
          },
          {
            id: 'plan',
            label: 'Move positions…',
            onAction: () => navigation.open({ kind: 'plan', connectionId: id, group: row.id }),
          },
        ]}
      />
    </SidebarSection>
  )
}

/** What is on its way from when the cluster was away may say no more than that. */
function useReadWhenConnected(list: TopicsStore | GroupsStore, { connectionId, status }: ConnectionState): void {
  const wasAway = useRef(false)
  useEffect(() => {
    if (status === 'reconnecting' || status === 'failed') wasAway.current = true
    if (status !== 'connected') return
    void (wasAway.current ? list.refresh(connectionId) : list.load(connectionId))
    wasAway.current = false
  }, [list, connectionId, status])
}

const partitionWords = (count: number): string => `${formatGrouped(count)} ${count === 1 ? 'partition' : 'partitions'}`

/** The topic or group of the tab in front. */
function useSelectedName(connectionId: ConnectionId, field: 'topic' | 'group'): string | undefined {
  return useStore(useServices().tabs, (state) => {
    const intent = state.tabs.find((tab) => tab.id === state.active)?.intent
    if (intent === undefined || connectionOf(intent) !== connectionId) return undefined
    return (intent as Partial<Record<'topic' | 'group', string>>)[field]
  })
}

function Refresh({ what, onPress }: { what: string; onPress: () => void }) {
  return (
    <IconButton label={`Refresh ${what}`} size="small" onPress={onPress}>
      <RefreshIcon size={12} />
    </IconButton>
  )
}

interface NoteProps {
  status: string
  hasValue: boolean
  error: unknown
  what: string
}

function Note({ status, hasValue, error, what }: NoteProps) {
  if (status === 'loading' && !hasValue) return <p className={s.sectionNote}>Reading {what}…</p>
  if (status !== 'failed') return null
  const message = error instanceof Error ? error.message : String(error)
  return (
    <p role="alert" className={s.sectionNote} data-tone="bad">
      {message} {hasValue ? 'What is shown was read before that.' : ''}
    </p>
  )
}
