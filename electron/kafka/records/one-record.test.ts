import { expect, test } from 'vitest'
import { writeBatch } from './batch-writer.ts'
import { decodeOne } from './one-record.ts'
import { javaFixture, join, record, text, utf8, values } from './fixtures/records.ts'

const bytes = join(
  writeBatch([record('k', 'v', { headers: [{ name: utf8('h'), value: null }] }), record(null, 'w')], {
    baseOffset: 5n,
    codec: 'zstd',
    leaderEpoch: 3,
  }),
  writeBatch(values('a', 'b'), { baseOffset: 10n, offsetDeltas: [0, 3], lastOffsetDelta: 5 }),
)

test('a record in full, with its batch', () => {
  const found = decodeOne(bytes, 5n)
  expect(found).toMatchObject({
    kind: 'record',
    offset: 5n,
    timestamp: 1_700_000_000_000n,
    timestampType: 'CreateTime',
    aborted: false,
    headers: { count: 1, readable: 1, problem: null },
    batch: { codec: 'zstd', leaderEpoch: 3, crcValid: true, count: 2, baseOffset: 5n, lastOffset: 6n },
  })
  if (found.kind !== 'record') return
  expect([text(found.key), text(found.value), found.headers.count]).toEqual(['k', 'v', 1])
  // Copies: a view would pin the whole response.
  expect(found.value?.buffer.byteLength).toBe(1)
})

test('why there is none', () => {
  expect(decodeOne(bytes, 7n)).toEqual({ kind: 'missing', offset: 7n, nextOffset: 10n, batch: null })
  expect(decodeOne(bytes, 11n)).toMatchObject({ kind: 'missing', nextOffset: 13n, batch: { baseOffset: 10n } })
  expect(decodeOne(bytes, 15n)).toMatchObject({ kind: 'missing', nextOffset: 16n, batch: { baseOffset: 10n } })
  expect(decodeOne(bytes, 16n)).toEqual({ kind: 'not-here', nextOffset: 16n })
  expect(decodeOne(javaFixture('magic1').bytes, 11n)).toMatchObject({ kind: 'old-format', first: 11n, magic: 1 })
  const txn = javaFixture('transactions').bytes
  const abortedTransactions = [{ producerId: 7n, firstOffset: 0n }]
  expect(decodeOne(txn, 5n)).toMatchObject({ kind: 'marker', marker: { type: 'abort', coordinatorEpoch: 42 } })
  expect(decodeOne(txn, 1n, { abortedTransactions })).toMatchObject({ kind: 'record', aborted: true })
  expect(decodeOne(txn, 6n, { abortedTransactions })).toMatchObject({ kind: 'record', aborted: false })
})

test('damage: shown where it can be decoded, with the checksum called bad', () => {
  const bad = Uint8Array.from(writeBatch(values('a'), { baseOffset: 0n }))
  bad[bad.length - 2] = 0x62
  expect(decodeOne(bad, 0n)).toMatchObject({ kind: 'record', batch: { crcValid: false } })
  expect(decodeOne(bad, 0n, { verifyCrc: 'report' })).toMatchObject({ kind: 'problem', reason: 'bad-crc' })
  bad[61] = 0xff
  expect(decodeOne(bad, 0n)).toMatchObject({ kind: 'problem', reason: 'bad-record', first: 0n, last: 0n })
})
