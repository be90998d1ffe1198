import { beforeEach, describe, expect, it, vi } from 'vitest'
import { untilHolds } from '../../tests/support/wait-for.ts'
import type { ShellEvent } from '#shared/contract/shell.ts'
import { fakeElectron, type FakeElectron } from '../../tests/support/electron-fake.ts'
import type { Log } from '../storage/log.ts'

let electron: FakeElectron
const lines: string[] = []
const log: Log = {
  write: (level, area, text, more) => void lines.push([level, area, text, more].filter(Boolean).join(' ')),
  flush: () => Promise.resolve(),
}

beforeEach(() => {
  electron = fakeElectron()
  lines.length = 0
  vi.resetModules()
  vi.doMock('electron', () => electron.module)
})

async function open() {
  const { createWindows } = await import('./windows.ts')
  const { watchPage, catchFaults } = await import('./crashes.ts')
  const windows = createWindows({
    preload: '/preload.cjs',
    store: { load: () => Promise.resolve([]), save: () => Promise.resolve() },
    onOpen: (opened) => watchPage(opened, log),
  })
  const opened = windows.open()
  return { windows, opened, catchFaults, contents: electron.windows[0]!.webContents }
}

const crash = (contents: NodeJS.EventEmitter, reason = 'crashed') =>
  contents.emit('render-process-gone', {}, { reason, exitCode: 5 })

describe('a page that crashes', () => {
  it('is loaded again once its process is down, and then says so', async () => {
    const { opened, contents } = await open()
    const old = vi.fn<(event: ShellEvent) => void>()
    // The old page's stream ends by the same event, after us.
    contents.once('render-process-gone', opened.mailbox.listen(old))
    crash(contents)
    expect(contents.reload).not.toHaveBeenCalled()
    await untilHolds('the page is loaded again', () => expect(contents.reload).toHaveBeenCalledOnce())
    const heard: ShellEvent[] = []
    opened.mailbox.listen((event) => heard.push(event))
    expect(heard).toEqual([{ kind: 'notice', sentence: expect.stringContaining('crashed') as string }])
    expect(old).not.toHaveBeenCalled()
    expect(lines.join()).toContain('renderer gone: crashed (5)')
  })

  it('asks once loading it again has not helped three times', async () => {
    const { contents } = await open()
    for (let n = 0; n < 3; n += 1) crash(contents, 'oom')
    await untilHolds('three times', () => expect(contents.reload).toHaveBeenCalledTimes(3))
    expect(electron.dialog.showMessageBox).not.toHaveBeenCalled()
    crash(contents, 'oom')
    expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce()
    await untilHolds('once more', () => expect(contents.reload).toHaveBeenCalledTimes(4))
  })

  it('is left alone when it only ended', async () => {
    const { contents } = await open()
    crash(contents, 'clean-exit')
    await electron.settle()
    expect(contents.reload).not.toHaveBeenCalled()
  })

  it('may be waited for while it hangs', async () => {
    const { opened, contents } = await open()
    opened.window.emit('unresponsive')
    opened.window.emit('unresponsive')
    await electron.settle()
    expect(electron.dialog.showMessageBox).toHaveBeenCalledOnce()
    expect(contents.forcefullyCrashRenderer).not.toHaveBeenCalled()
  })
})

describe('what nobody foresaw in the main process', () => {
  it('is written down and told to every window, which stay', async () => {
    const { windows, opened, catchFaults } = await open()
    const before = process.listeners('uncaughtException')
    catchFaults({ log, windows: () => windows, secrets: () => ['hunter2'] })
    const ours = process.listeners('uncaughtException').find((listener) => !before.includes(listener))!
    const heard: ShellEvent[] = []
    opened.mailbox.listen((event) => heard.push(event))
    ours(new Error('out of luck'), 'uncaughtException')
    expect(heard).toEqual([{ kind: 'fault', error: expect.objectContaining({ message: 'out of luck' }) as never }])
    expect(lines.join()).toContain('uncaught: out of luck')
    const { SeeklineError } = await import('#shared/errors.ts')
    // A secret that is known, and what only looks like one.
    const details = { needs: ['log-in as hunter2'] }
    ours(
      new SeeklineError('internal', 'sent hunter2 with token=abc', { hint: 'hunter2', details }),
      'uncaughtException',
    )
    expect(heard[1]).toMatchObject({
      error: { message: 'sent ••• with token=•••', hint: '•••', details: { needs: ['log-in as •••'] } },
    })
    expect(electron.app.exit).not.toHaveBeenCalled()
    process.off('uncaughtException', ours)
  })

  it('is shown by the system, and ends the app, when there is no window yet', async () => {
    const { catchFaults } = await import('./crashes.ts')
    const before = process.listeners('uncaughtException')
    catchFaults({ log, windows: () => undefined, secrets: () => ['hunter2'] })
    const ours = process.listeners('uncaughtException').find((listener) => !before.includes(listener))!
    ours(new Error('no display for hunter2'), 'uncaughtException')
    expect(electron.dialog.showErrorBox).toHaveBeenCalledWith(expect.any(String), 'no display for •••')
    expect(electron.app.exit).toHaveBeenCalledWith(1)
    process.off('uncaughtException', ours)
  })
})
