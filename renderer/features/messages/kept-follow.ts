import { z } from 'zod'
import { Show } from '#shared/contract/messages.ts'
import { RecordFilter } from '#shared/filters/filter.ts'
import { IfNone, Place } from '#shared/model/place.ts'
import { RowField } from '#shared/model/row-field.ts'
import { PartitionOffset } from '#shared/model/positions.ts'
import { PlaceValues } from '../../shared-views/place/place-kinds.tsx'
import { placeOptions } from '../../shared-views/place/place-field.tsx'
import { emptyForm, type BrowseRequest } from './browse-form.ts'
import type { KeptFollow } from './follow-memory.ts'
import type { MessagesState } from './list-state.ts'
import type { MessagesStore } from './messages-store.ts'

const Partitions = z.array(z.int().min(0)).optional()

/**
 * A Follow in its current state: the settings of its fields, its request, and the next offset of each partition once it runs.
 */
const Request = z.strictObject({
  start: Place,
  ifNone: IfNone.optional(),
  partitions: Partitions,
  show: Show,
  filter: RecordFilter.optional(),
  fields: z.array(RowField).optional(),
})

const Stored = z.strictObject({
  form: z.strictObject({
    from: z.enum(placeOptions().map(({ id }) => id)),
    place: PlaceValues,
    offsets: z.record(z.string(), z.bigint()),
    ifNone: IfNone.optional(),
    partitions: Partitions,
    limit: z.int().min(1).max(10_000),
    aborted: z.boolean(),
    open: z.boolean(),
  }),
  running: z
    .strictObject({
      request: Request,
      topicId: z.string().nullable(),
      next: z.array(PartitionOffset).min(1),
    })
    .optional(),
})
/** Stored as long as this browser tab or window: available after a reload, but not after the app has been restarted. */
type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * The time between two writes, because they reach the disk. After a reload the state is at most this old, and the Follow
 * continues from there without a gap.
 */
const KEEP_MS = 1_000
const nameOf = (tabId: string): string => `follow:${tabId}`

/** Takes what the previous page left, and removes it: a Follow is continued only once. */
export function takeFollow(shelf: Shelf, tabId: string): KeptFollow | undefined {
  const stored = shelf.getItem(nameOf(tabId))
  shelf.removeItem(nameOf(tabId))
  if (stored === null) return undefined
  try {
    const parsed = Stored.safeParse(JSON.parse(stored, revived))
    if (!parsed.success) return undefined
    const { form, running } = parsed.data
    return {
      form: { ...emptyForm, ...form },
      running: running && { ...running, request: sameOrder(running.request) },
    }
  } catch {
    return undefined
  }
}

/** The fields in a fixed order, by which two requests are compared. */
function sameOrder({ start, ifNone, partitions, show, fields, filter }: z.infer<typeof Request>): BrowseRequest {
  return { start, ifNone, partitions, show, ...(fields === undefined ? {} : { fields }), ...(filter && { filter }) }
}

/** Whether both would be stored in the same way. */
function isKeptAlike(a: MessagesState, b: MessagesState): boolean {
  return (['form', 'followed', 'newer'] as const).every((part) => a[part] === b[part]) && a.done?.topicId === b.done?.topicId // oxfmt-ignore
}

/** Stores the Follow of a tab for the page after a reload, as long as the Follow runs. */
export function keepFollow(shelf: Shelf, tabId: string, store: MessagesStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const keep = (): void => {
    clearTimeout(timer)
    timer = undefined
    const { reading, form, followed, newer, done } = store.getState()
    if (reading !== 'tail') return shelf.removeItem(nameOf(tabId))
    const running =
      followed === undefined || newer === undefined || newer.length === 0
        ? undefined
        : { request: followed, topicId: done?.topicId ?? null, next: newer }
    shelf.setItem(nameOf(tabId), JSON.stringify({ form, running }, written))
  }
  const unsubscribe = store.subscribe((now, before) => {
    if (now.reading !== before.reading) return keep()
    if (now.reading !== 'tail' || isKeptAlike(now, before)) return
    timer ??= setTimeout(keep, KEEP_MS)
  })
  // When a page is reloaded, components are not unmounted first.
  window.addEventListener('pagehide', keep)
  return () => {
    unsubscribe()
    clearTimeout(timer)
    window.removeEventListener('pagehide', keep)
    shelf.removeItem(nameOf(tabId))
  }
}

/** JSON has no 64-bit numbers: they are stored as digits under a key that nothing else here uses. */
const written = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? { digits: String(value) } : value)
function revived(_: string, value: unknown): unknown {
  const isDigits = typeof value === 'object' && value !== null && 'digits' in value
  return isDigits && typeof value.digits === 'string' ? BigInt(value.digits) : value
}
