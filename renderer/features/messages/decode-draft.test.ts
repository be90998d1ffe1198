import { describe, expect, it } from 'vitest'
import { DecodeChoice } from '#shared/model/decode-choice.ts'
import { choiceOf, draftOf, emptyDraft, kinds, wrappers } from './decode-draft.ts'

const filled = {
  ...emptyDraft,
  schema: '"long"',
  files: [{ name: 'a.proto', text: 'message A {}' }],
  message: 'A',
  descriptors: 'AA\nA=',
  subject: 'orders-value',
  version: '7',
  skip: '5',
}

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
    expect(choiceOf({ ...emptyDraft, kind: 'descriptor-set' })).toContain('protoc')
    expect(choiceOf({ ...filled, kind: 'descriptor-set', descriptors: 'AAA' })).toContain('base64')
    expect(choiceOf({ ...emptyDraft, kind: 'registry' })).toContain('subject')
    expect(choiceOf({ ...filled, kind: 'registry', version: 'v7' })).toContain('whole number')
    expect(choiceOf({ ...filled, kind: 'registry', skip: '65' })).toContain('0 to 64')
    expect(choiceOf({ ...filled, kind: 'registry', version: '', message: '' })).toEqual({
      as: 'registry',
      schema: { by: 'subject', subject: 'orders-value', version: null },
      message: null,
      skip: 5,
    })
  })

  it('is left alone where it says more than the form', () => {
    const two: DecodeChoice = { as: 'base64', around: { as: 'compressed', by: 'gzip', around: { as: 'json' } } }
    expect(draftOf(two)).toBeUndefined()
    expect(draftOf({ as: 'registry', schema: { by: 'id', id: 7 }, message: null, skip: 0 })).toBeUndefined()
  })
})
