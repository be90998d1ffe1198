import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { MOST_GROUPS } from '#shared/contract/offsets.ts'
import {
  comparedSentence,
  specsToSet,
  type ComparedRow,
  type Comparison,
  type Measure,
} from '#shared/offsets/compare-positions.ts'
import { profileOf } from '../../stores/connections.ts'
import { handOver } from '../../workbench/handed-specs.ts'
import { useConnection, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import type { DataGridHandle } from '../../ui/data-grid/data-grid.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatGrouped, formatTimestamp } from '../../ui/format.ts'
import { DownIcon, RefreshIcon } from '../../ui/icons.ts'
import { Bar, Spacer, Summary, View } from '../../ui/layout.tsx'
import { Menu, type MenuAction } from '../../ui/menu.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { meantRows } from '../../shared-views/meant-rows.ts'
import { createSidesStore, type SideName, type SidesState, type SidesStore } from './sides-store.ts'
import { CompareTable, standingWords } from './compare-table.tsx'
import type { ReadSide } from './read-side.ts'
import { SaveMenu } from './save-menu.tsx'
import { SideFields } from './side-fields.tsx'
import { sideLacks } from './side-form.ts'
import { useNextOf } from './use-next-of.ts'
import s from './compare.module.css'

type Shown = 'differences' | 'all' | ComparedRow['standing']

/** Two sets of positions side by side: of groups, times, clusters or files; and the plan that sets one to the other. */
// oxlint-disable-next-line max-lines-per-function -- two sides, their differences, and what can be made of them: each depends on the others
export function CompareView({ tabId, intent, isActive }: TabViewProps<'compare'>) {
  const { connectionId } = intent
  const { api, connections, groups } = useServices()
  const zone = useZone()
  const [store] = useState(() =>
    createSidesStore(
      () => ({
        api,
        zone,
        nameOf: (id) => profileOf(connections.getState(), id)?.profile.name ?? id,
        isOpen: (id) => connections.getState().open[id]?.status === 'connected',
      }),
      connectionId,
    ),
  )
  const state = useStore(store)
  const { sides, comparison, forms } = state
  const [refused, setRefused] = useState<{ name: string; message: string }>()
  const [text, setText] = useState('')
  const [shown, setShown] = useState<Shown>('differences')
  const [selected, setSelected] = useState<readonly string[]>([])
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<DataGridHandle>(null)
  useEffect(() => {
    store.start(firstSides(intent))
    return store.stop
  }, [store, intent])
  useEffect(() => void groups.load(connectionId), [groups, connectionId])
  useOpened(forms.left.connectionId, store)
  useOpened(forms.right.connectionId, store)
  useOffer(refreshing, () => void store.readAgain(), isActive)
  useOffer(finding, () => search.current?.focus(), isActive)
  const left = sides.left.value
  const right = sides.right.value
  const all = useMemo(() => comparison?.rows ?? (left === undefined || right !== undefined ? [] : onlyOf(left)), [comparison, left, right]) // oxfmt-ignore
  const rows = useMemo(() => filterRows(all, comparison === undefined ? 'all' : shown, text), [all, comparison, shown, text]) // oxfmt-ignore
  const { meant } = useMemo(() => meantRows(all, rows, selected), [all, rows, selected])
  const next = useNextOf(left, right, zone)
  useTabStatus(
    tabId,
    useMemo(() => ({ main: left === undefined ? '' : [left, right].flatMap((one) => (one === undefined ? [] : [one.live === undefined ? one.side.name : `${one.side.name.replace(/, now$/, '')} at ${formatTimestamp(one.at, zone)}`])).join(' · ') }), [left, right, zone]), // oxfmt-ignore
  )
  const fields = (side: SideName) => (
    <SideFields
      side={side}
      form={forms[side]}
      onChange={(patch) => {
        setRefused(undefined)
        store.change(side, patch)
      }}
      onRefused={(name, message) => setRefused({ name, message })}
    />
  )
  return (
    <View>
      <Bar
        label="What is compared"
        actions={
          <>
            <IconButton label="Refresh" shortcut="F5" onPress={() => void store.readAgain()}>
              <RefreshIcon size={14} />
            </IconButton>
            <SaveMenu left={left} right={right} />
            <PlanMenu state={state} rows={meant} connectionId={connectionId} />
          </>
        }
      >
        {fields('left')}
        <Button onPress={store.swap}>Swap</Button>
        {fields('right')}
      </Bar>
      {refused !== undefined && (
        <div role="alert">
          <StateView
            kind="partial"
            title={`${refused.name} was not taken.`}
            actions={
              <Button size="small" onPress={() => setRefused(undefined)}>
                Dismiss
              </Button>
            }
          >
            {refused.message}
          </StateView>
        </div>
      )}
      {(['left', 'right'] as const).map(
        (side) =>
          sides[side].status === 'failed' &&
            <ErrorBanner key={side} error={sides[side].error} lead={`The ${side} side could not be read.`} onRetry={() => void store.readAgain()} />, // oxfmt-ignore
      )}
      <Told left={left} right={right} comparison={comparison} onMeasure={store.setMeasure} />
      {all.length > 0 && (
        <Bar label="What is shown">
          <SearchField
            label="Filter differences"
            placeholder="Filter by group or topic"
            value={text}
            onChange={setText}
            inputRef={search}
            onDown={() => table.current?.focus()}
            className={s.search}
          />
          {comparison !== undefined && (
            <Select<Shown>
              label="Show"
              layout="inline"
              options={shownOptions(comparison)}
              value={shown}
              onChange={setShown}
            />
          )}
          <Spacer />
          <span className={s.faint}>{`${formatGrouped(rows.length)} of ${formatGrouped(all.length)} partitions`}</span>
        </Bar>
      )}
      <CompareTable
        rows={rows}
        measure={comparison?.measure}
        hasGroups={left?.side.group === null || right?.side.group === null}
        next={next.shown}
        handle={table}
        onSelect={setSelected}
        onVisible={next.want}
        menu={() => []}
        empty={<Empty state={state} hasRows={all.length > 0} onClear={() => (setText(''), setShown('all'))} />}
      />
    </View>
  )
}

/** A cluster that was chosen before it was connected is read as soon as it is connected. */
function useOpened(connectionId: ConnectionId, store: SidesStore): void {
  const status = useConnection(connectionId)?.status
  useEffect(() => {
    if (status === 'connected') store.opened(connectionId)
  }, [status, store, connectionId])
}

function firstSides({ group, with: other }: TabViewProps<'compare'>['intent']) {
  return {
    left: group === undefined ? { kind: 'all' as const } : { kind: 'group' as const, group },
    ...(other === undefined ? {} : { right: { kind: 'group' as const, group: other } }),
  }
}

/** The rows of a single side. */
function onlyOf({ side }: ReadSide): ComparedRow[] {
  return side.positions.map((left) => ({ key: `${left.group}\n${left.partition}/${left.topic}`, group: left.group, topic: left.topic, partition: left.partition, left, right: null, standing: 'only-left', by: null })) // oxfmt-ignore
}

function filterRows(rows: readonly ComparedRow[], shown: Shown, text: string): readonly ComparedRow[] {
  const needle = text.trim().toLowerCase()
  if (shown === 'all' && needle === '') return rows
  const isShown = ({ standing }: ComparedRow) => shown === 'all' || (shown === 'differences' ? standing !== 'same' : standing === shown) // oxfmt-ignore
  return rows.filter((row) => isShown(row) && (needle === '' || row.group.toLowerCase().includes(needle) || row.topic.toLowerCase().includes(needle))) // oxfmt-ignore
}

function shownOptions({ rows }: Comparison): SelectOption<Shown>[] {
  const counts = new Map<Shown, number>()
  for (const { standing } of rows) counts.set(standing, (counts.get(standing) ?? 0) + 1)
  const same = counts.get('same') ?? 0
  const each = Object.entries(standingWords) as [ComparedRow['standing'], string][]
  return [
    { id: 'differences', label: 'differences', note: formatGrouped(rows.length - same) },
    { id: 'all', label: 'all', note: formatGrouped(rows.length) },
    ...each.flatMap(([id, label]) => (counts.has(id) ? [{ id, label, note: formatGrouped(counts.get(id) ?? 0) }] : [])),
  ]
}

interface ToldProps {
  left: ReadSide | undefined
  right: ReadSide | undefined
  comparison: Comparison | undefined
  onMeasure: (measure: Measure) => void
}

/** The comparison in one sentence, what has to be known about each side, and that offsets of two clusters do not correspond. */
function Told({ left, right, comparison, onMeasure }: ToldProps) {
  const notes = [...(left?.notes ?? []).map((note) => `Left: ${note}`), ...(right?.notes ?? []).map((note) => `Right: ${note}`)] // oxfmt-ignore
  const isElsewhere = comparison?.isSameCluster === false
  return (
    <>
      {left !== undefined && (
        <Summary
          badges={
            isElsewhere ? (
              <Segmented<Measure>
                label="What is compared of two clusters"
                value={comparison.measure}
                onChange={onMeasure}
                options={[
                  { id: 'lag', label: 'Lag' },
                  { id: 'offset', label: 'Offsets' },
                ]}
              />
            ) : undefined
          }
        >
          <strong>{comparison === undefined ? sideSentence(left) : comparedSentence(comparison)}</strong>{' '}
          {right === undefined
            ? 'Save them as a snapshot, or choose on the right what to compare them with.'
            : `${left.side.name}, against ${right.side.name}.`}
        </Summary>
      )}
      {isElsewhere && (
        <StateView
          kind="partial"
          title="The two sides are of different clusters: the same offset is another record there."
        >
          {comparison.measure === 'lag'
            ? 'So lag is compared, and what is read next. Offsets only help where one cluster is a copy of the other, offset by offset.'
            : 'Offsets help only where one cluster is a copy of the other, offset by offset.'}
        </StateView>
      )}
      {notes.slice(0, 6).map((note) => (
        <StateView key={note} kind="partial" title={note} />
      ))}
    </>
  )
}

function sideSentence({ side }: ReadSide): string {
  const groups = new Set(side.positions.map(({ group }) => group)).size
  const n = side.positions.length
  const positions = `${formatGrouped(n)} ${n === 1 ? 'position' : 'positions'}`
  return side.group === null ? `${positions} of ${formatGrouped(groups)} ${groups === 1 ? 'group' : 'groups'}.` : `${side.name}: ${positions}.` // oxfmt-ignore
}

function Empty({ state, hasRows, onClear }: { state: SidesState; hasRows: boolean; onClear: () => void }) {
  const { sides, progress, forms, comparison } = state
  for (const side of ['left', 'right'] as const) {
    if (sides[side].status === 'loading') return <StateView kind="loading" title={progress[side] === '' ? `Reading the ${side} side…` : progress[side]} /> // oxfmt-ignore
  }
  if (hasRows) {
    const isAlike = comparison?.rows.every(({ standing }) => standing === 'same') === true
    return (
      <StateView kind="empty" title={isAlike ? 'There is no difference.' : 'Nothing matches what is to be shown.'} actions={<Button onPress={onClear}>Show all</Button>} /> // oxfmt-ignore
    )
  }
  const lacks = sideLacks(forms.left) ?? (sides.left.value === undefined ? null : sideLacks(forms.right))
  return (
    <StateView kind="empty" title={lacks ?? 'There is no position on either side.'}>
      {lacks === null
        ? undefined
        : 'A group, all groups, a moment of a group, an anchor, or a snapshot that was saved.'}
    </StateView>
  )
}

interface PlanMenuProps {
  state: SidesState
  rows: readonly ComparedRow[]
  connectionId: TabViewProps<'compare'>['intent']['connectionId']
}

/** Plans that set a live side to the other one, for the selected rows. */
function PlanMenu({ state: { sides, comparison }, rows }: PlanMenuProps) {
  const navigation = useNavigation()
  const [left, right] = [sides.left.value, sides.right.value]
  const action = (to: SideName): MenuAction[] => {
    const [target, source] = to === 'left' ? [left, right] : [right, left]
    if (target?.live === undefined || source === undefined || comparison === undefined) return []
    const live = target.live
    const from = to === 'left' ? ('right' as const) : ('left' as const)
    const { isSameCluster, measure } = comparison
    const specs = () =>
      specsToSet(rows, from, { isSameCluster, groupOf: (row) => target.side.group ?? row.group }).specs
    const count = rows.filter((row) => row[from] !== null && row.standing !== 'same').length
    const groups = new Set(rows.flatMap((row) => (row[from] === null || row.standing === 'same' ? [] : [target.side.group ?? row.group]))).size // oxfmt-ignore
    const isBlind = !isSameCluster && measure !== 'offset'
    const words = `${formatGrouped(count)} ${count === 1 ? 'position' : 'positions'}`
    const why = isBlind ? ': offsets of another cluster mean nothing there' : groups > MOST_GROUPS ? `: ${MOST_GROUPS} groups in a plan at most` : '' // oxfmt-ignore
    return [
      {
        id: to,
        label: `Set ${words} of ${target.side.name.replace(/, now$/, '')} to the ${from}…${why}`,
        isDisabled: count === 0 || isBlind || groups > MOST_GROUPS,
        onAction: () => {
          const made = specs()
          const handed = handOver({ name: source.side.name, specs: made })
          navigation.open({ kind: 'plans', connectionId: live, groups: made.map(({ group }) => group), handed })
        },
      },
    ]
  }
  const items = [...action('left'), ...action('right')]
  return (
    <Menu
      label="Plan"
      placement="bottom end"
      trigger={
        <Button variant="primary" isDisabled={items.length === 0}>
          Plan
          <DownIcon size={13} aria-hidden="true" />
        </Button>
      }
      items={items}
    />
  )
}
