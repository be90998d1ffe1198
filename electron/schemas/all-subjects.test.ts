import { describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import { allSubjects } from './all-subjects.ts'

const names = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `s-${from + i}`)
/** Confluent's list over so many, `page` at a time; `isDeaf`: it knows no offset. */
function listing(count: number, page: number, isDeaf = false) {
  const asked: (number | undefined)[] = []
  return {
    asked,
    subjects: ({ offset = 0 }: { offset?: number } = {}) => {
      asked.push(offset)
      return Promise.resolve(names(count).slice(isDeaf ? 0 : offset, (isDeaf ? 0 : offset) + page))
    },
  }
}
const own = (count: number, deleted: number[] = []) => ({
  count: () => Promise.resolve(count),
  list: () => Promise.resolve(names(count).map((subject, i) => ({ subject, isDeleted: deleted.includes(i) }))),
})

describe('every subject', () => {
  it('is what a short list has', async () => {
    const api = listing(20, 1_000)
    expect(await allSubjects(api, null, {})).toEqual({ names: names(20), isCut: false })
    expect(api.asked).toEqual([0])
  })

  it('is asked for on and on where the registry knows an offset', async () => {
    expect(await allSubjects(listing(4_500, 2_000), null, {})).toEqual({ names: names(4_500), isCut: false })
  })

  it('is what a long list has where the offset is ignored', async () => {
    const api = listing(5_432, 10_000, true)
    expect(await allSubjects(api, null, {})).toEqual({ names: names(5_432), isCut: false })
    expect(api.asked).toHaveLength(2)
  })

  it('is told to be more than is shown where a list of a round number is all there is', async () => {
    expect(await allSubjects(listing(5_000, 1_000, true), null, {})).toEqual({ names: names(1_000), isCut: true })
  })

  it('is asked of Apicurio’s own API, which counts also what was deleted', async () => {
    const found = await allSubjects(listing(1_500, 1_000, true), own(1_500, [3, 1_200]), {})
    // The list of the living is what Confluent's API says; beyond it Apicurio's own state decides.
    expect(found.names).toHaveLength(1_499)
    expect(found.names).not.toContain('s-1200')
    const all = await allSubjects(listing(1_500, 1_000, true), own(1_500, [3, 1_200]), { deleted: true })
    expect(all).toEqual({ names: names(1_500), isCut: false })
    // A shortened list is no short one: what was deleted was left out after it was cut.
    expect((await allSubjects(listing(990, 1_000, true), own(1_500), {})).names).toHaveLength(1_500)
    const api = listing(20, 1_000)
    await allSubjects(api, own(20), {})
    expect(api.asked).toEqual([0])
  })

  it('does without that API where it is closed', async () => {
    const closed = { count: () => Promise.reject(new SeeklineError('registry.unauthorised', 'no')), list: own(0).list }
    expect(await allSubjects(listing(20, 1_000), closed, {})).toEqual({ names: names(20), isCut: false })
    expect((await allSubjects(listing(2_000, 1_000, true), closed, {})).isCut).toBe(true)
  })
})
