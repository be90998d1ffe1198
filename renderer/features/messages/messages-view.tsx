// oxlint-disable max-lines -- one view of two lists, what was read and what was found; what has a logic of its own stands in parts of its own
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { KeptSearch } from '#shared/contract/searches.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { useServices, useSetting, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { createOpenRecordStore } from '../../shared-views/record/record-store.ts'
import { namedField, NamedFields } from '../../shared-views/value/named-fields.ts'
import type { ExpressionHandle } from '../../ui/expression-field.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor, type GridCursor } from '../../ui/data-grid/grid-keys.ts'
import { countRows } from '../../ui/data-grid/row-ranges.ts'
import { MarkerContext } from '../../ui/marked.tsx'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { View } from '../../ui/layout.tsx'
import { Split } from '../../ui/split.tsx'
import { CompareDialog } from './compare-dialog.tsx'
import { createCompareStore } from './compare-store.ts'
import { copyRows } from './copy-rows.ts'
import { DecodeDialog } from './decode-dialog.tsx'
import type { DecodablePart } from './decode-store.ts'
import { decodedNow } from './decoded-now.ts'
import { useDecoding } from './use-decoding.ts'
import { cellMenu } from './cell-menu.ts'
import { EmptyMessages } from './empty-messages.tsx'
import { ExportAction, ExportDialog } from './export-dialog.tsx'
import { fieldName, fieldsMenu, useFieldColumns } from './field-columns.ts'
import { tellFirst } from './first-match.ts'
import { FormPanel } from './form-panel.tsx'
import { MessagesBar } from './messages-bar.tsx'
import { OtherRows } from './other-rows.tsx'
import { cursorAt, linesOf, MessagesGrid } from './messages-grid.tsx'
import { createMessagesStore } from './messages-store.ts'
import { SearchesDialog } from './searches-dialog.tsx'
import { onlyTopicOf, tabOfKept } from './kept-search.ts'
import { keepFollow, takeFollow } from './kept-follow.ts'
import { PageBar } from './page-bar.tsx'
import { exporting, keptSearches, messageOrder, topicDecoding } from './list-commands.ts'
import { useMenuContext, useRecordCommands } from './record-context.ts'
import { useRecordKeys } from './record-keys.ts'
import { placeOf, rowMenu } from './row-menu.ts'
import { ReadStatus, ReadTroubles } from './read-state.tsx'
import { RecordPane } from './record-pane.tsx'
import type { Line } from './line.ts'
import { createWholeFilter } from './whole-filter.ts'
import { useMessages } from './use-messages.ts'
import { useEdge } from './use-edge.ts'
import { useExport } from './use-export.ts'
import { useTopicPartitions } from './use-topic-partitions.ts'
import { ListLedgerBand } from './search-ledger.tsx'
import { SearchBand } from './search-band.tsx'
import { SearchBar, SearchConditions, SearchOptions } from './search-bar.tsx'
import { SearchEmpty } from './search-empty.tsx'
import { changedChoices } from './search-form.ts'
import { SavedFilters } from './saved-filters.tsx'
import { createTopicFields } from './search-fields.ts'
import { SearchHistogram } from './search-histogram.tsx'
import { rangeWords } from './search-request.ts'
import type { OrderOfHits } from './search-state.ts'
import type { ListedOf } from './not-judged.ts'
import { SearchStatus } from './search-status.tsx'
import { useSearch } from './use-search.ts'
import { TryDialog } from './try-dialog.tsx'
import { useTopicSearch } from './use-topic-search.ts'
import s from './messages.module.css'

const noFields: readonly RowField[] = []

/** One topic's messages by their coordinates. Looking joins no group and commits nothing. */
// oxlint-disable-next-line max-lines-per-function -- one view from top to bottom; what has a logic of its own stands in parts of its own
export function MessagesView({ tabId, intent, isActive }: TabViewProps<'messages'>) {
  const { connectionId, topic } = intent
  const services = useServices()
  const { api, files } = services
  const [compare] = useState(() => createCompareStore(api, connectionId, topic))
  const [store] = useState(() =>
    createMessagesStore(services, connectionId, topic, (row) => tellFirst(services.work, topic, row)),
  )
  const [openStore] = useState(() => createOpenRecordStore(api, connectionId, topic))
  const decode = useDecoding({ connectionId, topic, store, openStore, isActive })
  const decodeAs = useCallback((part: DecodablePart, header?: string) => void decode.open(part, header), [decode])
  const context = useMenuContext(intent, compare.withPrevious, decodeAs)
  const { navigation } = context
  const openPlace = useStore(openStore, (opened) => opened.place)
  const isRecordOpen = openPlace !== undefined
  const partitions = useTopicPartitions(connectionId, topic)
  const [names] = useState(() => createTopicFields(api, connectionId, topic))
  const [trying, setTrying] = useState<RecordFilter>()
  const [isListing, setListing] = useState(false)
  const [cursor, setCursor] = useState(emptyCursor)
  const grid = useRef<DataGridHandle>(null)
  const field = useRef<HTMLInputElement>(null)
  const expression = useRef<ExpressionHandle>(null)
  const body = useRef<HTMLDivElement>(null)
  const newestFirst = useSetting('newestFirst')
  const showEdge = useEdge(grid, store)
  const picked = useFieldColumns(connectionId, topic)
  const search = useTopicSearch(connectionId, topic, store, partitions, picked.fields, isActive)
  /** What the grid shows: what was read, or what was found. */
  const shownList = search.isShown ? search.store : store
  const { lines } = shownList
  const zone = useZone()
  const exported = useExport(connectionId, topic, store, search.store, partitions)
  const namedColumns = useMemo(() => new Set(search.named.map(fieldName)), [search.named])
  const namedInRecord = useMemo(
    () =>
      new Set(
        search.named.map(({ part, path }) =>
          part === 'header' ? namedField(path[0], path.slice(1)) : namedField(part, path),
        ),
      ),
    [search.named],
  )
  const searchForm = useSearch(search.store, ({ form }) => form)
  const range = useSearch(search.store, ({ shown }) => (shown === undefined ? '' : rangeWords(shown, zone)))

  useLayoutEffect(() => store.show(isActive), [store, isActive])
  useLayoutEffect(() => store.setNewestFirst(newestFirst), [store, newestFirst])
  useLayoutEffect(() => store.setFields(picked.fields), [store, picked.fields])
  const readFields = useMessages(store, ({ shown }) => shown?.fields) ?? noFields
  const foundFields = useSearch(search.store, (state) => state.fields)
  const shownFields = search.isShown ? foundFields : readFields
  useEffect(() => store.setPartitions(partitions), [store, partitions])
  const [filter] = useState(() =>
    createWholeFilter({
      api,
      connectionId,
      topic,
      lines: store.lines,
      topicId: () => store.getState().done?.topicId ?? null,
      onFound: store.refresh,
    }),
  )
  useEffect(() => filter.set(search.narrowing), [filter, search.narrowing])
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
    search.store.clear()
    void openStore.open({ partition, offset })
    await store.readFrom({ at: 'offsets', offsets: [{ partition, offset }] }, [partition])
    showOldest()
  }
  /** Whoever asked for the newest looks at those. */
  const showNewest = () => showEdge(store.lines.isNewestFirst ? 'start' : 'end')
  /** Everywhere else one asked for where reading began; an earlier list's place in it means nothing. */
  const showOldest = () => {
    const { count, isNewestFirst } = store.lines
    setCursor(count === 0 ? emptyCursor : cursorAt(isNewestFirst ? count - 1 : 0))
    showEdge(isNewestFirst ? 'end' : 'start')
  }
  const read = async () => {
    openStore.close()
    search.store.clear()
    await store.read()
    showFirst()
  }
  /** Where whoever begins to read looks. */
  const showFirst = () => (store.getState().shown?.start.at === 'high-watermark' ? showNewest() : showOldest())
  const takeUp = async (name: string) => {
    try {
      const { kept } = await api.call('search.get', { connectionId, search: name })
      await search.store.take(kept)
    } catch (error) {
      toastFailure(error)
    }
  }
  const follow = useEffectEvent(() => {
    const { partition, offset, group, search: kept } = intent
    if (kept !== undefined) return void takeUp(kept)
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
    store.lines.look('newest')
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

  /** One action for both: with words in the field it searches, without it reads. */
  const go = () => {
    if (!search.isWanted) return void read()
    const missing = search.go()
    if (missing !== undefined) return toast({ text: missing, tone: 'warn' })
    openStore.close()
    setCursor(emptyCursor)
    grid.current?.scrollToRow(0, 'start')
  }
  /** By what was typed, where something was. */
  const followNewest = () => {
    const filter = search.store.check()
    if (filter === undefined) return
    const { untilFirst } = search.store.getState().form
    search.store.clear()
    store.lines.look('newest')
    showNewest()
    void store.tail(filter === null ? undefined : { filter, untilFirst })
  }
  const turnHits = (order: OrderOfHits) => {
    search.store.setOrder(order)
    setCursor(emptyCursor)
    grid.current?.scrollToRow(0, 'start')
  }
  const { narrowBy } = search
  /** The open record stays: it may be what the next condition is taken from. */
  const narrowTo = useCallback(
    (condition: string, isAlone: boolean) => {
      narrowBy(condition, isAlone)
      setCursor(emptyCursor)
    },
    [narrowBy],
  )
  const focusField = () => (expression.current ?? field.current)?.focus()
  /** On into what was found: the first of it, where nothing is chosen yet. */
  const intoList = () => {
    if (cursor.row === -1 && lines.count > 0) setCursor(cursorAt(0))
    grid.current?.focus()
  }
  const page = (way: 'older' | 'newer') => {
    if (search.isShown) return
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
  const onStep = useRecordKeys({ isActive, isOpen: isRecordOpen, body, step, onClose })

  const listOf = (listed: ListedOf) => {
    const { shown } = search.store.getState()
    if (shown === undefined) return
    setCursor(emptyCursor)
    void search.store.start({ ...shown, list: listed })
  }
  /** Here, or in the list of its own topic. */
  const takeKept = (kept: KeptSearch) => {
    setListing(false)
    setCursor(emptyCursor)
    openStore.close()
    store.stop()
    if (onlyTopicOf(kept) === topic) void search.store.take(kept)
    else navigation.open(tabOfKept(connectionId, kept))
  }
  const backToList = () => {
    search.store.clear()
    setCursor(emptyCursor)
    showFirst()
    focusField()
  }
  const turnOrder = () => {
    services.settings.change({ newestFirst: !newestFirst })
    // Of the list as it will be: the newest stay in sight, or come into it.
    showEdge(newestFirst ? 'end' : 'start')
  }
  useOffer(refreshing, () => (search.isShown ? go() : void read()), isActive)
  useOffer(finding, focusField, isActive)
  useOffer(keptSearches, () => setListing(true), isActive)
  useOffer(exporting, exported.open, isActive)
  useOffer(messageOrder, turnOrder, isActive && !search.isShown)
  useOffer(topicDecoding, { choose: decodeAs, automatic: () => void decode.automatic('value') }, isActive)
  useRecordCommands(context, openPlace, isActive)
  const list = (
    <MessagesGrid
      topic={topic}
      list={shownList}
      isActive={isActive}
      cursor={cursor}
      onCursor={setCursor}
      onMove={moveTo}
      onOpen={(line) => openLine(lines.at(line))}
      menu={(line, column) =>
        rowMenu({
          context,
          line: lines.at(line),
          chosen: countRows(cursor.selected),
          chosenLines: () => linesOf(lines, cursor.selected),
          allChosen: async () => linesOf(search.isShown ? await search.store.lines.load(cursor.selected) : lines, cursor.selected), // prettier-ignore
          narrowing: cellMenu({ line: lines.at(line), column, fields: shownFields, field: (at) => lines.field(line, at), onCondition: narrowTo }), // prettier-ignore
          onOpen: openLine,
          onCompare: (one, other) => void compare.two(one, other),
        })
      }
      onPage={page}
      onCopy={(copied) =>
        void copyRows(copied, {
          lines: search.isShown ? () => search.store.lines.load(copied) : () => Promise.resolve(lines.now()),
          api,
          files,
          at: { connectionId, topic },
          topicId: (search.isShown ? search.store.getState().ledgers[0] : store.getState().done)?.topicId ?? null,
        })
      }
      marker={search.marker}
      named={namedColumns}
      fields={shownFields}
      headMenu={fieldsMenu(picked)}
      grid={grid}
      empty={
        search.isShown ? (
          <SearchEmpty store={search.store} onWiden={search.widen} />
        ) : (
          <EmptyMessages
            store={store}
            topic={topic}
            onRetry={() => void read()}
            onProduce={() => navigation.open({ kind: 'produce', connectionId, topic })}
            onEarliest={() => {
              store.change({ from: 'log-start' })
              void read()
            }}
          />
        )
      }
    />
  )
  return (
    <View>
      <MessagesBar
        store={store}
        connectionId={connectionId}
        partitions={partitions}
        options={<SearchOptions store={search.store} />}
        changed={changedChoices(searchForm)}
        action={search.isWanted ? 'Search' : 'Read'}
        isByFilter={search.typed !== ''}
        isSearching={search.isRunning}
        onGo={go}
        onStop={() => {
          store.stop()
          search.store.stop()
        }}
        onFollow={followNewest}
      >
        <SearchBar
          store={search.store}
          inputRef={field}
          expression={expression}
          onEnter={go}
          onDown={intoList}
          suggest={names.suggest}
        />
        <SearchConditions store={search.store} onChanged={() => search.isShown && go()} />
        <SavedFilters
          store={search.store}
          connectionId={connectionId}
          topic={topic}
          onTry={setTrying}
          onSearches={() => setListing(true)}
        />
        <PageBar
          store={store}
          filter={filter}
          isSearch={search.isShown}
          isNarrowed={search.narrowing !== ''}
          selected={countRows(cursor.selected)}
          onNewest={showNewest}
          isNewestFirst={newestFirst}
          onOrder={turnOrder}
        />
      </MessagesBar>
      {searchForm.mode === 'expression' && searchForm.isForm && (
        <FormPanel store={search.store} sampled={names.sampled} onEnter={go} />
      )}
      <ReadTroubles store={store} onRetry={() => void read()} />
      {search.isShown ? (
        <>
          <SearchBand
            store={search.store}
            range={range}
            onWiden={search.widen}
            onClear={backToList}
            onOrder={turnHits}
            actions={<ExportAction store={exported.store} onOpen={exported.open} />}
          >
            <SearchHistogram
              connectionId={connectionId}
              store={search.store}
              fields={picked.fields}
              onNarrow={search.narrow}
              onCondition={narrowTo}
            />
          </SearchBand>
          <SearchStatus store={search.store} tabId={tabId} />
        </>
      ) : (
        <>
          <ReadStatus store={store} tabId={tabId} partitions={partitions.length} />
          <OtherRows store={store} partitions={partitions} onRead={() => void read()} />
        </>
      )}
      <TryDialog connectionId={connectionId} topic={topic} filter={trying} onClose={() => setTrying(undefined)} />
      <ExportDialog
        connectionId={connectionId}
        store={exported.store}
        topic={topic}
        source={exported.source}
        fields={picked.fields}
        onClose={exported.close}
      />
      <SearchesDialog
        connectionId={connectionId}
        isOpen={isListing}
        onClose={() => setListing(false)}
        onTake={takeKept}
      />
      <DecodeDialog
        connectionId={connectionId}
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
                <MarkerContext value={search.marker}>
                  <NamedFields value={namedInRecord}>
                    <RecordPane
                      topic={topic}
                      store={openStore}
                      context={context}
                      columns={picked}
                      onCondition={narrowTo}
                      isActive={isActive}
                      onStep={onStep}
                      onClose={onClose}
                    />
                  </NamedFields>
                </MarkerContext>
              ),
            },
          ]}
        />
      </div>
      {search.isShown && <ListLedgerBand store={search.store} list={store} onList={listOf} />}
    </View>
  )
}
