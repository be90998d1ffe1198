import { describe, expect, it } from 'vitest'
import { COLOURED, previewTokens } from './preview-tokens.ts'

const spelled = (text: string) => previewTokens(text).map(({ kind, text: part }) => `${kind}:${part}`)

describe('the tokens of a preview', () => {
  it('tells names, strings, numbers and words apart', () => {
    expect(spelled('{"a": "x\\"y", "n":-1.5e3,"ok":true,"no":null}')).toEqual([
      'sign:{', 'key:"a"', 'sign:: ', 'string:"x\\"y"', 'sign:, ', 'key:"n"', 'sign::', 'number:-1.5e3', 'sign:,',
      'key:"ok"', 'sign::', 'atom:true', 'sign:,', 'key:"no"', 'sign::', 'atom:null', 'sign:}',
    ]) // prettier-ignore
  })

  it('loses no character, whatever is given, and stops colouring at its bound', () => {
    const long = `{"text":"${'y'.repeat(COLOURED * 2)}","n":1}`
    for (const text of ['', '{', '"open', '{"a', '[[[[', '{]}\\"', 'nullable truer', '{"é":"\ud83d', long]) {
      const tokens = previewTokens(text)
      expect(tokens.map((token) => token.text).join('')).toBe(text)
    }
    expect(previewTokens(long).at(-1)).toEqual({ kind: 'sign', text: long.slice(COLOURED) })
  })

  it('takes a time that grows with the bound alone: nothing in it goes back', () => {
    const hostile = `{${'"\\'.repeat(100_000)}`
    expect(previewTokens(hostile).length).toBeLessThan(COLOURED * 2)
  })
})
