import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PageFault } from '#shared/contract/diagnostics.ts'
import type { ClosingAnswer, ShellEvent } from '#shared/contract/shell.ts'
import type { MenuCommand, ShellCommandId } from '#shared/commands.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { exactJson } from '../ui/exact-json.ts'
import type { Api } from '../api/client.ts'

export interface DroppedFile {
  readonly name: string
  readonly text: string
}

export interface Fault {
  readonly error: ErrorValue
  /** For debugging; copied, never shown. */
  readonly details: string
}

export interface ShellState {
  /** A link that waits to be opened. */
  readonly link: string | undefined
  /** Settings in a dropped file, for the profile form to take once. */
  readonly file: DroppedFile | undefined
  /** The question before closing while work is running. */
  readonly closing: { isQuit: boolean; work: readonly string[] } | undefined
  /** The newest unexpected error. */
  readonly fault: Fault | undefined
}

export interface ShellStore extends StoreApi<ShellState> {
  readonly isDesktop: boolean
  openLink: (text: string) => void
  closeLink: () => void
  openFile: (file: DroppedFile) => void
  takeFile: () => DroppedFile | undefined
  answerClosing: (answer: ClosingAnswer) => void
  /** Logs it; the caller shows it. */
  noteFault: (where: string, thrown: unknown) => void
  /** Shows it and logs it. */
  reportFault: (where: string, thrown: unknown) => void
  dismissFault: () => void
  run: (command: ShellCommandId) => void
  /** Tells the desktop what its menu shows. */
  setCommands: (commands: readonly MenuCommand[]) => void
  /** Handles the desktop's messages until aborted; does nothing in a browser. */
  listen: (signal: AbortSignal) => Promise<void>
}

interface ShellStoreOptions {
  isDesktop: boolean
  runCommand: (id: string) => void
  say: (sentence: string) => void
}

type Port = Pick<Api, 'call' | 'openStream'>

/** State of the window rather than of a view. The same store serves a browser, where only links and errors occur. */
export function createShellStore(api: Port, { isDesktop, runCommand, say }: ShellStoreOptions): ShellStore {
  const store = createStore<ShellState>(() => ({
    link: undefined,
    file: undefined,
    closing: undefined,
    fault: undefined,
  }))
  const { getState, setState } = store
  const take = (event: ShellEvent): void => {
    switch (event.kind) {
      case 'command':
        return runCommand(event.id)
      case 'link':
        return setState({ link: event.url })
      case 'file':
        return setState({ file: { name: event.name, text: event.text } })
      case 'closing':
        return setState({ closing: { isQuit: event.isQuit, work: event.work } })
      case 'fault':
        return setState({ fault: { error: event.error, details: exactJson(event.error) } })
      case 'notice':
        return say(event.sentence)
    }
  }
  const noteFault = (where: string, thrown: unknown): void => {
    void api.call('diagnostics.note', faultOf(where, thrown)).catch(() => undefined)
  }
  return {
    ...store,
    isDesktop,
    openLink: (link) => setState({ link }),
    closeLink: () => setState({ link: undefined }),
    openFile: (file) => setState({ file }),
    takeFile: () => {
      const { file } = getState()
      if (file !== undefined) setState({ file: undefined })
      return file
    },
    answerClosing: (answer) => {
      const { closing } = getState()
      setState({ closing: undefined })
      if (answer === 'when-done' && closing !== undefined) {
        const what = closing.isQuit ? ['Seekline quits', 'Quit'] : ['This window closes', 'Close it']
        say(`${what[0]} once this is done. ${what[1]} again to change your mind.`)
      }
      void api.call('shell.answerClosing', { answer }).catch(() => undefined)
    },
    noteFault,
    reportFault: (where, thrown) => {
      const { stack, message } = faultOf(where, thrown)
      setState({ fault: { error: toErrorValue(thrown), details: `${where}: ${stack ?? message}` } })
      noteFault(where, thrown)
    },
    dismissFault: () => setState({ fault: undefined }),
    run: (command) => void api.call('shell.run', { command }).catch(() => undefined),
    setCommands: (commands) => {
      if (!isDesktop) return
      const told = commands.map(({ id, title, keys, menu }) => ({ id, title, keys, menu }))
      void api.call('shell.setCommands', { commands: told }).catch(() => undefined)
    },
    listen: async (signal) => {
      if (!isDesktop) return
      await api
        .openStream('shell.events', {}, { signal, onBatch: (events) => events.forEach(take) })
        .catch(() => undefined)
    },
  }
}

function faultOf(where: string, thrown: unknown): PageFault {
  const stack = thrown instanceof Error ? thrown.stack?.slice(0, 16_000) : undefined
  return {
    where: where.slice(0, 200),
    message: toErrorValue(thrown).message.slice(0, 4_000),
    ...(stack === undefined ? {} : { stack }),
  }
}
