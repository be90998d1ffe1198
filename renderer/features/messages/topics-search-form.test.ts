import { describe, expect, it } from 'vitest'
import { RE2JS } from 're2js'
import { patternOf } from '#shared/model/topic-choice.ts'
import { emptySearch } from './search-form.ts'
import { choiceOf, emptyTopics, fitWords, requestOfSeveral } from './topics-search-form.ts'

const text = { ...emptySearch, texts: { ...emptySearch.texts, text: '4711' } }
const orders = { ...emptyTopics, pattern: ' ^orders ' }

describe('a search of several topics', () => {
  it('asks what is missing, one thing after the other', () => {
    expect(requestOfSeveral(emptyTopics, text)).toBe('Which topics?')
    expect(requestOfSeveral({ ...emptyTopics, pattern: '(' }, text)).toMatch(/missing closing \)/)
    expect(requestOfSeveral(orders, emptySearch)).toBe('What to look for?')
    expect(requestOfSeveral({ ...orders, from: 'timestamp' }, text)).toBe('Which time?')
    expect(requestOfSeveral({ ...orders, from: 'ago' }, text)).toBe('How long ago?')
    expect(requestOfSeveral(orders, { ...text, until: 'timestamp' })).toBe('Until which time?')
  })

  it('goes back from the newest, as a list does, and on from anywhere else', () => {
    expect(requestOfSeveral(orders, text)).toMatchObject({
      topics: { by: 'pattern', pattern: '^orders', matchCase: false, internal: false },
      start: { at: 'log-start' },
      end: null,
      direction: 'backward',
    })
    const since = { ...orders, from: 'timestamp' as const, place: { ...orders.place, timestamp: 5n } }
    const range = requestOfSeveral(since, { ...text, until: 'timestamp', untilTime: 9n })
    expect(range).toMatchObject({ start: { at: 'timestamp', timestamp: 5n }, end: { at: 'timestamp', timestamp: 9n }, direction: 'forward' }) // oxfmt-ignore
    expect(requestOfSeveral(orders, { ...text, until: 'timestamp', untilTime: 9n })).toMatchObject({ start: { timestamp: 9n }, end: null }) // oxfmt-ignore
    expect(requestOfSeveral({ ...orders, from: 'log-start' }, { ...emptySearch, newestPerKey: true })).toMatchObject({ filter: null, direction: 'backward' }) // oxfmt-ignore
  })

  it('has no topics while nothing is typed', () => {
    expect(choiceOf({ ...emptyTopics, pattern: '  ' })).toBeNull()
  })

  it('says what fits and what is left out', () => {
    expect(fitWords({ topics: [{ partitions: 1 }], more: 0, internal: 0 })).toBe('1 topic, 1 partition')
    expect(fitWords({ topics: [{ partitions: 3 }, { partitions: 9 }], more: 4, internal: 2 })).toBe(
      '2 topics, 12 partitions · 4 more fit: at most 200 are searched at once · 2 of Kafka’s own left out',
    )
  })

  it.each(['orders.v1', '__consumer_offsets', 'a-b', 'x|y', '(a', String.raw`a\d`, '[a]', '$^'])(
    'takes a part of a name as it stands: %s',
    (name) => {
      const found = RE2JS.compile(patternOf(name))
      expect(found.matcher(`my ${name} topic`).find()).toBe(true)
      expect(found.matcher('another').find()).toBe(false)
    },
  )
})
