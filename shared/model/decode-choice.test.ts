import { describe, expect, it } from 'vitest'
import { DecodeChoice, DecodeRules, ruleFor, type DecodeRule } from './decode-choice.ts'
import { schemaKey, type SchemaId } from './schema-id.ts'

const rule = (topic: string, part: DecodeRule['part'] = 'value'): DecodeRule => ({
  topic,
  part,
  chain: [{ as: 'hex' }],
})

describe('the rule for a topic', () => {
  it.each([
    ['orders', ['*', 'ord*', 'orders', 'orders*'], 'orders'],
    ['orders.eu', ['*', 'ord*', 'orders', '*.eu'], 'ord*'],
    ['orders.eu', ['*', 'o*.eu', 'ord*'], 'o*.eu'],
    ['a.b.c', ['a*b*c', 'a*c*b*'], 'a*b*c'],
    ['aba', ['ab*ba'], undefined],
    ['x', ['y', 'x?', ''], undefined],
    ['a+b', ['a+b', 'a.b'], 'a+b'],
  ])('%s of %j is %s', (topic, patterns, found) => {
    expect(
      ruleFor(
        patterns.map((one) => rule(one)),
        topic,
        'value',
      )?.topic,
    ).toBe(found)
  })

  it('is of its part', () => {
    expect(ruleFor([rule('orders', 'key')], 'orders', 'value')).toBeNull()
  })

  it('costs no more for a pattern of many stars', () => {
    const start = performance.now()
    ruleFor([rule(`${'*a'.repeat(120)}*b`)], 'a'.repeat(249), 'value')
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})

describe('choices', () => {
  it.each([
    { as: 'text', charset: 'shift_jis' },
    { as: 'avro', schema: '"long"' },
    { as: 'protobuf', from: { kind: 'files', files: [{ name: 'a.proto', text: '' }] }, message: 'A' },
    { as: 'compressed', by: 'gzip', around: { as: 'base64', around: { as: 'json' } } },
    { as: 'registry', schema: { by: 'id', id: 41 } },
  ])('are taken: %j', (choice) => {
    expect(DecodeChoice.safeParse(choice).error).toBeUndefined()
  })

  it.each([
    ['an unknown charset', { as: 'text', charset: 'klingon' }],
    ['a field too many', { as: 'json', more: 1 }],
    ['a schema too large', { as: 'avro', schema: 'x'.repeat((1 << 20) + 1) }],
    ['files too large together', { as: 'protobuf', message: 'A', from: { kind: 'files', files: [1, 2].map((n) => ({ name: `${n}`, text: 'x'.repeat(600_000) })) } }], // oxfmt-ignore
    ['wrappers without end', { as: 'base64', around: { as: 'base64', around: { as: 'base64', around: { as: 'base64', around: { as: 'json' } } } } }], // oxfmt-ignore
  ])('are not taken: %s', (_, choice) => {
    expect(DecodeChoice.safeParse(choice).success).toBe(false)
  })

  it('for headers may name one, and then go before those for all', () => {
    const header = (topic: string, name?: string) => ({
      ...rule(topic, 'header'),
      ...(name === undefined ? {} : { header: name }),
    })
    const rules = DecodeRules.parse([
      header('orders'),
      header('*', 'trace'),
      header('or*', 'trace'),
      header('*', 'other'),
    ])
    expect(ruleFor(rules, 'orders', 'header')).toBe(rules[0])
    expect(ruleFor(rules, 'orders', 'header', 'trace')).toBe(rules[2])
    expect(ruleFor(rules, 'payments', 'header', 'trace')).toBe(rules[1])
    expect(ruleFor(rules, 'orders', 'header', 'source')).toBe(rules[0])
    expect(ruleFor(rules, 'payments', 'header', 'source')).toBeNull()
    expect(ruleFor(rules, 'orders', 'value', 'trace')).toBeNull()
    expect(DecodeRules.safeParse([{ ...rule('a'), header: 'trace' }]).success).toBe(false)
    expect(DecodeRules.safeParse([header('a', 'x'), header('a', 'x')]).success).toBe(false)
  })

  it('stand once for each pattern and part', () => {
    expect(DecodeRules.safeParse([rule('a'), rule('a', 'key')]).success).toBe(true)
    expect(DecodeRules.safeParse([rule('a'), rule('a')]).success).toBe(false)
  })
})

it('no two ways of naming a schema have one key', () => {
  const ids: SchemaId[] = [
    { by: 'id', id: 7 },
    { by: 'long-id', id: 7n },
    { by: 'global-id', id: 7n },
    { by: 'content-id', id: 7n },
    { by: 'content-hash', hash: '7' },
    { by: 'artifact', group: null, artifact: 'a', version: 'b' },
    { by: 'artifact', group: 'a', artifact: 'b', version: null },
    { by: 'subject', subject: 'a', version: 7 },
    { by: 'subject', subject: 'a', version: null },
    { by: 'azure', guid: '7' },
  ]
  expect(new Set(ids.map(schemaKey)).size).toBe(ids.length)
})
