import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceOf } from '#shared/contract/define.ts'
import { contract } from '#shared/contract/index.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { SeeklineError, type ErrorValue } from '#shared/errors.ts'
import { parseAddress } from '#shared/model/addresses.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import { clusterParts, type ClusterParts } from './cluster-parts.ts'
import { openCluster } from './kafka/cluster.ts'
import { createDecodePool } from './kafka/workers/pool.ts'
import type { AccessPolicy } from './rpc/access.ts'
import { createRouter } from './rpc/router.ts'
import type { CallLog, Router } from './rpc/router.ts'
import { createAppService } from './services/app.ts'
import { connectionSpec } from './services/connection-spec.ts'
import { createConnectionsService } from './services/connections.ts'
import { createGroupsService } from './services/groups.ts'
import { createMessagesService } from './services/messages.ts'
import { createOffsetsService } from './services/offsets.ts'
import { OpenConnections } from './services/open-connections.ts'

import { createProfilesService } from './services/profiles.ts'
import { createReplayService } from './services/replay.ts'
import { createTopicsService } from './services/topics.ts'
import type { ClusterArg } from './shell/args.ts'
import { dataFolder } from './storage/data-dir.ts'
import { createPositionsJournal } from './storage/positions-journal.ts'
import { createProfileStore, type ProfileStore } from './storage/profiles.ts'
import { createReceiptStore } from './storage/receipts.ts'
import { redactError } from './storage/redact.ts'
import { createSecretStore, type SecretBox } from './storage/secrets.ts'
import { createSettingsStore } from './storage/settings.ts'

export interface AppOptions {
  /** Where profiles, settings and the journal are; the platform's own place when left out. */
  dataDir?: string
  log?: (entry: CallLog) => void
  /** Where secrets rest between runs; kept for this run only when left out. */
  secretBox?: SecretBox
  /** Parse every answer by the contract: for tests. */
  checkOutput?: boolean
}

/** The app without a face: the shell's window, the loopback server, the command line and the tests all put one on it. */
export interface SeeklineApp {
  readonly router: Router
  /** Opens a cluster by its address for this run, or a saved profile by its name, and gives the connection's id. */
  openFor(cluster: ClusterArg, signal: AbortSignal): Promise<string>
  /** The computer woke up, or its network changed: every open connection gets new sockets at once. */
  networkChanged(): void
  /** Closes every connection and worker. */
  close(): Promise<void>
}

/** What composing yields: all that is behind the router. */
interface Composed {
  services: ServiceOf<SeeklineContract>
  access: AccessPolicy
  openFor: SeeklineApp['openFor']
  networkChanged: SeeklineApp['networkChanged']
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
  const { openFor, networkChanged, close } = composed
  return { router, openFor, networkChanged, close }
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
  const profileStore = createProfileStore(join(folder, 'profiles'))
  const secrets = createSecretStore(folder, options.secretBox)
  const journal = createPositionsJournal(join(folder, 'journal'))
  const specOf = async (profile: Profile, given: SecretsInput) =>
    connectionSpec(profile, await secrets.resolve(profile, given), version)
  const pool = createDecodePool()
  const open = new OpenConnections<ClusterParts>({
    connect: async (profile, mode, signal) => {
      const cluster = await openCluster(await specOf(profile, {}), { mode, signal })
      return clusterParts(cluster, pool, profile.readLimit)
    },
  })
  const unwatch = profileStore.watch(() => void followFiles(profileStore, open))
  const groupsPort = (connectionId: ConnectionId) => Promise.resolve(open.require(connectionId).groups)
  const services: ServiceOf<SeeklineContract> = {
    ...createAppService({ version, dataFolder: folder, secrets, settings: createSettingsStore(folder) }),
    ...createProfilesService({
      store: profileStore,
      secrets,
      onChange: (id, profile) => open.profileChanged(id, profile),
    }),
    ...createConnectionsService({ open, profiles: profileStore, secrets, specOf }),
    ...createTopicsService((connectionId) => open.require(connectionId).cluster),
    ...createMessagesService({ accessOf: (connectionId) => open.require(connectionId) }),
    ...createGroupsService(groupsPort),
    ...createReplayService({
      open: (connectionId) => open.require(connectionId),
      profileOf: (connectionId) => open.profileOf(connectionId),
      pool,
      receipts: createReceiptStore(join(folder, 'journal')),
    }),
    ...createOffsetsService({ groupPort: groupsPort, profileOf: (id) => open.profileOf(id), journal }),
  }
  return {
    services,
    access: {
      modeOf: (connectionId) => {
        const profile = open.find(connectionId)
        return profile === undefined ? undefined : { mode: profile.accessMode, profileName: profile.name }
      },
    },
    openFor: async (arg, signal) => {
      const profile = 'profile' in arg ? await profileStore.byName(arg.profile) : ephemeralProfile(arg)
      return (await open.open(profile, signal)).connectionId
    },
    networkChanged: () => open.networkChanged(),
    scrub: (error) => redactError(error, secrets.seen()),
    close: async () => {
      unwatch()
      open.closeAll()
      await pool.close()
    },
  }
}

/** Another process, or an editor, may have changed a profile: what is open follows. */
async function followFiles(store: ProfileStore, open: OpenConnections<ClusterParts>): Promise<void> {
  const { items } = await store.list().catch(() => ({ items: null }))
  if (items === null) return
  for (const { profileId } of open.list()) {
    const profile = items.find((one) => one.id === profileId)
    if (profile !== undefined) open.profileChanged(profileId, profile)
  }
}

/** A profile for this run only, from an address given on a command line. */
function ephemeralProfile({ bootstrap, access }: Extract<ClusterArg, { bootstrap: string }>): Profile {
  const id = `cli-${createHash('sha256').update(bootstrap).digest('hex').slice(0, 16)}`
  const addresses = bootstrap.split(',').map((text) => parseAddress(text))
  const wrong = addresses.find((address) => typeof address === 'string')
  if (wrong !== undefined) {
    throw new SeeklineError('profile.invalid', wrong, { hint: 'Write host:port, several with commas between.' })
  }
  return newProfile(id, { name: bootstrap.slice(0, 100), brokers: bootstrap.split(','), accessMode: access })
}
