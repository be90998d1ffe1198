import { describe, expect, it } from 'vitest'
import type { Decoding } from '#shared/model/decoded.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import { previewText } from './cell-text.ts'
import { createRowModel } from './row-model.ts'

const long = (value: bigint) => new Uint8Array(new BigInt64Array([value]).buffer).toReversed()
const utf8: Decoding = { encoding: 'UTF-8', form: 'text', attempts: [] }
const none: Decoding = { encoding: 'bytes', form: 'bytes', attempts: [] }
const text = (of: string) => new TextEncoder().encode(of)

function keyed(keys: readonly Uint8Array[]): RowColumns {
  const count = keys.length
  const ends = Int32Array.from({ length: 2 * count })
  let at = 0
  keys.forEach((key, i) => (ends[2 * i] = ends[2 * i + 1] = at += key.length))
  return {
    count,
    partition: new Int32Array(count),
    offset: BigInt64Array.from(keys, (_, i) => BigInt(i)),
    timestamp: new BigInt64Array(count),
    flags: new Int32Array(count).fill(2),
    keySize: Int32Array.from(keys, (key) => key.length),
    valueSize: new Int32Array(count).fill(-1),
    headerCount: new Int32Array(count),
    preview: Uint8Array.from(keys.flatMap((key) => [...key])),
    ends,
    decodedAs: Int32Array.from(keys, (key) => (key[0]! < 0x20 ? 1 : 0)),
    decodings: [utf8, none],
    holes: [],
  }
}

describe('bytes in a column', () => {
  it('are hex for each number in binary, not for those alone that are no UTF-8', () => {
    for (const value of [0n, 42n, 127n, 128n, 255n, 1_000_000n]) {
      expect(previewText(long(value), none, false)).toMatch(/^([0-9a-f]{2} ){7}[0-9a-f]{2}$/)
    }
    expect(previewText(text('a\tb\nc\r'), utf8, false)).toBe('a\tb\nc\r')
    expect(previewText(text('\u202eabc'), utf8, false)).toBe('\u202eabc')
  })

  it('are hex for all of them where most are no text, though some are by chance', () => {
    const rows = createRowModel({ capacity: 100 })
    rows.append(keyed([long(1n), text('abcdabcd'), long(200n)]))
    expect(rows.shown).toEqual({ key: 'hex', value: 'text' })
    expect(previewText(text('abcdabcd'), utf8, false, rows.shown.key)).toBe('61 62 63 64 61 62 63 64')
    rows.clear()
    rows.append(keyed([text('order-1'), text('order-2'), long(7n)]))
    expect(rows.shown.key).toBe('text')
  })
})
