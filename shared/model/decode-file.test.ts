import { describe, expect, it } from 'vitest'
import type { DecodeRule } from './decode-choice.ts'
import { decodeFile, mergedRules, readDecodeFile } from './decode-file.ts'

const rules: DecodeRule[] = [
  { topic: 'orders', part: 'value', chain: [{ as: 'avro', schema: '"long"', framing: 'plain' }] },
  { topic: 'a*', part: 'key', chain: [{ as: 'hex' }] },
]

describe('a file of decodings', () => {
  it('is read as it was written, in an order that does not depend on when what was chosen', () => {
    const { name, text } = decodeFile('Orders (test)', rules)
    expect(name).toBe('Orders_test_.decoding.json')
    expect(readDecodeFile(text)).toEqual(rules.toReversed())
    expect(decodeFile('Orders (test)', rules.toReversed()).text).toBe(text)
  })

  it.each([
    ['no JSON', '{', /cannot be read/],
    ['another file', '{"kind":"seekline.profile-export","version":1}', /no file of decodings/],
    ['a newer one', '{"kind":"seekline.decoding","version":2,"rules":[]}', /newer Seekline/],
    ['an unknown choice', '{"kind":"seekline.decoding","version":1,"rules":[{"topic":"a","part":"key","chain":[{"as":"magic"}]}]}', /rules\.0\.chain\.0/], // oxfmt-ignore
    ['a field too many', '{"kind":"seekline.decoding","version":1,"rules":[],"more":1}', /cannot be read/],
    ['levels without end', `${'['.repeat(100)}${']'.repeat(100)}`, /nests deeper/],
    ['two rules of one topic', JSON.stringify({ kind: 'seekline.decoding', version: 1, rules: [rules[1], rules[1]] }), /there twice/], // oxfmt-ignore
  ])('says of %s what is wrong', (_, text, message) => {
    expect(() => readDecodeFile(text)).toThrow(message)
  })
})

describe('rules that come to others', () => {
  it('replace those of the same topic and part', () => {
    const given: DecodeRule = { topic: 'orders', part: 'value', chain: [{ as: 'json' }] }
    expect(mergedRules(rules, [given])).toEqual([given, rules[1]])
  })

  it('are refused where the schemas of all would be too large', () => {
    const large = (topic: string): DecodeRule => ({ topic, part: 'value', chain: [{ as: 'avro', schema: `"${'x'.repeat(1 << 19)}"`, framing: 'plain' }] }) // oxfmt-ignore
    expect(() => mergedRules([], ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(large))).toThrow(/too large/)
  })
})
