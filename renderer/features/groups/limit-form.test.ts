import { describe, expect, it } from 'vitest'
import { draftOf, noLimit, readDraft } from './limit-form.ts'

describe('the form of a limit', () => {
  it('reads what it wrote, and nothing watched is no limit', () => {
    const limit = { group: 'billing', records: 12_000n, ms: 5_400_000n, dies: true }
    expect(readDraft('billing', draftOf(limit))).toEqual({ limit, errors: {} })
    expect(readDraft('billing', noLimit)).toEqual({ limit: null, errors: {} })
    expect(readDraft('billing', { ...noLimit, records: ' 10 000 ' }).limit).toMatchObject({
      records: 10_000n,
      ms: null,
    })
  })

  it.each(['0', '-5', 'many', '1.5', '99999999999999999999'])('refuses %s as a number of offsets', (records) => {
    expect(readDraft('billing', { ...noLimit, records, dies: true })).toMatchObject({ limit: null, errors: { records: expect.any(String) } }) // oxfmt-ignore
  })

  it.each(['15', '0 s', '999 ms', 'soon'])('refuses %s as a length of time', (time) => {
    expect(readDraft('billing', { ...noLimit, time, dies: true })).toMatchObject({ limit: null, errors: { time: expect.any(String) } }) // oxfmt-ignore
  })
})
