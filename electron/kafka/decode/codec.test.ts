import { expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import { type Codec, decodeBy, SchemaProblem, Undecodable } from './codec.ts'

const codec: Codec = {
  type: 'com.acme.Order',
  written(bytes) {
    if (bytes.length === 0) throw new Undecodable('it is empty')
    if (bytes.length > 1) throw new SchemaProblem('A fault of our own.', 'com.acme.Order.id')
    return bytesOfText('{"id":1}')
  },
  value: () => ({ kind: 'record', fields: [{ name: 'id', value: { kind: 'integer', value: 1n } }] }),
  encode: () => ({ problems: [] }),
}

it('is an answer of its JSON form and its tree, or the reason why not; a fault of our own is none', () => {
  const answer = decodeBy(codec, Uint8Array.of(1))
  expect(answer).toMatchObject({ form: 'json', written: bytesOfText('{"id":1}') })
  expect('value' in answer && answer.value!()).toMatchObject({ kind: 'record' })
  expect(decodeBy(codec, new Uint8Array(0))).toEqual({ reason: 'it is empty' })
  expect(() => decodeBy(codec, Uint8Array.of(1, 2))).toThrow('A fault of our own.')
})
