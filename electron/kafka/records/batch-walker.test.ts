import { describe, expect, test } from 'vitest'
import { AT, type BatchView, describeBatch } from './batch-header.ts'
import { BatchWalker } from './batch-walker.ts'
import { writeBatch, writeControlBatch } from './batch-writer.ts'
import { markerOf } from './control-records.ts'
import { javaFixture, join, linesOf, values, walk } from './fixtures/records.ts'
import { CODECS } from './batch-types.ts'

const at = (baseOffset: bigint, ...all: string[]): Uint8Array => writeBatch(values(...all), { baseOffset })

/** Changes header fields without making the checksum right again. */
function spoil(batch: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(batch)
  change(new DataView(copy.buffer))
  return copy
}

const ranges = (bytes: Uint8Array, options = {}): string[] =>
  walk(bytes, options).map((item) =>
    item.kind === 'batch'
      ? `batch ${item.baseOffset}-${item.lastOffset}`
      : `${item.kind === 'problem' ? item.reason : item.kind} ${item.first}-${item.last}`,
  )

describe('batches of the Java client', () => {
  test.each([...CODECS, 'append-time', 'transactions'])('%s: the records that Java reads', (name) => {
    const { bytes, records } = javaFixture(name)
    expect(linesOf(bytes)).toEqual(records)
  })

  test.each(CODECS.filter((codec) => codec !== 'none'))('%s: 2,000 records over several compressed blocks', (name) => {
    const lines = linesOf(javaFixture(`${name}-200k`).bytes)
    expect(lines).toHaveLength(2_000)
    const value = Buffer.from(`the value of record 1999${' '.repeat(80)}`).toString('hex')
    expect(lines[1_999]).toBe(`1999|1700000001999|${Buffer.from('k1999').toString('hex')}|${value}|`)
  })

  test('message sets of before 0.11 are reported with their offsets', () => {
    expect(ranges(javaFixture('magic0').bytes, { fromOffset: 10n })).toEqual(['old-format 10-10', 'old-format 11-11'])
    expect(ranges(javaFixture('magic1').bytes, { fromOffset: 11n })).toEqual(['old-format 11-11'])
    // Offsets 20 to 22 in one wrapper, which carries the last one.
    expect(ranges(javaFixture('magic1-gzip').bytes, { fromOffset: 20n })).toEqual(['old-format 20-22'])
    const mixed = join(at(18n, 'a', 'b'), javaFixture('magic1-gzip').bytes, at(23n, 'c'))
    expect(ranges(mixed)).toEqual(['batch 18-19', 'old-format 20-22', 'batch 23-23'])
  })

  test('transactions: aborted by producer and marker', () => {
    const { bytes } = javaFixture('transactions')
    const items = walk(bytes, { abortedTransactions: [{ producerId: 7n, firstOffset: 0n }] }) as BatchView[]
    expect(items.map((item) => item.aborted)).toEqual([true, false, false, false, false, false])
    expect(items.map((item) => markerOf(item))).toEqual([
      null,
      null,
      { type: 'abort', version: 0, coordinatorEpoch: 42 },
      null,
      { type: 'commit', version: 0, coordinatorEpoch: 43 },
      { type: 'commit', version: 0, coordinatorEpoch: 44 },
    ])
    // A marker below the wanted offset still ends its transaction.
    const later = walk(bytes, {
      fromOffset: 6n,
      abortedTransactions: [{ producerId: 7n, firstOffset: 0n }],
    }) as BatchView[]
    expect(later.map((item) => [item.baseOffset, item.aborted])).toEqual([
      [6n, false],
      [7n, false],
      [8n, false],
    ])
  })
})

test('a second aborted transaction of the same producer starts at its own first offset', () => {
  const data = (baseOffset: bigint, producerId: bigint): Uint8Array =>
    writeBatch(values('x'), { baseOffset, producerId, producerEpoch: 0, transactional: true })
  const end = (type: 'commit' | 'abort', baseOffset: bigint, producerId: bigint): Uint8Array =>
    writeControlBatch(type, { baseOffset, producerId, producerEpoch: 0 })
  const bytes = join(
    data(0n, 1n),
    end('abort', 1n, 1n),
    data(2n, 1n),
    end('commit', 3n, 1n),
    data(4n, 1n),
    data(5n, 2n),
    end('abort', 6n, 1n),
  )
  const aborted = [4n, 0n].map((firstOffset) => ({ producerId: 1n, firstOffset }))
  const items = walk(bytes, { abortedTransactions: aborted }) as BatchView[]
  expect(items.map((item) => item.aborted)).toEqual([true, false, false, false, true, false, false])
})

describe('where the next fetch starts', () => {
  const nextOf = (bytes: Uint8Array, fromOffset = 0n): bigint => {
    const walker = new BatchWalker(bytes, { fromOffset })
    while (walker.next() !== null);
    return walker.nextOffset
  }

  test('behind the last batch, also an empty one and one with its last records compacted away', () => {
    expect(nextOf(new Uint8Array(0), 7n)).toBe(7n)
    expect(nextOf(at(5n, 'a', 'b'), 5n)).toBe(7n)
    expect(nextOf(join(at(5n, 'a'), writeBatch([], { baseOffset: 6n, lastOffsetDelta: 93 })), 5n)).toBe(100n)
    expect(nextOf(writeBatch(values('a'), { baseOffset: 5n, lastOffsetDelta: 9 }), 5n)).toBe(15n)
  })

  test('int64 all the way', () => {
    const far = 2n ** 62n + 3n
    expect(nextOf(at(far, 'a', 'b'), far)).toBe(far + 2n)
    expect(linesOf(at(far, 'a', 'b'))[1]).toContain(`${far + 1n}|`)
  })

  test('a partial tail is left for the next fetch, and says what it needs', () => {
    const whole = at(6n, 'the second batch')
    for (const cut of [1, 7, 8, 12, 16, 60, whole.length - 1]) {
      const walker = new BatchWalker(join(at(5n, 'a'), whole.subarray(0, cut)), { fromOffset: 5n })
      expect(walker.next()?.kind).toBe('batch')
      expect(walker.next()).toBe(null)
      expect(walker.nextOffset).toBe(6n)
      expect(walker.tail).toEqual({ baseOffset: 6n, sizeNeeded: cut < 17 ? null : whole.length, sizeHere: cut })
    }
  })
})

test('batches below the wanted offset are not looked into', () => {
  const broken = spoil(at(0n, 'a', 'b'), (view) => view.setUint32(AT.crc, 1))
  expect(ranges(join(broken, at(2n, 'c'), at(3n, 'd')), { fromOffset: 3n })).toEqual(['batch 3-3'])
})

describe('damage is reported, and the walk goes on', () => {
  const good = at(10n, 'a', 'b', 'c')
  const after = at(13n, 'd')

  test('a bad checksum', () => {
    const bad = spoil(good, (view) => view.setUint8(70, 0xee))
    expect(ranges(join(bad, after))).toEqual(['bad-crc 10-12', 'batch 13-13'])
    const flagged = walk(join(bad, after), { verifyCrc: 'flag' }) as BatchView[]
    expect(flagged.map((item) => item.crcBad)).toEqual([true, false])
    expect(describeBatch(flagged[0]!).crcValid).toBe(false)
    expect((walk(bad, { verifyCrc: 'off' })[0] as BatchView).crcBad).toBe(false)
  })

  test('offsets that cannot be', () => {
    expect(
      ranges(
        join(
          spoil(good, (v) => v.setInt32(AT.lastOffsetDelta, -1)),
          after,
        ),
      ),
    ).toEqual(['bad-offset 10-10', 'batch 13-13'])
    expect(
      ranges(
        join(
          spoil(good, (v) => v.setBigInt64(0, -5n)),
          after,
        ),
      ),
    ).toEqual(['bad-offset -5--5', 'batch 13-13'])
    expect(ranges(join(good, at(11n, 'again'), after))).toEqual(['batch 10-12', 'bad-offset 11-11', 'batch 13-13'])
    expect(ranges(join(at(2n ** 60n, 'x'), after), { logEnd: 14n })).toEqual([
      `bad-offset ${2n ** 60n}-${2n ** 60n}`,
      'batch 13-13',
    ])
  })

  test('a batch at the known end of the log is believed where it goes on with it, whole', () => {
    const next = at(13n, 'd')
    expect(ranges(join(good, next), { fromOffset: 10n, logEnd: 12n })).toEqual(['batch 10-12', 'batch 13-13'])
    const leap = join(good, at(15n, 'e'))
    const walker = new BatchWalker(leap, { fromOffset: 10n, logEnd: 13n })
    expect([walker.next()?.kind, walker.next()?.kind, walker.nextOffset]).toEqual(['batch', 'problem', 13n])
    expect(walker.unbelieved).toBe(good.byteLength)
    const wide = spoil(next, (v) => v.setInt32(AT.lastOffsetDelta, 0x7000_0000))
    expect(ranges(join(good, wide), { fromOffset: 10n, logEnd: 14n })).toEqual([
      'batch 10-12',
      `bad-offset 13-${13 + 0x7000_0000}`,
    ])
  })

  test('a damaged last offset does not hide the batch behind it', () => {
    const bad = spoil(good, (view) => view.setInt32(AT.lastOffsetDelta, 0x7000_0000))
    expect(ranges(join(bad, after))).toEqual(['bad-crc 10-12', 'batch 13-13'])
  })

  test('an unknown format', () => {
    expect(
      ranges(
        join(
          spoil(good, (view) => view.setInt8(AT.magic, 3)),
          after,
        ),
      ),
    ).toEqual(['unknown-magic 10-10', 'batch 13-13'])
  })

  test('a length that cannot be ends the walk', () => {
    for (const length of [-1, 0, 48, -0x8000_0000]) {
      const items = walk(
        join(
          at(9n, 'z'),
          spoil(good, (view) => view.setInt32(AT.length, length)),
          after,
        ),
      )
      expect(items).toMatchObject([
        { kind: 'batch' },
        { kind: 'problem', reason: 'bad-length', first: 10n, canContinue: false },
      ])
    }
  })
})
