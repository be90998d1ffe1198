import fs from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import type { Certificates } from '../../scripts/lib/certificates.ts'
import { displaysAtOnce, startDisplay } from '../../scripts/shell/display.ts'
import { startToolServer } from '../../scripts/lib/tool-server.ts'
import { shellElectron } from '../../scripts/shell/electron.ts'
import { pageHelpers } from '../../scripts/shell/page-bundle.ts'
import { makeTargets, shellFolder, type ShellTarget, type TargetName } from '../../scripts/shell/targets.ts'
import type { RunningKafka } from '../../scripts/lib/kafka-cluster.ts'
import { startKafka } from '../support/kafka.ts'

/** Provided for every shell test: a display, the app built for the Electron that was found, and a secure Kafka. */
interface ShellSetup {
  /** One for each worker. */
  displays: (string | null)[]
  /** Script for the page: see scripts/shell/page-helpers.ts. */
  helpers: string
  targets: ShellTarget[]
  /** Only the first target: for tests that take long and are the same in a package. */
  leading: ShellTarget[]
  electron: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    shell: ShellSetup
    secure: Pick<RunningKafka, 'bootstrap' | 'listeners' | 'dir'> & { certificates: Certificates }
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const electron = await shellElectron()
  if (typeof electron === 'string') throw new Error(`The shell was not run. ${electron}`)
  for (const left of ['screens', 'logs']) await fs.rm(shellFolder(left), { recursive: true, force: true })
  const displays = await Promise.all(Array.from({ length: displaysAtOnce }, startDisplay))
  const stopTools = await startToolServer()
  const stopTheRest = () => Promise.all([stopTools(), ...displays.map(({ stop: stopOne }) => stopOne())])
  // One node with every listener: the difference in Electron is its TLS, not the number of brokers.
  const kafka = startKafka({ security: true })
  const [{ bootstrap, listeners, certificates, dir, stop }, targets, helpers] = await Promise.all([
    kafka,
    makeTargets(electron, wantedTargets()),
    pageHelpers(),
  ]).catch(async (error: unknown) => {
    await Promise.all([stopTheRest(), kafka.then((one) => one.stop())])
    throw error
  })
  if (certificates === undefined) throw new Error('A secure cluster has certificates.')
  project.provide('secure', { bootstrap, listeners, certificates, dir })
  project.provide('shell', {
    displays: displays.map(({ name }) => name ?? null),
    helpers,
    targets,
    leading: targets.slice(0, 1),
    electron: electron.version,
  })
  console.log(
    `The shell runs in Electron ${electron.version}${electron.isOld ? ', by the build variant for old ones' : ''}.`,
  )
  return async () => {
    await stop()
    await stopTheRest()
  }
}

/** Both, unless `SEEKLINE_SHELL_TARGET` names one: for quick runs while a test is written. */
function wantedTargets(): TargetName[] {
  const named = process.env['SEEKLINE_SHELL_TARGET']
  return named === 'packed' || named === 'unpackaged' ? [named] : ['unpackaged', 'packed']
}
