import { describe, expect, it } from 'vitest'
import { matchesKeys } from './shortcut-keys.ts'

const press = (key: string, held: string = '', code?: string) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
  ...(code === undefined ? {} : { code }),
})

describe('keys', () => {
  it('take Mod as Ctrl, or Cmd on a Mac, and no other combination', () => {
    expect(matchesKeys('Mod+K', press('k', 'ctrl'), false)).toBe(true)
    expect(matchesKeys('Mod+K', press('k', 'meta'), true)).toBe(true)
    expect(matchesKeys('Mod+K', press('k', 'ctrl'), true)).toBe(false)
    expect(matchesKeys('Mod+K', press('k', 'ctrl shift'), false)).toBe(false)
    expect(matchesKeys('Mod+K', press('k'), false)).toBe(false)
    expect(matchesKeys('F5', press('F5'), false)).toBe(true)
  })

  it('know Alt letters by their place, since a Mac types † for Alt+T', () => {
    expect(matchesKeys('Alt+T', press('†', 'alt', 'KeyT'), true)).toBe(true)
  })

  it('know the plus key with and without Shift', () => {
    expect(matchesKeys('Mod++', press('+', 'ctrl'), false)).toBe(true)
    expect(matchesKeys('Mod++', press('+', 'ctrl shift'), false)).toBe(true)
    expect(matchesKeys('Mod+=', press('+', 'ctrl'), false)).toBe(false)
  })
})
