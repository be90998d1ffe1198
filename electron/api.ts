import { contract } from '#shared/contract/index.ts'
import { createApp } from './app-services.ts'
import type { SeeklineApp } from './app-services.ts'
import { runShell } from './command-line/run-shell.ts'

// The app's API from a shell: `npm run -s api`. Everything the app can do can be scripted, tested and measured this way.

const abort = new AbortController()
let app: SeeklineApp | undefined
let exitCode: number | undefined

// The reader of a pipe may close it when it has seen enough (`| head`): that is not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    exitCode ??= error.code === 'EPIPE' ? 0 : 1
    abort.abort()
  })
}
process.on('SIGINT', () => {
  // Pressed again: do not wait for what is still closing.
  if (abort.signal.aborted) process.exit(130)
  exitCode ??= 130
  abort.abort()
})

const write = (stream: NodeJS.WriteStream, line: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(`${line}\n`, (error) => (error == null ? resolve() : reject(error)))
  })

const code = await runShell({
  argv: process.argv.slice(2),
  contract,
  app: async () => (app = await createApp()),
  print: (line) => write(process.stdout, line),
  printError: (line) => write(process.stderr, line),
  stdin: process.stdin,
  signal: abort.signal,
})
await app?.close().catch(() => undefined)
// Exits explicitly: a socket or worker that is slow to close must not delay a shell script.
process.exit(exitCode ?? code)
