import type { ReactNode } from 'react'
import { z } from 'zod'
import { Anchor } from '#shared/model/anchor.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { parseDuration } from '#shared/model/duration.ts'
import type { Place, PlaceKind } from '#shared/model/place.ts'
import { AnchorField } from '../anchors/anchor-field.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { cx } from '../../ui/class-names.ts'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import { formatDuration, formatGrouped, formatPartitions, formatTimestamp, type Zone } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { OffsetField } from '../../ui/offset-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import s from './place.module.css'

/** The contents of the fields of places. Fields of other kinds are hidden, and keep their text. */
export const PlaceValues = z.strictObject({
  offset: z.bigint().optional(),
  timestamp: z.bigint().optional(),
  /** As typed: `15 min`. */
  ago: z.string(),
  group: z.string(),
  anchor: Anchor.pick({ id: true, name: true, offsets: true }).optional(),
})
export type PlaceValues = Readonly<z.infer<typeof PlaceValues>>

export const noPlaceValues: PlaceValues = { ago: '', group: '' }

/** Offsets per partition are typed in tables, which each view has of its own, or come from an anchor. */
export type OfferedPlace = Exclude<PlaceKind, 'offsets'> | 'anchor'

/** The topic that the places are in, if it is a single one. */
export interface PlacedTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

export interface PlaceValueProps {
  values: PlaceValues
  onChange: (values: Partial<PlaceValues>) => void
  onEnter?: (() => void) | undefined
  isDisabled?: boolean | undefined
  /** A field's note is shown beside it: below it would cover what follows. */
  hasNoteBeside?: boolean | undefined
  zone: Zone
  /** Names of the connection's groups, as far as they are known. */
  groups: readonly string[]
  connectionId: ConnectionId | undefined
  /** If set, partitions that an anchor does not know are listed. */
  placed?: PlacedTopic | undefined
}

interface PlaceForm<Kind extends PlaceKind | 'anchor'> {
  label: string
  note: string
  /** The place, or the question that is still open. */
  of: Kind extends OfferedPlace ? (values: PlaceValues) => Place | string : null
  /** "from …" */
  // oxlint-disable-next-line typescript/method-signature-style -- so that each may ask for its own kind of place
  words(place: Extract<Place, { at: Kind }>, zone: Zone): string
  Field?: (props: PlaceValueProps) => ReactNode
}

/** How each kind of place is offered, entered and described, in whatever view. */
export const placeForms: { readonly [Kind in PlaceKind | 'anchor']: PlaceForm<Kind> } = {
  'high-watermark': {
    label: 'latest',
    note: 'high watermark',
    of: () => ({ at: 'high-watermark' }),
    words: () => 'the high watermark',
  },
  'log-start': {
    label: 'earliest',
    note: 'log start',
    of: () => ({ at: 'log-start' }),
    words: () => 'the earliest',
  },
  'last-stable': {
    label: 'last stable offset',
    note: 'before open transactions',
    of: () => ({ at: 'last-stable' }),
    words: () => 'the last stable offset',
  },
  timestamp: {
    label: 'timestamp',
    note: 'first record at or after',
    of: ({ timestamp }) => (timestamp === undefined ? 'Which time?' : { at: 'timestamp', timestamp }),
    words: ({ timestamp }, zone) => formatTimestamp(timestamp, zone),
    Field: ({ values, onChange, onEnter, isDisabled, hasNoteBeside, zone }) => (
      <DateTimeField
        label="At"
        layout="inline"
        className={cx(s.time, hasNoteBeside && s.beside)}
        zone={zone}
        value={values.timestamp}
        isDisabled={isDisabled}
        autoFocus={values.timestamp === undefined}
        onChange={(timestamp) => onChange({ timestamp })}
        onEnter={onEnter}
      />
    ),
  },
  ago: {
    label: 'time ago',
    note: 'counted back from now',
    of: ({ ago }) => {
      if (ago.trim() === '') return 'How long ago?'
      const ms = parseDuration(ago)
      return ms === undefined ? AGO_EXAMPLES : { at: 'ago', ms }
    },
    words: ({ ms }) => `${formatDuration(ms)} ago`,
    Field: ({ values, onChange, onEnter, isDisabled, hasNoteBeside }) => (
      <TextField
        label="Ago"
        layout="inline"
        className={cx(s.ago, hasNoteBeside && s.beside)}
        placeholder="15 min"
        value={values.ago}
        error={values.ago.trim() === '' || parseDuration(values.ago) !== undefined ? undefined : AGO_EXAMPLES}
        isDisabled={isDisabled}
        autoFocus={values.ago === ''}
        onChange={(ago) => onChange({ ago })}
        onEnter={onEnter}
      />
    ),
  },
  offset: {
    label: 'offset',
    note: 'the same everywhere',
    of: ({ offset }) => (offset === undefined ? 'Which offset?' : { at: 'offset', offset }),
    words: ({ offset }) => `offset ${formatGrouped(offset)}`,
    Field: ({ values, onChange, onEnter, isDisabled, hasNoteBeside }) => (
      <OffsetField
        label="Offset"
        layout="inline"
        className={cx(s.number, hasNoteBeside && s.beside)}
        value={values.offset}
        isDisabled={isDisabled}
        autoFocus={values.offset === undefined}
        onChange={(offset) => onChange({ offset })}
        onEnter={onEnter}
      />
    ),
  },
  offsets: {
    label: 'offset per partition',
    note: 'in the table',
    of: null,
    words: ({ offsets }) => {
      const [first, ...others] = new Set(offsets.map((at) => at.offset))
      return first !== undefined && others.length === 0 ? `offset ${formatGrouped(first)}` : 'an offset each'
    },
  },
  group: {
    label: 'a group’s positions',
    note: 'without joining it',
    of: ({ group }) => (group.trim() === '' ? 'Which group?' : { at: 'group', group: group.trim() }),
    words: ({ group, shift = 0n }) =>
      `where ${group} stands${shift === 0n ? '' : `, ${formatGrouped(shift)} offsets on`}`,
    Field: GroupField,
  },
  'group-then': {
    label: 'where a group stood',
    note: 'at a moment, by its commits',
    of: ({ group, timestamp }) => {
      if (group.trim() === '') return 'Which group?'
      if (timestamp === undefined || timestamp < 0n) return 'At which time?'
      return { at: 'group-then', group: group.trim(), moment: timestamp }
    },
    words: ({ group, moment }, zone) => `where ${group} stood at ${formatTimestamp(moment, zone)}`,
    Field: ({ values, onChange, onEnter, isDisabled, hasNoteBeside, zone, groups }) => (
      <>
        <GroupField values={values} onChange={onChange} isDisabled={isDisabled} groups={groups} />
        <DateTimeField
          label="At"
          layout="inline"
          className={cx(s.time, hasNoteBeside && s.beside)}
          zone={zone}
          value={values.timestamp}
          isDisabled={isDisabled}
          autoFocus={values.group !== '' && values.timestamp === undefined}
          onChange={(timestamp) => onChange({ timestamp })}
          onEnter={onEnter}
        />
      </>
    ),
  },
  anchor: {
    label: 'an anchor',
    note: 'offsets kept under a name',
    of: ({ anchor }) => (anchor === undefined ? 'Which anchor?' : { at: 'offsets', offsets: anchor.offsets }),
    // Described as what it was made from.
    words: () => placeForms.anchor.label,
    Field: AnchoredField,
  },
}

/** Which anchor, and which partitions are not in it: those are left out. */
function AnchoredField({ values: { anchor }, onChange, isDisabled, connectionId, placed }: PlaceValueProps) {
  if (connectionId === undefined) return null
  const unknown = anchor === undefined || placed === undefined ? '' : unknownToAnchor(anchor, placed)
  return (
    <>
      <AnchorField
        connectionId={connectionId}
        value={anchor?.id}
        isDisabled={isDisabled === true}
        onChange={({ id, name, offsets }) => onChange({ anchor: { id, name, offsets } })}
      />
      {unknown !== '' && (
        <span className={s.unknown} role="status">
          <SafeText text={unknown} limit={300} />
        </span>
      )}
    </>
  )
}

/** Empty: it has all of them. */
export function unknownToAnchor(
  { offsets }: NonNullable<PlaceValues['anchor']>,
  { topic, partitions }: PlacedTopic,
): string {
  const known = new Set(offsets.filter((at) => at.topic === topic).map(({ partition }) => partition))
  const missing = partitions.filter((partition) => !known.has(partition))
  if (missing.length === 0) return ''
  if (known.size === 0) return `It knows no partition of ${topic}.`
  return `It does not know partition${missing.length === 1 ? '' : 's'} ${formatPartitions(missing)}: left out.`
}

function GroupField({
  values,
  onChange,
  isDisabled,
  groups,
}: Pick<PlaceValueProps, 'values' | 'onChange' | 'isDisabled' | 'groups'>) {
  return (
    <ComboField
      label="Group"
      layout="inline"
      className={s.name}
      value={values.group}
      options={groups}
      isDisabled={isDisabled}
      autoFocus={values.group === ''}
      onChange={(group) => onChange({ group })}
    />
  )
}

const AGO_EXAMPLES = 'Write a length of time, such as 15 min, 1h 30m or PT15M.'

/** "From …", for the user. */
export function placeWords(place: Place, zone: Zone): string {
  // Each form is called with its own kind of place.
  const { words }: { words(of: Place, zone: Zone): string } = placeForms[place.at]
  return words(place, zone)
}
