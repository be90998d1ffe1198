import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { messages, OffsetRange } from '#shared/contract/messages.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { ColumnRead } from '../../kafka/reader.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import { FrameBuilder } from './frame.ts'
import { GIVE_UP_MS, stepBytes, untilCancelled } from './page.ts'
import type { MessagesAccess } from './start.ts'

type MatchDef = (typeof messages)['messages.match']
type WholeDef = (typeof messages)['messages.whole']
type Request = Omit<Input<WholeDef>, 'connectionId'>

/** Of the brokers' bytes; whoever wants to go on asks again from where this ended. */
const MOST_BYTES = 256 << 20
const MOST_FOUND = 500
const PROGRESS_MS = 200
const wholeBytes = { key: 64 << 10, value: 256 << 10 }

/** Looks through whole records in the workers; nothing but coordinates comes back. */
export async function match(
  access: MessagesAccess,
  { text, ...input }: Input<MatchDef>,
  sink: StreamSink<MatchDef>,
  signal: AbortSignal,
): Promise<Done<MatchDef>> {
  const decode = { includeAborted: true, previewBytes: { key: 0, value: 0 } }
  const onRows = async (partition: number, { offset, count }: RecordColumns): Promise<void> => {
    for (let at = 0; at < count; at += MOST_FOUND) {
      const some = offset.slice(at, at + MOST_FOUND)
      await sink.batch({ partition: new Int32Array(some.length).fill(partition), offset: some })
    }
  }
  const matching = { kind: 'text', text, matchCase: false } as const
  return readAgain(access, input, { decode, matching }, onRows, sink, signal)
}

/** The same rows again, with all of their keys and values that a frame can carry. */
export async function whole(
  access: MessagesAccess,
  input: Input<WholeDef>,
  sink: StreamSink<WholeDef>,
  signal: AbortSignal,
): Promise<Done<WholeDef>> {
  const decode = { includeAborted: true, previewBytes: wholeBytes }
  const onRows = async (partition: number, columns: RecordColumns): Promise<void> => {
    const frame = new FrameBuilder()
    for (let row = 0; row < columns.count; row += 1) {
      frame.row(partition, { columns, row })
      if (frame.full) await sink.batch(frame.take())
    }
    if (!frame.empty) await sink.batch(frame.take())
  }
  return readAgain(access, input, { decode, decoded: true }, onRows, sink, signal)
}

async function readAgain(
  { reader }: MessagesAccess,
  { topic, topicId, ranges }: Request,
  how: Pick<ColumnRead, 'decode' | 'decoded' | 'matching'>,
  onRows: (partition: number, columns: RecordColumns) => Promise<void>,
  sink: { progress(value: { looked: OffsetRange[]; bytes: bigint }): void },
  signal: AbortSignal,
): Promise<Done<WholeDef>> {
  const looked: OffsetRange[] = []
  const lastOf = new Map<number, OffsetRange>()
  const look = (partition: number, from: bigint, to: bigint): void => {
    const last = lastOf.get(partition)
    if (last?.to === from) last.to = to
    else {
      const next = { partition, from, to }
      lastOf.set(partition, next)
      looked.push(next)
    }
  }
  const told = () => looked.map((range) => ({ ...range }))
  const failures: Done<WholeDef>['failures'] = []
  let reason: Done<WholeDef>['reason'] = 'end'
  let bytes = 0
  let toldAt = performance.now()
  const isCancelled = await untilCancelled(async () => {
    const stream = reader.columns({
      topic,
      topicId,
      ranges: ranges.filter((range) => range.from < range.to),
      signal,
      partitionBytes: stepBytes(ranges.length),
      maxInFlightBytes: 8 << 20,
      giveUpAfterMs: GIVE_UP_MS,
      ...how,
    })
    for await (const event of stream) {
      bytes = stream.bytes
      if (event.kind === 'waiting') continue
      if (event.kind === 'failed') failures.push({ partition: event.partition, error: toErrorValue(event.error) })
      else if (event.kind === 'rows') {
        await onRows(event.partition, event.columns)
        look(event.partition, event.columns.fromOffset, event.columns.nextOffset)
      }
      if (performance.now() - toldAt > PROGRESS_MS) {
        toldAt = performance.now()
        sink.progress({ looked: told(), bytes: BigInt(bytes) })
      }
      if (bytes > MOST_BYTES) {
        reason = 'limit'
        return
      }
    }
  }, signal)
  return { reason: isCancelled ? 'cancelled' : reason, looked: told(), bytes: BigInt(bytes), failures }
}
