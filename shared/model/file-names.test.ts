import { describe, expect, it } from 'vitest'
import { isDeviceName, safeFileName } from './file-names.ts'
import { ProfileId } from './ids.ts'
import { profileFile } from './profile-file.ts'
import { newProfile } from './profile.ts'

const devices = [
  'con',
  'CON',
  'nul',
  'NUL.json',
  'aux.tar.gz',
  'prn',
  'com1',
  'COM9',
  'lpt0.txt',
  'com¹',
  'CONIN$',
  'nul .x',
]

describe('names of Windows’ devices', () => {
  it.each(devices)('are known: %s', (name) => {
    expect(isDeviceName(name)).toBe(true)
    expect(isDeviceName(safeFileName(name, 'x'))).toBe(false)
  })

  it.each(['console', 'com', 'com10', 'lpt', 'auxiliary', 'null', 'a.con', 'con-1'])('are not others: %s', (name) => {
    expect(isDeviceName(name)).toBe(false)
    expect(safeFileName(name, 'x')).toBe(name)
  })

  it('are no profile’s id, and no exported profile’s file', () => {
    for (const id of ['con', 'Nul', 'COM1']) expect(ProfileId.safeParse(id).success).toBe(false)
    expect(ProfileId.safeParse('console').success).toBe(true)
    expect(isDeviceName(profileFile(newProfile('x', { name: 'CON' })).name)).toBe(false)
  })
})

it.each([
  ['../../etc/passwd', '_.._etc_passwd'],
  ['a\u202egnp.exe', 'a_gnp.exe'],
  ['x.json. .', 'x.json'],
  ['a\u009bb', 'a_b'],
  ['...', 'seekline.txt'],
])('a name to save under is only a name: %s', (given, safe) => {
  expect(safeFileName(given, 'seekline.txt')).toBe(safe)
})
