import { expect, it } from 'vitest'
import { contextOf } from './fixtures/chains.ts'
import { fromProtobufFiles } from './protobuf-choice.ts'
import { compiled, everything } from './protobuf/fixtures/schemas.ts'

const context = contextOf('value')
const second = Uint8Array.of(8, 7)

it('decodes by the first of the files, which imports the others, or by a descriptor set', () => {
  const files = [{ name: 'everything.proto', text: everything.text }, ...everything.references]
  const message = 'seekline.test.Second'
  for (const from of [
    { kind: 'files', files },
    { kind: 'descriptor-set', base64: compiled.text.replace(/\s/g, '') },
  ] as const) {
    const answer = fromProtobufFiles({ as: 'protobuf', from, message }).decode(second, context)
    expect(answer).toMatchObject({ form: 'json', written: new TextEncoder().encode('{"a":7}') })
  }
})

it('says of each value why its schema cannot be used, and where', () => {
  const from = { kind: 'files', files: [{ name: 'm.proto', text: 'syntax = "proto3";\nmessage M {' }] } as const
  const decoder = fromProtobufFiles({ as: 'protobuf', from: { ...from, files: [...from.files] }, message: 'M' })
  expect(decoder.decode(second, context)).toEqual({
    reason: 'its schema cannot be used: This is no .proto: the text ends before its last block does. (line 2)',
  })
})
