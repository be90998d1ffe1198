import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useServices, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { emptyCursor } from '../../ui/data-grid/grid-keys.ts'
import type { RowRanges } from '../../ui/data-grid/row-ranges.ts'
import type { ExpressionHandle } from '../../ui/expression-field.tsx'
import { View } from '../../ui/layout.tsx'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { cellMenu } from './cell-menu.ts'
import { CompareDialog } from './compare-dialog.tsx'
import { createCompareStore, type CompareStore } from './compare-store.ts'
import { copyRows } from './copy-rows.ts'
import { ExportAction, ExportDialog, type ExportSource } from './export-dialog.tsx'
import { createExportStore } from './export-store.ts'
import { fieldsMenu, useFieldColumns } from './field-columns.ts'
import { FittingTopics, useFittingTopics } from './fitting-topics.tsx'
import { FormPanel } from './filter-form-panel.tsx'
import { FoundRecord } from './found-record.tsx'
import { tabOfKept } from './kept-search.ts'
import { exporting, keptSearches } from './list-commands.ts'
import { ListBesideRecord } from './list-beside-record.tsx'
import { MessagesGrid } from './messages-grid.tsx'
import { useMenuContext } from './record-context.ts'
import { onPlace, placeOf, rowMenu } from './row-menu.ts'
import { SavedFilters } from './saved-filters.tsx'
import { SearchBand } from './search-band.tsx'
import { SearchBar, SearchConditions } from './search-bar.tsx'
import { SearchEmpty } from './search-empty.tsx'
import { createTopicFields } from './search-fields.ts'
import { SearchHistogram } from './search-histogram.tsx'
import { LedgerBand } from './search-ledger.tsx'
import { rangeWords } from './search-range.ts'
import { SearchesDialog } from './searches-dialog.tsx'
import type { OrderOfHits } from './search-state.ts'
import { SearchStatus } from './search-status.tsx'
import { TopicsSearchBar } from './topics-search-bar.tsx'
import { choiceOf } from './topics-search-form.ts'
import { foundSource } from './use-export.ts'
import { useListCursor } from './use-list-cursor.ts'
import { marksOf, useNamed } from './use-named-fields.ts'
import { useSearch } from './use-search.ts'
import { useTopicsSearch } from './use-topics-search.ts'

/** The name under which columns for lists of several topics are stored: no topic can have this name. */
const OF_SEVERAL = '*'

/** Searches several topics of a cluster at a time, with a ledger for each. */
// oxlint-disable-next-line max-lines-per-function -- the parts of a search over several topics, each in a file of its own: here each is told what the others did
export function TopicsSearchView({ tabId, intent, isActive }: TabViewProps<'search'>) {
  const { connectionId } = intent
  const services = useServices()
  const { api, files } = services
  const zone = useZone()
  const search = useTopicsSearch(connectionId, intent.topics)
  const { store, form, change, shown, missing, widen } = search
  const [exports] = useState(() => createExportStore(services, connectionId, OF_SEVERAL))
  const [source, setSource] = useState<ExportSource>()
  const [seen, setSeen] = useState(intent)
  if (seen !== intent) {
    setSeen(intent)
    const { topics } = intent
    if (topics !== undefined) change({ pattern: topics })
  }
  const [open, setOpen] = useState<{ topic: string; partition: number; offset: bigint }>()
  const [isListing, setListing] = useState(false)
  const grid = useRef<DataGridHandle>(null)
  const field = useRef<HTMLInputElement>(null)
  const expression = useRef<ExpressionHandle>(null)
  const body = useRef<HTMLDivElement>(null)
  const picked = useFieldColumns(connectionId, OF_SEVERAL)
  const { status, fields, form: searchForm } = useSearch(store, (state) => ({ status: state.status, fields: state.fields, form: state.form })) // oxfmt-ignore
  const { pattern, matchCase, internal } = form
  const choice = useMemo(() => choiceOf({ pattern, matchCase, internal }), [pattern, matchCase, internal])
  const fitting = useFittingTopics(connectionId, choice)
  const first = fitting.found.value?.topics[0]?.topic
  const names = useMemo(() => createTopicFields(api, connectionId, first ?? ''), [api, connectionId, first])
  const { marker, named } = useMemo(() => marksOf(shown?.filter ?? null), [shown])
  const asNamed = useNamed(named)
  const { lines } = store
  const openLine = (line: number) =>
    lines.whenHere(
      line,
      onPlace((place) => {
        const topic = lines.topic(line)
        if (topic !== undefined) setOpen({ topic, ...place })
      }),
    )
  const closeRecord = useCallback(() => setOpen(undefined), [])
  const { cursor, setCursor, moveTo, toTop, intoList, onStep, onClose } = useListCursor({
    lines,
    grid,
    body,
    isActive,
    isRecordOpen: open !== undefined,
    passLine: openLine,
    closeRecord,
  })

  useLayoutEffect(() => store.show(isActive), [store, isActive])
  useLayoutEffect(() => store.setFields(picked.fields), [store, picked.fields])
  useEffect(() => () => exports.stop(), [exports])
  const take = (kept: Parameters<typeof store.take>[0]) => {
    setOpen(undefined)
    toTop()
    return search.take(kept)
  }
  const follow = useEffectEvent(() => {
    if (intent.search === undefined) return
    api.call('search.get', { connectionId, search: intent.search }).then(({ kept }) => take(kept), toastFailure)
  })
  useEffect(() => follow(), [intent])

  const go = () => {
    const lacking = search.go()
    if (lacking !== undefined) return toast({ text: lacking, tone: 'warn' })
    setOpen(undefined)
    toTop()
  }
  const { narrowBy } = search
  const narrowTo = useCallback(
    (condition: string, isAlone: boolean) => {
      setCursor(emptyCursor)
      narrowBy(condition, isAlone)
    },
    [narrowBy, setCursor],
  )
  const clear = () => {
    store.clear()
    setOpen(undefined)
    toTop()
  }
  const turnHits = (order: OrderOfHits) => {
    store.setOrder(order)
    toTop()
  }

  const [comparing, setComparing] = useState<CompareStore>()
  const compareIn = (topic: string): CompareStore => {
    const compare = createCompareStore(api, connectionId, topic)
    setComparing(compare)
    return compare
  }
  const base = useMenuContext(
    { connectionId, topic: '' },
    async () => undefined,
    () => undefined,
  )
  const { navigation } = base
  const menu = (line: number, column: string | undefined) => {
    const topic = lines.topic(line)
    const place = placeOf(lines.at(line))
    if (topic === undefined || place === undefined) return []
    const inList = { id: 'list', label: `Open in the messages of ${topic}`, onAction: () => navigation.open({ kind: 'messages', connectionId, topic, partition: place.partition, offset: place.offset }) } // oxfmt-ignore
    return [
      ...rowMenu({
        context: { ...base, topic, compareWithPrevious: (at) => compareIn(topic).withPrevious(at), decodeAs: inList.onAction }, // oxfmt-ignore
        line: lines.at(line),
        // Several selected records may be of several topics, and no action here can handle that.
        chosen: 1,
        chosenLines: () => [],
        allChosen: () => Promise.resolve([]),
        narrowing: cellMenu({ line: lines.at(line), column, fields, field: (at) => lines.field(line, at), onCondition: narrowTo }), // oxfmt-ignore
        onOpen: () => openLine(line),
        onCompare: () => undefined,
      }),
      '-' as const,
      inList,
    ]
  }
  const copy = async (ranges: RowRanges) => {
    try {
      const loaded = await lines.load(ranges)
      const [topic, ...others] = loaded.topics
      if (topic === undefined) return
      if (others.length > 0)
        return toast({ text: 'These are records of several topics: Export writes them with their coordinates.', tone: 'warn' }) // oxfmt-ignore
      const topicId = store.getState().ledgers.find((one) => one.topic === topic)?.topicId ?? null
      await copyRows(ranges, { lines: () => Promise.resolve(loaded), api, files, at: { connectionId, topic }, topicId })
    } catch (error) {
      toastFailure(error)
    }
  }
  const exportFound = () => {
    const found = foundSource(store, zone)
    if (found === undefined) return toast({ text: 'Search first: what was found is exported.', tone: 'warn' })
    setSource(found)
  }
  const focusField = () => (expression.current ?? field.current)?.focus()
  useOffer(refreshing, go, isActive && missing === undefined)
  useOffer(finding, focusField, isActive)
  useOffer(keptSearches, () => setListing(true), isActive)
  useOffer(exporting, exportFound, isActive)

  const list = (
    <MessagesGrid
      topic={form.pattern}
      list={store}
      topicOf={lines.topic}
      isActive={isActive}
      cursor={cursor}
      onCursor={setCursor}
      onMove={moveTo}
      onOpen={openLine}
      menu={menu}
      onCopy={(ranges) => void copy(ranges)}
      onPage={() => undefined}
      marker={marker}
      named={asNamed.columns}
      fields={fields}
      headMenu={fieldsMenu(picked)}
      grid={grid}
      empty={<SearchEmpty store={store} onWiden={widen} />}
    />
  )
  return (
    <View>
      <TopicsSearchBar
        connectionId={connectionId}
        store={store}
        form={form}
        onForm={change}
        missing={missing}
        isRunning={status === 'running'}
        onGo={go}
        onStop={store.stop}
      >
        <SearchBar
          store={store}
          isOfSeveral
          inputRef={field}
          expression={expression}
          onEnter={go}
          onDown={intoList}
          suggest={names.suggest}
        />
        <SearchConditions store={store} onChanged={() => shown !== undefined && go()} />
        <SavedFilters store={store} connectionId={connectionId} topic={undefined} onSearches={() => setListing(true)} />
      </TopicsSearchBar>
      {searchForm.mode === 'expression' && searchForm.isForm && (
        <FormPanel store={store} sampled={names.sampled} onEnter={go} />
      )}
      {shown === undefined ? (
        <FittingTopics
          tabId={tabId}
          list={fitting}
          onOpen={(topic) => navigation.open({ kind: 'messages', connectionId, topic })}
        />
      ) : (
        <>
          <SearchBand
            store={store}
            range={rangeWords(shown, zone)}
            onWiden={widen}
            onClear={clear}
            clear="Other topics"
            onOrder={turnHits}
            actions={<ExportAction store={exports} onOpen={exportFound} />}
          >
            <SearchHistogram
              connectionId={connectionId}
              store={store}
              fields={picked.fields}
              onNarrow={search.narrow}
              onCondition={narrowTo}
            />
          </SearchBand>
          <SearchStatus store={store} tabId={tabId} />
          <ListBesideRecord
            body={body}
            list={list}
            marker={marker}
            named={asNamed}
            record={
              open === undefined ? undefined : (
                <FoundRecord
                  key={open.topic}
                  connectionId={connectionId}
                  topic={open.topic}
                  place={open}
                  compareWithPrevious={(at) => compareIn(open.topic).withPrevious(at)}
                  columns={picked}
                  isActive={isActive}
                  onCondition={narrowTo}
                  onStep={onStep}
                  onClose={onClose}
                />
              )
            }
          />
          <LedgerBand
            store={store}
            bounds={[]}
            onList={(listed) => {
              setCursor(emptyCursor)
              void store.start({ ...shown, list: listed })
            }}
          />
        </>
      )}
      <ExportDialog
        connectionId={connectionId}
        store={exports}
        topic="several topics"
        source={source}
        fields={picked.fields}
        onClose={() => setSource(undefined)}
      />
      <SearchesDialog
        connectionId={connectionId}
        isOpen={isListing}
        onClose={() => setListing(false)}
        onTake={(kept) => {
          setListing(false)
          if (kept.topics.length === 1) navigation.open(tabOfKept(connectionId, kept))
          else void take(kept)
        }}
      />
      {comparing !== undefined && (
        <CompareDialog
          store={comparing}
          onClose={() => {
            comparing.close()
            setComparing(undefined)
            grid.current?.focus()
          }}
        />
      )}
    </View>
  )
}
