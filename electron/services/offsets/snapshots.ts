import type { Failure } from '#shared/contract/common.ts'
import type { Done, ServiceOf, StreamSink } from '#shared/contract/define.ts'
import type { GroupRow } from '#shared/contract/groups.ts'
import type { GroupPositions, snapshots } from '#shared/contract/snapshots.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Position } from '#shared/model/positions.ts'
import { splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { seesAllGroups } from '../../kafka/groups-api.ts'
import type { GroupsPort } from '../groups/group-port.ts'
import { positionFrames } from '../groups/position-frames.ts'
import { FIRST_WAVE, waveSize } from '../groups/summaries.ts'

type TakeDef = (typeof snapshots)['snapshots.take']

const MOST_FAILURES = 50

/** All positions of a cluster, or of some groups. */
export function createSnapshotsService(
  accessOf: (connectionId: ConnectionId) => { groups: GroupsPort; cluster: KafkaCluster },
): ServiceOf<typeof snapshots> {
  return {
    'snapshots.take': async ({ connectionId, groups }, sink, { signal }) => {
      const access = accessOf(connectionId)
      const all = groups === undefined ? seesAllGroups(access.cluster, { signal }) : true
      return takeSnapshot(access.groups, groups, sink, { signal, seesAll: await all })
    },
  }
}

async function takeSnapshot(
  port: GroupsPort,
  named: readonly string[] | undefined,
  sink: StreamSink<TakeDef>,
  { signal, seesAll }: { signal: AbortSignal; seesAll: boolean },
): Promise<Done<TakeDef>> {
  const takenAt = BigInt(Date.now())
  const listed = await port.list(signal)
  const wanted = named === undefined ? null : new Set(named)
  const rows = listed.items.filter((row) => wanted === null || wanted.has(row.group))
  const kept = rows.filter(({ type }) => type !== 'share')
  const failures: Failure[] = [...listed.failures]
  let size = FIRST_WAVE
  let groups = 0
  for (let at = 0; at < kept.length;) {
    const wave = kept.slice(at, at + size)
    const found = await takeWave(port, wave, failures, signal)
    for (const frame of positionFrames(found.groups, charsOf)) await sink.batch(frame)
    groups += found.groups.length
    at += wave.length
    sink.progress({ done: at, total: kept.length })
    size = waveSize(found.partitions / wave.length)
  }
  const share = rows.length - kept.length
  const notes = [
    share === 0 ? '' : `${share} share ${share === 1 ? 'group is' : 'groups are'} not among them: beside start offsets a share group has the state of single records, which its brokers alone can write back.`, // oxfmt-ignore
    seesAll ? '' : 'Groups and topics that these credentials may not describe are not among them: brokers leave them out without a word.', // oxfmt-ignore
    ...failures.slice(0, 10).map(({ what, error }) => `Not read: ${what} (${error.message})`),
  ].filter((note) => note !== '')
  return { clusterId: port.clusterId, takenAt, groups, notes, failures: failures.slice(0, MOST_FAILURES) }
}

async function takeWave(
  port: GroupsPort,
  wave: readonly GroupRow[],
  failures: Failure[],
  signal: AbortSignal,
): Promise<{ groups: GroupPositions[]; partitions: number }> {
  const names = wave.map(({ group }) => group)
  const positions = await port.positionsOf(names, signal)
  const asked = new Map<string, TopicPartition>()
  const held = new Map<string, [TopicPartition, Position][]>()
  for (const { group } of wave) {
    const found = positions.get(group)
    if (found === undefined || 'error' in found) {
      if (found !== undefined) failures.push({ what: group, error: found.error })
      continue
    }
    const mine: [TopicPartition, Position][] = []
    for (const [key, one] of found.value) {
      const at = splitKey(key)
      if ('error' in one) failures.push({ what: `${group}: ${at.topic}, partition ${at.partition}`, error: one.error })
      // Kafka, too, treats a committed −1 or −2 as none.
      else if (one.value !== null && one.value.offset >= 0n) {
        mine.push([at, one.value])
        asked.set(key, at)
      }
    }
    held.set(group, mine)
  }
  const edges = await port.edges([...asked.values()], signal)
  const ids = await port.topicIds([...new Set([...asked.values()].map(({ topic }) => topic))], signal)
  const groups = wave.flatMap(({ group, type, state }): GroupPositions[] => {
    const mine = held.get(group)
    if (mine === undefined) return []
    const own = mine.map(([{ topic, partition }, position]) => {
      const edge = edges.get(`${partition}/${topic}`)
      const log = edge !== undefined && 'value' in edge ? edge.value : null
      return { topic, topicId: ids.get(topic) ?? null, partition, ...position, logStart: log?.logStart ?? null, highWatermark: log?.highWatermark ?? null } // oxfmt-ignore
    })
    return [{ group, type, state, positions: own }]
  })
  return { groups, partitions: asked.size }
}

const charsOf = ({ topic, metadata }: GroupPositions['positions'][number]): number => topic.length + metadata.length
