// npm test: runs every check in order and prints the time of each; at the end one line "N passed, N failed". Tests that judge speed
// are not among them, because they fail on a slow or busy machine: `npm run measure` runs those.
import { spawn } from 'node:child_process'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { cachePath, repoRoot } from './lib/paths.ts'
import { exitWith, SetupError } from './lib/setup-error.ts'
import { shellElectron } from './shell/electron.ts'

interface Counts {
  passed: number
  failed: number
  /** What failed, and with what message. */
  failures?: string[]
}

interface Step {
  name: string
  /** A vitest project: its tests are counted one by one. Other steps count as one. */
  projects?: string[]
  command?: [file: string, ...args: string[]]
  limitMinutes: number
  /** Runs only if it is named. */
  apart?: true
  /** Why it cannot run on this machine, if it cannot. Printed prominently; a failure in CI. */
  obstacle?: () => Promise<string | undefined>
}

/** The part of vitest's report in JSON that is read here. */
interface Report {
  numPassedTests?: number
  numFailedTests?: number
  testResults?: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

/** Failures that are told once more at the end, and the characters of each. */
const TOLD_FAILURES = 10
const TOLD_CHARACTERS = 1500

const steps: Step[] = [
  { name: 'types', command: ['typescript/bin/tsc', '-b', '--builders', '2', '--checkers', '1'], limitMinutes: 15 },
  { name: 'lint', command: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'], limitMinutes: 15 },
  { name: 'format', command: ['oxfmt/bin/oxfmt', '--check'], limitMinutes: 15 },
  { name: 'knip', command: ['knip/bin/knip.js'], limitMinutes: 15 },
  { name: 'knip-production', command: ['knip/bin/knip.js', '--production'], limitMinutes: 15 },
  { name: 'unit', projects: ['unit', 'unit-mocking', 'dom'], limitMinutes: 20 },
  { name: 'build', command: ['electron-vite/bin/electron-vite.js', 'build'], limitMinutes: 15 },
  { name: 'pack', projects: ['pack'], limitMinutes: 15 },
  { name: 'integration', projects: ['integration'], limitMinutes: 60 },
  { name: 'measured', projects: ['measured'], limitMinutes: 30, apart: true },
  { name: 'e2e', projects: ['e2e'], limitMinutes: 30 },
  { name: 'shell', projects: ['shell'], limitMinutes: 40, obstacle: noElectron },
]

await main().catch(exitWith)

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } })
  const wanted = values.only?.split(',').map((name) => name.trim()).filter(Boolean) // oxfmt-ignore
  const unknown = wanted?.find((name) => !steps.some((step) => step.name === name))
  if (unknown)
    throw new SetupError(`--only knows no "${unknown}": it is one of ${steps.map((step) => step.name).join(', ')}.`)
  const total: Counts = { passed: 0, failed: 0 }
  const report: string[] = []
  const failures: string[] = []
  for (const step of steps.filter(({ name, apart }) => wanted?.includes(name) ?? !apart)) {
    console.log(`\n── ${step.name}`)
    const began = performance.now()
    const obstacle = await step.obstacle?.()
    const counts = obstacle === undefined ? await runStep(step) : notRun(step, obstacle)
    total.passed += counts.passed
    total.failed += counts.failed
    failures.push(...(counts.failures ?? []))
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    const outcome = `${counts.passed} passed, ${counts.failed} failed${obstacle === undefined ? '' : ', NOT RUN'}`
    report.push(`${step.name.padEnd(12)} ${seconds.padStart(7)} s  ${outcome}`)
    console.log(report.at(-1))
  }
  // Told again where a log that keeps its end only still has it.
  for (const failure of failures.slice(0, TOLD_FAILURES)) console.log(`\n${failure}`)
  console.log(`\n${report.join('\n')}\n`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
}

async function runStep(step: Step): Promise<Counts> {
  return step.projects ? runVitest(step, step.projects) : runCheck(step)
}

function notRun(step: Step, obstacle: string): Counts {
  const line = '─'.repeat(100)
  console.error(`${line}\nNOT RUN: ${step.name}. ${obstacle}\n${line}`)
  return { passed: 0, failed: process.env.CI ? 1 : 0 }
}

async function noElectron(): Promise<string | undefined> {
  const found = await shellElectron()
  return typeof found === 'string' ? found : undefined
}

async function runCheck(step: Step): Promise<Counts> {
  const [file = '', ...args] = step.command ?? []
  const code = await runNode(file, args, step.limitMinutes)
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** Counts come from vitest's own report; a problem that it does not report (a crash, a failed set-up) is one failure. */
async function runVitest(step: Step, projects: string[]): Promise<Counts> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-test-'))
  const file = path.join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const args = ['run', ...projects.flatMap((project) => ['--project', project]), ...reporters]
    const code = await runNode('vitest/vitest.mjs', args, step.limitMinutes)
    const counts = countsOf(await fs.readFile(file, 'utf8').catch(() => '{}'))
    if (code !== 0 && counts.failed === 0) {
      counts.failed = 1
      counts.failures = [`FAILED ${step.name}: it ended with code ${code}, and no test failed.`]
    }
    return counts
  } finally {
    await fs.rm(folder, { recursive: true, force: true })
  }
}

function countsOf(report: string): Counts {
  const value = JSON.parse(report) as Report
  const files = value.testResults ?? []
  // A file that fails outside of its tests (while it is read, or in beforeAll) has no failed test to count.
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )
  const failures = files.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map((test) => failureText(name, test.fullName, test.failureMessages.join('\n'))),
  )
  return {
    passed: value.numPassedTests ?? 0,
    failed: (value.numFailedTests ?? 0) + broken.length,
    failures: [...failures, ...broken.map(({ name, message }) => failureText(name, 'outside of its tests', message))],
  }
}

function failureText(file: string, test: string, message: string): string {
  return `FAILED ${path.relative(repoRoot, file)} > ${test}\n${message.slice(0, TOLD_CHARACTERS)}`
}

/** Starts every tool by its file under this Node: without a shell or shims, which differ between systems. */
async function runNode(file: string, args: string[], limitMinutes: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(repoRoot, 'node_modules', file), ...args], {
      cwd: repoRoot,
      // Hundreds of processes compile the same files, most of them from TypeScript.
      env: { NODE_COMPILE_CACHE: cachePath('compiled'), ...process.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const timer = setTimeout(() => {
      console.error(`Stopped after ${limitMinutes} minutes.`)
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref()
    }, limitMinutes * 60_000)
    const end = (code: number) => {
      clearTimeout(timer)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(error.message)
      end(1)
    })
    child.on('exit', (code) => end(code ?? 1))
  })
}
