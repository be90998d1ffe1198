import type { Show } from '#shared/contract/messages.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { chosenIfNone } from '../../shared-views/place/place-field.tsx'
import {
  noPlaceValues,
  placeForms,
  type OfferedPlace,
  type PlaceValues,
} from '../../shared-views/place/place-kinds.tsx'

/** The toolbar's settings: where to start, how many records, which partitions, what to show. */
export interface BrowseForm {
  from: OfferedPlace
  /** Among the places; the offset is for every selected partition without an offset of its own in `offsets`. */
  place: PlaceValues
  offsets: Readonly<Record<number, bigint>>
  /** For partitions that do not have the place; undefined: the default of browsing. */
  ifNone: IfNone | undefined
  /** undefined: all partitions. */
  partitions: readonly number[] | undefined
  limit: number
  aborted: boolean
  open: boolean
}

export const emptyForm: BrowseForm = {
  from: 'high-watermark',
  place: noPlaceValues,
  offsets: {},
  ifNone: undefined,
  partitions: undefined,
  limit: 500,
  aborted: false,
  open: true,
}

export const limits = [100, 500, 1_000, 5_000, 10_000] as const

/** What is read, without how much of it: rows that answer different requests do not belong in one list. */
export interface BrowseRequest {
  readonly start: Place
  readonly ifNone?: IfNone | undefined
  /** undefined: all partitions, including ones that the topic gains later. */
  readonly partitions: readonly number[] | undefined
  readonly show: Show
  /** For a Follow: only matching records become rows. */
  readonly filter?: RecordFilter | undefined
  /** The fields that rows contain for columns; apart from that the rows are the same. */
  readonly fields?: readonly RowField[]
}

/** The request that a form describes, or a sentence that says what is missing. */
export function requestOf(form: BrowseForm, allPartitions: readonly number[]): BrowseRequest | string {
  const start = startOf(form, allPartitions)
  if (typeof start === 'string') return start
  // A partition without a given offset is not read; Follow reads the same partitions.
  const partitions = start.at === 'offsets' ? start.offsets.map((at) => at.partition) : form.partitions
  const ifNone = chosenIfNone([start.at], form.ifNone, ifNonePolicies.browse)
  return { start, ...ifNone, partitions, show: { aborted: form.aborted, open: form.open } }
}

export function isSameRequest(a: BrowseRequest | undefined, b: BrowseRequest | string | undefined): boolean {
  const words = (of: BrowseRequest | string | undefined) =>
    JSON.stringify(rowsOf(of), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return words(a) === words(b)
}

/** Without the fields that its rows contain. */
function rowsOf(request: BrowseRequest | string | undefined): unknown {
  if (typeof request !== 'object') return request
  const { fields: _, ...rows } = request
  return rows
}

function startOf(form: BrowseForm, allPartitions: readonly number[]): Place | string {
  if (form.partitions?.length === 0) return 'Which partitions?'
  if (form.from === 'anchor') return anchoredStart(form)
  if (form.from !== 'offset') return placeForms[form.from].of(form.place)
  const partitions = form.partitions ?? allPartitions
  if (partitions.length === 0) return 'The partitions are not known yet.'
  const offsets = partitions.flatMap((partition) => {
    const offset = form.offsets[partition] ?? form.place.offset
    return offset === undefined ? [] : [{ partition, offset }]
  })
  // A partition without an offset is left out, rather than read from a place that nobody chose.
  return offsets.length === 0 ? 'Which offset?' : { at: 'offsets', offsets }
}

/** Of an anchor, only the offsets of this topic are kept; a partition that the anchor does not contain is not read. */
function anchoredStart({ place: { anchor }, partitions }: BrowseForm): Place | string {
  if (anchor === undefined) return 'Which anchor?'
  const offsets = anchor.offsets.filter((at) => partitions === undefined || partitions.includes(at.partition))
  return offsets.length === 0 ? 'The anchor knows none of these partitions.' : { at: 'offsets', offsets }
}

/** Changes only the settings that are given; among the places, too. */
export type BrowseChange = Partial<Omit<BrowseForm, 'place'>> & { place?: Partial<PlaceValues> }

export function isSameFields(a: readonly RowField[] = [], b: readonly RowField[] = []): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
