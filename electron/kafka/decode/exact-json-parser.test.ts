import { describe, expect, it } from 'vitest'
import { JsonProblem, type JsonNode, parseJson, pathText, placeOf } from './exact-json-parser.ts'

/** What JSON.parse makes of it, where that is exact. */
function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'null':
      return null
    case 'boolean':
    case 'text':
      return node.value
    case 'number':
      return Number(node.digits)
    case 'list':
      return node.items.map(plain)
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }) => [name, plain(value)]))
  }
}

function problem(text: string): { message: string; at: number } | null {
  try {
    parseJson(text)
    return null
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error
    return { message: error.message, at: error.at }
  }
}

describe('JSON with its places', () => {
  it.each([
    '{"a":[1,-2.5e-3,{"b":null}],"":true,"ü\\n\\u00e4\\ud83d\\ude00":"\\"\\\\"}',
    ' [ ] ',
    '{ }',
    '[[[]],{},"",0,-0,1E+2,false]',
    '"\\ud800 alone"',
    '3',
  ])('is what JSON.parse takes it for: %s', (text) => {
    expect(plain(parseJson(text))).toEqual(JSON.parse(text))
  })

  it.each(
    ['', '{', '[1', '[1,', '[1,]', '{"a"', '{"a":', '{"a":1', '{"a":1,}', '{a:1}', '[1 2]', '[1}', '01', '-', '1.', '.5', 'nul', 'NaN', '"a', '"a\nb"', '"\\x"', '"\\u12"', "'a'", '1 1', '[1]]', '\u00a01'], // oxfmt-ignore
  )('is not what JSON.parse refuses: %j', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(problem(text)).not.toBeNull()
  })

  it('says at which character it is none', () => {
    expect(problem('{"a": tru}')).toEqual({ message: 'Here no value begins', at: 6 })
    expect(problem('{"a":1 "b":2}')).toEqual({ message: 'Here "," or "}" is missing', at: 7 })
    expect(problem('[1,2')).toEqual({ message: 'Here "," or "]" is missing', at: 4 })
    expect(problem('{"a":"\\q"}')!.at).toBe(5)
  })

  it('keeps each digit, each member of one name, and what JavaScript has names of its own for', () => {
    const root = parseJson('{"__proto__":9007199254740993,"a":1e400,"a":2,"constructor":{}}')
    expect(root).toMatchObject({
      members: [
        { name: '__proto__', at: 1, value: { digits: '9007199254740993', at: 13, end: 29 } },
        { name: 'a', value: { digits: '1e400' } },
        { name: 'a', value: { digits: '2' } },
        { name: 'constructor', value: { kind: 'object' } },
      ],
    })
  })

  it('knows where the value of a path stands, or how far it goes', () => {
    const text = '{"order": {"lines": [{"sku": 1}, {"sku": 2}]}}'
    const root = parseJson(text)
    const at = (...path: (string | number)[]) => text.slice(placeOf(root, path))
    expect(at('order', 'lines', 1, 'sku')).toBe('2}]}}')
    expect(at('order', 'lines', 7, 'sku')).toBe('[{"sku": 1}, {"sku": 2}]}}')
    expect(at()).toBe(text)
  })

  it('spells paths as people do', () => {
    expect(pathText(['order', 'lines', 3, 'sku'])).toBe('order.lines[3].sku')
    expect(pathText([0, 'a b', '__proto__', ''])).toBe('[0]["a b"].__proto__[""]')
  })

  it('takes any number of levels', () => {
    const levels = 100_000
    expect(parseJson('[{"a":'.repeat(levels) + '1' + '}]'.repeat(levels)).end).toBe(8 * levels + 1)
    expect(problem('['.repeat(levels))!.at).toBe(levels)
  })
})
