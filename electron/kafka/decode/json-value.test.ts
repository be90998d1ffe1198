import { describe, expect, it } from 'vitest'
import { jsonOf, Value } from '#shared/model/decoded-value.ts'
import { bytesOfText } from '#shared/bytes.ts'
import { contextOf } from './fixtures/chains.ts'
import { json } from './json.ts'

function treeOf(text: string): Value {
  const answer = json.decode(bytesOfText(text), contextOf('value'))
  if (answer === null || answer instanceof Promise || !('form' in answer)) throw new Error('it is no JSON')
  return answer.value!()
}

describe('the tree of a JSON value', () => {
  it('is exact in its numbers, whatever their length', () => {
    const text =
      '{"id":9223372036854775808,"at":1.5,"many":0.12345678901234567890123,"huge":1e400,"tiny":5e-324,"minus":-0,"none":-0.0,"total":129.90,"whole":5.0,"up":1E+5}'
    expect(treeOf(text)).toMatchObject({
      fields: [
        { name: 'id', value: { kind: 'integer', value: 9223372036854775808n } },
        { name: 'at', value: { kind: 'float', value: 1.5 } },
        { name: 'many', value: { kind: 'decimal', digits: '0.12345678901234567890123' } },
        { name: 'huge', value: { kind: 'float', value: Infinity, written: '1e400' } },
        { name: 'tiny', value: { kind: 'float', value: 5e-324 } },
        { name: 'minus', value: { kind: 'float', value: -0, written: '-0' } },
        { name: 'none', value: { kind: 'float', value: -0, written: '-0.0' } },
        { name: 'total', value: { kind: 'float', value: 129.9, written: '129.90' } },
        { name: 'whole', value: { kind: 'float', value: 5, written: '5.0' } },
        { name: 'up', value: { kind: 'float', value: 100_000, written: '1E+5' } },
      ],
    })
    expect(jsonOf(treeOf(text))).toBe(text)
    expect(jsonOf(treeOf('[1e999999999,-1E-999999999]'))).toBe('[1e999999999,-1E-999999999]')
    expect(Value.parse(treeOf(text))).toEqual(treeOf(text))
  })

  it('says of an object that it has a name twice, and has both', () => {
    const tree = treeOf('{"a":1,"b":{"a":1,"a":2}}')
    expect(tree).not.toHaveProperty('type')
    expect(tree).toMatchObject({ fields: [{}, { value: { type: 'object with a name twice', fields: [{}, {}] } }] })
    expect(jsonOf(tree)).toBe('{"a":1,"b":{"a":1,"a":2}}')
  })

  it('keeps half characters, and names that JavaScript has for itself', () => {
    expect(treeOf('["\\ud800"]')).toMatchObject({ items: [{ kind: 'text', value: '\ud800' }] })
    expect(jsonOf(treeOf('{"__proto__":{"constructor":1}}'))).toBe('{"__proto__":{"constructor":1}}')
  })

  it('is cut at so many levels, nodes and characters, and says how much is left out', () => {
    const levels = 10_000
    expect(jsonOf(treeOf('['.repeat(levels) + ']'.repeat(levels)))).toBe(`${'['.repeat(100)}"… more than a tree shows"${']'.repeat(100)}`) // oxfmt-ignore
    const many = treeOf(`[${'1,'.repeat(30_000)}1]`)
    expect(many.kind === 'list' && many.items.at(-1)).toEqual({ kind: 'cut', why: '10,002 more items' })
    const fields = treeOf(`{"a":[${'1,'.repeat(30_000)}1],"b":1,"c":2}`)
    expect(fields.kind === 'record' && fields.fields.at(-1)).toEqual({ name: '…', value: { kind: 'cut', why: '2 more fields' } }) // oxfmt-ignore
    expect(treeOf(`["${'x'.repeat(70_000)}"]`)).toMatchObject({ items: [{ kind: 'cut', why: expect.stringMatching(/^x{1000} … of 70,000 characters$/) }] }) // oxfmt-ignore
  })
})
