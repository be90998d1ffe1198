import { expect, test } from 'vitest'
import { writeBatch } from '../../kafka/records/batch-writer.ts'
import { decodeOne, type DecodedRecord } from '../../kafka/records/one-record.ts'
import { usualChain } from '../../kafka/decode/fixtures/chains.ts'
import { decodeHeaders } from '../../kafka/workers/decode-headers.ts'
import { record, text, utf8 } from '../../kafka/records/fixtures/records.ts'
import type { RecordHeader } from '../../kafka/records/batch-types.ts'
import { headersPage as pageOf } from './header-page.ts'

const at = { connection: '', topic: 't', partition: 0 }
const chain = usualChain('header')
const headersPage = (headers: DecodedRecord['headers'], from: number) =>
  pageOf(headers, from, (stored) =>
    decodeHeaders({ at, key: null, headers: stored }, async (bytes, _, context) => {
      const { as, written, value } = chain.decode(bytes, context)
      return {
        ...as,
        written: written === bytes ? null : new Uint8Array(written),
        isCut: false,
        value: value?.() ?? null,
      }
    }),
  )

function decoded(headers: RecordHeader[]): DecodedRecord {
  const found = decodeOne(writeBatch([record('k', 'v', { headers })], { codec: 'zstd' }), 0n)
  if (found.kind !== 'record') throw new Error(found.kind)
  return found
}

const numbered = (count: number): RecordHeader[] =>
  Array.from({ length: count }, (_, i) => ({ name: utf8(`h${i}`), value: i % 3 === 0 ? null : utf8(`${i}`) }))

test('headers come in pages of a thousand, from any of them on', async () => {
  const { headers } = decoded(numbered(2_500))
  const names = async (from: number) => (await headersPage(headers, from)).headers.map(({ name }) => text(name))
  expect(await names(0)).toEqual(Array.from({ length: 1_000 }, (_, i) => `h${i}`))
  expect((await headersPage(headers, 0)).next).toBe(1_000)
  expect((await names(1_234))[0]).toBe('h1234')
  expect(await headersPage(headers, 2_000)).toMatchObject({ next: null, headers: { length: 500 } })
  expect(await headersPage(headers, 2_500)).toEqual({ headers: [], next: null })
})

test('those that a framework writes say what they are, and what their bytes mean', async () => {
  const headers = [
    { name: utf8('kafka_dlt-original-offset'), value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 42) },
    { name: utf8('traceparent'), value: utf8('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01') },
    { name: utf8('other'), value: Uint8Array.of(0, 0, 0, 7) },
  ]
  expect((await headersPage(decoded(headers).headers, 0)).headers.map(({ known }) => known)).toEqual([
    { label: 'Spring: offset it failed at', meant: '42' },
    { label: 'W3C trace context: trace and span', meant: null },
    undefined,
  ])
})

test('a page has a megabyte at most, and of a large name or value the beginning', async () => {
  const large = new Uint8Array(200_000).fill(7)
  const { headers } = decoded(Array.from({ length: 100 }, () => ({ name: large, value: large })))
  const page = await headersPage(headers, 0)
  expect(page.headers[0]).toMatchObject({ nameSize: 200_000, size: 200_000, name: { length: 65_536 } })
  expect(page.headers.length).toBe(8)
  expect(page.next).toBe(8)
})

test('millions of empty headers are one piece of memory, and a page of them is small', async () => {
  const empty = { name: new Uint8Array(0), value: new Uint8Array(0) }
  const batch = writeBatch([record('k', 'v', { headers: Array.from({ length: 2_000_000 }, () => empty) })], {
    codec: 'zstd',
  })
  expect(batch.length).toBeLessThan(1_000)
  const found = decodeOne(batch, 0n) as DecodedRecord
  expect(found.headers).toMatchObject({ count: 2_000_000, readable: 2_000_000, problem: null })
  // Two bytes for each: nothing is made of them before somebody looks.
  expect(found.headers.bytes.length).toBe(4_000_000)
  expect(await headersPage(found.headers, 1_999_500)).toMatchObject({ next: null, headers: { length: 500 } })
})

test('headers before a damaged one can be read', async () => {
  const bytes = writeBatch([record('k', 'v', { headers: numbered(5) })])
  // The length of the fourth header's name.
  bytes[bytes.lastIndexOf(0x68, bytes.lastIndexOf(0x68) - 1) - 1] = 0xff
  const found = decodeOne(bytes, 0n) as DecodedRecord
  expect(found.headers).toMatchObject({ count: 5, readable: 3, problem: { reason: 'bad-record' } })
  expect(await headersPage(found.headers, 0)).toMatchObject({ next: null, headers: { length: 3 } })
})
