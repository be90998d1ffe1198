import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { KeptSearch } from '#shared/contract/searches.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { useServices, useSetting, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { createOpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { ExpressionHandle } from '../../ui/expression-field.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor } from '../../ui/data-grid/grid-keys.ts'
import { countRows } from '../../ui/data-grid/row-ranges.ts'
import { toast } from '../../ui/toast.tsx'
import { View } from '../../ui/layout.tsx'
import { createCompareStore } from './compare-store.ts'
import { copyRows } from './copy-rows.ts'
import type { DecodablePart } from './decode-store.ts'
import { useDecoding } from './use-decoding.ts'
import { cellMenu } from './cell-menu.ts'
import { EmptyMessages } from './empty-messages.tsx'
import { ExportAction } from './export-dialog.tsx'
import { fieldsMenu, useFieldColumns } from './field-columns.ts'
import { tellFirst } from './first-match.ts'
import { FormPanel } from './filter-form-panel.tsx'
import { MessagesBar } from './messages-bar.tsx'
import { MessagesDialogs } from './messages-dialogs.tsx'
import { OtherRows } from './outdated-rows.tsx'
import { linesOf, MessagesGrid } from './messages-grid.tsx'
import { createMessagesStore } from './messages-store.ts'
import { onlyTopicOf, tabOfKept } from './kept-search.ts'
import { ListBesideRecord } from './list-beside-record.tsx'
import { PageBar } from './page-bar.tsx'
import { exporting, keptSearches, messageOrder, topicDecoding } from './list-commands.ts'
import { useMenuContext, useRecordCommands } from './record-context.ts'
import { onPlace, rowMenu } from './row-menu.ts'
import { ReadStatus, ReadTroubles } from './read-state.tsx'
import { RecordPane } from './record-pane.tsx'
import { useMessages } from './use-messages.ts'
import { useEdge } from './use-list-end.ts'
import { useListCursor } from './use-list-cursor.ts'
import { useListReads } from './use-list-reads.ts'
import { useNamed } from './use-named-fields.ts'
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
import { rangeWords } from './search-range.ts'
import type { OrderOfHits } from './search-state.ts'
import type { ListedOf } from './not-judged.ts'
import { SearchStatus } from './search-status.tsx'
import { useSearch } from './use-search.ts'
import { useTopicSearch } from './use-topic-search.ts'
import { useWholeFilter } from './use-whole-filter.ts'

const noFields: readonly RowField[] = []

/** One topic's messages by their coordinates. Reading joins no group and commits nothing. */
// oxlint-disable-next-line max-lines-per-function -- the parts of a topic's messages, each in a file of its own: here each is told what the others did
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
  const grid = useRef<DataGridHandle>(null)
  const field = useRef<HTMLInputElement>(null)
  const expression = useRef<ExpressionHandle>(null)
  const body = useRef<HTMLDivElement>(null)
  const newestFirst = useSetting('newestFirst')
  const showEdge = useEdge(grid, store)
  const picked = useFieldColumns(connectionId, topic)
  const search = useTopicSearch(connectionId, topic, store, partitions, picked.fields, isActive)
  /** What the grid shows: the rows that were read, or the matches of a search. */
  const shownList = search.isShown ? search.store : store
  const { lines } = shownList
  const { cursor, setCursor, moveTo, toTop, intoList, onStep, onClose } = useListCursor({
    lines,
    grid,
    body,
    isActive,
    isRecordOpen,
    passLine: (line) => lines.whenHere(line, onPlace(openStore.pass)),
    closeRecord: openStore.close,
  })
  // The menu of a row stays as it opened, but the rows that are selected move with what arrives.
  const selected = useRef(cursor.selected)
  useLayoutEffect(() => {
    selected.current = cursor.selected
  })
  const zone = useZone()
  const exported = useExport(connectionId, topic, store, search.store, partitions)
  const named = useNamed(search.named)
  const searchForm = useSearch(search.store, ({ form }) => form)
  const range = useSearch(search.store, ({ shown }) => (shown === undefined ? '' : rangeWords(shown, zone)))

  useLayoutEffect(() => store.show(isActive), [store, isActive])
  useLayoutEffect(() => store.setNewestFirst(newestFirst), [store, newestFirst])
  useLayoutEffect(() => store.setFields(picked.fields), [store, picked.fields])
  const readFields = useMessages(store, ({ shown }) => shown?.fields) ?? noFields
  const foundFields = useSearch(search.store, (state) => state.fields)
  const shownFields = search.isShown ? foundFields : readFields
  useEffect(() => store.setPartitions(partitions), [store, partitions])
  const filter = useWholeFilter(connectionId, topic, store, search.narrowing)
  useEffect(() => store.mount(), [store])

  const { read, showNewest, showFirst } = useListReads({ tabId, intent, store, openStore, search: search.store, showEdge, setCursor }) // oxfmt-ignore

  /** One button for both: with text in the field it searches, without text it reads. */
  const go = () => {
    if (!search.isWanted) return void read()
    const missing = search.go()
    if (missing !== undefined) return toast({ text: missing, tone: 'warn' })
    openStore.close()
    toTop()
  }
  /** With the typed filter, if there is one. */
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
    toTop()
  }
  const { narrowBy } = search
  /** The open record stays open: the next condition may come from it. */
  const narrowTo = useCallback(
    (condition: string, isAlone: boolean) => {
      narrowBy(condition, isAlone)
      setCursor(emptyCursor)
    },
    [narrowBy, setCursor],
  )
  const focusField = () => (expression.current ?? field.current)?.focus()
  const page = (way: 'older' | 'newer') => {
    if (search.isShown) return
    const { reading, hasOlder, hasNewer } = store.getState()
    if (reading === undefined && (way === 'older' ? hasOlder : hasNewer)) void store.page(way)
  }

  const openLine = onPlace((place) => void openStore.open(place))
  const listOf = (listed: ListedOf) => {
    const { shown } = search.store.getState()
    if (shown === undefined) return
    setCursor(emptyCursor)
    void search.store.start({ ...shown, list: listed })
  }
  /** Shown here, or in the list of its own topic. */
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
    // In the new order of the list: the newest records stay in view, or come into view.
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
      onOpen={(line) => lines.whenHere(line, openLine)}
      menu={(line, column) =>
        rowMenu({
          context,
          line: lines.at(line),
          chosen: countRows(cursor.selected),
          chosenLines: () => linesOf(lines, selected.current),
          allChosen: async () => linesOf(search.isShown ? await search.store.lines.load(selected.current) : lines, selected.current), // oxfmt-ignore
          narrowing: cellMenu({ line: lines.at(line), column, fields: shownFields, field: (at) => lines.field(line, at), onCondition: narrowTo }), // oxfmt-ignore
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
      named={named.columns}
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
        topic={topic}
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
      <MessagesDialogs
        connectionId={connectionId}
        topic={topic}
        lines={lines}
        trying={trying}
        onTried={() => setTrying(undefined)}
        exported={exported}
        fields={picked.fields}
        isListing={isListing}
        onListed={() => setListing(false)}
        onTake={takeKept}
        decode={decode}
        compare={compare}
        onBack={() => grid.current?.focus()}
      />
      <ListBesideRecord
        body={body}
        list={list}
        marker={search.marker}
        named={named}
        record={
          isRecordOpen ? (
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
          ) : undefined
        }
      />
      {search.isShown && <ListLedgerBand store={search.store} list={store} onList={listOf} />}
    </View>
  )
}
