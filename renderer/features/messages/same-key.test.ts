import { expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import type { Form } from '#shared/model/decoded.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { sameKeyOf } from './same-key.ts'

const keyed = (key: Uint8Array | null, form: Form = 'text', value: Value | null = null) =>
  sameKeyOf({
    key,
    keySize: key?.length ?? -1,
    keyAs: key === null ? null : { encoding: '', form, attempts: [], written: null, isCut: false, value },
  } as FullRecord)

it('names what all records of a key have in common', () => {
  const parts: Value = { kind: 'record', fields: [{ name: 'id', value: { kind: 'integer', value: 7n } }, { name: 'shop', value: { kind: 'text', value: 'a' } }] } // oxfmt-ignore
  const found = [
    keyed(bytesOfText('order-1')),
    keyed(new Uint8Array([0, 255]), 'bytes'),
    keyed(bytesOfText('7'), 'json', { kind: 'integer', value: 7n }),
    keyed(bytesOfText('…'), 'json', parts),
  ]
  expect(found).toEqual(['key == "order-1"', 'key == b"\\x00\\xff"', 'key == 7', 'key.id == 7 && key.shop == "a"'])
  for (const source of found) expect(isProblem(compileFilter({ kind: 'expression', source: source! }))).toBe(false)
})

it('names none where there is none, or it is too much to say', () => {
  expect(keyed(null)).toBeNull()
  expect(keyed(bytesOfText('x'.repeat(500)))).toBeNull()
  expect(keyed(bytesOfText('[1]'), 'json', { kind: 'list', items: [] })).toBeNull()
})
