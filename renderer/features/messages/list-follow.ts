import type { PartitionOffset } from '#shared/model/positions.ts'
import { rowAt, type RowColumns, type RowView } from '#shared/model/rows.ts'
import { changedParts } from '../../stores/same-value.ts'
import { isSameFields, isSameRequest, type BrowseRequest } from './browse-form.ts'
import type { FollowAt } from './follow-memory.ts'
import { bytesOf } from './held-rows.ts'
import { edges, ended, endsOf, moved, recreated, sameTopic } from './list-ends.ts'
import type { Pages } from './list-pages.ts'
import type { ListParts, MessagesState } from './list-state.ts'

/**
 * The most rows held back by a pause. After that the stream waits as well, so that nothing is lost and memory does not grow.
 */
const HELD_ROWS = 5_000

type Reads = Promise<Partial<MessagesState>>

export interface Follow {
  /**
   * Follows after the rows shown if they answer the request, otherwise after a new page. With a filter it may end with the
   * first match.
   */
  begin: (request: BrowseRequest, untilFirst: boolean, signal: AbortSignal) => Reads
  /** Follows with its filter once more from where it began: its rows are its own. */
  again: (request: BrowseRequest, signal: AbortSignal) => Reads
  /** Continues where an earlier page stopped, after a page of older records. */
  goOn: (at: FollowAt, signal: AbortSignal) => Reads
  /** Shows the rows that a pause held back. */
  letGo: () => void
  /** The memory used by rows that a pause holds back. */
  readonly heldBytes: number
}

/** Adds rows as they arrive, after those of a page. */
// oxlint-disable-next-line max-lines-per-function -- new rows, rows held back by a pause and rows dropped are one count of the same rows
export function createFollow(
  { api, connectionId, topic, lines, getState, setState, publish }: ListParts,
  pages: Pages,
  /** Called when a Follow has ended with its first match. */
  onFirst: (row: RowView) => void,
): Follow {
  let held: (() => void)[] = []
  let heldBytes = 0
  let release: (() => void) | undefined
  /** Whether a Follow with a filter ends with the first match; and where it began. */
  let untilFirst = false
  let began: readonly PartitionOffset[] = []

  /**
   * Takes new rows. The offsets at which reading continues move with them, so that a broken stream is resumed exactly there.
   */
  const take = (rows: RowColumns) => {
    setState(({ newer }) => ({ newer: moved(newer, endsOf([rows])) }))
    lines.append(rows)
  }
  const letGo = () => {
    for (const show of held) show()
    held = []
    heldBytes = 0
    release?.()
    release = undefined
  }

  /** Before following: reads rows that answer the form, up to where the Follow begins. */
  const catchUp = async (request: BrowseRequest, signal: AbortSignal): Reads => {
    const { shown, newer, done: known } = getState()
    if (request.filter !== undefined)
      return newer !== undefined && isSameRequest(shown, request) ? {} : fromTheEnd(request, signal)
    if (newer === undefined || !isSameRequest(shown, request) || !isSameFields(shown?.fields, request.fields))
      return pages.first(request, signal)
    if (request.start.at !== 'high-watermark') return {}
    // Somebody who follows the newest records wants these, not the hundreds of thousands since the list was read.
    const came: RowColumns[] = []
    const done = await pages.browse(request, (rows) => void came.push(rows), signal)
    const reached = new Map(newer.map(({ partition, offset }) => [partition, offset]))
    const isJoined = done.backward.every(({ partition, offset }) => offset <= (reached.get(partition) ?? 0n))
    if (signal.aborted || done.reason === 'cancelled') return {}
    if (isJoined && sameTopic(known, done)) return {}
    lines.clear()
    for (const rows of came) lines.append(rows)
    return { ...ended(done), ...edges(done), older: done.backward, newer: done.forward }
  }

  /** The current end of each partition's log: without it, stopping a partition that had no match would lose where it began. */
  const fromTheEnd = async (request: BrowseRequest, signal: AbortSignal): Reads => {
    const { partitions, show } = request
    const chosen = partitions === undefined ? {} : { partitions: [...partitions] }
    const { ledger } = await api.call('messages.ledger', { connectionId, topic, show, start: { at: 'high-watermark' }, ...chosen }, { signal }) // oxfmt-ignore
    lines.clear()
    began = ledger.parts.map(({ partition, to }) => ({ partition, offset: to }))
    return {
      shown: request,
      done: undefined,
      older: undefined,
      newer: began,
      hasOlder: false,
      hasNewer: false,
    }
  }

  const follow = async (request: BrowseRequest, signal: AbortSignal): Reads => {
    const { partitions, show, filter, fields: brought = [] } = request
    const { newer } = getState()
    setState({ followed: request, ...(filter === undefined ? {} : { looked: { records: 0n, notJudged: {} } }) })
    // When the app last reported progress: after the computer has slept, this is when the sleep began.
    let heard = Date.now()
    let away: { from: number; reason: string } | undefined
    let last: RowView | undefined
    const done = await api.openStream(
      'messages.tail',
      {
        connectionId,
        topic,
        show,
        fields: [...brought],
        ...(filter === undefined ? {} : { filter, untilFirst }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
        ...(newer === undefined ? {} : { from: [...newer] }),
      },
      {
        signal,
        onBatch: (rows) => {
          if (signal.aborted) return undefined
          if (rows.count > 0) last = rowAt(rows, rows.count - 1)
          if (!getState().isPaused) {
            take(rows)
            return publish()
          }
          held.push(() => take(rows))
          heldBytes += bytesOf(rows)
          const waitingRows = getState().waitingRows + rows.count
          setState({ waitingRows })
          return waitingRows < HELD_ROWS ? undefined : new Promise<void>((resolve) => (release = resolve))
        },
        onProgress: ({ counts, ratePerSecond, looked: records, notJudged, bounds, waiting, stopped }) => {
          if (waiting !== null) away ??= { from: heard, reason: waiting.message }
          heard = Date.now()
          if (waiting === null && away !== undefined) {
            const pause = { ...away, to: heard }
            away = undefined
            if (getState().isPaused) held.push(() => lines.mark(pause))
            else lines.mark(pause)
            publish()
          }
          // A stream without records reports every few seconds that it is alive: the state does not change then.
          setState((before) =>
            changedParts(before, {
              counts,
              ratePerSecond,
              waiting,
              stopped,
              ...(filter === undefined ? {} : { looked: { records, notJudged } }),
              ...(before.done === undefined ? {} : { done: { ...before.done, bounds } }),
            }),
          )
        },
      },
    )
    const before = getState().done
    if (done.reason === 'found' && last !== undefined) onFirst(last)
    return {
      // Records that the filter rejected are not a page of rows.
      hasNewer: filter === undefined,
      ...(done.reason === 'cancelled' ? {} : { newer: done.forward }),
      // How the earlier page ended says nothing about the Follow.
      ...(before === undefined ? {} : { done: { ...before, reason: 'cancelled' as const, failures: [] } }),
    }
  }

  return {
    get heldBytes() {
      return heldBytes
    },
    letGo,
    begin: async (request, onlyFirst, signal) => {
      untilFirst = onlyFirst
      const change = await catchUp(request, signal)
      publish(change)
      return change.error !== undefined || signal.aborted ? {} : follow(request, signal)
    },
    again: (request, signal) => {
      lines.clear()
      setState({ shown: request, newer: began })
      return follow(request, signal)
    },
    goOn: async ({ request, topicId, next }, signal) => {
      if (request.filter !== undefined) {
        began = next
        publish({ newer: next, shown: request })
        return follow(request, signal)
      }
      const start = { at: 'offsets' as const, offsets: [...next] }
      const partitions = next.map(({ partition }) => partition)
      const came: RowColumns[] = []
      const before = { ...request, start, partitions }
      const done = await pages.browse(before, (rows) => void came.push(rows), signal, 'backward')
      if (signal.aborted) return {}
      if (topicId !== null && done.topicId !== null && topicId !== done.topicId) throw recreated(topic)
      for (const rows of came) lines.append(rows)
      publish({ ...ended(done), ...edges(done), older: done.backward, newer: next, shown: request })
      return follow(request, signal)
    },
  }
}
