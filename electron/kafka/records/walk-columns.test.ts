import { describe, expect, test } from 'vitest'
import { Random } from '../decode/avro/fixtures/random.ts'
import type { BatchView } from './batch-header.ts'
import { BatchWalker } from './batch-walker.ts'
import { writeBatch, writeControlBatch } from './batch-writer.ts'
import { codecOfFlags, FLAG, transferList, type ColumnOptions, type RecordColumns } from './column-types.ts'
import { javaFixture, join, record, text, utf8, values } from './fixtures/records.ts'
import { RecordCursor } from './record-cursor.ts'
import { CODECS } from './batch-types.ts'
import { ColumnWalker, walkColumns } from './walk-columns.ts'

interface Row {
  offset: bigint
  timestamp: bigint
  key: string | null
  value: string | null
}

function rowsOf(columns: RecordColumns): Row[] {
  return Array.from({ length: columns.count }, (_, i) => {
    const preview = (which: 0 | 1) =>
      text(columns.preview.subarray(columns.ends[2 * i + which - 1] ?? 0, columns.ends[2 * i + which]))
    return {
      offset: columns.offset[i]!,
      timestamp: columns.timestamp[i]!,
      key: columns.keySize[i]! < 0 ? null : preview(0),
      value: columns.valueSize[i]! < 0 ? null : preview(1),
    }
  })
}

const offsets = (columns: RecordColumns): bigint[] => [...columns.offset]

/** "first-last aborted:3 …" for each hole. */
const holes = (columns: RecordColumns): string[] =>
  columns.holes.map(({ first, last, reason, ...kinds }) =>
    [
      `${first}-${last}`,
      ...Object.entries(kinds).flatMap(([kind, n]) => (n > 0 ? [`${kind}:${n}`] : [])),
      ...(reason === null ? [] : [reason]),
    ].join(' '),
  )

/** Rows and holes must tile [fromOffset, nextOffset): nothing twice, nothing left out. */
function gaps(columns: RecordColumns): string[] {
  const spans = [
    ...offsets(columns).map((offset) => ({ first: offset, last: offset })),
    ...columns.holes.map(({ first, last }) => ({ first, last })),
  ].toSorted((a, b) => (a.first < b.first ? -1 : 1))
  const wrong: string[] = []
  let next = columns.fromOffset
  for (const { first, last } of spans) {
    if (first !== next) wrong.push(`${next} expected, ${first} found`)
    next = last + 1n
  }
  if (next !== columns.nextOffset) wrong.push(`ends at ${next}, not at ${columns.nextOffset}`)
  return wrong
}

const at = (baseOffset: bigint, ...all: string[]): Uint8Array => writeBatch(values(...all), { baseOffset })
const walkFrom = (bytes: Uint8Array, options: ColumnOptions = {}): RecordColumns => {
  const columns = walkColumns(bytes, options)
  expect(gaps(columns)).toEqual([])
  return columns
}

test('the columns hold what the records do', () => {
  const records = [
    record('k', 'v', { timestamp: 2n ** 62n, headers: [{ name: utf8('h'), value: null }] }),
    record(null, 'é', { timestamp: -1n }),
    record('', null, { timestamp: -(2n ** 40n) }),
  ]
  const bytes = writeBatch(records, { baseOffset: 2n ** 60n, codec: 'snappy' })
  const columns = walkFrom(bytes, { fromOffset: 2n ** 60n })
  expect(rowsOf(columns)).toEqual([
    { offset: 2n ** 60n, timestamp: 2n ** 62n, key: 'k', value: 'v' },
    { offset: 2n ** 60n + 1n, timestamp: -1n, key: null, value: 'é' },
    { offset: 2n ** 60n + 2n, timestamp: -(2n ** 40n), key: '', value: null },
  ])
  expect([...columns.headerCount]).toEqual([1, 0, 0])
  expect([...columns.valueSize]).toEqual([1, 2, -1])
  expect([...columns.flags].map((flags) => flags & 0xffff)).toEqual([0, FLAG.nullKey, FLAG.nullValue])
  expect(codecOfFlags(columns.flags[0]!, CODECS)).toBe('snappy')
  expect(columns.batchSize[0]).toBe(bytes.length)
  expect(columns.counts).toMatchObject({ records: 3, matched: 3, bytes: bytes.length })
})

test('previews are cut, and say so', () => {
  const bytes = writeBatch([record('k'.repeat(300), 'v'.repeat(600)), record('kk', 'vv')])
  const columns = walkFrom(bytes, { previewBytes: { key: 2, value: 50 } })
  expect(rowsOf(columns).map(({ key, value }) => [key, value])).toEqual([
    ['kk', 'v'.repeat(50)],
    ['kk', 'vv'],
  ])
  expect([...columns.keySize, ...columns.valueSize]).toEqual([300, 2, 600, 2])
  expect([...columns.flags]).toEqual([FLAG.keyCut | FLAG.valueCut, 0])
  const byDefault = rowsOf(walkFrom(bytes))
  expect(byDefault.map(({ key, value }) => [key!.length, value!.length])).toEqual([
    [256, 512],
    [2, 2],
  ])
})

test('a preview is not cut in the middle of a character', () => {
  const bytes = writeBatch([record('€€€', '\u{1f600}\u{1f600}'), record('plain', 'plain')])
  const columns = walkFrom(bytes, { previewBytes: { key: 4, value: 6 } })
  expect(rowsOf(columns).map(({ key, value }) => [key, value])).toEqual([
    ['€', '\u{1f600}'],
    ['plai', 'plain'],
  ])
  const binary = writeBatch([{ ...record('k', 'v'), value: new Uint8Array(20).fill(0x80) }])
  expect([...walkFrom(binary, { previewBytes: { key: 4, value: 6 } }).ends]).toEqual([1, 7])
})

test('previews lie one after the other, with nothing of the batch between them', () => {
  const headers = [{ name: utf8('h'), value: utf8('x'.repeat(100)) }]
  const long = 'v'.repeat(60)
  const bytes = writeBatch([
    { ...record('k', 'v1'), headers },
    record(null, long),
    record('k3', null),
    record('', 'v4'),
  ])
  const columns = walkFrom(bytes)
  expect(rowsOf(columns).map(({ key, value }) => [key, value])).toEqual([['k', 'v1'], [null, long], ['k3', null], ['', 'v4']]) // oxfmt-ignore
  expect(text(columns.preview)).toBe(`kv1${long}k3v4`)
  expect([...columns.ends]).toEqual([1, 3, 3, 63, 65, 65, 65, 67])
})

test('buffers are tight, their own, and transferable', () => {
  const bytes = at(0n, 'a', 'b')
  const columns = walkFrom(bytes)
  const buffers = transferList(columns)
  expect(new Set(buffers).size).toBe(1)
  // Two int64 and seven int32 a row, and the previews.
  expect(buffers[0]!.byteLength).toBe(2 * (16 + 28) + 'ab'.length)
  const moved = structuredClone(columns, { transfer: buffers })
  expect(rowsOf(moved).map(({ value }) => value)).toEqual(['a', 'b'])
  expect(columns.offset.length).toBe(0)
  expect(bytes.length).toBeGreaterThan(0)
})

describe('from and to', () => {
  const bytes = join(at(0n, 'a', 'b', 'c'), at(3n, 'd', 'e'), at(5n, 'f'))
  test('inside batches', () => {
    const columns = walkFrom(bytes, { fromOffset: 1n, toOffsetExclusive: 4n })
    expect(offsets(columns)).toEqual([1n, 2n, 3n])
    expect([columns.nextOffset, columns.stoppedBy]).toEqual([4n, 'to'])
  })
  test('nothing wanted, and nothing there', () => {
    expect(walkFrom(bytes, { fromOffset: 2n, toOffsetExclusive: 2n })).toMatchObject({
      count: 0,
      nextOffset: 2n,
      stoppedBy: 'to',
    })
    expect(walkFrom(new Uint8Array(0), { fromOffset: 7n })).toMatchObject({
      count: 0,
      nextOffset: 7n,
      stoppedBy: 'end',
    })
  })
})

describe('holes', () => {
  test('compacted: between batches, inside, at the end of a batch, a whole batch', () => {
    const bytes = join(
      writeBatch(values('a', 'b'), { baseOffset: 10n, offsetDeltas: [1, 4], lastOffsetDelta: 6 }),
      writeBatch([], { baseOffset: 20n, lastOffsetDelta: 1_000_000 }),
      at(1_000_030n, 'z'),
    )
    const columns = walkFrom(bytes, { fromOffset: 8n })
    expect(offsets(columns)).toEqual([11n, 14n, 1_000_030n])
    expect(holes(columns)).toEqual(['8-10 missing:3', '12-13 missing:2', '15-1000029 missing:1000015'])
    expect(columns.counts.missing).toBe(1_000_020)
    expect(holes(walkFrom(bytes, { fromOffset: 12n, toOffsetExclusive: 14n }))).toEqual(['12-13 missing:2'])
    expect(holes(walkFrom(bytes, { fromOffset: 15n, toOffsetExclusive: 17n }))).toEqual(['15-16 missing:2'])
  })

  const aborted = [{ producerId: 7n, firstOffset: 0n }]
  test('aborted records and markers, merged where they touch', () => {
    const { bytes } = javaFixture('transactions')
    const columns = walkFrom(bytes, { abortedTransactions: aborted })
    expect(offsets(columns)).toEqual([3n, 4n, 6n])
    expect(holes(columns)).toEqual(['0-2 aborted:3', '5-5 markers:1', '7-8 markers:2'])
    expect(columns.nextOffset).toBe(9n)
    expect([...columns.flags].map((flags) => flags & 0xffff)).toEqual([5, 5, 5])
  })

  test('aborted records as rows when asked for', () => {
    const columns = walkFrom(javaFixture('transactions').bytes, { abortedTransactions: aborted, includeAborted: true })
    expect(offsets(columns)).toEqual([0n, 1n, 2n, 3n, 4n, 6n])
    expect([...columns.flags].map((flags) => (flags & FLAG.aborted) !== 0)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })

  test('an aborted batch that compaction thinned, and its marker', () => {
    const bytes = join(
      writeBatch(values('x'), { baseOffset: 0n, lastOffsetDelta: 3, producerId: 7n, transactional: true }),
      writeControlBatch('abort', { baseOffset: 4n, producerId: 7n }),
    )
    expect(holes(walkFrom(bytes, { abortedTransactions: aborted }))).toEqual(['0-4 aborted:1 markers:1 missing:3'])
  })

  test('the old format', () => {
    const columns = walkFrom(join(javaFixture('magic1-gzip').bytes, at(23n, 'x')), { fromOffset: 20n })
    expect(holes(columns)).toEqual(['20-22 oldFormat:3 message format 1 (before Kafka 0.11), not decoded'])
    expect(offsets(columns)).toEqual([23n])
  })

  test('damage: a hole with its reason and a problem, and the rest is read', () => {
    const bad = at(1n, 'b', 'c')
    bad[65]! ^= 0xff
    const columns = walkFrom(join(at(0n, 'a'), bad, at(3n, 'd')), { verifyCrc: 'report' })
    expect(offsets(columns)).toEqual([0n, 3n])
    expect(columns.problems).toMatchObject([{ reason: 'bad-crc', first: 1n, last: 2n }])
    expect(holes(columns)[0]).toMatch(/^1-2 corrupt:2 its checksum says 0x/)
  })

  test('damage inside a batch: the records before it stay', () => {
    const half = at(1n, 'b', 'c', 'd')
    half[AT_SECOND_RECORD] = 0xff
    const columns = walkFrom(join(at(0n, 'a'), half, at(4n, 'e')), { verifyCrc: 'flag' })
    expect(offsets(columns)).toEqual([0n, 1n, 4n])
    expect(columns.flags[1]! & FLAG.crcBad).toBe(FLAG.crcBad)
    expect(columns.problems).toMatchObject([{ reason: 'bad-record', first: 2n, last: 3n }])
    expect(columns.counts.corrupt).toBe(2)
  })

  test('an unknown codec', () => {
    const odd = at(0n, 'a', 'b')
    odd[22]! |= 5
    expect(holes(walkFrom(join(odd, at(2n, 'c'))))).toEqual(['0-1 corrupt:2 compression type 5 is unknown'])
  })

  test('an impossible length blocks', () => {
    const odd = at(1n, 'b')
    new DataView(odd.buffer).setInt32(8, 3)
    const columns = walkFrom(join(at(0n, 'a'), odd, at(2n, 'c')))
    expect(columns).toMatchObject({
      stoppedBy: 'blocked',
      nextOffset: 1n,
      problems: [{ reason: 'bad-length', first: 1n }],
    })
  })
})

/** 61 bytes of header, then the first record: a length byte and 7 more around and with its one-byte value. */
const AT_SECOND_RECORD = 61 + 8

test('flags: open transactions and LogAppendTime', () => {
  const bytes = writeBatch(values('a', 'b', 'c'), { baseOffset: 4n, timestampType: 'LogAppendTime', maxTimestamp: 9n })
  const columns = walkFrom(bytes, { fromOffset: 4n, lastStableOffset: 5n })
  expect([...columns.flags].map((flags) => flags & ~FLAG.nullKey)).toEqual([
    FLAG.logAppendTime,
    FLAG.logAppendTime | FLAG.open,
    FLAG.logAppendTime | FLAG.open,
  ])
  expect([...columns.timestamp]).toEqual([9n, 9n, 9n])
})

describe('substring filter', () => {
  const records = [
    record('needle', 'x'),
    record('x', 'hay needle hay'),
    record('x', 'y', {
      headers: [
        { name: utf8('needle'), value: null },
        { name: utf8('n'), value: utf8('a needle') },
      ],
    }),
    // Over the border of two fields, which are a length byte apart: no field holds it.
    record('nee', 'dle'),
    record(null, null),
    record('x', 'needl'),
    record('x', 'the last needle'),
  ]
  test.each(CODECS)('%s: in key, value or headers', (codec) => {
    const bytes = join(writeBatch(records, { codec }), writeBatch(records, { codec, baseOffset: 7n }))
    const found = (where?: { key?: boolean; value?: boolean; headers?: boolean }): bigint[] =>
      offsets(
        walkColumns(bytes, { filter: { anyOf: [utf8('needle')], ...(where === undefined ? {} : { in: where }) } }),
      )
    expect(found()).toEqual([0n, 1n, 2n, 6n, 7n, 8n, 9n, 13n])
    expect(found({ key: true })).toEqual([0n, 7n])
    expect(found({ value: true })).toEqual([1n, 6n, 8n, 13n])
    expect(found({ headers: true })).toEqual([2n, 9n])
  })
  test('a needle that spans fields, length bytes included, is not found', () => {
    // The value's length 3 is stored as byte 6.
    const needle = Uint8Array.from([...utf8('nee'), 6, ...utf8('dle')])
    expect(walkColumns(writeBatch(records), { filter: { anyOf: [needle] } }).count).toBe(0)
  })
  test('what does not match is no hole; it is counted', () => {
    const columns = walkColumns(writeBatch(records), { filter: { anyOf: [utf8('last')] } })
    expect(columns).toMatchObject({ count: 1, holes: [], nextOffset: 7n, counts: { records: 7, matched: 1 } })
  })
  test('a predicate of the caller', () => {
    const columns = walkColumns(writeBatch(records), { judge: (one) => (one.headerCount === 2 ? 'match' : 'no') })
    expect(offsets(columns)).toEqual([2n])
  })
})

test('taken in pieces it is the same as in one', () => {
  const bytes = join(
    writeBatch(values(...Array.from({ length: 50 }, (_, i) => `v${i}`)), { codec: 'lz4' }),
    writeBatch(values('a', 'b'), { baseOffset: 60n, offsetDeltas: [0, 5], lastOffsetDelta: 9 }),
    javaFixture('magic1').bytes.map((byte, i) => (i === 7 ? 70 : i === 43 ? 71 : byte)),
    at(80n, 'z'),
  )
  const whole = walkFrom(bytes)
  for (const maxRecords of [1, 7, 50, 51]) {
    const walker = new ColumnWalker(bytes, {})
    const pieces: RecordColumns[] = []
    do pieces.push(walker.take({ maxRecords }))
    while (pieces.at(-1)!.stoppedBy === 'limit')
    expect(pieces.flatMap(gaps)).toEqual([])
    expect(pieces.flatMap(rowsOf)).toEqual(rowsOf(whole))
    expect(pieces.at(-1)!.nextOffset).toBe(whole.nextOffset)
    expect(Math.max(...pieces.map(({ count }) => count))).toBeLessThanOrEqual(maxRecords)
    expect(pieces.reduce((sum, { counts }) => sum + counts.missing + counts.oldFormat, 0)).toBe(81 - 53)
  }
})

test('a limit in bytes holds, but for a single row', () => {
  const bytes = at(0n, ...Array.from({ length: 100 }, () => 'x'.repeat(400)))
  const walker = new ColumnWalker(bytes, {})
  const piece = walker.take({ maxBytes: 10_000 })
  expect(transferList(piece).reduce((sum, buffer) => sum + buffer.byteLength, 0)).toBeLessThanOrEqual(10_000)
  expect(piece.count).toBeGreaterThan(15)
  expect(walker.take({ maxBytes: 1 }).count).toBe(1)
})

describe('a batch in which nothing can match', () => {
  const least = 4
  /** Everything but rows, of a walk that finds nothing. */
  const told = (bytes: Uint8Array, options: ColumnOptions) => {
    const { counts, holes, problems, fromOffset, nextOffset, stoppedBy, count } = walkColumns(bytes, options)
    return { counts, holes, problems, fromOffset, nextOffset, stoppedBy, count }
  }
  const looked: ColumnOptions = { judge: () => 'no' }
  const passed: ColumnOptions = { filter: { anyOf: [utf8('\u{1f600} in none')] } }

  test('is told of as one whose records were looked at, damaged or not', () => {
    const random = new Random(7)
    const some = (most: number): number => random.below(most)
    for (let round = 0; round < 3_000; round += 1) {
      const records = Array.from({ length: 1 + some(12) }, () => ({
        timestamp: BigInt(some(2 ** 31)) * BigInt(1 + some(200)),
        key: some(4) === 0 ? null : new Uint8Array(some(6)).fill(some(256)),
        value: some(5) === 0 ? null : new Uint8Array(some(300)).fill(some(256)),
        headers: some(5) === 0 ? [{ name: utf8('h'), value: some(2) === 0 ? null : utf8('x') }] : [],
      }))
      const offsetDeltas = records.map((_, i) => (round % 3 === 0 ? 2 * i : i))
      const bytes = writeBatch(records, { baseOffset: 10n, offsetDeltas, lastOffsetDelta: offsetDeltas.at(-1)! + (round % 5 === 0 ? 3 : 0) }) // oxfmt-ignore
      // From behind the header on: a length, a delta, a count, or what is none of them.
      for (let i = some(3); i > 0; i -= 1) bytes[61 + some(bytes.length - 61)] = some(256)
      const range = some(4) === 0 ? { fromOffset: 12n, toOffsetExclusive: 15n } : {}
      expect({ round, ...told(bytes, { ...passed, ...range }) }).toEqual({
        round,
        ...told(bytes, { ...looked, ...range }),
      })
    }
  })

  test('is looked at where a record may be written out otherwise than it is stored', () => {
    const all = (...first: number[]) => first.map((byte) => ({ ...record('k', 'v'), value: Uint8Array.of(byte, 65) }))
    const are = (bytes: Uint8Array): boolean => {
      const cursor = new RecordCursor()
      cursor.open(new BatchWalker(bytes).next() as BatchView)
      return cursor.bytesOfAll(least) > 0
    }
    expect(are(writeBatch(all(4, 65, 200)))).toBe(true)
    expect(are(writeBatch(all(65, 3, 65)))).toBe(false)
    expect(are(writeBatch([{ ...record('k', 'v'), key: Uint8Array.of(0, 0, 0, 0, 7) }]))).toBe(false)
    expect(are(writeBatch([{ ...record('k', 'v'), headers: [{ name: utf8('h'), value: null }] }]))).toBe(false)
  })
})
