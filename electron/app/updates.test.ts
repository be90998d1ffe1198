import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { MessageBoxOptions } from 'electron'
import type { UpdateCheckResult } from 'electron-updater'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { untilHolds } from '../../tests/support/wait-for.ts'
import { updateObstacle, updateTrouble } from './update-words.ts'
import { createUpdates, type Updater } from './updates.ts'

type Progress = Parameters<Updater['signals']['progress']>[0]

/** As electron-updater behaves towards us, by its declarations. */
function fakeUpdater(found: UpdateCheckResult | null) {
  const handlers: Progress[] = []
  const updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    logger: console as Updater['logger'],
    checkForUpdates: vi.fn<Updater['checkForUpdates']>(async () => found),
    downloadUpdate: vi.fn<Updater['downloadUpdate']>(async () => ['/tmp/update']),
    signals: { progress: (handler: Progress) => void handlers.push(handler) },
  } satisfies Updater
  const progress = (percent: number): void => {
    for (const handler of handlers) handler({ percent, total: 1, delta: 1, transferred: 1, bytesPerSecond: 1 })
  }
  return { updater, progress }
}

function found(version: string, isUpdateAvailable: boolean, releaseNotes: string | null = null): UpdateCheckResult {
  const updateInfo = { version, releaseNotes, files: [], path: '', sha512: '', releaseDate: '' }
  return { isUpdateAvailable, updateInfo, versionInfo: updateInfo }
}

/** A person who presses these buttons, in order. */
function stage(updater: Updater, presses: string[], obstacle?: { message: string; hint: string }) {
  const shown: MessageBoxOptions[] = []
  const load = vi.fn<() => Promise<Updater>>(async () => updater)
  const quit = vi.fn<() => void>()
  const fractions: (number | undefined)[] = []
  const updates = createUpdates({
    version: '0.1.0',
    obstacle: async () => obstacle,
    load,
    quit,
    showProgress: (fraction) => fractions.push(fraction),
    show: async (options) => {
      shown.push(options)
      const press = presses.shift()
      return { response: press === undefined ? (options.cancelId ?? 0) : (options.buttons ?? []).indexOf(press) }
    },
  })
  return { updates, shown, load, quit, fractions }
}

describe('updates', () => {
  it('says that this is the newest, and downloads nothing', async () => {
    const { updater } = fakeUpdater(found('0.1.0', false))
    const { updates, shown } = stage(updater, [])
    await updates.check()
    expect(shown.map(({ message }) => message)).toEqual(['Seekline 0.1.0 is the newest version.'])
    expect(updater).toMatchObject({ autoDownload: false, autoInstallOnAppQuit: false, logger: null })
    expect(updater.downloadUpdate).not.toHaveBeenCalled()
  })

  it('shows version and notes as text, and leaves all as it is when told so', async () => {
    const notes = '<h2>New</h2>\n<ul><li>Joins &amp; <b>splits</b></li></ul>'
    const { updater } = fakeUpdater(found('0.2.0', true, notes))
    const { updates, shown } = stage(updater, ['Not now'])
    await updates.check()
    expect(shown).toHaveLength(1)
    expect(shown[0]?.message).toBe('Seekline 0.2.0 can be had; this is 0.1.0.')
    expect(shown[0]?.detail).toBe('New\n• Joins & splits\n\nIt is installed when you quit Seekline.')
    expect(updater.downloadUpdate).not.toHaveBeenCalled()
    expect(updater.autoInstallOnAppQuit).toBe(false)
  })

  it('downloads when agreed, says how far it is, and installs on quit', async () => {
    const { updater, progress } = fakeUpdater(found('0.2.0', true))
    let finish = (_: string[]): void => undefined
    updater.downloadUpdate.mockReturnValue(new Promise<string[]>((resolve) => (finish = resolve)))
    const { updates, shown, quit, fractions } = stage(updater, [
      'Download and install on quit',
      'OK',
      'Quit and install',
    ])
    const done = updates.check()
    await untilHolds('the download', () => expect(updater.downloadUpdate).toHaveBeenCalledOnce())
    expect(updater.autoInstallOnAppQuit).toBe(true)
    progress(43.75)
    await updates.check()
    expect(shown.at(-1)?.message).toBe('Seekline 0.2.0 is being downloaded: 43 %.')
    finish([])
    await done
    expect(shown.at(-1)?.message).toBe('Seekline 0.2.0 is ready.')
    expect(quit).toHaveBeenCalledOnce()
    expect(fractions).toEqual([0.4375, undefined])
  })

  it('asks no server again once an update is ready', async () => {
    const { updater } = fakeUpdater(found('0.2.0', true))
    const { updates, shown, quit } = stage(updater, ['Download and install on quit', 'Later', 'Later'])
    await updates.check()
    await updates.check()
    expect(updater.checkForUpdates).toHaveBeenCalledOnce()
    expect(shown.map(({ message }) => message).slice(1)).toEqual([
      'Seekline 0.2.0 is ready.',
      'Seekline 0.2.0 is ready.',
    ])
    expect(quit).not.toHaveBeenCalled()
  })

  it('does not even load the library where this copy cannot be updated', async () => {
    const { updater } = fakeUpdater(null)
    const { updates, shown, load } = stage(updater, [], { message: 'No.', hint: 'Do this.' })
    await updates.check()
    expect(shown).toMatchObject([{ message: 'No.', detail: 'Do this.' }])
    expect(load).not.toHaveBeenCalled()
  })

  it('tells of a failed check and of a failed download, and can be asked again', async () => {
    const { updater } = fakeUpdater(found('0.2.0', true))
    updater.checkForUpdates.mockRejectedValueOnce(new Error('net::ERR_INTERNET_DISCONNECTED'))
    updater.downloadUpdate.mockRejectedValueOnce(new Error('sha512 checksum mismatch, expected a, got b'))
    const { updates, shown } = stage(updater, ['OK', 'Download and install on quit', 'OK'])
    await updates.check()
    await updates.check()
    expect(shown.map(({ message }) => message)).toEqual([
      'The place where updates come from could not be reached.',
      'Seekline 0.2.0 can be had; this is 0.1.0.',
      'What was downloaded is not what the release promised, so it was thrown away.',
    ])
  })
})

describe('whether this copy can be updated', () => {
  let resources: string
  afterEach(() => rm(resources, { recursive: true, force: true }))

  it.each([
    ['its sources', { isPackaged: false }, [], 'from its sources'],
    ['a portable file', { platform: 'win32', env: { PORTABLE_EXECUTABLE_FILE: 'x' } }, ['app-update.yml'], 'portable'],
    ['a deb, an rpm, an unpacked folder', { platform: 'linux' }, ['app-update.yml'], 'only the AppImage'],
    ['a build without a feed', { platform: 'darwin' }, [], 'without a place'],
    ['an AppImage', { platform: 'linux', env: { APPIMAGE: '/x' } }, ['app-update.yml'], undefined],
    ['an installed app', { platform: 'win32' }, ['app-update.yml'], undefined],
  ] as const)('is told by what was packed: %s', async (_, copy, files, words) => {
    resources = await mkdtemp(path.join(os.tmpdir(), 'seekline-updates-'))
    for (const file of files) await writeFile(path.join(resources, file), '')
    const obstacle = await updateObstacle({ isPackaged: true, platform: 'darwin', env: {}, resources, ...copy })
    expect(obstacle?.message ?? 'none').toContain(words ?? 'none')
  })
})

describe('what went wrong with an update', () => {
  it.each([
    ['Could not get code signature for running application', 'not signed'],
    ['New version 0.2.0 is not signed by the application owner: publisherNames: x', 'not signed'],
    ['HttpError: 404 "method: GET url: https://x/latest.yml"', 'No release for this system'],
    ['connect ETIMEDOUT 1.2.3.4:443', 'could not be reached'],
    ['EACCES: permission denied, open /opt/x', 'could not be written'],
    ['ENOSPC: no space left on device', 'too full'],
    ['Something else\n    at stack', 'The update failed.'],
  ])('%s', (text, words) => {
    const { message, hint } = updateTrouble(new Error(text))
    expect(message).toContain(words)
    expect(hint).not.toContain('at stack')
    expect(hint.length).toBeGreaterThan(10)
  })
})
