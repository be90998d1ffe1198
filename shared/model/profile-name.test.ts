import { describe, expect, it } from 'vitest'
import { nameProblem, nameWarning, sameProfileName } from './profile-name.ts'

describe('a profile’s name', () => {
  it.each([
    'orders-prod',
    'Shop & Söhne/1',
    'Kunden (Köln) – Test',
    'Заказы',
    'Kafka Тест',
    '受注 本番',
    'Ελλάδα 1',
    '👩‍💻 dev',
    '❤️',
    'e\u0301',
    'µservice',
    'naïve',
  ])('may be %j', (name) => {
    expect(nameProblem(name)).toBeUndefined()
  })

  it.each([
    ['turned around', 'orders\u202Edorp', 'U+202E'],
    ['isolated', 'a\u2066b', 'U+2066'],
    ['a zero width space', 'pro\u200Bd', 'U+200B'],
    ['a joiner', 'pro\u200Dd', 'U+200D'],
    ['a soft hyphen', 'pro\u00ADd', 'U+00AD'],
    ['a byte order mark', '\uFEFFprod', 'U+FEFF'],
    ['a no-break space', 'prod\u00A0eu', 'U+00A0'],
    ['a filler', 'prod\u3164', 'U+3164'],
    ['an empty Braille cell', 'prod\u2800', 'U+2800'],
    ['a tag', 'prod\u{E0061}', 'U+E0061'],
    ['a line break', 'a\nb', 'U+000A'],
    ['a variation selector', 'prod\uFE0F', 'U+FE0F'],
    ['a Cyrillic letter among Latin', 'pr\u043Ed', 'Latin and Cyrillic'],
    ['a Greek letter among Latin', 'pr\u03BFd', 'Latin and Greek'],
    ['full-width letters', '\uFF50rod', 'U+FF50'],
    ['mathematical letters', '\u{1D429}rod', 'U+1D429'],
  ])('may not hold %s', (_what, name, said) => {
    expect(nameProblem(name)).toContain(said)
  })

  it('is taken for another that looks like it', () => {
    for (const twin of ['PROD', ' prod ', 'рrоd', 'ｐｒｏｄ', 'pro\u200Bd'])
      expect(sameProfileName('prod', twin)).toBe(true)
    expect(sameProfileName('сосо', 'coco')).toBe(true)
    expect(sameProfileName('Straße', 'STRASSE')).toBe(false)
    expect(sameProfileName('orders-1', 'orders-2')).toBe(false)
    expect(sameProfileName('тест', 'tect')).toBe(true)
  })

  it('has a word said about it where all of it could be taken for Latin', () => {
    expect(nameWarning('сосо-1')).toContain('Cyrillic')
    expect(nameWarning('Заказы')).toBeUndefined()
    expect(nameWarning('coco')).toBeUndefined()
  })
})
