import { spawn } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { repoRoot } from './paths.ts'
import { run } from './run-program.ts'

/** Builds main process, preload and page into `out/`, by electron.vite.config.ts. */
export async function buildApp(options: { quiet: boolean }): Promise<void> {
  const command = [path.join(repoRoot, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build']
  if (options.quiet) {
    const result = await run(process.execPath, command, { cwd: repoRoot, timeoutMs: 240_000 })
    if (result.code !== 0) throw new Error(`The build failed:\n${result.stdout}${result.stderr}`)
    return
  }
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: repoRoot, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', resolve)
  })
  if (code !== 0) throw new Error('The build failed.')
}

/** Builds only if a source is newer than the built page, so that a second start is quick. */
export async function buildIfStale(say: (line: string) => void): Promise<void> {
  const built = await modified(path.join(repoRoot, 'out', 'renderer', 'index.html'))
  const folders = ['electron', 'renderer', 'shared', 'assets']
  const files = ['electron.vite.config.ts', 'package-lock.json']
  const times = await Promise.all([
    ...folders.map((folder) => newest(path.join(repoRoot, folder))),
    ...files.map((file) => modified(path.join(repoRoot, file))),
  ])
  if (built > 0 && Math.max(...times) <= built) return
  say('Building the app.')
  await buildApp({ quiet: true })
}

async function newest(folder: string): Promise<number> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
  const times = await Promise.all(files.map((entry) => modified(path.join(entry.parentPath, entry.name))))
  return Math.max(0, ...times)
}

async function modified(file: string): Promise<number> {
  return fs.stat(file).then(
    (stat) => stat.mtimeMs,
    () => 0,
  )
}
