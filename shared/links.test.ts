import { describe, expect, it } from 'vitest'
import { linkText, parseLink } from './links.ts'

const at = { topic: 'orders', partition: 7, offset: 48_211_907n }

const sentenceOf = (text: string): string => {
  const parsed = parseLink(text)
  return parsed.ok
    ? `read as ${JSON.stringify(parsed.link, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`
    : parsed.sentence
}

describe('links', () => {
  it('are written percent-encoded, so that no shell or chat window breaks them', () => {
    expect(linkText("Bob's / prod", at)).toBe('seekline://Bob%27s%20%2F%20prod/orders/7/48211907')
  })

  it.each(["Bob's / prod", 'payments-eu', '50% off?#', 'Ünïcode 🦊', 'a\\b"c'])(
    'lead back where they came from: %s',
    (profile) => {
      expect(parseLink(linkText(profile, at))).toEqual({ ok: true, link: { profile, ...at } })
    },
  )

  it('may name a topic or a partition alone', () => {
    expect(parseLink('seekline://prod/orders')).toEqual({ ok: true, link: { profile: 'prod', topic: 'orders' } })
    expect(parseLink('seekline://prod/orders/3')).toMatchObject({ ok: true, link: { partition: 3 } })
  })

  it('keep every digit of an offset, up to the largest there is and no further', () => {
    const largest = 9_223_372_036_854_775_807n
    expect(parseLink(`seekline://p/t/0/${largest}`)).toMatchObject({ ok: true, link: { offset: largest } })
    expect(sentenceOf(`seekline://p/t/0/${largest + 1n}`)).toMatch(/offset is too large/)
  })

  it('are read as systems pass them on: other case of the scheme, a slash at the end, spaces around', () => {
    const link = { profile: 'p', topic: 't', partition: 0, offset: 1n }
    expect(parseLink(' SEEKLINE://p/t/0/1/\n')).toEqual({ ok: true, link })
  })

  it.each([
    ['https://p/t/0/1', /start with seekline/],
    ['seekline:p/t/0/1', /start with seekline/],
    ['seekline://p', /must read/],
    ['seekline://p/t/0/1/2', /must read/],
    ['seekline:///t/0/1', /names no profile/],
    ['seekline://%20/t/0/1', /names no profile/],
    ['seekline://p%0Aq/t/0/1', /act unseen/],
    ['seekline://p%E2%80%AEq/t/0/1', /act unseen/],
    ['seekline://p/%zz/0/1', /percent-encoding is broken/],
    ['seekline://p/%ED%A0%80/0/1', /percent-encoding is broken/],
    ['seekline://p/t%2F..%2F..%2Fetc/0/1', /no topic/],
    ['seekline://p/<img src=x>/0/1', /no topic/],
    ['seekline://p//0/1', /no topic/],
    ['seekline://p/t/-1/1', /partition is no number/],
    ['seekline://p/t/0x1/1', /partition is no number/],
    ['seekline://p/t/2147483648/1', /partition is too large/],
    ['seekline://p/t/0/1e3', /offset is no number/],
    ['seekline://p/t/0/%31%20', /offset is no number/],
    ['seekline://p/t/0/1?write=yes', /nothing may follow/],
    ['seekline://p/t/0/1#x', /nothing may follow/],
    [`seekline://${'p'.repeat(3000)}/t`, /longer than any/],
    [`seekline://${'p'.repeat(101)}/t`, /\w/],
    ['', /start with seekline/],
  ])('refuse %j with a sentence', (text, sentence) => {
    const said = sentenceOf(text)
    expect(said).toMatch(/^This link cannot be opened: /)
    expect(said).toMatch(sentence)
  })
})
