import type { ReplaySpec } from '#shared/contract/replay.ts'
import { NewTopicName, type ConnectionId } from '#shared/model/ids.ts'
import type { IfNone, Range } from '#shared/model/place.ts'
import type { PartitionOffset } from '#shared/model/positions.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { chosenIfNone } from '../../shared-views/place/place-field.tsx'
import {
  noPlaceValues,
  placeForms,
  type OfferedPlace,
  type PlaceValues,
} from '../../shared-views/place/place-kinds.tsx'

export interface SettingDraft {
  readonly name: string
  readonly value: string
}

/** A replay as the form holds it: fields that another choice hides keep their text. */
export interface ReplayDraft {
  readonly source: ConnectionId | undefined
  readonly topic: string
  /** `all` is from the log start to the end. */
  readonly by: Range['by'] | 'all'
  /** undefined: all partitions, including ones that are added later. */
  readonly partitions: readonly number[] | undefined
  /** As typed: `3:1000-2000, 4:500-`. */
  readonly offsets: string
  /** As typed: `0:120, 3:77`. */
  readonly records: string
  readonly from: OfferedPlace
  readonly fromPlace: PlaceValues
  /** undefined: the end. */
  readonly to: OfferedPlace | undefined
  readonly toPlace: PlaceValues
  readonly newest: bigint | undefined
  readonly target: ConnectionId | undefined
  readonly creates: boolean
  readonly targetTopic: string
  readonly targetPartitions: string
  /** Empty: the cluster's default. */
  readonly replicationFactor: string
  readonly settings: readonly SettingDraft[]
  readonly partitioning: ReplaySpec['partitioning']
  /** For partitions that do not have the end of the range; undefined: the default of replays. */
  readonly ifNone: IfNone | undefined
  readonly timestamps: ReplaySpec['timestamps']
}

export type ReplayErrors = Readonly<Partial<Record<keyof ReplayDraft, string>>>
export type CheckedReplay = { ok: true; spec: ReplaySpec } | { ok: false; errors: ReplayErrors }

export const emptyReplay: ReplayDraft = {
  source: undefined,
  topic: '',
  by: 'all',
  partitions: undefined,
  offsets: '',
  records: '',
  from: 'timestamp',
  fromPlace: noPlaceValues,
  to: undefined,
  toPlace: noPlaceValues,
  newest: 1_000n,
  target: undefined,
  creates: true,
  targetTopic: '',
  targetPartitions: '',
  replicationFactor: '',
  settings: [],
  partitioning: 'keep',
  ifNone: undefined,
  timestamps: 'keep',
}

/** The request that the form describes, or its errors by field. */
export function checkReplay(draft: ReplayDraft): CheckedReplay {
  const errors: Partial<Record<keyof ReplayDraft, string>> = {}
  if (draft.source === undefined) errors.source = 'From which cluster?'
  if (draft.topic.trim() === '') errors.topic = 'Which topic?'
  if (draft.target === undefined) errors.target = 'To which cluster?'
  const range = rangeOf(draft, errors)
  const targetTopic = targetOf(draft, errors)
  if (draft.source === undefined || draft.target === undefined || range === undefined || targetTopic === undefined) {
    return { ok: false, errors }
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors }
  const { source, target, partitioning, timestamps } = draft
  return {
    ok: true,
    spec: {
      source,
      topic: draft.topic.trim(),
      range,
      ...chosenIfNone(placesIn(draft), draft.ifNone, ifNonePolicies.replay),
      target,
      targetTopic,
      partitioning,
      timestamps,
    },
  }
}

type Errors = Partial<Record<keyof ReplayDraft, string>>

/** Offsets and single records name their partitions themselves. */
export function hasPartitions({ by }: Pick<ReplayDraft, 'by'>): boolean {
  return by !== 'offsets' && by !== 'records'
}

/** The kinds of places that a draft uses. */
export function placesIn({ by, from, to }: ReplayDraft): readonly (OfferedPlace | undefined)[] {
  return by === 'places' ? [from, to] : []
}

function rangeOf(draft: ReplayDraft, errors: Errors): Range | undefined {
  const some = draft.partitions === undefined ? {} : { partitions: [...draft.partitions] }
  if (draft.partitions?.length === 0 && hasPartitions(draft)) {
    errors.partitions = 'Choose at least one partition.'
    return undefined
  }
  switch (draft.by) {
    case 'all':
      return { by: 'places', from: { at: 'log-start' }, ...some }
    case 'newest':
      if (draft.newest !== undefined && draft.newest > 0n) return { by: 'newest', count: draft.newest, ...some }
      errors.newest = 'How many offsets of each partition?'
      return undefined
    case 'places': {
      const from = placeForms[draft.from].of(draft.fromPlace)
      const to = draft.to === undefined ? undefined : placeForms[draft.to].of(draft.toPlace)
      if (typeof from === 'string') errors.from = `From: ${from}`
      if (typeof to === 'string') errors.to = `To before: ${to}`
      if (typeof from === 'string' || typeof to === 'string') return undefined
      if (from.at === 'timestamp' && to?.at === 'timestamp' && to.timestamp <= from.timestamp) {
        errors.to = 'The end lies before the start.'
      }
      return { by: 'places', from, ...(to === undefined ? {} : { to }), ...some }
    }
    case 'offsets': {
      const ranges = parseRanges(draft.offsets)
      if (typeof ranges !== 'string') return { by: 'offsets', ranges }
      errors.offsets = ranges
      return undefined
    }
    case 'records': {
      const records = parseRecords(draft.records)
      if (typeof records !== 'string') return { by: 'records', records }
      errors.records = records
      return undefined
    }
  }
}

function targetOf(draft: ReplayDraft, errors: Errors): ReplaySpec['targetTopic'] | undefined {
  const name = draft.targetTopic.trim()
  if (!draft.creates) {
    if (name !== '') return { create: false, name }
    errors.targetTopic = 'Into which topic?'
    return undefined
  }
  const legal = NewTopicName.safeParse(name)
  if (!legal.success) errors.targetTopic = legal.error.issues[0]?.message ?? 'Not a topic name.'
  const partitions = wholeNumber(draft.targetPartitions, 10_000)
  if (partitions === undefined) errors.targetPartitions = 'A number from 1 to 10000.'
  const replicas = draft.replicationFactor.trim() === '' ? -1 : wholeNumber(draft.replicationFactor, 100)
  if (replicas === undefined) errors.replicationFactor = 'A number from 1 to 100, or nothing for the cluster’s default.'
  const configs = draft.settings
    .filter((row) => row.name.trim() !== '')
    .map((row) => ({ ...row, name: row.name.trim() }))
  const names = new Set(configs.map((row) => row.name))
  if (names.size < configs.length) errors.settings = 'A setting is named twice.'
  if (!legal.success || partitions === undefined || replicas === undefined) return undefined
  return { create: true, name, partitions, replicationFactor: replicas, configs }
}

function wholeNumber(text: string, most: number): number | undefined {
  const digits = text.replace(/[\s\u202f\u2009]/g, '')
  const value = /^\d{1,6}$/.test(digits) ? Number(digits) : 0
  return value >= 1 && value <= most ? value : undefined
}

const MOST = 10_000
/** Offsets are shown with grouped digits, so people paste them that way. */
const ungrouped = (text: string): string =>
  text.replace(/(?<=\d)[\u202f\u2009 ](?=\d{3}(?!\d))/g, '').replace(/[\u2013\u2212]/g, '-')

/**
 * Reads `3:1000-2000, 4:500-`, or returns a sentence that says why it cannot. The end is exclusive; without one the range ends
 * at the last stable offset.
 */
export function parseRanges(text: string): { partition: number; from: bigint; to?: bigint }[] | string {
  const parts = partsOf(text)
  if (parts.length === 0) return 'Write partition:from-to, such as 3:1000-2000.'
  if (parts.length > MOST) return `At most ${MOST} ranges at once.`
  const ranges: { partition: number; from: bigint; to?: bigint }[] = []
  for (const part of parts) {
    const match = /^(\d{1,9}):(\d{1,19})-(\d{1,19})?$/.exec(part)
    if (match === null) return `“${part}” is no range. Write partition:from-to, such as 3:1000-2000 or 3:1000-.`
    const from = BigInt(match[2]!) // this group takes part in every match
    const to = match[3] === undefined ? undefined : BigInt(match[3])
    if (to !== undefined && to <= from) return `${part} is empty: the end itself is left out.`
    ranges.push({ partition: Number(match[1]), from, ...(to === undefined ? {} : { to }) })
  }
  return ranges
}

/** Reads `0:120, 3:77`, or returns a sentence that says why it cannot. */
export function parseRecords(text: string): PartitionOffset[] | string {
  const parts = partsOf(text)
  if (parts.length === 0) return 'Write partition:offset, such as 3:1042.'
  if (parts.length > MOST) return `At most ${MOST} records at once; a range of offsets takes any number.`
  const records: PartitionOffset[] = []
  for (const part of parts) {
    const match = /^(\d{1,9}):(\d{1,19})$/.exec(part)
    if (match === null) return `“${part}” is no record. Write partition:offset, such as 3:1042.`
    records.push({ partition: Number(match[1]), offset: BigInt(match[2]!) }) // this group takes part in every match
  }
  return records
}

function partsOf(text: string): string[] {
  return ungrouped(text)
    .split(/[,;\n]+|(?<=[\d-])\s+(?=\d+:)/)
    .map((part) => part.replace(/\s+/g, ''))
    .filter((part) => part !== '')
}
