import { describe, expect, it } from 'vitest'
import { takeToken } from './token.ts'
import type { TokenPage } from './token.ts'

function page(hash: string): TokenPage & { shown: string[] } {
  const stored = new Map<string, string>()
  const shown: string[] = []
  return {
    shown,
    location: { hash, pathname: '/', search: '' },
    history: { replaceState: (_data, _unused, url) => void shown.push(url) },
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
    },
  }
}

describe('the token', () => {
  it('leaves the address at once and survives a reload', () => {
    const first = page('#token=abc-_1')
    expect(takeToken(first)).toBe('abc-_1')
    expect(first.shown).toEqual(['/'])
    first.location.hash = ''
    expect(takeToken(first)).toBe('abc-_1')
  })

  it('leaves the rest of the fragment alone', () => {
    const other = page('#token=t&open=orders')
    expect(takeToken(other)).toBe('t')
    expect(other.shown).toEqual(['/#open=orders'])
  })

  it('is null where there is none', () => {
    expect(takeToken(page(''))).toBeNull()
  })
})
