import type { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { askCoordinators, COORDINATOR_MAYBE_DONE, isNoGroupsYet } from './coordinators.ts'
import { kafkaError } from './protocol/error-codes.ts'
import {
  absent,
  fromClassic,
  fromConsumer,
  fromShare,
  fromStreams,
  type GroupDescription,
} from './group-descriptions.ts'
import type { GroupKind } from './group-kind.ts'
import type { KafkaApi, Throttled } from './protocol/api.ts'
import { type ConsumerGroup, consumerGroupDescribe } from './protocol/consumer-group-describe.ts'
import { deleteGroupsApi } from './protocol/delete-groups.ts'
import { type ClassicGroup, describeGroupsApi } from './protocol/describe-groups.ts'
import { listGroupsApi } from './protocol/list-groups.ts'
import { type ShareGroup, shareGroupDescribe } from './protocol/share-group-describe.ts'
import { type StreamsGroup, streamsGroupDescribe } from './protocol/streams-group-describe.ts'
import type { RightsApi, Told } from './rights.ts'
import { offsetsTopic } from './offsets-topic.ts'
import { type Answer, ATTEMPTS, type Outcome, type RouteOptions } from './routing.ts'
import { clusterRights } from './authorized-operations.ts'
import { asSeeklineError, isCancelled, sleep } from './cancellation.ts'
import { mapLimited } from './map-limited.ts'
import { backOff } from './back-off.ts'

const FEW_GROUPS = 4

export interface GroupListing {
  group: string
  type: GroupKind
  /** Kafka's own word, e.g. Empty, Stable; empty where the broker is too old to say. */
  state: string
  protocolType: string
  coordinator: number
}

/**
 * Every group these credentials may describe. Each broker knows only the groups it coordinates: `failures` names the brokers
 * that did not answer.
 */
export async function listGroups(
  cluster: KafkaCluster,
  options: RouteOptions = {},
): Promise<{ groups: GroupListing[]; failures: { nodeId: number; error: SeeklineError }[] }> {
  const failures: { nodeId: number; error: SeeklineError }[] = []
  const lists = await mapLimited(cluster.info().brokers, 16, async ({ nodeId }): Promise<GroupListing[]> => {
    try {
      const call = { signal: options.signal, timeoutMs: options.timeoutMs }
      const answer = await cluster.ask(nodeId, listGroupsApi, {}, call)
      if (answer.errorCode !== 0) {
        throw kafkaError(answer.errorCode, `Groups of broker ${nodeId}`, { asked: { api: 'ListGroups' } })
      }
      // The broker that lists a group is its coordinator, so coordinators need not be looked up again.
      for (const { group, type } of answer.groups) {
        cluster.coordinators.set(group, nodeId)
        if (type !== null) cluster.groupKinds.set(group, kindOf(type, ''))
      }
      return answer.groups.map((g) => ({
        group: g.group,
        type: kindOf(g.type, g.protocolType),
        state: g.state ?? '',
        protocolType: g.protocolType,
        coordinator: nodeId,
      }))
    } catch (error) {
      if (isCancelled(error)) throw error
      failures.push({ nodeId, error: asSeeklineError(error) })
      return []
    }
  })
  // While a coordinator moves, two brokers may list the same group.
  const byName = new Map(lists.flat().map((listing) => [listing.group, listing]))
  return { groups: [...byName.values()], failures }
}

/** Whether {@link listGroups} is complete: brokers silently leave out groups that these credentials may not describe. */
export async function seesAllGroups(cluster: KafkaCluster, options: RouteOptions = {}): Promise<boolean> {
  return (await clusterRights(cluster, options))?.includes('Describe') ?? false
}

function kindOf(type: string | null, protocolType: string): GroupKind {
  if (type === 'classic' || type === 'consumer' || type === 'share' || type === 'streams') return type
  return protocolType === 'share' ? 'share' : 'unknown'
}

interface DescribeOptions extends RouteOptions {
  /** As listed. */
  types?: ReadonlyMap<string, GroupKind> | undefined
  /** Also ask for the rights; the broker checks each operation on each group, so not for thousands of groups. */
  includeRights?: boolean
}

/**
 * Groups of all kinds in one form. Each API knows groups of its own kind only, and answers "not found" for others, or, the
 * oldest one, `Dead` even for a live group. So the newer consumer API and the classic one are asked first, and groups that
 * neither knows are looked up as share and streams groups. A group that does not exist is a value with `exists: false`, not an
 * error.
 */
export async function describeGroups(
  cluster: KafkaCluster,
  groups: readonly string[],
  options: DescribeOptions = {},
): Promise<Map<string, Outcome<GroupDescription>>> {
  const described = await describeAll(cluster, groups, options)
  for (const [group, outcome] of described) {
    if (!outcome.ok) continue
    if (outcome.value.exists) cluster.groupKinds.set(group, outcome.value.type)
    else cluster.groupKinds.delete(group)
  }
  return described
}

async function describeAll(
  cluster: KafkaCluster,
  groups: readonly string[],
  options: DescribeOptions,
): Promise<Map<string, Outcome<GroupDescription>>> {
  const result = new Map<string, Outcome<GroupDescription>>()
  const typeOf = (group: string): GroupKind => options.types?.get(group) ?? 'unknown'
  const names = [...new Set(groups)]
  const usual = names.filter((group) => !isUnusual(typeOf(group)))
  // For few groups both are asked at once: an unneeded request is better than a second round trip.
  const together = usual.length <= FEW_GROUPS ? askClassic(cluster, usual, options) : null
  together?.catch(() => undefined)
  if (cluster.supports(consumerGroupDescribe)) {
    const maybeModern = usual.filter((group) => typeOf(group) !== 'classic')
    take(result, await askModern(cluster, maybeModern, options), (group) => fromConsumer(cluster, group))
  }
  const classic = usual.filter((group) => !result.has(group))
  const dead = new Map<string, Told>()
  if (classic.length > 0) {
    for (const [group, outcome] of await (together ?? askClassic(cluster, classic, options))) {
      if (result.has(group)) continue
      if (!outcome.ok) {
        result.set(group, isNoGroupsYet(outcome.error) ? { ok: true, value: absent(group) } : outcome)
      } else if (outcome.value.state === 'Dead') {
        dead.set(group, outcome.value.rights)
      } else {
        result.set(group, { ok: true, value: fromClassic(cluster, outcome.value) })
      }
    }
  }
  await describeUnusual(
    cluster,
    [...dead.keys(), ...names.filter((group) => isUnusual(typeOf(group)))],
    result,
    options,
  )
  // The classic API tells the rights even for a group that does not exist yet.
  for (const [group, rights] of dead) {
    const found = result.get(group)
    if (found?.ok === true)
      result.set(group, { ok: true, value: { ...found.value, rights: found.value.rights ?? rights } })
  }
  return result
}

const isUnusual = (type: GroupKind): boolean => type === 'share' || type === 'streams'

/** GROUP_ID_NOT_FOUND: of another kind, or no group. UNSUPPORTED_VERSION: the protocol is disabled. */
const ELSEWHERE = new Set([69, 35])

/** Takes over final results: a description, that there are no groups at all, or a failure other than "not of this kind". */
function take<V>(
  result: Map<string, Outcome<GroupDescription>>,
  outcomes: Map<string, Outcome<V>>,
  describe: (value: V) => GroupDescription,
): void {
  for (const [group, outcome] of outcomes) {
    if (outcome.ok) result.set(group, { ok: true, value: describe(outcome.value) })
    else if (isNoGroupsYet(outcome.error)) result.set(group, { ok: true, value: absent(group) })
    else if (!ELSEWHERE.has(Number(outcome.error.details?.['kafkaCode']))) result.set(group, outcome)
  }
}

/**
 * Groups of other kinds than consumer groups. If the brokers cannot describe them, type and state come from the list; members
 * stay unknown.
 */
async function describeUnusual(
  cluster: KafkaCluster,
  groups: string[],
  result: Map<string, Outcome<GroupDescription>>,
  options: DescribeOptions,
): Promise<void> {
  if (groups.length === 0) return
  const maybe = (type: GroupKind) => groups.filter((group) => [type, 'unknown'].includes(options.types?.get(group) ?? 'unknown')) // oxfmt-ignore
  const none = new Map<string, Outcome<never>>()
  const [shared, streams] = await Promise.all([
    cluster.supports(shareGroupDescribe) ? askShare(cluster, maybe('share'), options) : none,
    cluster.supports(streamsGroupDescribe) ? askStreams(cluster, maybe('streams'), options) : none,
  ])
  // The failure of one request does not matter if the other one knows the group.
  take(result, shared, (group) => fromShare(cluster, group))
  for (const group of groups)
    if (result.get(group)?.ok === false && streams.get(group)?.ok === true) result.delete(group)
  const left = new Map([...streams].filter(([group]) => !result.has(group)))
  take(result, left, (group) => fromStreams(cluster, group))
  const unsettled = groups.filter((group) => !result.has(group))
  if (unsettled.length > 0) await settleByList(cluster, unsettled, result, options)
}

const askModern = asker<ConsumerGroup>(consumerGroupDescribe, 'ConsumerGroupDescribe')
const askShare = asker<ShareGroup>(shareGroupDescribe, 'ShareGroupDescribe')
const askStreams = asker<StreamsGroup>(streamsGroupDescribe, 'StreamsGroupDescribe')

interface Described {
  group: string
  errorCode: number
  errorMessage: string | null
}

/** Sends one describe request to the groups' coordinators: the APIs differ only in what they tell about a member. */
function asker<V extends Described>(
  api: KafkaApi<{ groups: readonly string[]; includeRights?: boolean }, Throttled & { groups: V[] }>,
  name: RightsApi,
) {
  return (
    cluster: KafkaCluster,
    groups: readonly string[],
    options: DescribeOptions,
  ): Promise<Map<string, Outcome<V>>> =>
    askCoordinators<V>(
      cluster,
      groups,
      async (nodeId, names, call) =>
        (
          await cluster.call(nodeId, api, { groups: names, includeRights: options.includeRights ?? false }, call)
        ).groups.map((value) => ({
          item: value.group,
          errorCode: value.errorCode,
          brokerSays: value.errorMessage,
          value,
        })),
      { ...options, asked: { api: name } },
    )
}

function askClassic(cluster: KafkaCluster, groups: readonly string[], options: DescribeOptions) {
  const includeRights = options.includeRights ?? false
  return askCoordinators<ClassicGroup>(
    cluster,
    groups,
    async (nodeId, names, call) =>
      (await cluster.call(nodeId, describeGroupsApi, { groups: names, includeRights }, call)).groups.map(
        (value): Answer<string, ClassicGroup> => ({
          item: value.group,
          errorCode: value.errorCode === 69 ? 0 : value.errorCode,
          brokerSays: value.errorMessage,
          value: value.errorCode === 69 ? { ...value, state: 'Dead' } : value,
        }),
      ),
    { ...options, asked: { api: 'DescribeGroups' } },
  )
}

async function settleByList(
  cluster: KafkaCluster,
  groups: string[],
  result: Map<string, Outcome<GroupDescription>>,
  options: RouteOptions,
): Promise<void> {
  const { groups: all, failures } = await listAgain(cluster, groups, options)
  const listed = new Map(all.map((g) => [g.group, g]))
  for (const group of groups) {
    const listing = listed.get(group)
    if (listing === undefined && failures[0] !== undefined) {
      // Whether it exists at all, a broker that did not answer may know.
      result.set(group, { ok: false, error: failures[0].error })
      continue
    }
    const value: GroupDescription =
      listing === undefined
        ? absent(group)
        : {
            ...absent(group),
            exists: true,
            type: listing.type,
            state: listing.state,
            protocolType: listing.protocolType,
            coordinator: listing.coordinator,
            members: null,
          }
    result.set(group, { ok: true, value })
  }
}

/**
 * The list, requested again while a broker that answered before is silent and one of these groups is missing: the metadata
 * names a dead broker until the controller has noticed (broker.session.timeout.ms), and a coordinator that has just taken over
 * may not know the latest commits yet (its high watermark lags behind its log).
 */
async function listAgain(cluster: KafkaCluster, groups: readonly string[], options: RouteOptions) {
  for (let attempt = 0; ; attempt += 1) {
    const found = await listGroups(cluster, options)
    const names = new Set(found.groups.map(({ group }) => group))
    const isDown = found.failures.some(({ error }) => ['connect.tcp', 'connect.lost'].includes(error.code))
    if (!isDown || groups.every((group) => names.has(group)) || attempt + 1 >= ATTEMPTS) return found
    await sleep(backOff(attempt), options.signal)
    // For a single topic, because the answer names the remaining brokers. If it fails, the next list reports that for each
    // group.
    await cluster.refresh({ topics: [offsetsTopic], signal: options.signal }).catch((error: unknown) => {
      if (isCancelled(error)) throw error
    })
  }
}

/**
 * Deletes groups with all their positions. Refused with `kafka.group-live` while they have members. Not sent again once it may
 * have been carried out: the second answer would say that there is no such group, or it would delete a group that was created
 * again.
 */
export async function deleteGroups(
  cluster: KafkaCluster,
  groups: readonly string[],
  options: RouteOptions = {},
): Promise<Map<string, Outcome<null>>> {
  const asked = { api: 'DeleteGroups' } as const
  const answers = await askCoordinators<number>(
    cluster,
    groups,
    async (nodeId, names, call) =>
      (await cluster.call(nodeId, deleteGroupsApi, { groups: names }, call)).groups.map((g) => ({
        item: g.group,
        errorCode: COORDINATOR_MAYBE_DONE.has(g.errorCode) ? 0 : g.errorCode,
        brokerSays: g.message,
        value: g.errorCode,
      })),
    { ...options, write: true, asked },
  )
  return new Map(
    [...answers].map(([group, outcome]): [string, Outcome<null>] => {
      if (!outcome.ok) return [group, outcome]
      if (outcome.value === 0) return [group, { ok: true, value: null }]
      cluster.coordinators.delete(group)
      const error = kafkaError(outcome.value, `Group ${group}`, { details: { sent: true }, asked: { ...asked, group } })
      return [group, { ok: false, error }]
    }),
  )
}
