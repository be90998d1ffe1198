import { useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { IfNoneField, placeOptions, PlaceValueField } from '../../shared-views/place/place-field.tsx'
import type { OfferedPlace } from '../../shared-views/place/place-kinds.tsx'
import { ConnectionField } from '../../shared-views/target/connection-field.tsx'
import { useTopicNames } from '../../shared-views/target/use-topic-names.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { CloseIcon } from '../../ui/icons.ts'
import { Bar } from '../../ui/layout.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { PartitionPicker } from '../../ui/partition-picker.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { hasPartitions, placesIn, type ReplayDraft, type ReplayErrors } from './replay-draft.ts'
import type { ReplayStore } from './replay-store.ts'
import s from './replay.module.css'

export interface SpecBarsProps {
  store: ReplayStore
  errors: ReplayErrors
  actions: ReactNode
}

const ranges: readonly SelectOption<ReplayDraft['by']>[] = [
  { id: 'all', label: 'everything' },
  { id: 'places', label: 'from … to …', note: 'a time, a group’s position, …' },
  { id: 'newest', label: 'the newest', note: 'of each partition' },
  { id: 'offsets', label: 'offsets', note: 'pieces of partitions' },
  { id: 'records', label: 'single records' },
]

const froms = placeOptions()
const tos: readonly SelectOption<OfferedPlace | 'end'>[] = [
  { id: 'end', label: 'the end', note: 'last stable offset' },
  ...placeOptions(),
]

/** The replay as a sentence: what is copied, from where, to where, and how. */
export function SpecBars({ store, errors, actions }: SpecBarsProps) {
  const draft = useStore(store, (state) => state.draft)
  const [showsSettings, setShowsSettings] = useState(false)
  return (
    <div className={s.spec}>
      <SourceBar store={store} errors={errors} />
      <TargetBar
        store={store}
        errors={errors}
        actions={actions}
        showsSettings={showsSettings}
        onSettings={() => setShowsSettings((before) => !before)}
      />
      {draft.creates && showsSettings && <Settings store={store} error={errors.settings} />}
      <MissingFields errors={errors} />
    </div>
  )
}

/** What is copied, and from where. */
function SourceBar({ store, errors }: Pick<SpecBarsProps, 'store' | 'errors'>) {
  const { draft, source } = useStore(
    store,
    useShallow((state) => ({ draft: state.draft, source: state.source })),
  )
  const { change } = store
  const count = source.value?.partitions.length ?? 0
  const topics = useTopicNames(draft.source)
  return (
    <Bar label="From">
      <ConnectionField label="From" value={draft.source} onChange={(id) => change({ source: id })} />
      <ComboField
        label="topic"
        layout="inline"
        className={s.topic}
        options={topics}
        value={draft.topic}
        onChange={(topic) =>
          change({
            topic,
            ...(draft.targetTopic === '' || draft.targetTopic === `${draft.topic}-replay`
              ? { targetTopic: topic === '' ? '' : `${topic}-replay` }
              : {}),
            partitions: undefined,
          })
        }
        error={errors.topic}
      />
      <Select
        label="Copy"
        layout="inline"
        isProminent
        options={ranges}
        value={draft.by}
        onChange={(by) => change({ by })}
      />
      <RangeFields store={store} errors={errors} />
      {hasPartitions(draft) && count > 0 && (
        <PartitionPicker
          count={count}
          value={draft.partitions ?? Array.from({ length: count }, (_, at) => at)}
          onChange={(partitions) => change({ partitions: partitions.length === count ? undefined : partitions })}
        />
      )}
      {draft.by === 'offsets' && <span className={s.dim}>the end itself is left out; none = up to the end</span>}
    </Bar>
  )
}

/** Which records: single ones by their offsets, a range between two places, or the newest. */
function RangeFields({ store, errors }: Pick<SpecBarsProps, 'store' | 'errors'>) {
  const draft = useStore(store, (state) => state.draft)
  const { change } = store
  return (
    <>
      {draft.by === 'offsets' && (
        <TextField
          label="ranges"
          layout="inline"
          mono
          className={s.long}
          value={draft.offsets}
          placeholder="3:1000-2000, 4:500-"
          onChange={(offsets) => change({ offsets })}
          error={errors.offsets}
        />
      )}
      {draft.by === 'records' && (
        <TextField
          label="at"
          layout="inline"
          mono
          className={s.long}
          value={draft.records}
          placeholder="0:120, 3:77"
          onChange={(records) => change({ records })}
          error={errors.records}
        />
      )}
      {draft.by === 'places' && <Places store={store} />}
      {draft.by === 'newest' && (
        <OffsetField
          label="offsets"
          layout="inline"
          className={s.number}
          noun="number of offsets"
          min={1n}
          value={draft.newest}
          onChange={(newest) => change({ newest })}
          error={errors.newest}
        />
      )}
    </>
  )
}

interface TargetBarProps extends SpecBarsProps {
  showsSettings: boolean
  onSettings: () => void
}

/** The target, and how the copies are distributed there. */
function TargetBar({ store, errors, actions, showsSettings, onSettings }: TargetBarProps) {
  const draft = useStore(store, (state) => state.draft)
  const { change } = store
  return (
    <Bar label="To" actions={actions}>
      <ConnectionField label="To" value={draft.target} isTarget onChange={(id) => change({ target: id })} />
      <Select
        label="into"
        layout="inline"
        options={[
          { id: 'new', label: 'a new topic' },
          { id: 'existing', label: 'the topic' },
        ]}
        value={draft.creates ? 'new' : 'existing'}
        onChange={(choice) => change({ creates: choice === 'new' })}
      />
      {draft.creates ? (
        <NewTopic store={store} errors={errors} showsSettings={showsSettings} onSettings={onSettings} />
      ) : (
        <KnownTopic store={store} errors={errors} />
      )}
      <Select
        label="Placed"
        layout="inline"
        options={[
          { id: 'keep', label: 'in the same partition', note: 'n goes to n' },
          { id: 'by-key', label: 'by key', note: 'as the Java client hashes' },
        ]}
        value={draft.partitioning}
        onChange={(partitioning) => change({ partitioning })}
      />
      <Select
        label="Timestamps"
        layout="inline"
        options={[
          { id: 'keep', label: 'kept' },
          { id: 'now', label: 'stamped now' },
          { id: 'shift', label: 'shifted', note: 'so that the newest is now' },
        ]}
        value={draft.timestamps}
        onChange={(timestamps) => change({ timestamps })}
      />
    </Bar>
  )
}

/** A topic that the replay creates. */
function NewTopic({ store, errors, showsSettings, onSettings }: Omit<TargetBarProps, 'actions'>) {
  const draft = useStore(store, (state) => state.draft)
  const { change } = store
  return (
    <>
      <TextField
        label="called"
        layout="inline"
        mono
        className={s.topic}
        value={draft.targetTopic}
        onChange={(targetTopic) => change({ targetTopic })}
        error={errors.targetTopic}
      />
      <TextField
        label="Partitions"
        layout="inline"
        mono
        className={s.number}
        value={draft.targetPartitions}
        onChange={(targetPartitions) => change({ targetPartitions })}
        error={errors.targetPartitions}
      />
      <TextField
        label="Replicas"
        layout="inline"
        mono
        className={s.number}
        placeholder="default"
        value={draft.replicationFactor}
        onChange={(replicationFactor) => change({ replicationFactor })}
        error={errors.replicationFactor}
      />
      <Button aria-expanded={showsSettings} onPress={onSettings}>
        {draft.settings.length === 0 ? 'Settings: defaults' : `Settings: ${draft.settings.length} to set`}
      </Button>
    </>
  )
}

/** An existing topic. */
function KnownTopic({ store, errors }: Pick<SpecBarsProps, 'store' | 'errors'>) {
  const draft = useStore(store, (state) => state.draft)
  const { change } = store
  const topics = useTopicNames(draft.target)
  return (
    <ComboField
      label="called"
      layout="inline"
      className={s.topic}
      options={topics}
      value={draft.targetTopic}
      onChange={(targetTopic) => change({ targetTopic })}
      error={errors.targetTopic}
    />
  )
}

/** The two ends of the range; the end itself is not copied. */
function Places({ store }: Pick<SpecBarsProps, 'store'>) {
  const { draft, source } = useStore(
    store,
    useShallow((state) => ({ draft: state.draft, source: state.source })),
  )
  const partitions = draft.partitions ?? source.value?.partitions.map(({ partition }) => partition) ?? []
  const placed = { topic: draft.topic.trim(), partitions }
  const { change } = store
  return (
    <>
      <Select<OfferedPlace>
        label="from"
        layout="inline"
        options={froms}
        value={draft.from}
        onChange={(from) => change({ from })}
      />
      <PlaceValueField
        at={draft.from}
        values={draft.fromPlace}
        connectionId={draft.source}
        placed={placed}
        onChange={(values) => change({ fromPlace: { ...store.getState().draft.fromPlace, ...values } })}
      />
      <Select<OfferedPlace | 'end'>
        label="to before"
        layout="inline"
        options={tos}
        value={draft.to ?? 'end'}
        onChange={(to) => change({ to: to === 'end' ? undefined : to })}
      />
      {draft.to !== undefined && (
        <PlaceValueField
          at={draft.to}
          values={draft.toPlace}
          connectionId={draft.source}
          placed={placed}
          onChange={(values) => change({ toPlace: { ...store.getState().draft.toPlace, ...values } })}
        />
      )}
      <IfNoneField
        at={placesIn(draft)}
        value={draft.ifNone}
        policy={ifNonePolicies.replay}
        onChange={(ifNone) => change({ ifNone })}
      />
    </>
  )
}

/** The errors of fields that have no place of their own for an error. */
function MissingFields({ errors }: { errors: ReplayErrors }) {
  const texts = [errors.source, errors.target, errors.partitions, errors.from, errors.to].filter(
    (text) => text !== undefined,
  )
  if (texts.length === 0) return null
  return (
    <p className={s.missing} role="alert">
      {texts.join(' ')}
    </p>
  )
}

function Settings({ store, error }: { store: ReplayStore; error: string | undefined }) {
  const settings = useStore(store, (state) => state.draft.settings)
  const set = (at: number, part: { name?: string; value?: string }) =>
    store.change({ settings: settings.map((row, index) => (index === at ? { ...row, ...part } : row)) })
  return (
    <section className={s.settings} aria-label="Settings of the new topic">
      <p className={s.dim}>
        Copied from the source where they differ from its cluster’s defaults. All others are the target cluster’s own.
      </p>
      {settings.map((row, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no identity but their place
        <div key={at} className={s.setting}>
          <TextField
            label={`Setting ${at + 1}`}
            layout="hidden"
            mono
            value={row.name}
            placeholder="retention.ms"
            onChange={(name) => set(at, { name })}
          />
          <TextField
            label={`Value ${at + 1}`}
            layout="hidden"
            mono
            value={row.value}
            onChange={(value) => set(at, { value })}
          />
          <IconButton
            label="Remove this setting"
            size="small"
            onPress={() => store.change({ settings: settings.filter((_, index) => index !== at) })}
          >
            <CloseIcon size={13} />
          </IconButton>
        </div>
      ))}
      {error !== undefined && <p className={s.bad}>{error}</p>}
      <div>
        <Button size="small" onPress={() => store.change({ settings: [...settings, { name: '', value: '' }] })}>
          Add a setting
        </Button>
      </div>
    </section>
  )
}
