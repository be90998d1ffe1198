import { beforeEach, describe, expect, it, vi } from 'vitest'
import { until, untilHolds } from '../../tests/support/wait-for.ts'
import type { ClosingAnswer, ShellEvent } from '#shared/contract/shell.ts'
import { fakeElectron, type FakeElectron } from '../../tests/support/electron-fake.ts'
import { createWorkTracker } from '../rpc/running-writes.ts'
import type { WindowState } from '../storage/window-state.ts'

let electron: FakeElectron

/** The shell's windows over a fresh fake, with a service that is being closed. */
async function start({ patienceMs = 1_000 } = {}) {
  electron = fakeElectron()
  vi.resetModules()
  vi.doMock('electron', () => electron.module)
  const { createWindows } = await import('./windows.ts')
  const { createClosing } = await import('./closing.ts')
  const saved: (readonly WindowState[])[] = []
  const ended: string[] = []
  const work = createWorkTracker()
  const windows = createWindows({
    preload: '/preload.cjs',
    store: { load: () => Promise.resolve([]), save: async (states) => void saved.push([...states]) },
    onOpen: (opened) => closing.guard(opened),
  })
  const closing = createClosing({
    work,
    windows,
    close: async () => void ended.push('closed'),
    cancelPatienceMs: patienceMs,
  })
  electron.app.on('window-all-closed', () => electron.app.quit())
  electron.app.on('will-quit', () => ended.push('quit'))
  return { windows, closing, work, ended, saved }
}

type Started = Awaited<ReturnType<typeof start>>

/** A page that listens, and what it was told. */
const listening = ({ windows }: Started, caller: string): ShellEvent[] => {
  const heard: ShellEvent[] = []
  windows.byCaller(caller)?.mailbox.listen((event) => heard.push(event))
  return heard
}

const replay = (shell: Started, caller?: string) => {
  const end = Promise.withResolvers<string>()
  const running = shell.work.run(
    { route: 'replay.run', ...(caller === undefined ? {} : { caller }) },
    new AbortController().signal,
    (signal) => {
      signal.addEventListener('abort', () => end.resolve('cancelled, with a receipt'))
      return end.promise
    },
  )
  return { running, end: () => end.resolve('complete') }
}

/** The app is asked to quit over a replay of its one window, whose page listens. */
async function quitOverReplay(options?: Parameters<typeof start>[0]) {
  const shell = await start(options)
  const opened = shell.windows.open()
  const heard = listening(shell, opened.caller)
  const { running, end } = replay(shell, opened.caller)
  electron.app.quit()
  return { shell, heard, running, end, answer: (given: ClosingAnswer) => shell.closing.answer(opened, given) }
}

describe('quitting', () => {
  beforeEach(() => vi.useRealTimers())

  it('says goodbye to everything, then ends, when nothing is under way', async () => {
    const shell = await start()
    shell.windows.open()
    electron.app.quit()
    await untilHolds('the end', () => expect(shell.ended).toEqual(['closed', 'quit']))
    expect(shell.saved.at(-1)).toHaveLength(1)
  })

  it('asks the page over running work, and goes on as if nothing had been when it is to stay', async () => {
    const { shell, heard, answer } = await quitOverReplay()
    expect(heard).toEqual([{ kind: 'closing', isQuit: true, work: ['A replay is running.'] }])
    answer('stay')
    await electron.settle()
    expect(shell.ended).toEqual([])
    expect(electron.windows[0]!.isDestroyed()).toBe(false)
    electron.app.quit()
    expect(heard).toHaveLength(2)
  })

  it('cancels, waits for the receipt, and ends', async () => {
    const { shell, running, answer } = await quitOverReplay()
    answer('cancel-work')
    expect(await running).toBe('cancelled, with a receipt')
    await untilHolds('the end', () => expect(shell.ended).toEqual(['closed', 'quit']))
  })

  it('waits for the end when asked to, however long', async () => {
    const { shell, end, answer } = await quitOverReplay({ patienceMs: 1 })
    answer('when-done')
    await electron.settle()
    expect(shell.ended).toEqual([])
    end()
    await untilHolds('the end', () => expect(shell.ended).toEqual(['closed', 'quit']))
  })

  it('asks again while it waits for the end, and forgets the first answer for a second', async () => {
    const { shell, heard, end, answer } = await quitOverReplay()
    answer('when-done')
    await electron.settle()
    electron.app.quit()
    await electron.settle()
    answer('stay')
    expect(heard).toHaveLength(2)
    end()
    await electron.settle()
    expect(shell.ended).toEqual([])
  })

  it('ends though a second question stands, once what the first waited for is over', async () => {
    const { shell, end, answer } = await quitOverReplay()
    answer('when-done')
    await electron.settle()
    electron.app.quit()
    end()
    await untilHolds('the end', () => expect(shell.ended).toEqual(['closed', 'quit']))
  })

  it('does not wait for ever for work that will not be cancelled', async () => {
    const shell = await start({ patienceMs: 20 })
    const { caller } = shell.windows.open()
    listening(shell, caller)
    void shell.work.run(
      { route: 'replay.run', caller },
      new AbortController().signal,
      () => new Promise(() => undefined),
    )
    electron.app.quit()
    shell.closing.answer(shell.windows.all()[0]!, 'cancel-work')
    await untilHolds('the end', () => expect(shell.ended).toEqual(['closed', 'quit']))
  })

  it('asks by the system where no page listens, or one was asked and hangs', async () => {
    const shell = await start()
    const opened = shell.windows.open()
    replay(shell, opened.caller)
    electron.app.quit()
    await electron.settle()
    expect(electron.dialog.showMessageBox).toHaveBeenCalledTimes(1)
    listening(shell, opened.caller)
    electron.app.quit()
    expect(electron.dialog.showMessageBox).toHaveBeenCalledTimes(1)
    // The page got the question and says nothing.
    electron.app.quit()
    expect(electron.dialog.showMessageBox).toHaveBeenCalledTimes(2)
    await electron.settle()
    expect(shell.ended).toEqual([])
  })
})

describe('a question whose window goes', () => {
  it('does not keep the app from being asked to quit again', async () => {
    const shell = await start()
    const first = shell.windows.open()
    const second = shell.windows.open()
    const heard = listening(shell, first.caller)
    listening(shell, second.caller)
    replay(shell, first.caller)
    // Asked in the second window, which has no work of its own and so may close at once.
    electron.app.quit()
    second.window.close()
    await electron.settle()
    expect(second.window.isDestroyed()).toBe(true)
    electron.app.quit()
    expect(heard).toEqual([{ kind: 'closing', isQuit: true, work: ['A replay is running.'] }])
  })
})

describe('closing a window', () => {
  it('asks only over its own work, and closes when that has ended', async () => {
    const shell = await start()
    const first = shell.windows.open()
    const second = shell.windows.open()
    const heard = listening(shell, second.caller)
    replay(shell, first.caller)
    const { end } = replay(shell, second.caller)
    second.window.close()
    expect(heard).toEqual([{ kind: 'closing', isQuit: false, work: ['A replay is running.'] }])
    shell.closing.answer(second, 'when-done')
    end()
    await until('the second window closes', () => second.window.isDestroyed())
    expect(first.window.isDestroyed()).toBe(false)
    expect(shell.ended).toEqual([])
  })

  it('ends the app with its last window, and keeps that window’s place', async () => {
    const shell = await start()
    const opened = shell.windows.open()
    electron.windows[0]!.moveTo({ x: 50, y: 60, width: 1000, height: 700 })
    opened.window.close()
    await untilHolds('the end', () => expect(shell.ended).toEqual(['closed', 'quit']))
    expect(shell.saved.at(-1)).toMatchObject([{ bounds: { x: 50, y: 60, width: 1000, height: 700 } }])
  })
})
