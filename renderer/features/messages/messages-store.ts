import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BrowseDone, ReadCounts, Start } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { PartitionOffset } from '#shared/model/positions.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import { createRingBuffer, type RingBuffer } from '../../api/ring-buffer.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { emptyForm, startOf, type BrowseForm } from './browse-form.ts'
import { createRowLines, type RowLines } from './row-lines.ts'

/** Rows kept in the page; older ones leave, and the view says so. */
export const CAPACITY = 50_000

export type Reading = 'page' | 'older' | 'newer' | 'tail'

export interface MessagesState {
  readonly form: BrowseForm
  /** What runs, if anything. */
  readonly reading: Reading | undefined
  readonly error: unknown
  /** How the last page ended. */
  readonly done: BrowseDone | undefined
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  /** The next page each way; undefined before the first page. */
  readonly older: readonly PartitionOffset[] | undefined
  readonly newer: readonly PartitionOffset[] | undefined
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  readonly isPaused: boolean
  /** Rows that came while a paused tail was looked at. */
  readonly waitingRows: number
  /** A tail waits for the connection. */
  readonly waiting: ErrorValue | null
  /** Lines of the grid; changes whenever they do. */
  readonly lineCount: number
  /** Lines that an older page put in front, so that the view can keep its place. */
  readonly prepended: number
  readonly version: number
}

export interface MessagesStore extends StoreApi<MessagesState> {
  readonly buffer: RingBuffer
  readonly lines: RowLines
  change: (form: Partial<BrowseForm>) => void
  setPartitions: (all: readonly number[]) => void
  read: () => Promise<void>
  /** One page from given coordinates. */
  readFrom: (start: Start, partitions?: readonly number[]) => Promise<void>
  page: (way: 'older' | 'newer') => Promise<void>
  tail: () => Promise<void>
  pause: (isPaused: boolean) => void
  stop: () => void
}

const start: MessagesState = {
  form: emptyForm,
  reading: undefined,
  error: undefined,
  done: undefined,
  counts: undefined,
  ratePerSecond: 0,
  older: undefined,
  newer: undefined,
  hasOlder: false,
  hasNewer: false,
  isPaused: false,
  waitingRows: 0,
  waiting: null,
  lineCount: 0,
  prepended: 0,
  version: 0,
}

/** The messages of one topic as they are looked at: one read at a time, rows outside React. */
export function createMessagesStore(
  api: Pick<StoreApiPort, 'openStream'>,
  connectionId: ConnectionId,
  topic: string,
): MessagesStore {
  const store = createStore<MessagesState>(() => start)
  const { setState, getState } = store
  const buffer = createRingBuffer({ capacity: CAPACITY })
  const lines = createRowLines(buffer)
  let all: readonly number[] = []
  let running: AbortController | undefined
  let held: RowColumns[] = []

  const publish = (change: Partial<MessagesState> = {}) =>
    setState((before) => ({ ...change, lineCount: lines.count, version: before.version + 1 }))
  const push = (rows: RowColumns) => {
    buffer.push(rows)
    lines.appended()
  }
  const shown = () => {
    const { form } = getState()
    return { aborted: form.aborted, open: form.open }
  }

  /** Ends what runs, and begins anew; the work hears of its end by the signal. */
  const begin = async (reading: Reading, work: (signal: AbortSignal) => Promise<Partial<MessagesState>>) => {
    running?.abort()
    const mine = new AbortController()
    running = mine
    setState({ reading, error: undefined, waiting: null, ratePerSecond: 0, prepended: 0 })
    try {
      const change = await work(mine.signal)
      if (running === mine) publish({ ...change, reading: undefined })
    } catch (error) {
      if (running === mine) publish({ error: mine.signal.aborted ? undefined : error, reading: undefined })
    } finally {
      if (running === mine) running = undefined
    }
  }

  const browse = (
    input: { start: Start; direction?: 'backward'; partitions?: readonly number[] | undefined },
    onRows: (rows: RowColumns) => void,
    signal: AbortSignal,
  ) => {
    const { partitions } = input
    return api.openStream(
      'messages.browse',
      {
        connectionId,
        topic,
        start: input.start,
        limit: getState().form.limit,
        show: shown(),
        ...(input.direction === undefined ? {} : { direction: input.direction }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
      },
      {
        signal,
        onBatch: onRows,
        onProgress: ({ counts, ratePerSecond }) => setState({ counts, ratePerSecond }),
      },
    )
  }

  const readFrom: MessagesStore['readFrom'] = (from, partitions = getState().form.partitions) =>
    begin('page', async (signal) => {
      held = []
      let first = true
      const clear = () => {
        if (!first) return
        first = false
        buffer.clear()
        lines.rebuild()
      }
      const done = await browse({ start: from, partitions }, (rows) => {
        // What was there stays until the first new rows are here.
        clear()
        push(rows)
        publish()
      }, signal) // prettier-ignore
      clear()
      return { ...ended(done), older: done.backward, newer: done.forward, ...edges(done), prepended: 0 }
    })

  return {
    ...store,
    buffer,
    lines,
    change: (form) => setState((before) => ({ form: { ...before.form, ...form } })),
    setPartitions: (partitions) => {
      all = partitions
    },
    readFrom,
    read: async () => {
      const from = startOf(getState().form, all)
      if (typeof from === 'string') return
      await readFrom(from)
    },
    page: (way) =>
      begin(way, async (signal) => {
        const { older, newer } = getState()
        const offsets = way === 'older' ? older : newer
        if (offsets === undefined || offsets.length === 0) return {}
        const partitions = offsets.map((at) => at.partition)
        const input = { start: { from: 'offsets' as const, offsets: [...offsets] }, partitions }
        if (way === 'newer') {
          const done = await browse(input, (rows) => {
            push(rows)
            publish()
          }, signal) // prettier-ignore
          return { ...ended(done), newer: done.forward, hasNewer: edges(done).hasNewer }
        }
        const frames: RowColumns[] = []
        const done = await browse({ ...input, direction: 'backward' }, (rows) => void frames.push(rows), signal)
        const before = lines.count
        for (const frame of frames.toReversed()) buffer.unshift(frame)
        lines.rebuild()
        return {
          ...ended(done),
          older: done.backward,
          hasOlder: edges(done).hasOlder,
          prepended: lines.count - before,
        }
      }),
    tail: () =>
      begin('tail', async (signal) => {
        const { newer, form } = getState()
        held = []
        setState({ isPaused: false, waitingRows: 0 })
        const done = await api.openStream(
          'messages.tail',
          {
            connectionId,
            topic,
            show: shown(),
            ...(form.partitions === undefined ? {} : { partitions: [...form.partitions] }),
            ...(newer === undefined ? {} : { from: [...newer] }),
          },
          {
            signal,
            onBatch: (rows) => {
              if (getState().isPaused) {
                held.push(rows)
                let waitingRows = getState().waitingRows + rows.count
                // Bounded as the buffer is: what could not be shown anyway is not kept.
                while (held.length > 1 && waitingRows - held[0]!.count > CAPACITY) waitingRows -= held.shift()!.count
                setState({ waitingRows })
                return
              }
              push(rows)
              publish()
            },
            onProgress: ({ counts, ratePerSecond, waiting }) => setState({ counts, ratePerSecond, waiting }),
          },
        )
        return { newer: done.forward, hasNewer: true }
      }),
    pause: (isPaused) => {
      if (!isPaused) {
        for (const rows of held) push(rows)
        held = []
      }
      publish({ isPaused, ...(isPaused ? {} : { waitingRows: 0 }) })
    },
    stop: () => running?.abort(),
  }
}

function ended(done: BrowseDone): Partial<MessagesState> {
  return { done, counts: done.counts, ratePerSecond: 0 }
}

/** Whether something lies beyond what was read. */
function edges(done: BrowseDone): { hasOlder: boolean; hasNewer: boolean } {
  const bounds = new Map(done.bounds.map((one) => [one.partition, one]))
  return {
    hasOlder: done.backward.some(({ partition, offset }) => offset > (bounds.get(partition)?.logStart ?? 0n)),
    hasNewer: done.forward.some(({ partition, offset }) => offset < (bounds.get(partition)?.highWatermark ?? 0n)),
  }
}
