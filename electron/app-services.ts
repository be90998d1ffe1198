import { existsSync, readFileSync } from 'node:fs'
import type { ServiceOf } from '#shared/contract/define.ts'
import { contract } from '#shared/contract/index.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { AccessPolicy } from './rpc/access.ts'
import { createRouter } from './rpc/router.ts'
import type { CallLog, Router } from './rpc/router.ts'
import type { ClusterArg } from './shell/args.ts'
import { dataFolder } from './storage/data-dir.ts'
import { createSettingsStore } from './storage/settings.ts'

export interface AppOptions {
  /** Where profiles, settings and the journal are; the platform's own place when left out. */
  dataDir?: string
  log?: (entry: CallLog) => void
  /** Parse every answer by the contract: for tests. */
  checkOutput?: boolean
}

/** The app without a face: the shell's window, the loopback server, the command line and the tests all put one on it. */
export interface SeeklineApp {
  readonly router: Router
  /** Opens a cluster by its address for this run, or a saved profile by its name, and gives the connection's id. */
  openFor(cluster: ClusterArg, signal: AbortSignal): Promise<string>
  /** Closes every connection and worker. */
  close(): Promise<void>
}

/** What composing yields: all that is behind the router. */
interface Composed {
  services: ServiceOf<SeeklineContract>
  access: AccessPolicy
  openFor: SeeklineApp['openFor']
  /** Takes the secrets known in this run out of an error's texts. */
  scrub?: (error: ErrorValue) => ErrorValue
  close(): Promise<void>
}

export async function createApp(options: AppOptions = {}): Promise<SeeklineApp> {
  const composed = await compose(options)
  const router = createRouter({
    contract,
    services: composed.services,
    access: composed.access,
    ...(composed.scrub === undefined ? {} : { scrub: composed.scrub }),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.checkOutput === undefined ? {} : { checkOutput: options.checkOutput }),
  })
  return { router, openFor: composed.openFor, close: composed.close }
}

/** The version of package.json, which is one folder up from the sources and two from the built main process. */
export const version = readVersion()

function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    const file = new URL(place, import.meta.url)
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  return '0.0.0'
}

/** The one place that knows which service gets which store and which connection. */
async function compose(options: AppOptions): Promise<Composed> {
  const folder = options.dataDir ?? dataFolder()
  const settings = createSettingsStore(folder)
  const services: Pick<ServiceOf<SeeklineContract>, 'app.info' | 'settings.get' | 'settings.save'> = {
    'app.info': async () => ({
      version,
      dataFolder: folder,
      secrets: { kind: 'memory', sentence: 'Secrets are kept for this run only.' },
    }),
    'settings.get': () => settings.get(),
    'settings.save': (patch) => settings.save(patch),
  }
  return {
    services: services as ServiceOf<SeeklineContract>,
    access: { modeOf: () => undefined },
    openFor: async () => {
      throw new SeeklineError('connect.closed', 'No cluster can be opened yet.')
    },
    close: async () => undefined,
  }
}
