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

/** What the toolbar says: where to start, how many, which partitions, what to show. */
export interface BrowseForm {
  from: OfferedPlace
  /** Of places; the offset is for every chosen partition that has none of its own in `offsets`. */
  place: PlaceValues
  offsets: Readonly<Record<number, bigint>>
  /** For partitions without such a place; undefined: as browsing does where nothing is chosen. */
  ifNone: IfNone | undefined
  /** undefined = all. */
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

/** What is read, apart from how much of it at a time: rows that answer different ones do not belong in one list. */
export interface BrowseRequest {
  readonly start: Place
  readonly ifNone?: IfNone | undefined
  /** undefined = all, also those that the topic gains. */
  readonly partitions: readonly number[] | undefined
  readonly show: Show
  /** Of a Follow: only what it matches becomes a row. */
  readonly filter?: RecordFilter | undefined
  /** What the rows bring along for columns; apart from that they are the same rows. */
  readonly fields?: readonly RowField[]
}

/** The request a form stands for, or the sentence that says what is missing. */
export function requestOf(form: BrowseForm, allPartitions: readonly number[]): BrowseRequest | string {
  const start = startOf(form, allPartitions)
  if (typeof start === 'string') return start
  // A partition that no offset was given for is not read; following reads the same ones.
  const partitions = start.at === 'offsets' ? start.offsets.map((at) => at.partition) : form.partitions
  const ifNone = chosenIfNone([start.at], form.ifNone, ifNonePolicies.browse)
  return { start, ...ifNone, partitions, show: { aborted: form.aborted, open: form.open } }
}

export function isSameRequest(a: BrowseRequest | undefined, b: BrowseRequest | string | undefined): boolean {
  const words = (of: BrowseRequest | string | undefined) =>
    JSON.stringify(rowsOf(of), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return words(a) === words(b)
}

/** Without what its rows bring along. */
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
  // A partition without an offset is left out, rather than read from a place nobody chose.
  return offsets.length === 0 ? 'Which offset?' : { at: 'offsets', offsets }
}

/** Of an anchor those offsets are kept that are of the topic; a partition that it does not know is not read. */
function anchoredStart({ place: { anchor }, partitions }: BrowseForm): Place | string {
  if (anchor === undefined) return 'Which anchor?'
  const offsets = anchor.offsets.filter((at) => partitions === undefined || partitions.includes(at.partition))
  return offsets.length === 0 ? 'The anchor knows none of these partitions.' : { at: 'offsets', offsets }
}

/** A change of what is named; of the values of places, too. */
export type BrowseChange = Partial<Omit<BrowseForm, 'place'>> & { place?: Partial<PlaceValues> }

export function isSameFields(a: readonly RowField[] = [], b: readonly RowField[] = []): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
