import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { type Codec, SchemaProblem, Undecodable } from '../codec.ts'
import { compileJsonSchema } from './codec.ts'

const codecOf = (schema: unknown, references: Record<string, unknown> = {}): Codec =>
  compileJsonSchema({
    type: 'json-schema',
    text: typeof schema === 'string' ? schema : JSON.stringify(schema),
    references: Object.entries(references).map(([name, text]) => ({ name, text: typeof text === 'string' ? text : JSON.stringify(text) })), // oxfmt-ignore
  })

/** path @ what stands at its character: message */
function problems(codec: Codec, json: string): string[] {
  const encoded = codec.encode(json)
  if ('bytes' in encoded) return []
  return encoded.problems.map(({ path, at, message }) => `${path} @ ${at === null ? '' : json.slice(at, at + 6)}: ${message}`) // oxfmt-ignore
}

const order = codecOf({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Order',
  type: 'object',
  required: ['id', 'constructor'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer', minimum: 1 },
    constructor: { type: 'string', pattern: '^[a-z]+$' },
    'a/b~c d': { enum: ['NEW', 'PAID'] },
    lines: { type: 'array', items: { $ref: '#/definitions/line' } },
    either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
  definitions: { line: { type: 'object', required: ['sku'], properties: { sku: { type: 'string', maxLength: 3 } } } },
})

describe('what is written with a JSON Schema', () => {
  it('is JSON without space between its parts, with every digit as it was typed', () => {
    const json =
      ' { "id" : 9223372036854775807 ,\n\t"constructor" : "abc", "lines": [ {"sku": "a b", "n": 1.50, "x\\" y": "\\\\"} ] } '
    const encoded = order.encode(json)
    expect('bytes' in encoded ? utf8Text(encoded.bytes) : encoded).toBe(
      '{"id":9223372036854775807,"constructor":"abc","lines":[{"sku":"a b","n":1.50,"x\\" y":"\\\\"}]}',
    )
    expect(order.type).toBe('Order')
  })

  it('is checked, and each problem told at its place', () => {
    expect(problems(order, '{"id": "x", "constructor": "A1", "a/b~c d": "SENT", "lines": [{"sku": "abcd"}, {}], "more": 1}').toSorted()).toEqual([
      '["a/b~c d"] @ "SENT": This does not match any of ["NEW","PAID"].',
      'constructor @ "A1", : This text does not match the pattern of the schema.',
      'id @ "x", ": This is to be of type "integer", not "string".',
      'lines[0].sku @ "abcd": This is too long (4 > 3).',
      'lines[1] @ {}], ": "sku" is missing.',
      'more @ 1}: The schema allows nothing here.',
    ]) // oxfmt-ignore
    expect(problems(order, '{"id":1}')).toEqual([' @ {"id":: "constructor" is missing.'])
    expect(problems(order, '{"id":1,"constructor":"a","either":1}')[0]).toContain(
      'either @ 1}: This does not match any',
    )
  })

  it.each([
    ['{"id":1', ' @ : Here "," or "}" is missing.'],
    ['{"id":1,"constructor":"a","id":2}', ' @ "id":2: "id" is here a second time.'],
    ['{"id":1,"constructor":"\ud800"}', ' @ : The text has half a character (a lone surrogate).'],
  ])('is no JSON that readers take in different ways: %j', (json, expected) => {
    expect(problems(order, json)).toEqual([expected])
  })

  it.each([
    ['http://json-schema.org/draft-04/schema#', { minimum: 1, exclusiveMinimum: true }, '1', '2'],
    ['http://json-schema.org/draft-06/schema#', { exclusiveMinimum: 1 }, '1', '2'],
    ['http://json-schema.org/draft-07/schema#', { if: { type: 'string' }, then: { minLength: 2 } }, '"a"', '1'],
    ['https://json-schema.org/draft/2019-09/schema', { dependentRequired: { a: ['b'] } }, '{"a":1}', '{"a":1,"b":1}'],
    ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'string' }], items: false }, '["a",1]', '["a"]'],
    [undefined, { dependencies: { a: ['b'] } }, '{"a":1}', '{"a":1,"b":1}'],
  ])('is checked by the draft that the schema names: %s', ($schema, schema, wrong, right) => {
    const codec = codecOf({ $schema, ...schema })
    expect([problems(codec, wrong).length > 0, problems(codec, right)]).toEqual([true, []])
  }) // oxfmt-ignore

  const tree = {
    $id: 'https://acme.com/tree',
    $dynamicAnchor: 'node',
    properties: { name: true, in: { type: 'array', items: { $dynamicRef: '#node' } } },
  }
  const strict = { $id: 'https://acme.com/strict', $dynamicAnchor: 'node', $ref: 'tree', unevaluatedProperties: false }
  it.each<[string, object, Record<string, unknown>, string, string]>([
    ['itself', tree, {}, '{"in":[{"in":1}]}', '{"in":[{"in":[]}]}'],
    ['what it was refined by', strict, { tree }, '{"in":[{"nmae":1}]}', '{"in":[{"name":1}]}'],
    ['what it was refined by, beside what it refers to as well', { $id: 'https://acme.com/two', $dynamicRef: 'tree#node', $ref: 'any', $defs: { any: { $id: 'any' } } }, { tree }, '{"in":1}', '{"in":[{"in":[]}]}'],
  ])('leads by $dynamicRef to %s', (_, schema, references, wrong, right) => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema'
    const codec = codecOf({ $schema, ...schema }, references)
    expect([problems(codec, wrong).length > 0, problems(codec, right)]).toEqual([true, []])
  }) // oxfmt-ignore

  it.each([
    [{ pattern: '^\\d{3}\\-\\d{2}$' }, '"1234-5"', '"123-45"'],
    [{ pattern: '^[\\w\\-\\.\\@]+\\@acme$' }, '"a b@acme"', '"a-b.c@acme"'],
    [{ pattern: '^{\\w+}$' }, '"a"', '"{a}"'],
    [{ pattern: '^\\p{L}{2}$' }, '"a1"', '"äß"'],
    [{ patternProperties: { '^x\\-': false } }, '{"x-a":1}', '{"x":1}'],
  ])('has patterns as other languages write them: %j', (schema, wrong, right) => {
    expect([problems(codecOf(schema), wrong).length > 0, problems(codecOf(schema), right)]).toEqual([true, []])
  })

  it('finds what a schema refers to by name, by address and by a place in it, one thing leading to another', () => {
    const money = { type: 'object', properties: { amount: { $ref: 'types/digits.json#/definitions/digits' } } }
    const digits = { $id: 'https://acme.com/digits', definitions: { digits: { type: 'string', pattern: '^\\d+$' } } }
    const references = { 'types/digits.json': digits, 'money.json': money }
    for (const $ref of ['money.json', 'https://acme.com/order/money.json']) {
      for (const $id of ['https://acme.com/order/', undefined]) {
        if ($id === undefined && $ref.startsWith('https')) continue
        const codec = codecOf({ $id, properties: { total: { $ref } } }, references)
        expect(problems(codec, '{"total":{"amount":"12"}}')).toEqual([])
        expect(problems(codec, '{"total":{"amount":"x"}}')).toEqual(['total.amount @ "x"}}: This text does not match the pattern of the schema.']) // oxfmt-ignore
      }
    }
    const byId = codecOf({ $ref: 'https://acme.com/digits#/definitions/digits' }, references)
    expect(problems(byId, '"x"')).toHaveLength(1)
  })

  it.each<[string, () => Codec, string]>([
    ['no JSON', () => codecOf('{'), 'character 1: The schema is not JSON: The text ends before its value does.'],
    ['no object', () => codecOf('[]'), 'character 0: A schema is an object, or true or false.'],
    ['200,000 levels', () => codecOf(`${'{"not":'.repeat(200_000)}true${'}'.repeat(200_000)}`), 'nests deeper than 500 levels'],
  ])('cannot be written by what is no schema: %s', (_, make, expected) => {
    let found: unknown
    try {
      make()
    } catch (error) {
      found = error
    }
    expect(found).toBeInstanceOf(SchemaProblem)
    expect(`${(found as SchemaProblem).place}: ${(found as SchemaProblem).message}`).toContain(expected)
  }) // oxfmt-ignore

  it.each<[string, Codec, string]>([
    ['a reference that leads nowhere', codecOf({ properties: { a: { $ref: 'b.json' } } }), 'It refers to "b.json", which is neither in it nor in what comes with it. (#/properties/a)'],
    ['an address that is none', codecOf({ $id: 'http://[' }), 'The schema cannot be used: Invalid URL'],
    ['a broken reference', codecOf({ $ref: 'b' }, { b: '{' }), 'The schema is not JSON: The text ends before its value does. (b: character 1)'],
  ])('cannot be written by a schema with %s, and is read all the same', (_, codec, expected) => {
    const [problem, ...more] = problems(codec, '{"a":1}')
    expect([problem, more]).toEqual([expect.stringContaining('This cannot be checked: its schema cannot be used: '), []]) // oxfmt-ignore
    expect(problem).toContain(expected)
    expect(utf8Text(codec.written(bytesOfText('{"a":1}')))).toBe('{"a":1}')
  }) // oxfmt-ignore

  it('has names that are somebody’s else in JavaScript', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__']) {
      const codec = codecOf(`{"type":"object","required":["${name}"],"properties":{"${name}":{"$ref":"#/definitions/${name}"}},"definitions":{"${name}":{"enum":["${name}"]}},"${name}":{"polluted":true}}`) // oxfmt-ignore
      expect(problems(codec, `{"${name}":"${name}"}`)).toEqual([])
      expect(problems(codec, '{}')).toEqual([` @ {}: "${name}" is missing.`])
      expect(problems(codec, `{"${name}":1}`)[0]).toContain('does not match any of')
      expect(problems(codecOf({ $ref: name }), '1')[0]).toContain(`It refers to "${name}"`)
      expect(problems(codecOf({ $ref: name }, { [name]: { type: 'string' } }), '1')).toHaveLength(1)
    }
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  it('is given up where its schema would take for ever', () => {
    const evil = `"${'a'.repeat(40)}!"`
    expect(problems(codecOf({ pattern: '^(a+)+$' }), evil)[0]).toContain('took too long')
  })

  it('is given up where value or schema lead into themselves without end', () => {
    expect(problems(codecOf({ $ref: '#' }), '1')[0]).toContain('nests too deeply')
    const list = codecOf({ items: { $ref: '#' } })
    expect(problems(list, '['.repeat(100_000) + ']'.repeat(100_000))[0]).toContain('nests too deeply')
    expect(problems(list, '[[[]]]')).toEqual([])
  })
})

describe('what is read with a JSON Schema', () => {
  const any = codecOf(true)

  it.each(['{"id":9007199254740993,"a":1,"a":2}', '4711', '"a"', ' null ', '[1e400,"\\ud800"]'])('is JSON as it came: %s', (text) => {
    const bytes = bytesOfText(text)
    expect(any.written(bytes)).toBe(bytes)
    expect(jsonOf(any.value(bytes)).length).toBeGreaterThan(0)
  }) // oxfmt-ignore

  it('is exact in its tree, and survives ten thousand levels', () => {
    expect(jsonOf(any.value(bytesOfText('{"id":9007199254740993}')))).toBe('{"id":9007199254740993}')
    const deep = bytesOfText('['.repeat(10_000) + ']'.repeat(10_000))
    expect(any.written(deep)).toBe(deep)
    expect(jsonOf(any.value(deep))).toContain('more than a tree shows')
  })

  it.each([
    [Uint8Array.of(0x22, 0xff, 0x22), 'it is not UTF-8'],
    [bytesOfText('{"id":'), 'it is not JSON'],
    [bytesOfText(''), 'it is not JSON'],
    [bytesOfText(`[${' '.repeat(1 << 20)}]`), 'longer than 1 MiB, so it was not tried'],
  ])('says why it is none', (bytes, reason) => {
    for (const decode of [any.written, any.value]) {
      expect(() => decode(bytes)).toThrow(new Undecodable(reason))
    }
  })
})
