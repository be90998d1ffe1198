import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { Bar } from '../../ui/layout.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { MultiSelect, PartitionPicker } from '../../ui/partition-picker.tsx'
import { Select } from '../../ui/select.tsx'
import { limits, requestOf, type BrowseForm, type From } from './browse-form.ts'
import type { MessagesState, MessagesStore } from './messages-store.ts'
import { PartitionOffsets } from './partition-offsets.tsx'
import s from './messages.module.css'

const froms: readonly { id: From; label: string; note?: string }[] = [
  { id: 'newest', label: 'newest', note: 'and back' },
  { id: 'earliest', label: 'earliest', note: 'log start' },
  { id: 'timestamp', label: 'timestamp', note: 'first record at or after' },
  { id: 'offset', label: 'offset', note: 'in each partition' },
  { id: 'group', label: 'a group’s positions', note: 'without joining it' },
]

/** What a partition without a record as new as the timestamp comes to. */
const noneSoNew = [
  { id: 'end', label: 'from the end', note: 'as Kafka’s own tool' },
  { id: 'refuse', label: 'leave out', note: 'and say so' },
] as const

/** What a read_committed consumer does not see; such rows are marked where they are shown. */
const transactions = [
  { id: 'aborted', label: 'Aborted records', note: 'of transactions that were rolled back' },
  { id: 'open', label: 'Records of open transactions', note: 'past the last stable offset' },
] as const

export interface MessagesBarProps {
  store: MessagesStore
  state: MessagesState
  connectionId: ConnectionId
  partitions: readonly number[]
  onRead: () => void
  onFollow: () => void
}

/** "From 2026-11-22 14:05 · at most 500 · Partitions all 12". Enter in any field reads. */
export function MessagesBar({ store, state, connectionId, partitions, onRead, onFollow }: MessagesBarProps) {
  const { form } = state
  const missing = requestOf(form, partitions)
  return (
    <Bar label="What to read" actions={<ReadActions {...{ store, state, missing, onRead, onFollow }} />}>
      <Select<From>
        label="From"
        layout="inline"
        options={froms}
        value={form.from}
        onChange={(from) => store.change({ from })}
      />
      <StartField store={store} form={form} connectionId={connectionId} onEnter={onRead} />
      {form.from === 'offset' && partitions.length > 1 && (
        <PartitionOffsets
          form={form}
          partitions={partitions}
          bounds={state.done?.bounds ?? []}
          onChange={(offsets) => store.change({ offsets })}
          onRead={onRead}
        />
      )}
      <Select
        label="At most"
        layout="inline"
        options={limits.map((limit) => ({ id: String(limit), label: formatGrouped(limit), note: 'records' }))}
        value={String(form.limit)}
        onChange={(limit) => store.change({ limit: Number(limit) })}
      />
      {partitions.length > 1 && (
        <PartitionPicker
          count={partitions.length}
          value={[...(form.partitions ?? partitions)]}
          onChange={(chosen) => store.change({ partitions: chosen.length === partitions.length ? undefined : chosen })}
        />
      )}
      <MultiSelect
        label="Show"
        summary={form.aborted ? (form.open ? 'all' : 'aborted too') : form.open ? 'open too' : 'committed'}
        options={transactions}
        value={[...(form.aborted ? ['aborted' as const] : []), ...(form.open ? ['open' as const] : [])]}
        onChange={(also) => store.change({ aborted: also.includes('aborted'), open: also.includes('open') })}
      />
    </Bar>
  )
}

function ReadActions({
  store,
  state: { reading, isPaused, waitingRows },
  missing,
  onRead,
  onFollow,
}: Pick<MessagesBarProps, 'store' | 'state' | 'onRead' | 'onFollow'> & { missing: unknown }) {
  return (
    <>
      {reading === 'tail' ? (
        <Button onPress={() => store.pause(!isPaused)}>
          {isPaused ? `Go on, ${formatGrouped(waitingRows)} new` : 'Pause'}
        </Button>
      ) : (
        <Button onPress={onFollow} isDisabled={reading !== undefined || typeof missing === 'string'}>
          Follow
        </Button>
      )}
      {reading === undefined ? (
        <span className={s.primary} title={typeof missing === 'string' ? missing : undefined}>
          <Button variant="primary" onPress={onRead} isDisabled={typeof missing === 'string'}>
            Read
          </Button>
        </span>
      ) : (
        <Button variant="primary" onPress={() => store.stop()}>
          Stop
        </Button>
      )}
    </>
  )
}

function StartField({
  store,
  form,
  connectionId,
  onEnter,
}: {
  store: MessagesStore
  form: BrowseForm
  connectionId: ConnectionId
  onEnter: () => void
}) {
  const zone = useZone()
  const { groups } = useServices()
  const names = useStore(groups, (all) => all.byConnection[connectionId]?.value?.items)
  switch (form.from) {
    case 'timestamp':
      return (
        <>
          <DateTimeField
            label="At"
            layout="inline"
            className={s.time}
            zone={zone}
            value={form.timestamp}
            autoFocus={form.timestamp === undefined}
            onChange={(timestamp) => store.change({ timestamp })}
            onEnter={onEnter}
          />
          <Select
            label="none so new"
            layout="inline"
            options={noneSoNew}
            value={form.ifNone}
            onChange={(ifNone) => store.change({ ifNone })}
          />
        </>
      )
    case 'offset':
      return (
        <OffsetField
          label="Offset"
          layout="inline"
          className={s.number}
          value={form.offset}
          autoFocus={form.offset === undefined}
          onChange={(offset) => store.change({ offset })}
          onEnter={onEnter}
        />
      )
    case 'group':
      return (
        <ComboField
          label="Group"
          layout="inline"
          value={form.group}
          options={(names ?? []).map((one) => one.group)}
          onChange={(group) => store.change({ group })}
        />
      )
    case 'newest':
    case 'earliest':
      return null
  }
}
