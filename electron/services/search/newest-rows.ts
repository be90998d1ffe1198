import type { BrowseDone } from '#shared/contract/messages.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import { rowAt, type RowView } from '#shared/model/rows.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import { browseBackward } from '../messages/browse-backward.ts'
import { decodedRows } from '../messages/browse-page.ts'
import { openTopic, type MessagesAccess } from '../messages/start-offsets.ts'

export interface SampleOptions {
  topic: string
  partitions?: readonly number[] | undefined
  count: number
}

const show = { aborted: false, open: true }

/** The newest records of a topic as rows, newest first. */
export async function newestRows(
  access: MessagesAccess,
  { topic, partitions, count }: SampleOptions,
  signal: AbortSignal,
): Promise<{ rows: RowView[]; topicId: BrowseDone['topicId'] }> {
  const opened = await openTopic(access, topic, partitions, signal)
  const starts = new Map([...opened.bounds].map(([partition, { highWatermark }]) => [partition, highWatermark]))
  const rows: RowView[] = []
  const sink = {
    batch: (frame: Parameters<typeof rowAt>[0]): Promise<void> => {
      for (let row = 0; row < frame.count; row += 1) rows.push(rowAt(frame, row))
      return Promise.resolve()
    },
    progress: () => undefined,
  }
  const decoding = decodedRows({ fields: [], patient: false })
  await browseBackward({ access, topic, opened, starts, show, limit: count, decoding }, sink, signal)
  signal.throwIfAborted()
  return { rows: rows.toReversed(), topicId: opened.topicId }
}

/** Reads exactly these records again, completely, and runs a trial on each of them. */
export async function tryOn(
  access: MessagesAccess,
  topic: string,
  { rows, topicId }: Awaited<ReturnType<typeof newestRows>>,
  trial: RecordFilter | 'fields',
  signal: AbortSignal,
): Promise<{ partition: number; columns: RecordColumns }[]> {
  const ranges = [...Map.groupBy(rows, ({ partition }) => partition)].map(([partition, ofOne]) => ({
    partition,
    from: ofOne.at(-1)!.offset, // Map.groupBy makes no empty group
    to: ofOne[0]!.offset + 1n, // Map.groupBy makes no empty group
  }))
  const found: { partition: number; columns: RecordColumns }[] = []
  if (ranges.length === 0) return found
  const stream = access.reader.columns({
    topic,
    topicId,
    ranges,
    signal,
    // A verdict on a record that is not decoded would be wrong.
    ...decodedRows({ fields: [], patient: true }),
    decode: { includeAborted: false, previewBytes: { key: 0, value: 0 } },
    trial,
  })
  for await (const event of stream) {
    if (event.kind === 'failed') throw event.error
    if (event.kind === 'rows') found.push({ partition: event.partition, columns: event.columns })
  }
  return found
}
