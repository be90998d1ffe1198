import { describe, expect, it } from 'vitest'
import { emptyForm, isSameRequest, requestOf, type BrowseForm } from './browse-form.ts'

const startOf = (form: BrowseForm, all: readonly number[]) => {
  const request = requestOf(form, all)
  return typeof request === 'string' ? request : request.start
}

const asRequest = (form: BrowseForm) => {
  const request = requestOf(form, [0])
  if (typeof request === 'string') throw new Error(request)
  return request
}

describe('the start of a read', () => {
  it('takes one offset for all partitions, one of its own for some, and leaves out those with neither', () => {
    const form = {
      ...emptyForm,
      from: 'offset' as const,
      place: { ...emptyForm.place, offset: 10n },
      offsets: { 1: 0n },
    }
    expect(startOf(form, [0, 1])).toEqual({
      at: 'offsets',
      offsets: [
        { partition: 0, offset: 10n },
        { partition: 1, offset: 0n },
      ],
    })
    expect(startOf({ ...form, place: emptyForm.place }, [0, 1])).toEqual({
      at: 'offsets',
      offsets: [{ partition: 1, offset: 0n }],
    })
    expect(startOf({ ...form, partitions: [0], place: emptyForm.place }, [0, 1])).toBe('Which offset?')
  })

  it('is another one by its start, its partitions and what is shown, not by how much is read at once', () => {
    const request = requestOf(emptyForm, [0, 1])
    if (typeof request === 'string') throw new Error(request)
    const is = (change: Partial<BrowseForm>) => isSameRequest(request, requestOf({ ...emptyForm, ...change }, [0, 1]))
    expect(is({})).toBe(true)
    expect(is({ limit: 10_000 })).toBe(true)
    // What another start has typed, and hides.
    expect(is({ place: { offset: 7n, group: 'billing', timestamp: 3n, ago: '1 h' }, ifNone: 'start' })).toBe(true)
    expect(is({ from: 'log-start' })).toBe(false)
    expect(is({ partitions: [0] })).toBe(false)
    expect(is({ aborted: true })).toBe(false)
    expect(is({ partitions: [] })).toBe(false)
  })

  it('from a timestamp says what a partition without a record that new comes to', () => {
    const form = { ...emptyForm, from: 'timestamp' as const, place: { ...emptyForm.place, timestamp: 5n } }
    const start = { at: 'timestamp', timestamp: 5n }
    expect(asRequest(form)).toMatchObject({ start, ifNone: 'end' })
    expect(asRequest({ ...form, ifNone: 'refuse' })).toMatchObject({ start, ifNone: 'refuse' })
    const group = { ...form, from: 'group' as const, place: { ...emptyForm.place, group: 'billing' } }
    expect(asRequest(group)).toMatchObject({ start: { at: 'group', group: 'billing' }, ifNone: 'start' })
    // The two show different rows.
    expect(isSameRequest(asRequest(form), requestOf({ ...form, ifNone: 'refuse' }, [0]))).toBe(false)
  })

  it('says what is missing', () => {
    expect(startOf({ ...emptyForm, partitions: [] }, [0])).toBe('Which partitions?')
    expect(startOf({ ...emptyForm, from: 'timestamp' }, [0])).toBe('Which time?')
    expect(startOf({ ...emptyForm, from: 'group' }, [0])).toBe('Which group?')
    expect(startOf({ ...emptyForm, from: 'offset', place: { ...emptyForm.place, offset: 1n } }, [])).toBe(
      'The partitions are not known yet.',
    )
  })
})
