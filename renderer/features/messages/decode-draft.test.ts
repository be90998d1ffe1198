import { describe, expect, it } from 'vitest'
import { DecodeChoice } from '#shared/model/decode-choice.ts'
import { choiceOf, draftOf, emptyDraft, kinds, messagesIn, wrappers } from './decode-draft.ts'

const filled = { ...emptyDraft, schema: '"long"', files: [{ name: 'a.proto', text: 'message A {}' }], message: 'A' }

describe('what a person chooses to decode by', () => {
  it('is a choice that the app takes, whatever is chosen, and comes back into the form as it was', () => {
    for (const { id: kind } of kinds) {
      for (const { id: wrapper } of wrappers) {
        const choice = choiceOf({ ...filled, kind, wrapper })
        expect(DecodeChoice.safeParse(choice).success).toBe(true)
        expect(choiceOf(draftOf(choice as DecodeChoice)!)).toEqual(choice)
      }
    }
  })

  it('says what is missing', () => {
    expect(choiceOf({ ...emptyDraft, kind: 'avro' })).toContain('.avsc')
    expect(choiceOf({ ...emptyDraft, kind: 'protobuf' })).toContain('.proto')
    expect(choiceOf({ ...filled, kind: 'protobuf', message: ' ' })).toContain('full name')
  })

  it('is left alone where it says more than the form', () => {
    const two: DecodeChoice = { as: 'base64', around: { as: 'compressed', by: 'gzip', around: { as: 'json' } } }
    expect(draftOf(two)).toBeUndefined()
    expect(draftOf({ as: 'protobuf', from: { kind: 'descriptor-set', base64: 'AA==' }, message: 'A' })).toBeUndefined()
  })
})

describe('the messages of a .proto text', () => {
  it('are those declared outermost, with their package', () => {
    const text = `syntax = "proto3"; // package wrong;
      package acme.shop; /* message Wrong { */
      message Order { message Line { string sku = 1; } repeated Line lines = 1; string note = 2 [default = "message X {"]; }
      enum State { OPEN = 0; }
      message Customer{}`
    expect(messagesIn(text)).toEqual(['acme.shop.Order', 'acme.shop.Customer'])
    expect(messagesIn('message A { }')).toEqual(['A'])
    expect(messagesIn('')).toEqual([])
  })
})
