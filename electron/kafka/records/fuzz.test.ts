import { expect, test } from 'vitest'
import { writeBatch, writeControlBatch } from './batch-writer.ts'
import { decodeOne } from './one-record.ts'
import { headersOf, javaFixture, join, record, utf8, values } from './fixtures/records.ts'
import { CODECS } from './batch-types.ts'
import { ColumnWalker } from './walk-columns.ts'
import { rounds } from '../../../tests/support/rounds.ts'

/** A million of them go through workers, and beside another decoder, by `tests/bench/mutations.ts`. */
const MUTATIONS = rounds(20_000)

/**
 * Damaged on purpose, the same on every run: whatever the bytes, the walk ends, throws nothing, stays within its limits, and
 * each offset that it passes is either a record that was looked at or in a hole that says why not.
 */
test(`${MUTATIONS} mutations`, { timeout: 260_000 }, () => {
  const header = { name: utf8('h'), value: utf8('value') }
  const records = [
    record('k', 'v', { headers: [header, header] }),
    record(null, 'w'.repeat(90)),
    ...values('a', 'b', 'c'),
  ]
  const seeds = [
    ...CODECS.map((codec) => join(writeBatch(records, { codec }), writeBatch(records, { codec, baseOffset: 5n }))),
    javaFixture('transactions').bytes,
    javaFixture('magic1').bytes,
    join(javaFixture('magic1-gzip').bytes, writeControlBatch('abort', { baseOffset: 40n, producerId: 7n })),
  ]
  const limit = 1 << 20
  let state = 20_260_101
  const random = (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
  const edges = [0, 1, 0x7f, 0x80, 0xff, 0xfe]
  let read = 0
  let problems = 0
  const wrong: string[] = []
  for (let round = 0; round < MUTATIONS; round++) {
    let bytes = Uint8Array.from(seeds[round % seeds.length]!)
    for (let n = random(4) + 1; n > 0; n--) {
      const at = random(bytes.length)
      bytes[at] = random(2) === 0 ? edges[random(edges.length)]! : random(256)
    }
    if (random(8) === 0) bytes = bytes.slice(0, random(bytes.length))
    const walker = new ColumnWalker(bytes, {
      fromOffset: BigInt(random(8)),
      abortedTransactions: [{ producerId: 7n, firstOffset: 0n }],
      verifyCrc: (['off', 'report', 'flag'] as const)[round % 3]!,
      includeAborted: round % 2 === 0,
      maxDecompressedBytes: limit,
      ...(round % 5 === 0 ? { filter: { anyOf: [utf8('v')] } } : {}),
      judge: (one) => {
        headersOf(one)
        return one.bytes.length <= Math.max(limit, bytes.length) ? 'match' : 'no'
      },
    })
    let takes = 0
    for (;;) {
      const columns = walker.take({ maxRecords: 3 })
      read += columns.count
      problems += columns.problems.length
      let last = columns.fromOffset - 1n
      let told = BigInt(columns.counts.records)
      for (const hole of columns.holes) {
        if (hole.first <= last || hole.last < hole.first || hole.last >= columns.nextOffset)
          wrong.push(`round ${round}: hole`)
        last = hole.last
        told += hole.last - hole.first + 1n
      }
      if (told !== columns.nextOffset - columns.fromOffset) wrong.push(`round ${round}: ${told} offsets are told of`)
      if (columns.offset.some((offset, i) => i > 0 && offset <= columns.offset[i - 1]!))
        wrong.push(`round ${round}: order`)
      if (columns.stoppedBy !== 'limit') break
      if (++takes > bytes.length) {
        wrong.push(`round ${round}: endless`)
        break
      }
    }
    decodeOne(bytes, BigInt(random(12)), { maxDecompressedBytes: limit })
  }
  expect(wrong).toEqual([])
  // Neither everything refused nor everything swallowed.
  expect(read).toBeGreaterThan(MUTATIONS)
  expect(problems).toBeGreaterThan(MUTATIONS / 4)
})
