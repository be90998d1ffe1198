import type { ServiceOf } from '#shared/contract/define.ts'
import type { Failure } from '#shared/contract/common.ts'
import type { GroupDetail, GroupPosition, groups } from '#shared/contract/groups.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { byTopicPartition, keyOf, partitionKey, splitKey } from '#shared/model/topic-partition.ts'
import { stableLagOf, standingOf } from '#shared/offsets/lag.ts'
import type { HistoryAccess } from '../../kafka/commit-history.ts'
import { readShareState } from '../../kafka/share-state.ts'
import { readHistory } from './history.ts'
import type { FoundPositions, GroupFacts, GroupsPort } from './group-port.ts'
import { summarise } from './summaries.ts'

/** Groups, as far as these credentials may see them. */
export function createGroupsService(
  port: (connectionId: ConnectionId) => Promise<GroupsPort>,
  accessOf: (connectionId: ConnectionId) => HistoryAccess,
): ServiceOf<typeof groups> {
  return {
    'groups.list': async ({ connectionId }, { signal }) => (await port(connectionId)).list(signal),

    'groups.summaries': async ({ connectionId, groups: names }, sink, { signal }) =>
      summarise(await port(connectionId), names, sink, signal),

    'groups.describe': async ({ connectionId, group }, { signal }) => {
      const groupsPort = await port(connectionId)
      const facts = await groupsPort.facts(group, signal)
      const failures: Failure[] = []
      const positions = await groupsPort.positions(group, 'all', signal).catch((error: unknown): FoundPositions => {
        // What brokers know about a share group, and what they tell about its start offsets, may differ (Kafka 4.0).
        if (facts.type !== 'share' || signal.aborted) throw error
        failures.push({ what: 'Start offsets', error: toErrorValue(error) })
        return new Map()
      })
      return detail(groupsPort, group, facts, { positions, failures }, signal)
    },

    'groups.shareState': async ({ connectionId, group, partitions }, { signal }) => {
      const items = await readShareState(accessOf(connectionId), { group, partitions, signal })
      return { items, readAt: BigInt(Date.now()) }
    },

    'groups.history': async (input, sink, { signal }) => readHistory(accessOf(input.connectionId), input, sink, signal),
  }
}

async function detail(
  port: GroupsPort,
  group: string,
  facts: GroupFacts,
  { positions, failures }: { positions: FoundPositions; failures: Failure[] },
  signal: AbortSignal,
): Promise<GroupDetail> {
  const owners = new Map<string, string[]>()
  for (const member of facts.members ?? []) {
    for (const at of member.assignment) owners.set(keyOf(at), [...(owners.get(keyOf(at)) ?? []), member.memberId])
  }
  const known = [...positions.keys(), ...owners.keys()]
  const ids = await port.topicIds([...new Set(known.map((key) => splitKey(key).topic))], signal)
  // Partitions without a commit are shown too: "none" matters there, above all after a topic grew.
  const others = await Promise.all(
    [...ids.keys()].map(async (topic) => ({ topic, all: await port.partitionsOf(topic, signal) })),
  )
  const keys = [...new Set([...known, ...others.flatMap(({ topic, all }) => all.map((p) => partitionKey(topic, p)))])]
  const bounds = await port.bounds(keys.map(splitKey), signal)
  const rows = keys.map((key): GroupPosition => {
    const at = splitKey(key)
    const position = positions.get(key)
    const bound = bounds.get(key)
    const edges = bound !== undefined && 'value' in bound ? bound.value : null
    const stored = position !== undefined && 'value' in position ? position.value : null
    const error = errorOf(position) ?? (ids.has(at.topic) ? errorOf(bound) : undefined)
    return {
      ...at,
      topicId: ids.get(at.topic) ?? null,
      position: stored,
      logStart: edges?.logStart ?? null,
      lastStable: edges?.lastStable ?? null,
      highWatermark: edges?.highWatermark ?? null,
      ...standingOf(stored, edges, ids.has(at.topic)),
      ...(position !== undefined && 'value' in position && position.lag !== undefined ? { lag: position.lag } : {}),
      stableLag: ids.has(at.topic) ? stableLagOf(stored, edges) : null,
      memberId: owners.get(key)?.[0] ?? null,
      ...(facts.type === 'share' ? { memberIds: owners.get(key) ?? [] } : {}),
      ...(error === undefined ? {} : { error }),
    }
  })
  rows.sort(byTopicPartition)
  const unstable = rows.some((row) => row.error?.code === 'kafka.unstable-positions')
  const { rights: _rights, ...shown } = facts
  return { ...shown, group, positions: rows, unstable, readAt: BigInt(Date.now()), failures }
}

function errorOf(found: { value: unknown } | { error: ErrorValue } | undefined): ErrorValue | undefined {
  return found !== undefined && 'error' in found ? found.error : undefined
}
