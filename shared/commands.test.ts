import { describe, expect, it } from 'vitest'
import { commandForKey, commandIds, commands, matchesKeys } from './commands.ts'

const press = (key: string, held: string = '', code?: string) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
  ...(code === undefined ? {} : { code }),
})

describe('commands', () => {
  it('lists every id once and gives no key to two', () => {
    expect(commands.map((command) => command.id).toSorted()).toEqual([...commandIds].toSorted())
    const keys = commands.flatMap((command) => command.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('takes Mod as Ctrl, or Cmd on a Mac, and no other combination', () => {
    expect(commandForKey(press('k', 'ctrl'), false)).toBe('palette.open')
    expect(commandForKey(press('k', 'meta'), true)).toBe('palette.open')
    expect(commandForKey(press('k', 'ctrl'), true)).toBeUndefined()
    expect(commandForKey(press('k', 'ctrl shift'), false)).toBeUndefined()
    expect(commandForKey(press('k'), false)).toBeUndefined()
    expect(commandForKey(press('F5'), false)).toBe('view.refresh')
  })

  it('knows Alt letters by their place, since a Mac types † for Alt+T', () => {
    expect(matchesKeys('Alt+T', press('†', 'alt', 'KeyT'), true)).toBe(true)
  })
})
