import { expect, test } from 'vitest'
import { AT, type BatchView } from './batch-header.ts'
import { rewriteBatchHeader, writeBatch } from './batch-writer.ts'
import { compress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import { headersOf, linesOf, record, text, utf8, values, walk } from './fixtures/records.ts'
import { RecordCursor } from './record-cursor.ts'

const batchOf = (bytes: Uint8Array): BatchView => walk(bytes)[0] as BatchView

/** A batch around a handmade body, with a right checksum. */
function around(body: number[] | Uint8Array, count: number, attributes = 0, lastOffsetDelta = count - 1): Uint8Array {
  const bytes = Uint8Array.from([...writeBatch([], { lastOffsetDelta }), ...body])
  const view = new DataView(bytes.buffer)
  view.setInt32(AT.length, bytes.length - 12)
  view.setInt16(AT.attributes, attributes)
  view.setInt32(AT.count, count)
  view.setUint32(AT.crc, crc32c(bytes, AT.attributes))
  return bytes
}

function outcome(bytes: Uint8Array, maxBytes?: number): string {
  const cursor = new RecordCursor()
  const problem = cursor.open(batchOf(bytes), maxBytes)
  if (problem !== null) return `open: ${problem.reason}`
  let n = 0
  while (cursor.next()) n++
  const headers = n > 0 && cursor.problem === null ? headersOf(cursor).problem : null
  if (headers !== null) return `${n} records, headers: ${headers.reason}`
  return `${n} records${cursor.problem === null ? '' : `, ${cursor.problem.reason}`}`
}

test('timestamps: negative, backwards, and deltas of 64 bits', () => {
  const stamps = [
    0n,
    -1n,
    5n,
    -(2n ** 31n),
    2n ** 31n,
    2n ** 40n,
    2n ** 52n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    1_700_000_000_000n,
  ]
  for (const base of stamps) {
    const records = [base, ...stamps].map((timestamp) => record('k', 'v', { timestamp }))
    const read = linesOf(writeBatch(records)).map((line) => BigInt(line.split('|')[1]!))
    expect(read).toEqual([base, ...stamps])
  }
})

test('LogAppendTime: every record carries what the broker stamped', () => {
  const bytes = writeBatch([record('a', 'b', { timestamp: 5n }), record('a', 'b', { timestamp: -9n })], {
    timestampType: 'LogAppendTime',
    maxTimestamp: 77n,
  })
  expect(linesOf(bytes).map((line) => line.split('|')[1])).toEqual(['77', '77'])
})

test('headers: order, duplicates, null, empty, names that are not UTF-8', () => {
  const names = [utf8('b'), utf8('a'), utf8('b'), new Uint8Array(0), Uint8Array.from([0xff, 0x80])]
  const contents = [utf8('1'), null, new Uint8Array(0), utf8('4'), utf8('5')]
  const headers = names.map((name, i) => ({ name, value: contents[i]! }))
  const cursor = new RecordCursor()
  cursor.open(batchOf(writeBatch([record('k', 'v', { headers })])))
  expect(cursor.next()).toBe(true)
  const read = headersOf(cursor)
  expect(read.problem).toBeNull()
  expect(read.headers.map(({ name, value }) => [[...name], value && [...value]])).toEqual(
    headers.map(({ name, value }) => [[...name], value && [...value]]),
  )
})

test('null and empty are different, for key and value', () => {
  const cursor = new RecordCursor()
  cursor.open(batchOf(writeBatch([record(null, ''), record('', null)])))
  cursor.next()
  expect([cursor.key(), text(cursor.value())]).toEqual([null, ''])
  cursor.next()
  expect([text(cursor.key()), cursor.value()]).toEqual(['', null])
  expect(cursor.next()).toBe(false)
})

test('a cursor forgets its last batch', () => {
  const cursor = new RecordCursor()
  cursor.open(batchOf(writeBatch(values('a', 'b', 'c'), { codec: 'gzip' })))
  cursor.next()
  cursor.open(batchOf(writeBatch([], { lastOffsetDelta: 4 })))
  expect([cursor.next(), cursor.problem]).toEqual([false, null])
})

// length, attributes, timestamp, offset, key (null), value (null), header count
const plain = [12, 0, 0, 0, 1, 1, 0]
const second = [12, 0, 0, 2, 1, 1, 0]

test('handmade records', () => {
  expect(outcome(around([...plain, ...second], 2))).toBe('2 records')
  expect(outcome(around([...plain, ...second, 9], 2))).toBe('2 records, bad-count')
  expect(outcome(around(plain, 2))).toBe('open: bad-count')
  expect(outcome(around(plain, -1, 0, 0))).toBe('open: bad-count')
  expect(outcome(around(plain, 0, 0, 0)), 'no record, but bytes').toBe('open: bad-count')
  expect(outcome(around(plain, 0x7fff_ffff))).toBe('open: bad-count')
  expect(outcome(around([...plain, ...plain], 2)), 'an offset twice').toBe('1 records, bad-record')
  expect(outcome(around([12, 0, 0, 4, 1, 1, 0], 1)), 'an offset behind the last').toBe('0 records, bad-record')
  expect(outcome(around([14, 0, 0, 0, 1, 1, 0], 1)), 'length beyond the end').toBe('0 records, bad-record')
  expect(outcome(around([14, 0, 0, 0, 1, 1, 0, 0], 1)), 'a byte too many').toBe('0 records, bad-record')
  expect(outcome(around([12, 0, 0, 0, 3, 1, 0], 1)), 'key length -2').toBe('0 records, bad-record')
  expect(outcome(around([12, 0, 0, 0, 40, 1, 0], 1)), 'key beyond the record').toBe('0 records, bad-record')
  expect(outcome(around([12, 0, 0, 0, 1, 1, 1], 1)), 'header count -1').toBe('0 records, bad-record')
  expect(outcome(around([16, 0, 0, 0, 1, 1, 2, 1, 1], 1)), 'a null header name').toBe('1 records, headers: bad-record')
  expect(outcome(around([16, 0, 0, 0, 1, 1, 2, 0, 1], 1)), 'an empty header name').toBe('1 records')
  expect(outcome(around([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 1)), 'varint overrun').toBe('0 records, bad-record')
  const longStamp = [34, 0, ...Array.from({ length: 11 }, () => 0xff), 0, 0, 1, 1, 0, 0]
  expect(outcome(around(longStamp, 1)), 'varlong overrun').toBe('0 records, bad-record')
})

test('compression: unknown, damaged, over the limit', () => {
  expect(outcome(around(plain, 1, 5))).toBe('open: unknown-codec')
  expect(outcome(around([1, 2, 3, 4, 5, 6, 7], 1, 4))).toBe('open: bad-compression')
  const bomb = around(compress('gzip', new Uint8Array(1 << 20)), 1, 1)
  expect(outcome(bomb, 1000)).toBe('open: too-large')
})

test('a record of 21 MB, and what is behind it', () => {
  const value = new Uint8Array(21 << 20).fill(0x61)
  const bytes = writeBatch([record('big', null, { value }), record('next', 'x')], { codec: 'lz4' })
  const cursor = new RecordCursor()
  cursor.open(batchOf(rewriteBatchHeader(batchOf(bytes), {})))
  cursor.next()
  expect(cursor.value()?.length).toBe(21 << 20)
  cursor.next()
  expect(text(cursor.key())).toBe('next')
})
