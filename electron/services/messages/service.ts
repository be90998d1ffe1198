import type { ServiceOf } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { browseBackward } from './browse-backward.ts'
import { exportRecords } from './export.ts'
import { browseForward } from './browse-forward.ts'
import { decodedRows } from './browse-page.ts'
import { createRecordReader } from './record-reader.ts'
import { newScan, scan } from './scan.ts'
import { checkOffsets, openTopic, startOffsets, type MessagesAccess } from './start-offsets.ts'
import { tail } from './tail.ts'

export interface MessagesServiceOptions {
  /** Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
}

/** Reading messages: pages, live tail, single records, and parts of large ones. Joins no group and commits nothing. */
export function createMessagesService(options: MessagesServiceOptions): ServiceOf<typeof messages> {
  const records = createRecordReader()
  return {
    'messages.browse': async (input, sink, { signal }) => {
      checkOffsets(input.start)
      const access = options.accessOf(input.connectionId)
      const { start, topic } = input
      const named = start.at === 'offsets' ? start.offsets.map((one) => one.partition) : undefined
      const partitions = input.partitions ?? named
      const opened = await openTopic(access, topic, partitions, signal)
      const starts = await startOffsets(access, topic, input, opened, signal)
      const page = { access, topic, opened, starts, show: input.show, limit: input.limit, decoding: decodedRows(input) }
      // From the end of the log one can only look back; there is nothing after it yet.
      const backward = input.direction === 'backward' || start.at === 'high-watermark'
      return await (backward ? browseBackward : browseForward)(page, sink, signal)
    },
    'messages.tail': (input, sink, { signal }) => tail(options.accessOf(input.connectionId), input, sink, signal),
    'messages.ledger': (input, { signal }) => newScan(options.accessOf(input.connectionId), input, signal),
    'messages.scan': (input, sink, { signal }) => scan(options.accessOf(input.connectionId), input, sink, signal),
    'messages.export': (input, sink, { signal }) =>
      exportRecords(options.accessOf(input.connectionId), input, sink, signal),
    'messages.record': (input, { signal }) => records.record(options.accessOf(input.connectionId), input, signal),
    'messages.headers': (input, { signal }) => records.headers(options.accessOf(input.connectionId), input, signal),
    'messages.payload': (input, { signal }) => records.payload(options.accessOf(input.connectionId), input, signal),
  }
}
