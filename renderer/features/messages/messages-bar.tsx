import type { ReactNode } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { IfNoneField, placeOptions, PlaceValueField } from '../../shared-views/place/place-field.tsx'
import type { OfferedPlace } from '../../shared-views/place/place-kinds.tsx'
import { Button } from '../../ui/button.tsx'
import { formatGrouped, formatPartitions } from '../../ui/format.ts'
import { Bar } from '../../ui/layout.tsx'
import { Options } from '../../ui/options-menu.tsx'
import { MultiSelect, PartitionPicker } from '../../ui/partition-picker.tsx'
import { Select } from '../../ui/select.tsx'
import { emptyForm, limits, requestOf, type BrowseForm } from './browse-form.ts'
import type { MessagesStore } from './messages-store.ts'
import { PartitionOffsets } from './partition-offsets.tsx'
import { useMessages } from './use-messages.ts'
import s from './messages.module.css'

const froms = placeOptions({
  'high-watermark': { label: 'newest', note: 'and back' },
  offset: { note: 'in each partition' },
})

/** Records that a read_committed consumer does not see; their rows are marked where they are shown. */
const transactions = [
  { id: 'aborted', label: 'Aborted records', note: 'of transactions that were rolled back' },
  { id: 'open', label: 'Records of open transactions', note: 'past the last stable offset' },
] as const

export interface MessagesBarProps {
  store: MessagesStore
  connectionId: ConnectionId
  topic: string
  partitions: readonly number[]
  /** The search field, with what filters the loaded rows. */
  children: ReactNode
  /** Further settings that are rarely changed, and how many of them are set. */
  options: ReactNode
  changed: number
  /** What the main button does, and whether something is running that it would stop. */
  action: 'Read' | 'Search'
  isSearching: boolean
  /** Follow shows only matches. */
  isByFilter: boolean
  onGo: () => void
  onStop: () => void
  onFollow: () => void
}

/** "From 2026-11-22 14:05", the filter, and everything else under Options. Enter in any field reads. */
export function MessagesBar(props: MessagesBarProps) {
  const { store, connectionId, topic, partitions, children, onGo } = props
  const form = useMessages(store, (state) => state.form)
  const bounds = useMessages(store, (state) => (form.from === 'offset' ? state.done?.bounds : undefined))
  const missing = requestOf(form, partitions)
  const choose = (chosen: readonly number[]) =>
    store.change({ partitions: chosen.length === partitions.length ? undefined : chosen })
  return (
    <Bar label="What to read" actions={<ReadActions {...props} missing={missing} />}>
      <Select<OfferedPlace>
        label="From"
        layout="inline"
        isProminent
        options={froms}
        value={form.from}
        onChange={(from) => store.change({ from })}
      />
      <PlaceValueField
        at={form.from}
        values={form.place}
        connectionId={connectionId}
        placed={{ topic, partitions: form.partitions ?? partitions }}
        onChange={({ anchor, ...place }) => store.change({ place: anchor === undefined ? place : { ...place, anchor: within(anchor, topic) } })} // oxfmt-ignore
        onEnter={onGo}
      />
      {form.from === 'offset' && partitions.length > 1 && (
        <>
          <OfPartition partitions={partitions} chosen={form.partitions} onChange={choose} />
          <PartitionOffsets
            form={form}
            partitions={partitions}
            bounds={bounds ?? []}
            onChange={(offsets) => store.change({ offsets })}
            onRead={onGo}
          />
        </>
      )}
      {children}
      {/* What narrows the list is never out of sight. */}
      {form.partitions !== undefined && form.from !== 'offset' && (
        <PartitionPicker count={partitions.length} value={form.partitions} onChange={choose} />
      )}
      <Options changed={changedOptions(form) + props.changed}>
        {props.options}
        <Select
          label="At most"
          options={limits.map((limit) => ({ id: String(limit), label: formatGrouped(limit), note: 'records' }))}
          value={String(form.limit)}
          onChange={(limit) => store.change({ limit: Number(limit) })}
        />
        {partitions.length > 1 && (
          <PartitionPicker count={partitions.length} value={form.partitions ?? partitions} onChange={choose} />
        )}
        <MultiSelect
          label="Show"
          summary={form.aborted ? (form.open ? 'all' : 'aborted too') : form.open ? 'open too' : 'committed'}
          options={transactions}
          value={[...(form.aborted ? ['aborted' as const] : []), ...(form.open ? ['open' as const] : [])]}
          onChange={(also) => store.change({ aborted: also.includes('aborted'), open: also.includes('open') })}
        />
        <IfNoneField
          at={[form.from]}
          value={form.ifNone}
          policy={ifNonePolicies.browse}
          onChange={(ifNone) => store.change({ ifNone })}
        />
      </Options>
    </Bar>
  )
}

/** A Follow keeps the settings of its fields: of an anchor, positions of other topics do not belong to it. */
const within = <A extends { offsets: readonly { topic: string }[] }>(anchor: A, topic: string): A => ({ ...anchor, offsets: anchor.offsets.filter((at) => at.topic === topic) }) // oxfmt-ignore

/** How many of the settings under Options differ from their defaults. */
function changedOptions({ limit, aborted, open, ifNone, partitions }: BrowseForm): number {
  const isChanged = [limit !== emptyForm.limit, aborted !== emptyForm.aborted || open !== emptyForm.open, ifNone !== undefined, partitions !== undefined] // oxfmt-ignore
  return isChanged.filter(Boolean).length
}

/** An offset belongs to one partition; "all" is useful if the partitions have similar offsets. */
function OfPartition({
  partitions,
  chosen,
  onChange,
}: {
  partitions: readonly number[]
  chosen: readonly number[] | undefined
  onChange: (partitions: readonly number[]) => void
}) {
  const value = chosen === undefined ? 'all' : chosen.length === 1 ? String(chosen[0]) : 'some'
  return (
    <Select
      label="of partition"
      layout="inline"
      options={[
        { id: 'all', label: 'all' },
        ...(value === 'some' ? [{ id: 'some', label: formatPartitions(chosen ?? []) }] : []),
        ...partitions.map((one) => ({ id: String(one), label: String(one) })),
      ]}
      value={value}
      onChange={(id) => {
        if (id !== 'some') onChange(id === 'all' ? partitions : [Number(id)])
      }}
    />
  )
}

interface ReadActionsProps extends MessagesBarProps {
  missing: unknown
}

function ReadActions({ store, missing, action, isSearching, isByFilter, onGo, onStop, onFollow }: ReadActionsProps) {
  const { reading, isPaused, waitingRows } = useMessages(store, (state) => ({
    reading: state.reading,
    isPaused: state.isPaused,
    waitingRows: state.waitingRows,
  }))
  return (
    <>
      {reading === 'tail' ? (
        <Button onPress={() => store.pause(!isPaused)}>
          {isPaused ? `Go on, ${formatGrouped(waitingRows)} new` : 'Pause'}
        </Button>
      ) : (
        <Button onPress={onFollow} isDisabled={reading !== undefined || typeof missing === 'string'}>
          {isByFilter ? 'Follow matches' : 'Follow'}
        </Button>
      )}
      {reading === undefined && !isSearching ? (
        <span className={s.primary} title={typeof missing === 'string' ? missing : undefined}>
          <Button variant="primary" onPress={onGo} isDisabled={typeof missing === 'string'}>
            {action}
          </Button>
        </span>
      ) : (
        <Button variant="primary" onPress={onStop}>
          Stop
        </Button>
      )}
    </>
  )
}
