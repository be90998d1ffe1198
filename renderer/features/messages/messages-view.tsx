import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useApi, useConnection, useNavigation, useServices } from '../../app/services.ts'
import type { TabViewProps } from '../../app/tabs.tsx'
import { useTabStatus } from '../../app/tab-status.ts'
import { useCommand } from '../../app/use-command.ts'
import { createOpenRecordStore } from '../../shared-views/record/record-store.ts'
import { copyText } from '../../ui/copy-button.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor } from '../../ui/data-grid/grid-keys.ts'
import { countRows } from '../../ui/data-grid/row-ranges.ts'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { View } from '../../ui/layout.tsx'
import { Split } from '../../ui/split.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { keyText, valueText } from './cell-text.ts'
import { EmptyMessages } from './empty-messages.tsx'
import { MessagesBar } from './messages-bar.tsx'
import { cursorAt, linesOf, MessagesGrid } from './messages-grid.tsx'
import { createMessagesStore } from './messages-store.ts'
import { failureWords, statusWords } from './messages-words.ts'
import { PageBar } from './page-bar.tsx'
import { placeMenu, type RecordMenuContext } from './record-menu.ts'
import { RecordPane } from './record-pane.tsx'
import type { Line } from './row-model.ts'
import { useTopicPartitions } from './use-topic-partitions.ts'
import s from './messages.module.css'

/** One topic's messages by their coordinates. Looking joins no group and commits nothing. */
export function MessagesView({ tabId, intent, isActive }: TabViewProps<'messages'>) {
  const { connectionId, topic } = intent
  const api = useApi()
  const context = useMenuContext(connectionId, topic)
  const [store] = useState(() => createMessagesStore(api, connectionId, topic))
  const [openStore] = useState(() => createOpenRecordStore(api, connectionId, topic))
  const state = useStore(store)
  const isRecordOpen = useStore(openStore, (opened) => opened.place !== undefined)
  const partitions = useTopicPartitions(connectionId, topic)
  const [text, setText] = useState('')
  const [cursor, setCursor] = useState(emptyCursor)
  const [endSeen, setEndSeen] = useState(0)
  const grid = useRef<DataGridHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  const { lines } = store
  /** Grows with every record that comes, whatever leaves at the front. */
  const arrived = lines.loaded + lines.dropped

  useEffect(() => store.setPartitions(partitions), [store, partitions])
  useEffect(() => lines.setFilter(text), [lines, text])
  useEffect(() => () => store.stop(), [store])

  const goTo = async (partition: number, offset: bigint) => {
    store.change({ from: 'offset', offset, offsets: {}, partitions: [partition] })
    void openStore.open({ partition, offset })
    await store.readFrom({ from: 'offsets', offsets: [{ partition, offset }] }, [partition])
    showStart()
  }
  /** The newest stand at the end of the list, so that is where one looks first. */
  const showEnd = (tries = 30): void => {
    // A busy page takes more than one frame to draw the new height; until then there is nothing to scroll through.
    requestAnimationFrame(() => {
      grid.current?.scrollToRow(lines.count - 1, 'end')
      if (tries > 0 && grid.current?.isAtEnd() !== true) showEnd(tries - 1)
    })
  }
  /** Everywhere else one asked for where the list begins; an earlier list's place in it means nothing. */
  const showStart = () => {
    setCursor(lines.count === 0 ? emptyCursor : cursorAt(0))
    requestAnimationFrame(() => requestAnimationFrame(() => grid.current?.scrollToRow(0, 'start')))
  }
  const read = async () => {
    await store.read()
    if (store.getState().form.from === 'newest') showEnd()
    else showStart()
  }
  const follow = useEffectEvent(() => {
    const { partition, offset, group } = intent
    if (partition !== undefined && offset !== undefined) void goTo(partition, offset)
    else if (group !== undefined) {
      store.change({ from: 'group', group, partitions: partition === undefined ? undefined : [partition] })
      void store.readFrom({ from: 'group', group }).then(showStart)
    } else if (partition !== undefined) {
      store.change({ from: 'newest', partitions: [partition] })
      void store.readFrom({ from: 'newest' }, [partition]).then(() => showEnd())
    } else if (state.done === undefined) void store.readFrom({ from: 'newest' }).then(() => showEnd())
  })
  useEffect(() => follow(), [intent])

  const page = (way: 'older' | 'newer') => {
    const { reading, hasOlder, hasNewer } = store.getState()
    if (reading === undefined && (way === 'older' ? hasOlder : hasNewer)) void store.page(way)
  }

  const openLine = (line: Line | undefined) => {
    const place = placeOf(line)
    if (place === undefined) return
    void openStore.open({ partition: place.partition, offset: place.offset })
  }
  /** The neighbour in the list as it is shown, so that a filter narrows what is stepped through. */
  const step = (way: -1 | 1) => {
    for (let at = cursor.row + way; at >= 0 && at < lines.count; at += way) {
      const line = lines.at(at)
      if (line?.kind !== 'row') continue
      setCursor(cursorAt(at))
      grid.current?.scrollToRow(at, 'auto')
      return openLine(line)
    }
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    event.stopPropagation()
    step(event.key === 'ArrowUp' ? -1 : 1)
  })
  // Always the same function, so that the record is not drawn again with each move of the cursor.
  const latestStep = useRef(step)
  useEffect(() => {
    latestStep.current = step
  })
  const onStep = useCallback((way: -1 | 1) => latestStep.current(way), [])
  const onClose = useCallback(() => {
    openStore.close()
    grid.current?.focus()
  }, [openStore])
  useEffect(() => {
    if (!isActive) return undefined
    const listen = (event: KeyboardEvent) => onKey(event)
    // Before the grid hears of it: there an arrow moves the cursor alone.
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [isActive])

  useCommand('view.refresh', () => void read(), isActive)
  useCommand('view.find', () => search.current?.focus(), isActive)
  const words = statusWords(state, lines.loaded, lines.dropped)
  const total = partitions.length
  const answered = state.done?.bounds.length
  const status = useMemo(
    () => ({ main: words, aside: answered === undefined ? null : <span>{`${answered} of ${total} partitions`}</span> }),
    [words, answered, total],
  )
  useTabStatus(tabId, status)

  const list = (
    <MessagesGrid
      topic={topic}
      rows={lines}
      version={state.version}
      cursor={cursor}
      onCursor={setCursor}
      onOpen={(line) => openLine(lines.at(line))}
      menu={(line) => {
        const at = lines.at(line)
        const place = placeOf(at)
        if (at === undefined || place === undefined) return []
        const selected = linesOf(lines, cursor.selected)
        const rows = selected.flatMap((one) => (one.kind === 'row' ? [one.row] : []))
        return [
          { id: 'open', label: 'Open', shortcut: 'Enter', onAction: () => openLine(at) },
          '-',
          ...placeMenu(context, place),
          ...(rows.length > 1
            ? [
                '-' as const,
                {
                  id: 'replaySelected',
                  label: `Replay the ${rows.length} selected records…`,
                  onAction: () =>
                    context.navigation.openReplay({
                      connectionId,
                      topic,
                      records: rows.map((row) => `${row.partition}:${row.offset}`).join(', '),
                    }),
                },
              ]
            : []),
        ]
      }}
      onPage={page}
      onCopy={(copied) => void copyText(copied.map(lineText).join('\n'))}
      needle={text.trim().toLowerCase()}
      isFollowing={state.reading === 'tail' && !state.isPaused}
      onEndSeen={() => setEndSeen(arrived)}
      grid={grid}
      empty={
        <EmptyMessages
          state={state}
          topic={topic}
          isFiltered={lines.filter.text !== '' && lines.loaded > 0}
          onRetry={() => void read()}
          onEarliest={() => void store.readFrom({ from: 'earliest' }).then(showStart)}
        />
      }
    />
  )
  return (
    <View>
      <MessagesBar
        store={store}
        state={state}
        connectionId={connectionId}
        partitions={partitions}
        onRead={() => void read()}
        onFollow={() => {
          setEndSeen(arrived)
          showEnd()
          void store.tail()
        }}
      />
      {state.error !== undefined && lines.loaded > 0 && <ErrorBanner error={state.error} onRetry={() => void read()} />}
      {state.waiting !== null && <ErrorBanner error={state.waiting} tone="warn" />}
      {state.reading === undefined &&
        state.done !== undefined &&
        failureWords(state.done).map(({ title, hint }) => (
          <StateView key={title} kind="partial" title={title}>
            {hint}
          </StateView>
        ))}
      <PageBar
        store={store}
        state={state}
        text={text}
        onText={setText}
        inputRef={search}
        selected={countRows(cursor.selected)}
        onGoTo={(partition, offset) => void goTo(partition, offset)}
        unseen={state.reading === 'tail' && text === '' ? Math.max(0, arrived - endSeen) : 0}
        onEnd={() => showEnd()}
        partitions={partitions}
        partition={placeOf(lines.at(cursor.row))?.partition}
      />
      <div className={s.body}>
        <Split
          label="Resize the record"
          panes={[
            { id: 'list', minSize: '30%', children: list },
            isRecordOpen && {
              id: 'record',
              defaultSize: '40%',
              minSize: '280px',
              children: (
                <RecordPane topic={topic} store={openStore} context={context} onStep={onStep} onClose={onClose} />
              ),
            },
          ]}
        />
      </div>
    </View>
  )
}

function useMenuContext(connectionId: RecordMenuContext['connectionId'], topic: string): RecordMenuContext {
  const navigation = useNavigation()
  const connection = useConnection(connectionId)
  const { connections } = useServices()
  const entry = useStore(connections, (all) =>
    all.profiles.value?.find((one) => one.profile.id === connection?.profileId),
  )
  return useMemo(
    () => ({
      connectionId,
      topic,
      connection,
      brokers: entry?.profile.brokers ?? [],
      isSecured: entry !== undefined && (entry.profile.tls.enabled || entry.profile.sasl.mechanism !== 'none'),
      navigation,
    }),
    [connectionId, topic, connection, entry, navigation],
  )
}

/** Where a line stands in the log; a time without reading stands nowhere. */
function placeOf(line: Line | undefined): { partition: number; offset: bigint } | undefined {
  if (line === undefined || line.kind === 'pause') return undefined
  return line.kind === 'row' ? line.row : { partition: line.hole.partition, offset: line.hole.first }
}

/** A copied row: coordinates, timestamp, key and value, apart by tabs, as a spreadsheet takes them. */
function lineText(line: Line): string {
  if (line.kind === 'pause') return line.pause.reason
  if (line.kind === 'hole') return `${line.hole.partition}\t${line.hole.first}–${line.hole.last}`
  const { partition, offset, timestamp } = line.row
  return [partition, offset, timestamp, keyText(line.row) ?? 'null', valueText(line.row) ?? 'null']
    .map(String)
    .join('\t')
}
