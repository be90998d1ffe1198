// node tests/bench/startup.ts [--runs 5] [--target unpackaged|packed]
// Cold starts of the app, each in a data folder of its own, in turn with an empty window of the same Electron: the time from
// starting the process to a window that can be used, and the stages on the way. Fails above 1.5 × the empty window + 400 ms.
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startChild } from '../../scripts/lib/child-processes.ts'
import { exitWith, SetupError } from '../../scripts/lib/setup-error.ts'
import { startDisplay } from '../../scripts/shell/display.ts'
import { shellElectron } from '../../scripts/shell/electron.ts'
import { makeTargets } from '../../scripts/shell/targets.ts'
import { median, tellFigures } from './figures.ts'

interface Start {
  totalMs: number
  /** Counted from the same start. */
  stages: Record<string, number>
}

const longestStartMs = 60_000

await main().catch(exitWith)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, target: { type: 'string', default: 'unpackaged' } },
  })
  const electron = await shellElectron()
  if (typeof electron === 'string') throw new SetupError(electron)
  const targets = await makeTargets(electron, [values.target === 'packed' ? 'packed' : 'unpackaged'])
  const target = targets[0]!
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-startup-'))
  const display = await startDisplay()
  const flags = ['--disable-gpu', '--disable-dev-shm-usage', ...(target.isOld || process.getuid?.() === 0 ? ['--no-sandbox'] : [])] // oxfmt-ignore
  try {
    const empty = await emptyApp(path.join(folder, 'empty'))
    const starts: Record<'app' | 'again' | 'empty', Start[]> = { app: [], again: [], empty: [] }
    const start = async (kind: keyof typeof starts, home: string): Promise<void> => {
      const [command, args] =
        kind === 'empty' ? [electron.binary, [...flags, empty]] : [target.command, [...flags, ...target.args]]
      starts[kind].push(await measure(command, args, home, display.name))
    }
    for (let run = 0; run < Number(values.runs); run += 1) {
      const home = path.join(folder, `home-${run}`)
      await start('empty', path.join(folder, `empty-${run}`))
      await start('app', home)
      // With the compiled code and settings of the previous start.
      await start('again', home)
      await start('empty', path.join(folder, `empty-${run}`))
    }
    report(starts, electron.version)
  } finally {
    await display.stop()
    await fs.rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function report(starts: Record<'app' | 'again' | 'empty', Start[]>, version: string): void {
  const total = (kind: keyof typeof starts): number => median(starts[kind].map(({ totalMs }) => totalMs))
  const limit = 1.5 * total('empty') + 400
  const times = (kind: keyof typeof starts): number[] => starts[kind].map(({ totalMs }) => totalMs)
  tellFigures([
    { name: 'first start ÷ empty window', ours: times('app'), peer: times('empty') },
    { name: 'later start ÷ empty window', ours: times('again'), peer: times('empty') },
  ])
  console.log(`Electron ${version}, ${starts.app.length} starts each, median (ms)`)
  const labels = { empty: 'empty window', app: 'first start', again: 'start after that' } as const
  for (const kind of ['empty', 'app', 'again'] as const) {
    const all = starts[kind].map(({ stages }) => stages)
    const stages = Object.keys(all[0] ?? {}).map(
      (name) => `${name} ${median(all.map((one) => one[name] ?? Number.NaN)).toFixed(0)}`,
    )
    const each = starts[kind].map(({ totalMs }) => totalMs.toFixed(0)).join(' ')
    console.log(`  ${labels[kind].padEnd(17)} ${total(kind).toFixed(0)}  (${each}; ${stages.join(', ')})`)
  }
  console.log(`  limit             ${limit.toFixed(0)} = 1.5 × empty + 400`)
  if (Math.max(total('app'), total('again')) > limit) {
    console.error('The app starts too slowly.')
    process.exitCode = 1
  }
}

/** Starts it, waits for its line on the output, and ends it. */
async function measure(command: string, args: string[], home: string, display: string | undefined): Promise<Start> {
  await fs.mkdir(home, { recursive: true })
  const logFile = path.join(home, 'output.log')
  await fs.rm(logFile, { force: true })
  const env = {
    SEEKLINE_HOME: home,
    SEEKLINE_STARTUP_MARKS: '1',
    ...(display === undefined ? {} : { DISPLAY: display }),
  }
  const began = performance.now()
  const child = startChild(command, args, { logFile, env })
  try {
    while (performance.now() - began < longestStartMs && child.running) {
      const text = await fs.readFile(logFile, 'utf8').catch(() => '')
      const line = /^\{"startup":.*\}$/m.exec(text)?.[0]
      if (line !== undefined) {
        const totalMs = performance.now() - began
        const { startup } = JSON.parse(line) as { startup: Record<string, number> }
        // The system's start times of processes may be off by half a second; the last stage is the moment of the line.
        const shift = totalMs - Math.max(...Object.values(startup))
        const stages = Object.entries(startup).map(([name, ms]) => [name, ms + shift])
        return { totalMs, stages: Object.fromEntries(stages) as Record<string, number> }
      }
      await sleep(5)
    }
    throw new Error(`No window came up:\n${await fs.readFile(logFile, 'utf8').catch(() => '')}`)
  } finally {
    await child.stop(5_000)
  }
}

/** The least that shows a page: the cost of Electron itself. It is ready when its page has been painted. */
async function emptyApp(folder: string): Promise<string> {
  await fs.mkdir(folder, { recursive: true })
  const main = `
    const { app, BrowserWindow } = require('electron')
    const startup = {}
    const mark = (stage) => { startup[stage] = Date.now() - process.getCreationTime() }
    mark('main')
    app.setPath('userData', require('path').join(process.env.SEEKLINE_HOME, 'window'))
    app.whenReady().then(() => {
      mark('ready')
      const window = new BrowserWindow({ width: 1440, height: 900, show: false, webPreferences: { sandbox: true, contextIsolation: true } })
      window.once('ready-to-show', () => {
        window.show()
        mark('painted')
        console.log(JSON.stringify({ startup }))
      })
      window.loadFile('index.html')
    })`
  const page = '<!doctype html><title>Empty</title><p>An empty window.</p>'
  await fs.writeFile(path.join(folder, 'package.json'), '{ "name": "empty", "main": "main.js" }')
  await fs.writeFile(path.join(folder, 'main.js'), main)
  await fs.writeFile(path.join(folder, 'index.html'), page)
  return folder
}
