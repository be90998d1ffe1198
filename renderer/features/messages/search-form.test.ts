import { describe, expect, it } from 'vitest'
import { changedChoices, directionFrom, emptySearch, filterOf, untilPlace } from './search-form.ts'

describe('what a search looks for', () => {
  it('is nothing where nothing was typed', () => {
    expect(filterOf(emptySearch)).toBeNull()
    expect(filterOf({ ...emptySearch, texts: { ...emptySearch.texts, text: '  ' } })).toBeNull()
  })

  it('is what was typed in the mode that is chosen', () => {
    const texts = { text: ' 4711 ', regex: '47\\d+', expression: 'value.id == 4711' }
    expect(filterOf({ ...emptySearch, texts, wholeWord: true })).toEqual({
      kind: 'text',
      text: '4711',
      matchCase: false,
      wholeWord: true,
      in: ['key', 'value', 'headers'],
    })
    expect(filterOf({ ...emptySearch, texts, mode: 'regex', parts: ['key'] })).toEqual({
      kind: 'regex',
      pattern: '47\\d+',
      matchCase: false,
      in: ['key'],
    })
    expect(filterOf({ ...emptySearch, texts, mode: 'expression' })).toEqual({
      kind: 'expression',
      source: 'value.id == 4711',
    })
  })

  it('goes the way of the list: newest first from the newest on', () => {
    expect(directionFrom({ at: 'high-watermark' })).toBe('backward')
    expect(directionFrom({ at: 'timestamp', timestamp: 1n })).toBe('forward')
  })

  it('asks for the end that was not given', () => {
    expect(untilPlace(emptySearch)).toBeNull()
    expect(untilPlace({ ...emptySearch, until: 'timestamp' })).toBe('Until which time?')
    expect(untilPlace({ ...emptySearch, until: 'offset', untilOffset: 7n })).toEqual({ at: 'offset', offset: 7n })
  })

  it('counts only choices that the mode has', () => {
    const form = { ...emptySearch, wholeWord: true, matchCase: true, until: 'offset' as const }
    expect(changedChoices(form)).toBe(3)
    expect(changedChoices({ ...form, mode: 'expression' })).toBe(1)
  })
})
