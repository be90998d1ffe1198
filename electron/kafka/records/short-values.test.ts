import { expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { rowAt } from '#shared/model/rows.ts'
import { FrameBuilder } from '../../services/messages/row-frames.ts'
import { decodedAt, sameChains, usualChain } from '../decode/fixtures/chains.ts'
import { RowDecoder } from '../decode/row-decoder.ts'
import { writeBatch } from './batch-writer.ts'
import { transferList } from './column-types.ts'
import { walkColumns } from './walk-columns.ts'

const long = 'x'.repeat(500)
const values = [
  '{"a":1}',
  `{"note":"${long}","status":"paid"}`,
  `text ${long}`,
  null,
  `{"b":${'9'.repeat(30)},"c":"${long}"}`,
]

function columns(decoded: boolean) {
  const records = values.map((value) => ({
    timestamp: 1n,
    key: null,
    value: value === null ? null : bytesOfText(value),
    headers: [],
  }))
  const decoder = new RowDecoder(sameChains(usualChain()), decodedAt)
  return walkColumns(writeBatch(records), { previewBytes: { key: 16, value: 64 }, ...(decoded ? { decoder } : {}) })
}

it('tells of JSON whose preview is cut what stands behind it, and of nothing else', () => {
  const made = columns(true)
  expect([...made.shorts!.rows]).toEqual([1, 4])
  expect(transferList(made)).toContain(made.shorts!.text.buffer)
  const frame = new FrameBuilder()
  // Rows of a frame come from several pieces: they are numbered anew.
  for (const row of [4, 0, 1, 2, 3]) frame.row(0, { columns: made, row })
  const packed = frame.take()
  const shorts = Array.from({ length: 5 }, (_, row) => rowAt(packed, row).short)
  expect(shorts.map((short) => (short === null ? null : utf8Text(short)))).toEqual([
    `{"b":${'9'.repeat(30)},"c":"${'x'.repeat(79)}…"}`,
    null,
    `{"note":"${'x'.repeat(79)}…","status":"paid"}`,
    null,
    null,
  ])
  expect(frame.take().shorts).toBeUndefined()
})

it('has none where nothing is decoded', () => {
  expect(columns(false).shorts).toBeNull()
})
