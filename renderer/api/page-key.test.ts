import { describe, expect, it } from 'vitest'
import { addressId } from '#shared/wire/handshake.ts'
import { keepPass, takePass } from './page-key.ts'
import type { PassPage } from './page-key.ts'

function page(hash: string): PassPage & { shown: string[]; stored: Map<string, string> } {
  const stored = new Map<string, string>()
  const shown: string[] = []
  return {
    shown,
    stored,
    location: { hash, pathname: '/', search: '' },
    history: { replaceState: (_data, _unused, url) => void shown.push(url) },
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
  }
}

const key = Uint8Array.from({ length: 32 }, (_, at) => 250 - at)
const token = Buffer.from(key).toString('base64url')

describe('the key of the address', () => {
  it('leaves the address at once and survives a reload', () => {
    const first = page(`#token=${token}`)
    expect(takePass(first)).toEqual({ id: addressId, key })
    expect(first.shown).toEqual(['/'])
    first.location.hash = ''
    expect(takePass(first)).toEqual({ id: addressId, key })
  })

  it('gives way to the page’s own', () => {
    const first = page(`#token=${token}`)
    takePass(first)
    const own = { id: new Uint8Array(16).fill(7), key: new Uint8Array(32).fill(255) }
    keepPass(first, own)
    first.location.hash = ''
    expect(takePass(first)).toEqual(own)
    expect([...first.stored.values()].join()).not.toContain(token)
    keepPass(first, null)
    expect(takePass(first)).toBeNull()
  })

  it('leaves the rest of the fragment alone', () => {
    const other = page(`#token=${token}&open=orders`)
    expect(takePass(other)).not.toBeNull()
    expect(other.shown).toEqual(['/#open=orders'])
  })

  it('is null where there is none, or none that could be one', () => {
    expect(takePass(page(''))).toBeNull()
    for (const odd of ['', 'abc', '%', token.slice(1), `${token}AAAA`, `${token}!`, '🙂']) {
      const other = page(`#token=${odd}`)
      expect(takePass(other)).toBeNull()
      expect(other.shown).toEqual(['/'])
      expect(other.stored.size).toBe(0)
    }
    const other = page('')
    other.stored.set('seekline.pass', 'abc')
    expect(takePass(other)).toBeNull()
  })
})
