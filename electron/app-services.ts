import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decoding } from '#shared/contract/decoding.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { groups } from '#shared/contract/groups.ts'
import { cleaning } from '#shared/contract/cleaning.ts'
import { deletions } from '#shared/contract/deletions.ts'
import { elsewhere } from '#shared/contract/elsewhere.ts'
import { snapshots } from '#shared/contract/snapshots.ts'
import { contract } from '#shared/contract/index.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { journal } from '#shared/contract/journal.ts'
import { lagLimits } from '#shared/contract/lag-limits.ts'
import { lag } from '#shared/contract/lag.ts'
import { meaning } from '#shared/contract/meaning.ts'
import { messages } from '#shared/contract/messages.ts'
import { anchors } from '#shared/contract/anchors.ts'
import { armed } from '#shared/contract/armed.ts'
import { offsets } from '#shared/contract/offsets.ts'
import { produce } from '#shared/contract/produce.ts'
import { replay } from '#shared/contract/replay.ts'
import { schemas } from '#shared/contract/schemas.ts'
import { search } from '#shared/contract/search.ts'
import { searches } from '#shared/contract/searches.ts'
import { stepping } from '#shared/contract/stepping.ts'
import { throughput } from '#shared/contract/throughput.ts'
import { topics } from '#shared/contract/topics.ts'
import { SeeklineError, type ErrorValue } from '#shared/errors.ts'
import { parseAddress } from '#shared/model/addresses.ts'
import { brokersOf } from '#shared/model/endpoints.ts'
import { newProfile, type Profile } from '#shared/model/profile.ts'
import type { Settings } from '#shared/model/settings.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import { logCalls, logConnections } from './call-log.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { KafkaServices } from './kafka-services.ts'
import type { SchemaServices } from './schema-services.ts'
import type { AccessPolicy } from './rpc/access.ts'
import { createRouter } from './rpc/router.ts'
import type { CallLog, Router } from './rpc/router.ts'
import type { WorkTracker } from './rpc/running-writes.ts'
import { createAppService } from './services/app.ts'
import type { WindowTabs } from './services/app.ts'
import { connectionSpec } from './services/connections/spec-of-profile.ts'
import { createConnectionsService } from './services/connections/service.ts'
import { createDiagnosticsService } from './services/diagnostics.ts'
import { lateServices } from './services/late-services.ts'
import { OpenConnections } from './services/connections/open-connections.ts'
import { createProfilesService } from './services/connections/profiles.ts'
import { createShellService } from './services/desktop.ts'
import type { ShellPort } from './services/desktop.ts'
import type { ClusterArg } from './command-line/args.ts'
import { dataFolder } from './storage/data-folder.ts'
import { createDecodeRulesStore } from './storage/decode-rules.ts'
import { createAnchorsStore } from './storage/anchors.ts'
import { createArmedStore } from './storage/armed-plans.ts'
import { createFiltersStore } from './storage/saved-filters.ts'
import { createLagLimitsStore } from './storage/lag-limits.ts'
import type { Log } from './storage/log.ts'
import { createProduceTemplatesStore } from './storage/produce-templates.ts'
import { createProfileStore } from './storage/profiles.ts'
import { forgetSamples } from './storage/sample-files.ts'
import { createSearchFiles } from './storage/search-files.ts'
import { redactError } from './redact.ts'
import { createSecretStore, type SecretBox } from './storage/secrets.ts'
import { createSettingsFile } from './storage/settings.ts'

export interface AppOptions {
  /** The folder of profiles, settings and the journal; left out: the platform's usual place. */
  dataDir?: string
  log?: (entry: CallLog) => void
  /** Where secrets are kept between runs; left out: for this run only. */
  secretBox?: SecretBox
  /** Where this run writes its log; earlier logs are next to it. */
  textLog?: Log
  /** Is told about every write while it runs. */
  work?: WorkTracker
  /** What only the desktop has. */
  desktop?: { shell: ShellPort; windowTabs: WindowTabs; onSettings: (settings: Settings) => void }
  /** Validate every answer against the contract: for tests. */
  checkOutput?: boolean
}

/** The app without a user interface: the desktop shell, the loopback server, the command line and the tests each add one. */
export interface SeeklineApp {
  readonly router: Router
  /** Opens a cluster by its address for this run, or a saved profile by its name, and returns the connection's id. */
  openFor(cluster: ClusterArg, signal: AbortSignal): Promise<string>
  /** The computer woke up, or its network changed: every open connection gets new sockets at once. */
  networkChanged(): void
  /** Every secret seen in this run, for code that writes text to a disk. */
  seenSecrets(): string[]
  /** Closes every connection and worker. */
  close(): Promise<void>
}

/** The result of composing: everything behind the router. */
interface Composed {
  services: ServiceOf<SeeklineContract>
  access: AccessPolicy
  openFor: SeeklineApp['openFor']
  networkChanged: SeeklineApp['networkChanged']
  seenSecrets: SeeklineApp['seenSecrets']
  /** Removes the secrets known in this run from an error's texts. */
  scrub?: (error: ErrorValue) => ErrorValue
  close(): Promise<void>
}

export async function createApp(options: AppOptions = {}): Promise<SeeklineApp> {
  const composed = await compose(options)
  const log = options.log ?? (options.textLog === undefined ? undefined : logCalls(options.textLog))
  const router = createRouter({
    contract,
    services: composed.services,
    access: composed.access,
    ...(composed.scrub === undefined ? {} : { scrub: composed.scrub }),
    ...(log === undefined ? {} : { log }),
    ...(options.work === undefined ? {} : { work: options.work }),
    ...(options.checkOutput === undefined ? {} : { checkOutput: options.checkOutput }),
  })
  const { openFor, networkChanged, seenSecrets, close } = composed
  return { router, openFor, networkChanged, seenSecrets, close }
}

/** The version in package.json, which is one folder up from the sources and two from the built main process. */
export const version = readVersion()

function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    const file = new URL(place, import.meta.url)
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  }
  return '0.0.0'
}

/** The one place that decides which service gets which store and which connection. */
// oxlint-disable-next-line max-lines-per-function -- the list of all services, and what each is given
async function compose(options: AppOptions): Promise<Composed> {
  const folder = options.dataDir ?? dataFolder()
  const profileStore = createProfileStore(join(folder, 'profiles'))
  const secrets = createSecretStore(folder, options.secretBox)
  const specOf = async (profile: Profile, given: SecretsInput, agreed: readonly string[] = []) =>
    connectionSpec(profile, await secrets.resolve(brokersOf(profile), given, agreed), version)
  let kafkaServices: Promise<KafkaServices> | undefined
  const kafka = (): Promise<KafkaServices> =>
    (kafkaServices ??= import('./kafka-services.ts').then((loaded) =>
      loaded.createKafkaServices(open, folder, async () => (await ofSchemas()).registries, options.work),
    ))
  const open = new OpenConnections<ClusterParts>({
    connect: async (profile, mode, signal) => {
      const { openCluster, partsOf } = await kafka()
      return await partsOf(await openCluster(await specOf(profile, {}), { mode, signal }), profile)
    },
  })
  let schemaServices: Promise<SchemaServices> | undefined
  const ofSchemas = (): Promise<SchemaServices> =>
    (schemaServices ??= import('./schema-services.ts').then((loaded) =>
      loaded.createSchemaServices({ open, secrets, version, kafka }),
    ))
  open.watch(logConnections(options.textLog))
  const unwatch = profileStore.watch(() => void open.followFiles(async () => (await profileStore.list()).items))
  const settings = createSettingsFile(folder)
  const services: ServiceOf<SeeklineContract> = {
    ...createAppService({
      version,
      dataFolder: folder,
      secrets,
      settings,
      windowTabs: options.desktop?.windowTabs,
      onSettings: options.desktop?.onSettings,
    }),
    ...createShellService(options.desktop?.shell),
    ...createDiagnosticsService({
      version,
      logFolder: join(folder, 'logs'),
      ...(options.textLog === undefined ? {} : { log: options.textLog }),
      secrets: () => secrets.seen(),
      secretsKeptIn: () => secrets.box.kind,
      profiles: async () => (await profileStore.list()).items,
      connections: () => open.list(),
      settings: () => settings.get(),
    }),
    ...createProfilesService({
      store: profileStore,
      secrets,
      onChange: (id, profile) => open.profileChanged(id, profile),
      onDelete: async (id) => {
        await createDecodeRulesStore(folder).forget(id)
        await createProduceTemplatesStore(folder).forget(id)
        await createFiltersStore(folder).forget(id)
        await createAnchorsStore(folder).forget(id)
        await createLagLimitsStore(folder).forget(id)
        await createArmedStore(folder).forget(id)
        await createSearchFiles(folder).forget(id)
        await forgetSamples(folder, id)
      },
    }),
    ...createConnectionsService({
      open,
      profiles: profileStore,
      secrets,
      specOf,
      openCluster: async (...given) => (await kafka()).openCluster(...given),
    }),
    ...lateServices(
      {
        ...topics,
        ...throughput,
        ...messages,
        ...searches,
        ...decoding,
        ...groups,
        ...cleaning,
        ...snapshots,
        ...lag,
        ...lagLimits,
        ...offsets,
        ...meaning,
        ...deletions,
        ...elsewhere,
        ...armed,
        ...anchors,
        ...stepping,
        ...produce,
        ...replay,
        ...search,
        ...journal,
      },
      async () => (await kafka()).services,
    ),
    ...lateServices({ ...schemas }, async () => (await ofSchemas()).services),
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
    seenSecrets: () => secrets.seen(),
    scrub: (error) => redactError(error, secrets.seen()),
    close: async () => {
      unwatch()
      await (await kafkaServices?.catch(() => undefined))?.leaveGroups()
      open.closeAll()
      // What could not be loaded has nothing to close.
      ;(await schemaServices?.catch(() => undefined))?.close()
      await (await kafkaServices?.catch(() => undefined))?.close()
    },
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
