import { expect, test } from 'vitest'
import { type BatchView, describeBatch } from './batch-header.ts'
import {
  BATCH_OVERHEAD,
  batchSize,
  passThroughObstacle,
  recordSize,
  rewriteBatchHeader,
  writeBatch,
  writeControlBatch,
} from './batch-writer.ts'
import { javaFixture, lineOf, linesOf, record, utf8, values, walk } from './fixtures/records.ts'
import { CODECS } from './batch-types.ts'

const batchOf = (bytes: Uint8Array): BatchView => walk(bytes)[0] as BatchView

const mixed = [
  record('k', 'v', {
    headers: [
      { name: utf8('h'), value: null },
      { name: utf8('h'), value: utf8('x'.repeat(200)) },
    ],
  }),
  record(null, null, { timestamp: -1n }),
  record('', 'y'.repeat(70_000), { timestamp: 2n ** 62n }),
  ...values(...Array.from({ length: 300 }, (_, i) => `value ${i}`)),
]

test.each(CODECS)('%s: what is written is what is read', (codec) => {
  const bytes = writeBatch(mixed, { codec, baseOffset: 40n })
  expect(batchOf(bytes).codec).toBe(codec)
  expect(linesOf(bytes)).toEqual(mixed.map((one, i) => lineOf(40n + BigInt(i), one)))
})

test('byte for byte what the Java client writes', () => {
  const { bytes } = javaFixture('none')
  const java = batchOf(bytes)
  const records = linesOf(bytes).map((line) => {
    const [, timestamp, key, value, headers] = line.split('|') as [string, string, string, string, string]
    const raw = (hex: string): Uint8Array | null => (hex === '-' ? null : new Uint8Array(Buffer.from(hex, 'hex')))
    const list = headers === '' ? [] : headers.split(',').map((pair) => pair.split('=') as [string, string])
    return {
      timestamp: BigInt(timestamp),
      key: raw(key),
      value: raw(value),
      headers: list.map(([name, v]) => ({ name: raw(name)!, value: raw(v) })),
    }
  })
  expect(writeBatch(records, { baseOffset: java.baseOffset, leaderEpoch: java.leaderEpoch })).toEqual(bytes)
})

test('the size is known before', () => {
  expect(batchSize(mixed)).toBe(writeBatch(mixed).length)
  const added = mixed.reduce((sum, one, i) => sum + recordSize(one, i, mixed[0]!.timestamp), BATCH_OVERHEAD)
  expect(added).toBe(writeBatch(mixed).length)
})

test('header fields', () => {
  const bytes = writeBatch(values('a', 'b'), {
    baseOffset: 9n,
    leaderEpoch: 3,
    producerId: 2n ** 40n,
    producerEpoch: 7,
    baseSequence: 11,
    transactional: true,
  })
  expect(describeBatch(batchOf(bytes))).toMatchObject({
    baseOffset: 9n,
    lastOffset: 10n,
    leaderEpoch: 3,
    producerId: 2n ** 40n,
    producerEpoch: 7,
    baseSequence: 11,
    transactional: true,
    control: false,
    crcValid: true,
    count: 2,
    timestampType: 'CreateTime',
    deleteHorizon: false,
  })
})

test.each(CODECS)('%s: passed on undecoded under another producer', (codec) => {
  const source = writeBatch(mixed, {
    codec,
    baseOffset: 500n,
    producerId: 5n,
    producerEpoch: 1,
    baseSequence: 90,
    transactional: true,
    leaderEpoch: 4,
  })
  const copy = rewriteBatchHeader(batchOf(source), {
    producerId: 6n,
    producerEpoch: 2,
    baseSequence: 0,
    transactional: false,
  })
  expect(describeBatch(batchOf(copy))).toMatchObject({
    baseOffset: 0n,
    leaderEpoch: -1,
    producerId: 6n,
    producerEpoch: 2,
    baseSequence: 0,
    transactional: false,
    crcValid: true,
  })
  expect(linesOf(copy)).toEqual(mixed.map((one, i) => lineOf(BigInt(i), one)))
  expect(batchOf(source).producerId).toBe(5n)
})

test('timestamps shifted without decoding', () => {
  const source = writeBatch([record('a', 'b', { timestamp: 1_000n }), record('a', 'b', { timestamp: 900n })], {
    codec: 'zstd',
  })
  const copy = batchOf(rewriteBatchHeader(batchOf(source), { timestampShift: 50n }))
  expect([copy.baseTimestamp, copy.maxTimestamp]).toEqual([1_050n, 1_050n])
  expect(linesOf(copy.bytes).map((line) => line.split('|')[1])).toEqual(['1050', '950'])
})

test('what a broker would refuse is not passed on as it is', () => {
  const obstacle = (bytes: Uint8Array): string | null => passThroughObstacle(batchOf(bytes))
  expect(obstacle(writeBatch(values('a', 'b')))).toBe(null)
  expect(obstacle(writeBatch(values('a', 'b'), { offsetDeltas: [0, 2] }))).toContain('compaction')
  expect(obstacle(writeBatch([], { lastOffsetDelta: 3 }))).toContain('empty')
  expect(obstacle(writeBatch(values('a'), { timestampType: 'LogAppendTime' }))).toContain('append')
  expect(obstacle(writeControlBatch('abort', { producerId: 1n }))).toContain('marker')
})
