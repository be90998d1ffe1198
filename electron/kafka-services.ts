import { join } from 'node:path'
import type { cleaning } from '#shared/contract/cleaning.ts'
import type { decoding } from '#shared/contract/decoding.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { groups } from '#shared/contract/groups.ts'
import type { lagLimits } from '#shared/contract/lag-limits.ts'
import type { lag } from '#shared/contract/lag.ts'
import type { meaning } from '#shared/contract/meaning.ts'
import type { messages } from '#shared/contract/messages.ts'
import type { journal as journalRoutes } from '#shared/contract/journal.ts'
import type { stepping } from '#shared/contract/stepping.ts'
import type { anchors } from '#shared/contract/anchors.ts'
import type { deletions } from '#shared/contract/deletions.ts'
import type { elsewhere } from '#shared/contract/elsewhere.ts'
import type { armed } from '#shared/contract/armed.ts'
import type { offsets } from '#shared/contract/offsets.ts'
import type { produce } from '#shared/contract/produce.ts'
import type { replay } from '#shared/contract/replay.ts'
import type { search } from '#shared/contract/search.ts'
import type { snapshots } from '#shared/contract/snapshots.ts'
import type { searches } from '#shared/contract/searches.ts'
import type { throughput } from '#shared/contract/throughput.ts'
import type { topics } from '#shared/contract/topics.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { WorkTracker } from './rpc/running-writes.ts'
import { clusterParts, type ClusterParts } from './cluster-parts.ts'
import { openCluster, type KafkaCluster } from './kafka/cluster.ts'
import { createDecodePool } from './kafka/workers/pool.ts'
import type { Registries } from './schemas/registries.ts'
import { createCleaningService } from './services/cleaning/service.ts'
import { createDecodingService } from './services/decoding.ts'
import { DecodingNews } from './services/decoding-news.ts'
import { createGroupsService } from './services/groups/service.ts'
import { createJournalService } from './services/journal.ts'
import { createLagService } from './services/groups/lag-service.ts'
import { createLimitsService } from './services/groups/limits-service.ts'
import { createSamplings } from './services/groups/samplings.ts'
import { createMessagesService } from './services/messages/service.ts'
import { createAnchorsService } from './services/offsets/anchors.ts'
import { createArmedService } from './services/offsets/armed-plans.ts'
import { createOffsetsService } from './services/offsets/service.ts'
import { settleAll } from './services/offsets/settle.ts'
import type { OpenConnections } from './services/connections/open-connections.ts'
import { createProduceService } from './services/produce/service.ts'
import { createSteppingService } from './services/stepping/service.ts'
import { createReplayService } from './services/replay/service.ts'
import { KeptSearches } from './services/search/kept-searches.ts'
import { createSearchesService } from './services/search/searches-service.ts'
import { createSearchService } from './services/search/service.ts'
import { createSnapshotsService } from './services/offsets/snapshots.ts'
import { createThroughputService } from './services/throughput/service.ts'
import { createTopicsService } from './services/topics.ts'
import { createAnchorsStore } from './storage/anchors.ts'
import { createArmedStore } from './storage/armed-plans.ts'
import { createChangesJournal } from './storage/journal/changes-journal.ts'
import { createDecodeRulesStore } from './storage/decode-rules.ts'
import { createFiltersStore } from './storage/saved-filters.ts'
import { createLagLimitsStore } from './storage/lag-limits.ts'
import { createProduceTemplatesStore } from './storage/produce-templates.ts'
import { SampleLog } from './storage/sample-log.ts'
import { createSearchFiles } from './storage/search-files.ts'
import { ThroughputLog } from './storage/throughput-log.ts'

export interface KafkaServices {
  services: ServiceOf<
    typeof topics &
      typeof throughput &
      typeof messages &
      typeof searches &
      typeof decoding &
      typeof groups &
      typeof cleaning &
      typeof snapshots &
      typeof lag &
      typeof lagLimits &
      typeof offsets &
      typeof meaning &
      typeof deletions &
      typeof elsewhere &
      typeof armed &
      typeof anchors &
      typeof stepping &
      typeof produce &
      typeof replay &
      typeof search &
      typeof journalRoutes
  >
  openCluster: typeof openCluster
  /** The one journal of all changes. */
  journal: ReturnType<typeof createChangesJournal>
  /** What an open connection uses; the decode pool is shared by all connections. */
  partsOf(cluster: KafkaCluster, profile: Profile): Promise<ClusterParts>
  /** Lets members of groups leave while there are still connections to do so. */
  leaveGroups(): Promise<void>
  close(): Promise<void>
}

/** For work that no caller waits for, so that no caller can cancel it. */
const NOBODY = new AbortController().signal

/** Everything that speaks to a broker, with everything it imports: loaded when first needed, never before the first paint. */
// oxlint-disable-next-line max-lines-per-function -- the list of these services, and what each is given
export function createKafkaServices(
  open: OpenConnections<ClusterParts>,
  folder: string,
  /** Where the schemas that records name, or are written with, are loaded from. */
  registries: () => Promise<Registries>,
  /** Is told about work that outlives the call that started it. */
  work: WorkTracker | undefined,
): KafkaServices {
  const store = createDecodeRulesStore(folder)
  const news = new DecodingNews()
  const searchStore = new KeptSearches(createSearchFiles(folder))
  const samples = new SampleLog(folder)
  const gains = new ThroughputLog(folder)
  const pool = createDecodePool({
    resolveSchema: async (...ask) => (await registries()).resolve(...ask),
    onSchema: (connection) => news.tell(connection, { isChosenAnew: false, schemas: 1 }),
  })
  const accessOf = (connectionId: ConnectionId) => open.require(connectionId)
  const journal = createChangesJournal(join(folder, 'journal'))
  const startedAt = BigInt(Date.now())
  const profileOf = (id: ConnectionId) => open.profileOf(id)
  const samplingOf = createSamplings({ groupsOf: (id) => open.require(id).groups, profileOf, samples })
  const groupPort = async (connectionId: ConnectionId) => open.require(connectionId).groups
  const armedPlans = createArmedService({
    groupPort,
    profileOf,
    journal,
    store: createArmedStore(folder),
    ...(work === undefined ? {} : { track: (perform) => work.run({ route: 'offsets.arm' }, NOBODY, perform) }),
  })
  return {
    services: {
      ...createTopicsService((connectionId) => open.require(connectionId).cluster, groupPort),
      ...createThroughputService({ clusterOf: (id) => open.require(id).cluster, profileOf, log: gains }),
      ...createMessagesService({ accessOf }),
      ...createSearchesService({ accessOf, profileOf, store: searchStore }),
      ...createDecodingService({ profileOf, apply: (id, rules) => open.require(id).setRules(rules), store, news }),
      ...createGroupsService(groupPort, accessOf),
      ...createLagService({ accessOf, profileOf, samples, samplingOf }),
      ...createLimitsService({ accessOf, profileOf, samplingOf, store: createLagLimitsStore(folder) }),
      ...createCleaningService(accessOf),
      ...createSnapshotsService(accessOf),
      ...createJournalService(journal),
      ...createProduceService({
        open: accessOf,
        profileOf,
        registryOf: async (id) => (await registries()).of(id),
        rulesOf: (id) => store.get(open.profileOf(id).id),
        pool,
        journal,
        templates: createProduceTemplatesStore(folder),
      }),
      ...createSearchService({ accessOf, profileOf, store: createFiltersStore(folder), now: Date.now }),
      ...createReplayService({ open: accessOf, profileOf, pool, journal }),
      ...createAnchorsService({ groupPort, profileOf, store: createAnchorsStore(folder), now: Date.now }),
      ...createSteppingService({ accessOf, profileOf, journal }),
      ...armedPlans.routes,
      ...createOffsetsService({ groupPort, accessOf, profileOf, journal, startedAt }),
    },
    openCluster,
    journal,
    partsOf: async (cluster, { id, readLimit, registry }) => {
      // A damaged rules file is reported to whoever asks for the rules; without its rules everything still opens.
      const rules = await store.get(id).catch(() => [])
      const parts = clusterParts(cluster, pool, {
        connection: ConnectionId.parse(id),
        readLimit,
        decoding: { registry: registry?.kind ?? null, rules },
      })
      // Nobody waits for this; failures can be looked up in the journal.
      void settleAll(journal, parts.groups, startedAt).catch(() => undefined)
      return parts
    },
    leaveGroups: async () => {
      const sessions = open.list().flatMap(({ connectionId }) => {
        const { sessions: own } = open.partsOf(connectionId) ?? {}
        return own === undefined ? [] : [own]
      })
      await Promise.all(sessions.map((own) => own.leaveAll()))
    },
    close: async () => {
      armedPlans.close()
      await Promise.all([pool.close(), searchStore.close(), samples.close(), gains.close()])
    },
  }
}
