import type { BrowseDone } from '#shared/contract/messages.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { BrowseRequest } from './browse-form.ts'
import { edges, ended, endsOf, moved, recreated, sameTopic } from './list-ends.ts'
import type { ListParts, MessagesState } from './list-state.ts'

export interface Pages {
  /** Reads one page, whatever is done with it. */
  browse: (
    request: BrowseRequest,
    onRows: (rows: RowColumns) => void,
    signal: AbortSignal,
    direction?: 'backward',
  ) => Promise<BrowseDone>
  /** A new list, from the start that the request names. */
  first: (request: BrowseRequest, signal: AbortSignal) => Promise<Partial<MessagesState>>
  /** The page beyond one end of the list. */
  next: (way: 'older' | 'newer', signal: AbortSignal) => Promise<Partial<MessagesState>>
}

/** Reads a list page by page. */
export function createPages({ api, connectionId, topic, lines, getState, setState, publish }: ListParts): Pages {
  const browse: Pages['browse'] = ({ start: from, ifNone, partitions, show, fields = [] }, onRows, signal, direction) =>
    api.openStream(
      'messages.browse',
      {
        connectionId,
        topic,
        start: from,
        limit: getState().form.limit,
        show,
        fields: [...fields],
        ...(ifNone === undefined ? {} : { ifNone }),
        ...(direction === undefined ? {} : { direction }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
      },
      {
        signal,
        onBatch: onRows,
        onProgress: ({ counts, ratePerSecond }) => setState({ counts, ratePerSecond }),
      },
    )

  const first: Pages['first'] = async (request, signal) => {
    let isFirst = true
    const clear = () => {
      if (!isFirst) return
      lines.clear()
      setState({ shown: request })
      isFirst = false
    }
    const came: RowColumns[] = []
    const done = await browse(request, (rows) => {
        // The old rows stay until the first new ones arrive.
        clear()
        came.push(rows)
        lines.append(rows)
        publish()
      }, signal) // oxfmt-ignore
    // No rows arrived, although there may be some: the old rows stay, with the offsets at which they continue.
    const failure = isFirst && lines.loaded > 0 ? done.failures[0] : undefined
    if (failure !== undefined) return { error: failure.error, ratePerSecond: 0 }
    clear()
    const isCut = done.reason === 'cancelled'
    // The newest records are searched from the end: after a stop only part of them is known, and not where that part begins.
    const isBackward = request.start.at === 'high-watermark'
    if (isCut && isBackward) lines.clear()
    return {
      ...ended(done),
      ...edges(done),
      older: done.backward,
      // Records that were on their way when the read was stopped are not shown, so the next page must bring them.
      newer: isCut && !isBackward ? moved(done.backward, endsOf(came)) : done.forward,
      ...(isCut ? { hasNewer: true } : {}),
    }
  }

  const next: Pages['next'] = async (way, signal) => {
    const { older, newer, shown, done: before } = getState()
    const offsets = way === 'older' ? older : newer
    if (offsets === undefined || offsets.length === 0 || shown === undefined) return {}
    const start = { at: 'offsets' as const, offsets: [...offsets] }
    const request = { ...shown, start, partitions: offsets.map((at) => at.partition) }
    const came: RowColumns[] = []
    const onRows = (rows: RowColumns) => void came.push(rows)
    const done = await browse(request, onRows, signal, way === 'older' ? 'backward' : undefined)
    if (!sameTopic(before, done)) throw recreated(topic)
    const { hasOlder, hasNewer } = edges(done)
    if (way === 'newer') {
      const isCut = done.reason === 'cancelled'
      setState({ newer: isCut ? moved(offsets, endsOf(came)) : done.forward, hasNewer: isCut || hasNewer })
      for (const rows of came) lines.append(rows)
    } else if (done.reason !== 'cancelled') {
      setState({ older: done.backward, hasOlder })
      lines.prepend(came)
    }
    return ended(done)
  }

  return { browse, first, next }
}
