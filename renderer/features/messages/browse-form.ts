import type { IfNone } from '#shared/contract/common.ts'
import type { Show, Start } from '#shared/contract/messages.ts'

export type From = 'newest' | 'earliest' | 'timestamp' | 'offset' | 'group'

/** What the toolbar says: where to start, how many, which partitions, what to show. */
export interface BrowseForm {
  from: From
  /** For `offset`: in every chosen partition that has none of its own in `offsets`. */
  offset: bigint | undefined
  offsets: Readonly<Record<number, bigint>>
  timestamp: bigint | undefined
  /** For partitions without a record as new as the timestamp. */
  ifNone: IfNone
  group: string
  /** undefined = all. */
  partitions: readonly number[] | undefined
  limit: number
  aborted: boolean
  open: boolean
}

export const emptyForm: BrowseForm = {
  from: 'newest',
  offset: undefined,
  offsets: {},
  timestamp: undefined,
  ifNone: 'end',
  group: '',
  partitions: undefined,
  limit: 500,
  aborted: false,
  open: true,
}

export const limits = [100, 500, 1_000, 5_000, 10_000] as const

/** What is read, apart from how much of it at a time: rows that answer different ones do not belong in one list. */
export interface BrowseRequest {
  readonly start: Start
  /** undefined = all, also those that the topic gains. */
  readonly partitions: readonly number[] | undefined
  readonly show: Show
}

/** The request a form stands for, or the sentence that says what is missing. */
export function requestOf(form: BrowseForm, allPartitions: readonly number[]): BrowseRequest | string {
  const start = startOf(form, allPartitions)
  if (typeof start === 'string') return start
  // A partition that no offset was given for is not read; following reads the same ones.
  const partitions = start.from === 'offsets' ? start.offsets.map((at) => at.partition) : form.partitions
  return { start, partitions, show: { aborted: form.aborted, open: form.open } }
}

export function isSameRequest(a: BrowseRequest | undefined, b: BrowseRequest | string | undefined): boolean {
  const words = (of: unknown) =>
    JSON.stringify(of, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return words(a) === words(b)
}

function startOf(form: BrowseForm, allPartitions: readonly number[]): Start | string {
  if (form.partitions?.length === 0) return 'Which partitions?'
  switch (form.from) {
    case 'newest':
    case 'earliest':
      return { from: form.from }
    case 'timestamp':
      return form.timestamp === undefined
        ? 'Which time?'
        : { from: 'timestamp', timestamp: form.timestamp, ifNone: form.ifNone }
    case 'group':
      return form.group === '' ? 'Which group?' : { from: 'group', group: form.group }
    case 'offset': {
      const partitions = form.partitions ?? allPartitions
      if (partitions.length === 0) return 'The partitions are not known yet.'
      const offsets = partitions.flatMap((partition) => {
        const offset = form.offsets[partition] ?? form.offset
        return offset === undefined ? [] : [{ partition, offset }]
      })
      // A partition without an offset is left out, rather than read from a place nobody chose.
      return offsets.length === 0 ? 'Which offset?' : { from: 'offsets', offsets }
    }
  }
}
