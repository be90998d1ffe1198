import type { Input, Output } from '#shared/contract/define.ts'
import type { FullRecord, messages, NoRecord } from '#shared/contract/messages.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { Decoded } from '#shared/model/decoded.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import { rowFlags } from '#shared/model/rows.ts'
import { holeOf, joinHoles, type Hole } from '#shared/model/hole.ts'
import type { OffsetContent } from '../../kafka/log-reader.ts'
import type { DecodedOffset, DecodedRecord } from '../../kafka/records/one-record.ts'
import { headersFrom } from '../../kafka/records/headers.ts'
import type { Patience } from '../../kafka/workers/tasks.ts'
import { headersPage } from './header-page.ts'
import { nextRecords } from './next-records.ts'
import { createPayloadCache } from './payload-cache.ts'
import { openTopic, unknownPartition, type MessagesAccess } from './start-offsets.ts'

type RecordDef = (typeof messages)['messages.record']
type HeadersDef = (typeof messages)['messages.headers']
type PayloadDef = (typeof messages)['messages.payload']
type Coordinates = Omit<Input<RecordDef>, 'connectionId' | 'patient'>
type Located = Omit<Input<RecordDef>, 'patient'> & { topicId: string | null }

const KEY_BYTES = 64 << 10
const VALUE_BYTES = 1 << 20

/** Reads single, complete records. */
export function createRecordReader() {
  const cache = createPayloadCache()

  /** The decoded record, cached for a while: a large value is read in pages, and each page must not fetch it again. */
  const decoded = async (
    access: MessagesAccess,
    at: Located,
    { fresh, patience = 'open' }: { fresh: boolean; patience?: Patience },
    signal: AbortSignal,
  ) => {
    const { connectionId, topic, topicId, partition, offset } = at
    return await cache.get(`${connectionId}/${topicId ?? topic}/${partition}/${offset}`, fresh, async () =>
      access.reader.one(topic, partition, offset, { topicId, signal, patience }),
    )
  }

  const existing = async (
    access: MessagesAccess,
    at: Coordinates & { connectionId: Input<RecordDef>['connectionId'] },
    signal: AbortSignal,
  ): Promise<DecodedRecord> => {
    const { connectionId, topic, partition, offset } = at
    const { topicId, partitions } = await access.reader.source.topic(topic, false, signal)
    if (!partitions.has(partition)) throw unknownPartition(topic, partition, partitions.size)
    const found = await decoded(access, { connectionId, topic, topicId, partition, offset }, { fresh: false }, signal)
    if (found.decoded.kind === 'record') return found.decoded
    throw new SeeklineError('records.hole', `There is no record at ${whereIs(at)}.`, {
      hint: 'It may have been deleted or compacted away meanwhile.',
    })
  }

  return {
    async record(access: MessagesAccess, input: Input<RecordDef>, signal: AbortSignal): Promise<Output<RecordDef>> {
      const { topic, partition, offset } = input
      const { bounds, topicId } = await boundsOf(access, input, signal)
      const outside = offset < bounds.logStart ? 'before-log-start' : offset >= bounds.highWatermark ? 'past-end' : null
      if (outside !== null) {
        const next =
          outside === 'past-end'
            ? null
            : (await lookOn(access, input, bounds.logStart, bounds.highWatermark, topicId, signal)).next
        return { kind: 'hole', outside, hole: null, bounds, next }
      }
      const patience = input.patient ? 'whole' : 'open'
      const found = await decoded(access, { ...input, topicId }, { fresh: true, patience }, signal)
      if (found.decoded.kind === 'record') {
        const { clusterId } = access.cluster.info()
        const { headers } = await headersOf(access, input, found.decoded, 0, { patience, signal })
        const at = { topic, topicId, clusterId, partition, bounds: found.bounds }
        return fullRecord(found.decoded, { ...found, headers }, at)
      }
      return await explain(access, input, found.decoded, bounds, topicId, signal)
    },

    async headers(access: MessagesAccess, input: Input<HeadersDef>, signal: AbortSignal): Promise<Output<HeadersDef>> {
      const record = await existing(access, input, signal)
      const page = await headersOf(access, input, record, input.from, { signal })
      return { ...page, headerCount: record.headers.count }
    },

    async payload(access: MessagesAccess, input: Input<PayloadDef>, signal: AbortSignal): Promise<Output<PayloadDef>> {
      const { from, length } = input
      const bytes = payloadOf(await existing(access, input, signal), input)
      // slice copies: a view would send the whole payload along.
      return { bytes: bytes.slice(from, from + length), size: bytes.length }
    },
  }
}

async function boundsOf(
  access: MessagesAccess,
  { topic, partition }: Coordinates,
  signal: AbortSignal,
): Promise<{ bounds: LogBounds; topicId: string | null }> {
  const opened = await openTopic(access, topic, [partition], signal)
  return { bounds: opened.bounds.get(partition)!, topicId: opened.topicId } // bounds of this partition were asked for above
}

function fullRecord(
  record: DecodedRecord,
  as: Pick<OffsetContent, 'key' | 'value'> & Pick<FullRecord, 'headers'>,
  at: { topic: string; topicId: string | null; clusterId: string | null; partition: number; bounds: LogBounds },
): FullRecord {
  const { batch, key, value } = record
  const { topic, topicId, clusterId, partition, bounds } = at
  const keyCut = (key?.length ?? 0) > KEY_BYTES
  const valueCut = (value?.length ?? 0) > VALUE_BYTES
  const flags =
    (key === null ? rowFlags.nullKey : 0) |
    (value === null ? rowFlags.nullValue : 0) |
    (batch.transactional ? rowFlags.transactional : 0) |
    (record.aborted ? rowFlags.aborted : 0) |
    (record.offset >= bounds.lastStable ? rowFlags.open : 0) |
    (record.timestampType === 'LogAppendTime' ? rowFlags.logAppendTime : 0) |
    (keyCut ? rowFlags.keyCut : 0) |
    (valueCut ? rowFlags.valueCut : 0) |
    (batch.crcValid ? 0 : rowFlags.badCrc)
  return {
    kind: 'record',
    topic,
    topicId,
    clusterId,
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    timestampType: record.timestampType,
    flags,
    keySize: key?.length ?? -1,
    valueSize: value?.length ?? -1,
    key: keyCut ? key!.slice(0, KEY_BYTES) : key, // a value that was cut is not null
    value: valueCut ? value!.slice(0, VALUE_BYTES) : value, // a value that was cut is not null
    keyAs: bounded(as.key, KEY_BYTES),
    valueAs: bounded(as.value, VALUE_BYTES),
    headers: as.headers,
    headerCount: record.headers.count,
    headersProblem: record.headers.problem?.detail ?? null,
    batch: {
      first: batch.baseOffset,
      last: batch.lastOffset,
      records: batch.count,
      bytes: batch.sizeInBytes,
      codec: batch.codec ?? 'unknown',
      crc: batch.crc,
      crcValid: batch.crcValid,
      leaderEpoch: batch.leaderEpoch,
      magic: batch.magic,
      transactional: batch.transactional,
      producerId: batch.producerId,
      producerEpoch: batch.producerEpoch,
      sequence: sequenceOf(batch.baseSequence, Number(record.offset - batch.baseOffset)),
    },
  }
}

/** A page of its headers. In Kafka's internal topics decoding needs the record's key; none of these has a large one. */
function headersOf(
  { reader }: MessagesAccess,
  { topic, partition }: Coordinates,
  { key, headers }: DecodedRecord,
  from: number,
  options: { patience?: Patience; signal: AbortSignal },
) {
  const known = key === null || key.length > KEY_BYTES ? null : key.slice()
  return headersPage(headers, from, (stored) => reader.headers({ topic, partition }, known, stored, options))
}

/** The decoded form of a value may be far longer than the value. */
function bounded(decoded: Decoded | null, most: number): Decoded | null {
  if (decoded === null || decoded.written === null || decoded.written.length <= most) return decoded
  return { ...decoded, written: decoded.written.slice(0, most), isCut: true }
}

function payloadOf(record: DecodedRecord, input: Input<PayloadDef>): Uint8Array {
  const { part, header } = input
  if (part === 'key' || part === 'value') {
    const bytes = record[part]
    if (bytes === null) throw new SeeklineError('records.hole', `The ${part} at ${whereIs(input)} is null.`)
    return bytes
  }
  const walk = header === undefined ? null : headersFrom(record.headers, header)
  if (walk === null) {
    throw new SeeklineError('records.hole', `The record at ${whereIs(input)} has no header ${header ?? '?'}.`, {
      hint: `It has ${record.headers.readable} that can be read; the first is 0.`,
    })
  }
  const { name, value } = walk.header()
  const bytes = part === 'header-name' ? name : value
  if (bytes === null) throw new SeeklineError('records.hole', `Header ${header} at ${whereIs(input)} is null.`)
  return bytes
}

const whereIs = ({ topic, partition, offset }: Coordinates): string => `${topic}[${partition}] offset ${offset}`

/** Sequences wrap around to 0 after the largest int32. */
function sequenceOf(base: number, delta: number): number {
  return base < 0 ? -1 : (base + delta) % 0x8000_0000
}

async function explain(
  access: MessagesAccess,
  at: Coordinates,
  decoded: Exclude<DecodedOffset, DecodedRecord>,
  bounds: LogBounds,
  topicId: string | null,
  signal: AbortSignal,
): Promise<NoRecord> {
  const { partition, offset } = at
  const own = ((): Hole => {
    switch (decoded.kind) {
      case 'marker':
        return holeOf(partition, offset, offset, 'markers')
      case 'old-format':
        return holeOf(partition, offset, offset, 'oldFormat', `message format ${decoded.magic}, not decoded`)
      case 'problem':
        return holeOf(partition, offset, offset, 'corrupt', decoded.detail)
      case 'missing':
      case 'not-here':
        return holeOf(partition, offset, offset, 'missing')
    }
  })()
  const { hole, next } = await lookOn(access, at, offset + 1n, bounds.highWatermark, topicId, signal)
  return { kind: 'hole', outside: null, hole: hole === null ? own : joinHoles(own, hole), bounds, next }
}

/** The first record from an offset on, and the hole before it. */
async function lookOn(
  access: MessagesAccess,
  { topic, partition }: Coordinates,
  from: bigint,
  to: bigint,
  topicId: string | null,
  signal: AbortSignal,
): Promise<{ hole: Hole | null; next: bigint | null }> {
  const found = (await nextRecords(access, topic, topicId, [{ partition, from, to }], signal)).get(partition)! // nextRecords answers for every partition it is given
  return { hole: found.hole, next: found.row === null ? null : found.next }
}
