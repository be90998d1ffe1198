import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { aptInstall } from '../lib/apt.ts'
import { startChild } from '../lib/child-processes.ts'
import { answers } from '../lib/run-program.ts'
import { SetupError } from '../lib/setup-error.ts'

/** A display has one focus: as many apps can be tested at once as there are displays. Only on Linux is there more than one. */
export const displaysAtOnce = process.platform === 'linux' ? 2 : 1

export interface Display {
  /** For `DISPLAY`; undefined if windows need no display of ours (macOS, Windows). */
  name: string | undefined
  stop(): Promise<void>
}

/** A separate display, so that no test's window disturbs the user. Only on Linux; elsewhere the system's. */
export async function startDisplay(): Promise<Display> {
  if (process.platform !== 'linux') return { name: undefined, stop: async () => undefined }
  if (!(await hasXvfb()) && !((await aptInstall('xvfb')) && (await hasXvfb()))) {
    throw new SetupError('Xvfb was not found; the shell is tested on it. Install it (apt install xvfb).')
  }
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-display-'))
  const logFile = path.join(folder, 'xvfb.log')
  // It chooses a free number itself and prints it.
  const args = ['-displayfd', '1', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp']
  const child = startChild('Xvfb', args, { logFile })
  const stop = async (): Promise<void> => {
    await child.stop(3_000)
    await fs.rm(folder, { recursive: true, force: true })
  }
  for (let waited = 0; waited < 15_000 && child.running; waited += 50) {
    const number = /^(\d+)$/m.exec(await fs.readFile(logFile, 'utf8'))?.[1]
    if (number !== undefined) return { name: `:${number}`, stop }
    await sleep(50)
  }
  const said = await fs.readFile(logFile, 'utf8')
  await stop()
  throw new Error(`Xvfb gave no display:\n${said}`)
}

const hasXvfb = async (): Promise<boolean> => (await answers('sh', ['-c', 'command -v Xvfb'])) !== undefined
