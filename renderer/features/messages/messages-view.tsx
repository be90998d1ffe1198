import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { RowField } from '#shared/model/row-field.ts'
import { useServices, useSetting } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { createOpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor, type GridCursor } from '../../ui/data-grid/grid-keys.ts'
import { countRows } from '../../ui/data-grid/row-ranges.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { View } from '../../ui/layout.tsx'
import { Split } from '../../ui/split.tsx'
import { CompareDialog } from './compare-dialog.tsx'
import { createCompareStore } from './compare-store.ts'
import { copyRows } from './copy-rows.ts'
import { DecodeDialog } from './decode-dialog.tsx'
import { decodedNow } from './decoded-now.ts'
import { useDecoding } from './use-decoding.ts'
import { EmptyMessages } from './empty-messages.tsx'
import { fieldName, fieldTitle, useFieldColumns } from './field-columns.ts'
import { MessagesBar } from './messages-bar.tsx'
import { OtherRows } from './other-rows.tsx'
import { cursorAt, linesOf, MessagesGrid } from './messages-grid.tsx'
import { createMessagesStore } from './messages-store.ts'
import { keepFollow, takeFollow } from './kept-follow.ts'
import { PageBar } from './page-bar.tsx'
import { messageOrder, topicDecoding } from './list-commands.ts'
import { useMenuContext, useRecordCommands } from './record-context.ts'
import { actionMenu, copyMenu, type RowPlace } from './record-menu.ts'
import { ReadStatus, ReadTroubles } from './read-state.tsx'
import { RecordPane } from './record-pane.tsx'
import type { Line } from './line.ts'
import { createWholeFilter } from './whole-filter.ts'
import { useMessages } from './use-messages.ts'
import { useTopicPartitions } from './use-topic-partitions.ts'
import s from './messages.module.css'

const noFields: readonly RowField[] = []
/** As many single records as a replay takes. */
const MOST_REPLAYED = 10_000

/** One topic's messages by their coordinates. Looking joins no group and commits nothing. */
// oxlint-disable-next-line max-lines-per-function -- one view from top to bottom; what has a logic of its own stands in parts of its own
export function MessagesView({ tabId, intent, isActive }: TabViewProps<'messages'>) {
  const { connectionId, topic } = intent
  const services = useServices()
  const { api, files } = services
  const [compare] = useState(() => createCompareStore(api, connectionId, topic))
  const [store] = useState(() => createMessagesStore(services, connectionId, topic))
  const [openStore] = useState(() => createOpenRecordStore(api, connectionId, topic))
  const decode = useDecoding({ connectionId, topic, store, openStore, isActive })
  const decodeAs = useCallback((part: 'key' | 'value') => void decode.open(part), [decode])
  const context = useMenuContext(intent, compare.withPrevious, decodeAs)
  const { navigation } = context
  const openPlace = useStore(openStore, (opened) => opened.place)
  const isRecordOpen = openPlace !== undefined
  const partitions = useTopicPartitions(connectionId, topic)
  const [text, setText] = useState('')
  const [cursor, setCursor] = useState(emptyCursor)
  const grid = useRef<DataGridHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const { lines } = store
  const newestFirst = useSetting('newestFirst')
  const picked = useFieldColumns(connectionId, topic)

  useLayoutEffect(() => store.show(isActive), [store, isActive])
  useLayoutEffect(() => store.setNewestFirst(newestFirst), [store, newestFirst])
  useLayoutEffect(() => store.setFields(picked.fields), [store, picked.fields])
  const shownFields = useMessages(store, ({ shown }) => shown?.fields) ?? noFields
  useEffect(() => store.setPartitions(partitions), [store, partitions])
  const [filter] = useState(() =>
    createWholeFilter({
      api,
      connectionId,
      topic,
      lines,
      topicId: () => store.getState().done?.topicId ?? null,
      onFound: store.refresh,
    }),
  )
  useEffect(() => filter.set(text), [filter, text])
  useEffect(() => store.drawn.subscribe(filter.poke), [store, filter])
  useEffect(() => {
    const leave = store.mount()
    return () => {
      leave()
      filter.stop()
    }
  }, [store, filter])

  /** A look at one place: what was chosen to be read, and which partitions, stays chosen. */
  const goTo = async (partition: number, offset: bigint) => {
    void openStore.open({ partition, offset })
    await store.readFrom({ at: 'offsets', offsets: [{ partition, offset }] }, [partition])
    showOldest()
  }
  const showEdge = (edge: 'start' | 'end', tries = 30): void => {
    // A busy page takes more than one frame to draw the new height; until then there is nothing to scroll through.
    requestAnimationFrame(() => {
      grid.current?.scrollToRow(edge === 'start' ? 0 : lines.count - 1, edge)
      const isThere = edge === 'start' ? grid.current?.isAtStart() : grid.current?.isAtEnd()
      if (tries > 0 && isThere !== true) showEdge(edge, tries - 1)
    })
  }
  /** Whoever asked for the newest looks at those. */
  const showNewest = () => showEdge(lines.isNewestFirst ? 'start' : 'end')
  /** Everywhere else one asked for where reading began; an earlier list's place in it means nothing. */
  const showOldest = () => {
    setCursor(lines.count === 0 ? emptyCursor : cursorAt(lines.isNewestFirst ? lines.count - 1 : 0))
    showEdge(lines.isNewestFirst ? 'end' : 'start')
  }
  const read = async () => {
    openStore.close()
    await store.read()
    if (store.getState().form.from === 'high-watermark') showNewest()
    else showOldest()
  }
  const follow = useEffectEvent(() => {
    const { partition, offset, group } = intent
    if (partition !== undefined && offset !== undefined) return void goTo(partition, offset)
    if (group !== undefined)
      store.change({ from: 'group', place: { group }, ...(partition === undefined ? {} : { partitions: [partition] }) }) // prettier-ignore
    else if (partition !== undefined) store.change({ from: 'high-watermark', partitions: [partition] })
    else if (store.getState().done !== undefined) return
    void read()
  })
  const goOnFollowing = useEffectEvent((): boolean => {
    const kept = takeFollow(sessionStorage, tabId)
    if (kept === undefined) return false
    lines.look('newest')
    showNewest()
    void store.goOn(kept)
    return true
  })
  const isNew = useRef(true)
  useEffect(() => {
    const wasNew = isNew.current
    isNew.current = false
    if (!wasNew || !goOnFollowing()) follow()
  }, [intent])
  useEffect(() => keepFollow(sessionStorage, tabId, store), [store, tabId])

  const page = (way: 'older' | 'newer') => {
    const { reading, hasOlder, hasNewer } = store.getState()
    if (reading === undefined && (way === 'older' ? hasOlder : hasNewer)) void store.page(way)
  }

  const openLine = (line: Line | undefined) => {
    const place = placeOf(line)
    if (place !== undefined) void openStore.open({ partition: place.partition, offset: place.offset })
  }
  const passLine = (line: Line | undefined) => {
    const place = placeOf(line)
    if (place !== undefined) openStore.pass({ partition: place.partition, offset: place.offset })
  }
  /** The open record goes along with the one row that is chosen; several are chosen for something else. */
  const moveTo = (next: GridCursor) => {
    setCursor(next)
    if (isRecordOpen && next.row !== cursor.row && countRows(next.selected) === 1) passLine(lines.at(next.row))
  }
  /** The neighbour in the list as it is shown, so that a filter narrows what is stepped through. */
  const step = (way: -1 | 1) => {
    for (let at = cursor.row + way; at >= 0 && at < lines.count; at += way) {
      const line = lines.at(at)
      if (line?.kind !== 'row') continue
      setCursor(cursorAt(at))
      grid.current?.scrollToRow(at, 'auto')
      return passLine(line)
    }
  }
  const onClose = useCallback(() => {
    openStore.close()
    grid.current?.focus()
  }, [openStore])
  const onStepKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    event.stopPropagation()
    step(event.key === 'ArrowUp' ? -1 : 1)
  })
  /** Escape in the list or the record: at once, and not only after the tooltip of a button or the selection has had it. */
  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isRecordOpen || !(event.target instanceof Element)) return
    if (event.target !== document.body && body.current?.contains(event.target) !== true) return
    // A search in the record is closed by it first.
    const isSearching = event.target.closest('[role="search"]') ?? event.target.closest('.cm-editor')?.querySelector('.cm-search') // prettier-ignore
    if (isSearching) return
    event.preventDefault()
    event.stopPropagation()
    onClose()
  })
  // Always the same function, so that the record is not drawn again with each move of the cursor.
  const latestStep = useRef(step)
  useEffect(() => {
    latestStep.current = step
  })
  const onStep = useCallback((way: -1 | 1) => latestStep.current(way), [])
  useEffect(() => {
    if (!isActive) return undefined
    const listen = (event: KeyboardEvent) => {
      onStepKey(event)
      onEscape(event)
    }
    // Before the grid hears of it: there an arrow moves the cursor alone.
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [isActive])

  const turnOrder = () => {
    services.settings.change({ newestFirst: !newestFirst })
    // Of the list as it will be: the newest stay in sight, or come into it.
    showEdge(newestFirst ? 'end' : 'start')
  }
  useOffer(refreshing, () => void read(), isActive)
  useOffer(finding, () => search.current?.focus(), isActive)
  useOffer(messageOrder, turnOrder, isActive)
  useOffer(topicDecoding, { choose: decodeAs, automatic: () => void decode.automatic('value') }, isActive)
  useRecordCommands(context, openPlace, isActive)
  /** Exactly two chosen records, for a comparison. */
  const chosenPair = () => {
    const places = countRows(cursor.selected) === 2 ? linesOf(lines, cursor.selected).map(placeOfRecord) : []
    const [one, other] = places
    return one === undefined || other === undefined ? undefined : { one, other }
  }
  const replaySelected = (selected: number): MenuAction => ({
    id: 'replaySelected',
    label:
      selected > MOST_REPLAYED
        ? `Replay at most ${formatGrouped(MOST_REPLAYED)} selected records…`
        : `Replay the ${formatGrouped(selected)} selected rows’ records…`,
    isDisabled: selected > MOST_REPLAYED,
    onAction: () => {
      const rows = linesOf(lines, cursor.selected).flatMap((line) => (line.kind === 'row' ? [line.row] : []))
      const records = rows.map((row) => `${row.partition}:${row.offset}`).join(', ')
      navigation.open({ kind: 'replay', connectionId, topic, records })
    },
  })
  const list = (
    <MessagesGrid
      topic={topic}
      store={store}
      isActive={isActive}
      cursor={cursor}
      onCursor={setCursor}
      onMove={moveTo}
      onOpen={(line) => openLine(lines.at(line))}
      menu={(line) => {
        const at = lines.at(line)
        const place = placeOf(at)
        if (at === undefined || place === undefined) return []
        const selected = countRows(cursor.selected)
        const pair = chosenPair()
        return [
          { id: 'open', label: 'Open', shortcut: 'Enter', onAction: () => openLine(at) },
          '-',
          { heading: 'Copy', items: copyMenu(context, place) },
          '-',
          ...actionMenu(context, place),
          ...(pair === undefined
            ? []
            : [
                {
                  id: 'compare',
                  label: 'Compare the two records…',
                  onAction: () => void compare.two(pair.one, pair.other),
                },
              ]),
          ...(selected > 1 ? ['-' as const, replaySelected(selected)] : []),
        ]
      }}
      onPage={page}
      onCopy={(copied) =>
        void copyRows(lines.now(), copied, {
          api,
          files,
          at: { connectionId, topic },
          topicId: store.getState().done?.topicId ?? null,
        })
      }
      needle={text.trim().toLowerCase()}
      fields={shownFields}
      headMenu={
        picked.fields.length === 0
          ? []
          : [
              {
                heading: 'Fields',
                items: picked.fields.map((field) => ({
                  id: `remove ${fieldName(field)}`,
                  label: `Remove column ${fieldTitle(field)}`,
                  onAction: () => picked.toggle(field),
                })),
              },
            ]
      }
      grid={grid}
      empty={
        <EmptyMessages
          store={store}
          topic={topic}
          onRetry={() => void read()}
          onProduce={() => navigation.open({ kind: 'replay', connectionId, topic, produce: true })}
          onEarliest={() => {
            store.change({ from: 'log-start' })
            void read()
          }}
        />
      }
    />
  )
  return (
    <View>
      <MessagesBar
        store={store}
        connectionId={connectionId}
        partitions={partitions}
        onRead={() => void read()}
        onFollow={() => {
          lines.look('newest')
          showNewest()
          void store.tail()
        }}
      >
        <PageBar
          store={store}
          filter={filter}
          text={text}
          onText={setText}
          inputRef={search}
          selected={countRows(cursor.selected)}
          onNewest={showNewest}
          isNewestFirst={newestFirst}
          onOrder={turnOrder}
        />
      </MessagesBar>
      <ReadTroubles store={store} onRetry={() => void read()} />
      <ReadStatus store={store} tabId={tabId} partitions={partitions.length} />
      <OtherRows store={store} partitions={partitions} onRead={() => void read()} />
      <DecodeDialog
        store={decode}
        topic={topic}
        now={(part) => decodedNow(lines, part)}
        onClose={() => {
          decode.close()
          grid.current?.focus()
        }}
      />
      <CompareDialog
        store={compare}
        onClose={() => {
          compare.close()
          grid.current?.focus()
        }}
      />
      <div className={s.body} ref={body}>
        <Split
          label="Resize the record"
          panes={[
            { id: 'list', minSize: '30%', children: list },
            isRecordOpen && {
              id: 'record',
              // Sixteen bytes in hex with their characters are this wide.
              defaultSize: '580px',
              minSize: '280px',
              children: (
                <RecordPane
                  topic={topic}
                  store={openStore}
                  context={context}
                  columns={picked}
                  isActive={isActive}
                  onStep={onStep}
                  onClose={onClose}
                />
              ),
            },
          ]}
        />
      </div>
    </View>
  )
}

function placeOfRecord(line: Line): RowPlace | undefined {
  return line.kind === 'row' ? { partition: line.row.partition, offset: line.row.offset } : undefined
}

/** Where a line stands in the log; a time without reading stands nowhere. */
function placeOf(line: Line | undefined): { partition: number; offset: bigint } | undefined {
  if (line === undefined || line.kind === 'pause') return undefined
  return line.kind === 'row' ? line.row : { partition: line.hole.partition, offset: line.hole.first }
}
