import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BrokerLoad, connections } from '#shared/contract/connections.ts'
import type { Output } from '#shared/contract/define.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { brokerDisk, type BrokerDisk } from '../../kafka/log-dirs.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { brokers as brokerNames } from '../../kafka/leaderless.ts'
import { asSeeklineError, isCancelled } from '../../kafka/cancellation.ts'
import { mapLimited } from '../../kafka/map-limited.ts'

/** How many topics are counted before others get a turn. */
const SLICE = 2_000
/** A broker lists each of its replicas by name: with more than this the answer would be too large. */
const MOST_REPLICAS = 100_000

type Load = Output<(typeof connections)['connections.load']>
type Count = Pick<BrokerLoad, 'leads' | 'replicas' | 'behind'>

/** How partitions are spread over the brokers: counted in the metadata index, with sizes from each broker. */
export async function brokerLoad(cluster: KafkaCluster, signal: AbortSignal): Promise<Load> {
  const all = cluster.info().brokers
  const { counts, ...sums } = await count(cluster, signal)
  const failures: { nodeId: number; error: SeeklineError }[] = []
  const disks = new Map<number, BrokerDisk>()
  await mapLimited([...all], 4, async ({ nodeId }) => {
    try {
      const { replicas = 0 } = counts.get(nodeId) ?? {}
      if (replicas > MOST_REPLICAS)
        throw new SeeklineError('records.too-large', `It has ${replicas} replicas; sizes are asked for up to ${MOST_REPLICAS}.`) // oxfmt-ignore
      disks.set(nodeId, await brokerDisk(cluster, nodeId, { signal }))
    } catch (error) {
      if (isCancelled(error)) throw error
      failures.push({ nodeId, error: asSeeklineError(error) })
    }
  })
  return {
    ...sums,
    brokers: all.map(({ nodeId }) => ({
      id: nodeId,
      ...(counts.get(nodeId) ?? none),
      size: disks.get(nodeId)?.size ?? null,
      disk: disks.get(nodeId)?.disk ?? null,
    })),
    // A missing right usually affects every broker: it is reported once.
    failures: [...Map.groupBy(failures, ({ error }) => error.message).values()].map((same) => ({
      what: `Sizes on ${brokerNames(same.map(({ nodeId }) => nodeId))}`,
      error: toErrorValue(same[0]!.error), // Map.groupBy makes no empty group
    })),
  }
}

const none: Count = { leads: 0, replicas: 0, behind: 0 }

async function count(cluster: KafkaCluster, signal: AbortSignal) {
  const counts = new Map<number, Count>()
  const of = (id: number): Count => {
    const known = counts.get(id) ?? { ...none }
    counts.set(id, known)
    return known
  }
  const sums = { topics: cluster.topics.size, partitions: 0, underReplicated: 0, leaderless: 0 }
  for (let from = 0; from < cluster.topics.size; from += SLICE) {
    for (const { partitions } of cluster.topics.slice(from, SLICE)) {
      sums.partitions += partitions.length
      for (const { leader, replicas, inSync } of partitions) {
        if (leader === null) sums.leaderless += 1
        else of(leader).leads += 1
        if (inSync.length < replicas.length) sums.underReplicated += 1
        for (const id of replicas) {
          of(id).replicas += 1
          if (!inSync.includes(id)) of(id).behind += 1
        }
      }
    }
    await nextTurn()
    signal.throwIfAborted()
  }
  return { counts, ...sums }
}
