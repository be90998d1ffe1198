import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import type { PartInput } from '#shared/model/produce.ts'
import { EDITABLE, editable, respelt, turnedTo, type PartDraft } from './part-draft.ts'

const text = (of: string): PartInput => ({ as: 'text', text: of })

describe('a key or a value as it is typed', () => {
  it('changes its spelling, never its bytes', () => {
    const hex = respelt(text('größer\n{"a":1}'), 'hex')
    expect(hex).toEqual({ as: 'hex', text: '67 72 c3 b6 c3 9f 65 72 0a 7b 22 61 22 3a 31 7d' })
    const base64 = respelt(hex as PartInput, 'base64')
    expect(respelt(base64 as PartInput, 'text')).toEqual(text('größer\n{"a":1}'))
    expect(respelt({ as: 'bytes', bytes: Uint8Array.of(0xfe, 0xad) }, 'hex')).toEqual({ as: 'hex', text: 'fe ad' })
  })

  it.each([
    [{ as: 'hex', text: 'ff' }, 'text', /not UTF-8/],
    [{ as: 'hex', text: '0d' }, 'text', /carriage returns/],
    [{ as: 'hex', text: 'abc' }, 'text', /not hex/],
    [{ as: 'hex', text: '${uuid}' }, 'schema', /not hex/],
    [{ as: 'base64', text: '%%' }, 'hex', /not base64/],
  ] as const)('says why %j cannot become %s', (draft, kind, why) => {
    expect(turnedTo(draft as PartDraft, kind)).toMatch(why)
  })

  it('keeps what was typed from text to a schema and back', () => {
    const bySchema = turnedTo(text('{"id":9007199254740993}'), 'schema')
    expect(bySchema).toMatchObject({ as: 'schema', schema: { by: 'naming', strategy: 'TopicName', version: null }, json: '{"id":9007199254740993}' }) // oxfmt-ignore
    const byChoice = turnedTo(bySchema as PartDraft, 'choice')
    expect(byChoice).toEqual({ as: 'choice', choice: null, json: '{"id":9007199254740993}' })
    expect(turnedTo(byChoice as PartDraft, 'text')).toEqual(text('{"id":9007199254740993}'))
    expect(turnedTo(byChoice as PartDraft, 'null')).toBeNull()
    expect(turnedTo(null, 'hex')).toEqual({ as: 'hex', text: '' })
  })

  it('opens as an editor can hold it: what it would change comes as hex or as bytes', () => {
    expect(editable(text('a\nb'))).toEqual(text('a\nb'))
    expect(editable(text('a\r\nb'))).toEqual({ as: 'hex', text: '61 0d 0a 62' })
    const large = 'a'.repeat(EDITABLE + 1)
    expect(editable(text(large))).toEqual({ as: 'bytes', bytes: bytesOfText(large) })
    expect(editable(null)).toBeNull()
    const bySchema = (json: string) => ({ as: 'schema', schema: { by: 'id', id: 1 }, message: null, frame: null, json }) as const // oxfmt-ignore
    expect(editable(bySchema('{"a":9007199254740993}'))).toEqual(bySchema('{\n  "a": 9007199254740993\n}'))
    expect(editable(bySchema('{"a":'))).toEqual(bySchema('{"a":'))
  })
})
