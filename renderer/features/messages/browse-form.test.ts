import { describe, expect, it } from 'vitest'
import { emptyForm, startOf } from './browse-form.ts'

describe('the start of a read', () => {
  it('takes one offset for all partitions, one of its own for some, and leaves out those with neither', () => {
    const form = { ...emptyForm, from: 'offset' as const, offset: 10n, offsets: { 1: 0n } }
    expect(startOf(form, [0, 1])).toEqual({
      from: 'offsets',
      offsets: [
        { partition: 0, offset: 10n },
        { partition: 1, offset: 0n },
      ],
    })
    expect(startOf({ ...form, offset: undefined }, [0, 1])).toEqual({
      from: 'offsets',
      offsets: [{ partition: 1, offset: 0n }],
    })
    expect(startOf({ ...form, partitions: [0], offset: undefined }, [0, 1])).toBe('Which offset?')
  })

  it('says what is missing', () => {
    expect(startOf({ ...emptyForm, from: 'timestamp' }, [0])).toBe('Which time?')
    expect(startOf({ ...emptyForm, from: 'group' }, [0])).toBe('Which group?')
    expect(startOf({ ...emptyForm, from: 'offset', offset: 1n }, [])).toBe('The partitions are not known yet.')
  })
})
