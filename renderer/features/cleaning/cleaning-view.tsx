import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { DeleteSpec } from '#shared/contract/deletions.ts'
import { useApi, useNavigation, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { RefreshIcon } from '../../ui/icons.ts'
import { Bar, Summary, View } from '../../ui/layout.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import {
  choiceWords,
  count,
  countRows,
  deletionsOf,
  filterRows,
  foundSentence,
  reasonWords,
  type CleaningRow,
  type Counts,
  type ReasonFilter,
} from './cleaning-rows.ts'
import { createFindStore, type FindState } from './cleaning-store.ts'
import { meantRows } from '../../shared-views/meant-rows.ts'
import { CleaningTable } from './cleaning-table.tsx'
import { DeletionsView } from './deletions-view.tsx'
import s from './cleaning.module.css'

const periods: readonly SelectOption<string>[] = [1, 3, 7, 14, 30, 90, 365].map((days) => ({
  id: String(days),
  label: days === 1 ? '1 day' : `${days} days`,
}))

/**
 * Finds groups and positions of a cluster that are no longer of use. What is selected is deleted by a plan, like any other
 * change.
 */
export function CleaningView(props: TabViewProps<'cleaning'>) {
  const { intent, isActive } = props
  const { connectionId } = intent
  const api = useApi()
  const [store] = useState(() => createFindStore(api, connectionId))
  const state = useStore(store)
  const [plan, setPlan] = useState<readonly DeleteSpec[]>()
  useEffect(() => {
    void store.find()
    return store.stop
  }, [store])
  useOffer(refreshing, plan === undefined ? () => void store.find() : undefined, isActive)
  if (plan !== undefined) {
    const back = (isChanged: boolean) => {
      setPlan(undefined)
      if (isChanged) void store.find()
    }
    return <DeletionsView connectionId={connectionId} specs={plan} isActive={isActive} onBack={back} />
  }
  return <Found {...props} state={state} find={(days) => void store.find(days)} onPlan={setPlan} />
}

interface FoundProps extends TabViewProps<'cleaning'> {
  state: FindState
  find: (days?: number) => void
  onPlan: (specs: readonly DeleteSpec[]) => void
}

function Found({ tabId, intent: { connectionId }, isActive, state, find, onPlan }: FoundProps) {
  const navigation = useNavigation()
  const zone = useZone()
  const [text, setText] = useState('')
  const [reason, setReason] = useState<ReasonFilter>('all')
  const [selected, setSelected] = useState<readonly string[]>([])
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<DataGridHandle>(null)
  useOffer(finding, () => search.current?.focus(), isActive)
  const { rows, done, days } = state
  const counts = useMemo(() => countRows(rows), [rows])
  const shown = useMemo(() => filterRows(rows, reason, text), [rows, reason, text])
  const { meant, isChosen } = useMemo(() => meantRows(rows, shown, selected), [rows, shown, selected])
  const specs = useMemo(() => deletionsOf(meant), [meant])
  const { value } = done
  const isSearching = done.status === 'loading'
  useTabStatus(
    tabId,
    useMemo(() => ({ main: value === undefined ? '' : `Activity counts from ${formatTimestamp(value.since, zone)}` }), [value, zone]), // oxfmt-ignore
  )
  if (done.status === 'failed' && rows.length === 0) return <ErrorState error={done.error} onRetry={() => find()} />
  return (
    <View>
      <Bar
        label="Cleaning"
        actions={
          <>
            <IconButton label="Refresh" shortcut="F5" onPress={() => find()}>
              <RefreshIcon size={14} />
            </IconButton>
            <Button variant="primary" isDisabled={specs.length === 0 || isSearching} onPress={() => onPlan(specs)}>
              {specs.length === 0 ? 'Plan to delete…' : `Plan to delete ${choiceWords(specs)}…`}
            </Button>
          </>
        }
      >
        <SearchField
          label="Filter what was found"
          placeholder="Filter by group or topic"
          value={text}
          onChange={setText}
          inputRef={search}
          onDown={() => table.current?.focus()}
          className={s.search}
        />
        <Select<ReasonFilter>
          label="Reason"
          layout="inline"
          options={reasonOptions(counts)}
          value={reason}
          onChange={setReason}
        />
        <Select
          label="Quiet for"
          layout="inline"
          options={periods}
          value={String(days)}
          onChange={(id) => find(Number(id))}
        />
      </Bar>
      <Told state={state} counts={counts} find={find} />
      <CleaningTable
        rows={shown}
        zone={zone}
        handle={table}
        onSelect={setSelected}
        onOpen={({ of }) => navigation.open({ kind: 'group', connectionId, group: of.group })}
        onPlan={(mine: readonly CleaningRow[]) => onPlan(deletionsOf(mine))}
        onFilter={setText}
        empty={<Nothing state={state} counts={counts} onClear={() => (setText(''), setReason('all'))} />}
      />
      {!isChosen && shown.length > 0 && <Hint shown={shown.length} />}
      {isChosen && meant.length === 0 && (
        <p className={s.hint}>What is selected is not among the rows that are shown, so there is nothing to plan.</p>
      )}
    </View>
  )
}

function Hint({ shown }: { shown: number }) {
  return (
    <p className={s.hint}>
      {`Nothing is selected, so a plan is made of all ${formatGrouped(shown)} rows that are shown. `}
      Select with Ctrl or Shift to take some; a group that nobody uses goes whole, once all its rows are taken.
    </p>
  )
}

/** The summary sentence, the groups that were skipped, and what could not be read. */
function Told({ state, counts, find }: Pick<FoundProps, 'state' | 'find'> & { counts: Counts }) {
  const { rows, done, error } = state
  const { value } = done
  const isSearching = done.status === 'loading'
  return (
    <>
      {error !== undefined && <ErrorBanner error={error} onRetry={() => find()} />}
      {(rows.length > 0 || value !== undefined) && (
        <Summary>
          <strong>{isSearching && rows.length === 0 ? 'Searching again…' : foundSentence(counts)}</strong>{' '}
          {value === undefined ? progressWords(state) : aloneWords(value)}
        </Summary>
      )}
      {value?.notes.map((note) => (
        <StateView key={note} kind="partial" title={note} />
      ))}
      {value?.failures.slice(0, 5).map(({ what, error: failure }) => (
        <StateView key={what} kind="partial" title={`${what} was not examined: ${failure.message}`}>
          {failure.hint}
        </StateView>
      ))}
    </>
  )
}

function reasonOptions({ byReason, dead, positions }: Counts): SelectOption<ReasonFilter>[] {
  const reasons = Object.entries(reasonWords) as [keyof typeof reasonWords, string][]
  return [
    { id: 'all', label: 'any', note: formatGrouped(positions) },
    ...reasons.map(([id, label]) => ({ id, label, note: formatGrouped(byReason[id]), isDisabled: byReason[id] === 0 })),
    { id: 'dead', label: 'groups nobody uses', note: formatGrouped(dead), isDisabled: dead === 0 },
  ]
}

function progressWords({ progress }: FindState): string {
  if (progress === undefined) return 'Asking the brokers for groups…'
  const of = `${formatGrouped(progress.done)} of ${formatGrouped(progress.total)}`
  return progress.what === 'dates'
    ? `Reading when groups were last seen: ${of} partitions of __consumer_offsets…`
    : `Reading positions of groups: ${of}…`
}

/** Names the groups that were not examined: a group in use is never proposed. */
function aloneWords({ examined, live }: NonNullable<FindState['done']['value']>): string {
  const left = live === 0 ? '' : ` ${count(live, 'group')} with members ${live === 1 ? 'was' : 'were'} left alone.`
  return `${count(examined, 'group')} without members ${examined === 1 ? 'was' : 'were'} looked into.${left}`
}

function Nothing({ state, counts, onClear }: { state: FindState; counts: Counts; onClear: () => void }) {
  if (state.done.status === 'loading') return <StateView kind="loading" title={progressWords(state)} />
  if (counts.groups > 0) {
    return (
      <StateView kind="empty" title="Nothing of what was found matches." actions={<Button onPress={onClear}>Clear the filter</Button>} /> // oxfmt-ignore
    )
  }
  return (
    <StateView kind="empty" title="Every position is in use.">
      {`No topic is missing, no position is out of range, and no group without members was quiet for ${state.days === 1 ? 'a day' : `${state.days} days`}.`}
    </StateView>
  )
}
