import { basename } from 'node:path'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { ClosingAnswer, shell, ShellEvent } from '#shared/contract/shell.ts'
import type { MenuCommand, ShellCommandId } from '#shared/commands.ts'
import { SeeklineError } from '#shared/errors.ts'
import { safeFileName } from '#shared/model/file-names.ts'

/** What the desktop shell does for the window that asks; implemented in electron/app. Other ways to run the app have none. */
export interface ShellPort {
  /**
   * Calls the listener with the shell's messages to this window, starting with those that waited. Returns a function that stops
   * it.
   */
  listen(caller: string, listener: (event: ShellEvent) => void): () => void
  usable(caller: string): void
  run(caller: string, command: ShellCommandId): void
  setCommands(caller: string, commands: readonly MenuCommand[]): void
  answerClosing(caller: string, answer: ClosingAnswer): void
  /** Where it was saved; null if the user cancelled. */
  saveFile(caller: string, file: { name: string; content: string | Uint8Array }): Promise<string | null>
  openFile(
    caller: string,
    ask: { title: string; extensions: string[]; mostBytes?: number | undefined },
  ): Promise<OpenedFile | null>
  notify(caller: string, note: { title: string; body: string }): boolean
  showProgress(caller: string, progress: { running: number; fraction: number | null }): void
}

export interface OpenedFile {
  path: string
  text: string
}

/** The shell's routes over a port; without one they answer that this is not the desktop app. */
export function createShellService(port: ShellPort | undefined): ServiceOf<typeof shell> {
  const desktop = (caller: string | undefined): { port: ShellPort; caller: string } => {
    if (port !== undefined && caller !== undefined) return { port, caller }
    throw new SeeklineError('shell.absent', 'Only the desktop app can do this.', {
      hint: 'Here there is no window of Seekline’s own: use what the browser or the shell offers.',
    })
  }
  return {
    'shell.events': async (_, sink, { signal, caller: given }) => {
      const { port: shellPort, caller } = desktop(given)
      let waiting: ShellEvent[] = []
      let wake = (): void => undefined
      const stop = shellPort.listen(caller, (event) => {
        waiting.push(event)
        wake()
      })
      const onAbort = (): void => wake()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        while (!signal.aborted) {
          const batch = waiting
          waiting = []
          if (batch.length > 0) await sink.batch(batch)
          else await new Promise<void>((resolve) => (wake = resolve))
        }
        return {}
      } finally {
        stop()
        signal.removeEventListener('abort', onAbort)
      }
    },

    'shell.usable': (_, context) => {
      const { port: at, caller } = desktop(context.caller)
      at.usable(caller)
      return Promise.resolve({})
    },

    'shell.run': ({ command }, context) => {
      const { port: at, caller } = desktop(context.caller)
      at.run(caller, command)
      return Promise.resolve({})
    },

    'shell.setCommands': ({ commands }, context) => {
      const { port: at, caller } = desktop(context.caller)
      at.setCommands(caller, commands)
      return Promise.resolve({})
    },

    'shell.answerClosing': ({ answer }, context) => {
      const { port: at, caller } = desktop(context.caller)
      at.answerClosing(caller, answer)
      return Promise.resolve({})
    },

    'shell.saveFile': async ({ name, content }, context) => {
      const { port: at, caller } = desktop(context.caller)
      const path = await at.saveFile(caller, { name: safeFileName(name, 'seekline.txt'), content })
      return { saved: path === null ? null : basename(path) }
    },

    'shell.openFile': async (ask, context) => {
      const { port: at, caller } = desktop(context.caller)
      const file = await at.openFile(caller, ask)
      return { file: file === null ? null : { name: basename(file.path), text: file.text } }
    },

    'shell.notify': (note, context) => {
      const { port: at, caller } = desktop(context.caller)
      return Promise.resolve({ shown: at.notify(caller, note) })
    },

    'shell.showProgress': (progress, context) => {
      const { port: at, caller } = desktop(context.caller)
      at.showProgress(caller, progress)
      return Promise.resolve({})
    },
  }
}
