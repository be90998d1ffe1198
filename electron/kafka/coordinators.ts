import { SeeklineError } from '#shared/errors.ts'
import type { CallOptions, KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { findCoordinator, type FoundCoordinator } from './protocol/find-coordinator.ts'
import { listGroupsApi } from './protocol/list-groups.ts'
import { offsetsTopic } from './offsets-topic.ts'
import { type Answer, append, attempts, type Outcome, type RouteOptions } from './routing.ts'
import { asSeeklineError, isCancelled } from './cancellation.ts'
import { mapLimited } from './map-limited.ts'

const ONE_BY_ONE_WIDTH = 8
const UNAUTHORISED = 29

/**
 * COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR: usually the coordinator has moved. But a coordinator that loses its partition or
 * its replicas while appending the commit says the same (CoordinatorRuntime, GroupCoordinator's error mapping), and blindly
 * repeating a commit would overwrite what somebody else committed in the meantime.
 */
export const COORDINATOR_MAYBE_DONE: ReadonlySet<number> = new Set([15, 16])

export interface CoordinatorOptions extends RouteOptions {
  /** A commit may create the offsets topic; reading may not. */
  mayCreateOffsetsTopic?: boolean | undefined
}

/**
 * Asks the coordinators: groups the groups by coordinator, asks each once, and looks coordinators up again if they have moved.
 * In a cluster where no group was ever used nobody is asked: {@link isNoGroupsYet} recognises that outcome.
 */
export async function askCoordinators<V>(
  cluster: KafkaCluster,
  groups: readonly string[],
  ask: (nodeId: number, groups: string[], call: CallOptions) => Promise<Answer<string, V>[]>,
  options: CoordinatorOptions = {},
): Promise<Map<string, Outcome<V>>> {
  const unplaced = new Map<string, SeeklineError>()
  return await attempts<string, V, string>([...new Set(groups)], options, (group) => `Group ${group}`, {
    prepare: async (pending) => {
      unplaced.clear()
      const missing = pending.filter((group) => !cluster.coordinators.has(group))
      if (missing.length === 0) return
      if (options.mayCreateOffsetsTopic !== true && !(await groupsCanExist(cluster, options.signal))) {
        for (const group of missing) unplaced.set(group, noGroupsYet())
        return
      }
      for (const found of await findAll(cluster, missing, options)) {
        if (found.errorCode === 0) cluster.coordinators.set(found.key, found.nodeId)
        else
          unplaced.set(
            found.key,
            kafkaError(found.errorCode, `Group ${found.key}`, {
              brokerSays: found.errorMessage,
              asked: { api: 'FindCoordinator', group: found.key },
            }),
          )
      }
      // A coordinator on a broker that joined since the last refresh.
      const known = new Set(cluster.info().brokers.map((broker) => broker.nodeId))
      const named = missing.flatMap((group) => cluster.coordinators.get(group) ?? [])
      if (named.some((nodeId) => !known.has(nodeId))) {
        await cluster.refresh({ signal: options.signal })
      }
    },
    place: (pending) => {
      const nodes = new Map<number, string[]>()
      const misplaced: { item: string; error: SeeklineError }[] = []
      for (const group of pending) {
        const nodeId = cluster.coordinators.get(group)
        if (nodeId === undefined)
          misplaced.push({ item: group, error: unplaced.get(group) ?? kafkaError(15, `Group ${group}`) })
        else append(nodes, nodeId, group)
      }
      return { nodes, misplaced }
    },
    itemOf: (group) => group,
    ask,
    failed: (group, error) => {
      if (error.retryable) cluster.coordinators.delete(group)
    },
  })
}

/**
 * The group's coordinator, found and cached. Throws; `isNoGroupsYet` recognises a cluster without any group. @internal Outside
 * its file only tests use it.
 */
export async function coordinatorOf(cluster: KafkaCluster, group: string, options: RouteOptions = {}): Promise<number> {
  const ask = async (nodeId: number, groups: string[]): Promise<Answer<string, number>[]> =>
    groups.map((item) => ({ item, errorCode: 0, value: nodeId }))
  const outcome = (await askCoordinators(cluster, [group], ask, options)).get(group)! // askCoordinators answers for every group it is given
  if (!outcome.ok) throw outcome.error
  return outcome.value
}

/**
 * Whether looking up a coordinator creates nothing: a broker creates `__consumer_offsets` when it is asked for a coordinator
 * before that topic exists. If these credentials may not see the topic, a listed group proves that it exists.
 */
export async function groupsCanExist(cluster: KafkaCluster, signal?: AbortSignal): Promise<boolean> {
  const known = await offsetsTopicExists(cluster, signal)
  // The gate of a read-only connection blocks these lookups until then.
  if (known) cluster.gate.groupsExist = true
  return known
}

/** Whether it is certain that no group was ever used: the offsets topic does not exist, rather than being invisible. */
export async function neverHadGroups(cluster: KafkaCluster, signal?: AbortSignal): Promise<boolean> {
  return !(await groupsCanExist(cluster, signal)) && cluster.topic(offsetsTopic)?.errorCode !== UNAUTHORISED
}

async function offsetsTopicExists(cluster: KafkaCluster, signal: AbortSignal | undefined): Promise<boolean> {
  if ((cluster.topic(offsetsTopic)?.partitions.length ?? 0) > 0) return true
  await cluster.refresh({ topics: [offsetsTopic], signal })
  const topic = cluster.topic(offsetsTopic)
  if ((topic?.partitions.length ?? 0) > 0) return true
  // It is being created and has no partitions yet.
  if (topic?.errorCode !== UNAUTHORISED) return topic !== undefined
  const brokers = cluster.info().brokers
  const failures: SeeklineError[] = []
  const counts = await mapLimited(brokers, ONE_BY_ONE_WIDTH, async (broker) => {
    try {
      const answer = await cluster.ask(broker.nodeId, listGroupsApi, {}, { signal })
      if (answer.errorCode !== 0) throw kafkaError(answer.errorCode, `Groups of broker ${broker.nodeId}`)
      return answer.groups.length
    } catch (error) {
      if (isCancelled(error)) throw error
      failures.push(asSeeklineError(error))
      return 0
    }
  })
  if (counts.some((count) => count > 0)) return true
  // The brokers that answered list none; of the others it is not known.
  if (failures[0] !== undefined) throw failures[0]
  return false
}

export function noGroupsYet(): SeeklineError {
  return new SeeklineError('kafka.group-unknown', 'No group was ever used in this cluster.', {
    hint: 'The topic __consumer_offsets, in which groups keep their positions, does not exist yet; the first consumer or commit creates it.',
    details: { noGroupsYet: true },
  })
}

export const isNoGroupsYet = (error: unknown): boolean =>
  error instanceof SeeklineError && error.details?.['noGroupsYet'] === true

async function findAll(cluster: KafkaCluster, groups: string[], options: RouteOptions): Promise<FoundCoordinator[]> {
  const call = { signal: options.signal }
  if (groups.length === 1 || cluster.supports(findCoordinator, { kind: 0, keys: groups })) {
    return (await cluster.ask('any', findCoordinator, { kind: 0, keys: groups }, call)).coordinators
  }
  const answers = await mapLimited(groups, ONE_BY_ONE_WIDTH, (group) =>
    cluster.ask('any', findCoordinator, { kind: 0, keys: [group] }, call),
  )
  return answers.flatMap((answer) => answer.coordinators)
}
