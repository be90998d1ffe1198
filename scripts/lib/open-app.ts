import path from 'node:path'
import { startChild, type Child } from './child-processes.ts'
import { electronBinary } from './electron-binary.ts'
import { repoRoot } from './paths.ts'

export interface OpenAppOptions {
  /** The app's data folder; left out: the platform's own. */
  home?: string
  /** Only prints the loopback server's address. */
  noOpen: boolean
  port?: string
}

/** Starts the built app: in Electron if there is one, otherwise in the default browser through the loopback server. */
export async function openApp(options: OpenAppOptions, say: (line: string) => void): Promise<Child> {
  const env: Record<string, string> = options.home === undefined ? {} : { SEEKLINE_HOME: options.home }
  if (!options.noOpen && options.port === undefined) {
    const binary = await electronBinary()
    if (binary) return startChild(binary, [repoRoot], { cwd: repoRoot, env })
    say('There is no Electron binary (or no display) here: opening in the default browser instead.')
  }
  const args = [
    path.join(repoRoot, 'electron', 'server.ts'),
    ...(options.noOpen ? ['--no-open'] : []),
    ...(options.port === undefined ? [] : ['--port', options.port]),
  ]
  return startChild(process.execPath, args, { cwd: repoRoot, env })
}

/** Resolves when the user ends it: Ctrl-C, a signal, a closed terminal. A second Ctrl-C ends the process at once. */
export function askedToEnd(): Promise<void> {
  let asked = false
  let since = 0
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // npm forwards the terminal's own Ctrl-C, so one key press may arrive twice.
        if (asked && performance.now() - since > 1_000) process.exit(130)
        if (!asked) since = performance.now()
        asked = true
        resolve()
      })
    }
  })
}
