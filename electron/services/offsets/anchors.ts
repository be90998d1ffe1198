import { randomUUID } from 'node:crypto'
import type { anchors, AnchorSource } from '#shared/contract/anchors.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { fromErrorValue, SeeklineError } from '#shared/errors.ts'
import { MOST_ANCHORED, MOST_ANCHORS, type Anchor, type AnchoredOffset, type AnchorHead } from '#shared/model/anchor.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import { keyOf, splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { AnchorsStore } from '../../storage/anchors.ts'
import type { GroupPort } from '../groups/group-port.ts'

export interface AnchorsDependencies {
  groupPort(connectionId: ConnectionId): Promise<GroupPort>
  profileOf(connectionId: ConnectionId): { id: ProfileId }
  store: AnchorsStore
  now: () => number
}

/** Anchors: made from a cluster's data, stored with the profile. */
export function createAnchorsService(dependencies: AnchorsDependencies): ServiceOf<typeof anchors> {
  const { groupPort, profileOf, store, now } = dependencies
  const clusterOf = async (connectionId: ConnectionId) => (await groupPort(connectionId)).clusterId
  const listed = async (connectionId: ConnectionId, all: readonly Anchor[]): Promise<{ items: AnchorHead[] }> => {
    const clusterId = await clusterOf(connectionId)
    return { items: all.map((one) => headOf(one, clusterId)) }
  }
  return {
    'anchors.list': async ({ connectionId }) => listed(connectionId, await store.get(profileOf(connectionId).id)),

    'anchors.get': async ({ connectionId, id }) => {
      const found = (await store.get(profileOf(connectionId).id)).find((one) => one.id === id)
      if (found === undefined) throw gone()
      const clusterId = await clusterOf(connectionId)
      if (found.clusterId !== clusterId) {
        throw new SeeklineError('call.invalid', `${found.name} was made on another cluster: its offsets mean nothing on this one.`) // oxfmt-ignore
      }
      return found
    },

    'anchors.save': async ({ connectionId, name, source }, { signal }) => {
      const port = await groupPort(connectionId)
      const { of, offsets } = await taken(port, source, signal)
      if (offsets.length === 0)
        throw new SeeklineError('call.invalid', `There is nothing to keep: ${of} has no offset.`)
      if (offsets.length > MOST_ANCHORED) {
        throw new SeeklineError('call.invalid', `An anchor has ${MOST_ANCHORED} partitions at most; these are ${offsets.length}.`, { hint: 'Make one of fewer topics.' }) // oxfmt-ignore
      }
      const anchor: Anchor = { id: randomUUID(), name, clusterId: port.clusterId, of, madeAt: BigInt(now()), offsets }
      const all = await store.update(profileOf(connectionId).id, (before) => {
        requireFree(before, name)
        if (before.length >= MOST_ANCHORS) {
          throw new SeeklineError('call.invalid', `${MOST_ANCHORS} anchors are kept here already.`, { hint: 'Delete those that nobody uses.' }) // oxfmt-ignore
        }
        return byName([...before, anchor])
      })
      return { id: anchor.id, partitions: offsets.length, ...(await listed(connectionId, all)) }
    },

    'anchors.rename': async ({ connectionId, id, name }) => {
      const all = await store.update(profileOf(connectionId).id, (before) => {
        if (!before.some((one) => one.id === id)) throw gone()
        requireFree(
          before.filter((one) => one.id !== id),
          name,
        )
        return byName(before.map((one) => (one.id === id ? { ...one, name } : one)))
      })
      return listed(connectionId, all)
    },

    'anchors.delete': async ({ connectionId, id }) => {
      const change = (before: readonly Anchor[]) => before.filter((one) => one.id !== id)
      return listed(connectionId, await store.update(profileOf(connectionId).id, change))
    },
  }
}

async function taken(
  port: GroupPort,
  source: AnchorSource,
  signal: AbortSignal,
): Promise<{ of: string; offsets: AnchoredOffset[] }> {
  if (source.what === 'offsets') return source
  const found = source.what === 'group' ? await positionsOf(port, source.group, signal) : await edgesOf(port, source, signal) // oxfmt-ignore
  const ids = await port.topicIds([...new Set(found.map((at) => at.topic))], signal)
  const offsets = found.map((at) => ({ ...at, topicId: ids.get(at.topic) ?? null }))
  if (source.what === 'group') return { of: `positions of ${source.group}`.slice(0, 400), offsets }
  const edge = source.edge === 'log-start' ? 'log starts' : 'ends'
  return { of: `${edge} of ${source.topics.join(', ')}`.slice(0, 400), offsets }
}

type At = TopicPartition & { offset: bigint }

async function positionsOf(port: GroupPort, group: string, signal: AbortSignal): Promise<At[]> {
  const found: At[] = []
  for (const [key, one] of await port.positions(group, 'all', signal)) {
    // Half of a vector could later be mistaken for the whole.
    if ('error' in one) throw fromErrorValue(one.error)
    if (one.value !== null && one.value.offset >= 0n) found.push({ ...splitKey(key), offset: one.value.offset })
  }
  return found
}

async function edgesOf(
  port: GroupPort,
  { topics, edge }: Extract<AnchorSource, { what: 'topics' }>,
  signal: AbortSignal,
): Promise<At[]> {
  const partitions: TopicPartition[] = []
  for (const topic of new Set(topics)) {
    for (const partition of await port.partitionsOf(topic, signal)) partitions.push({ topic, partition })
  }
  const bounds = await port.bounds(partitions, signal)
  return partitions.map((at) => {
    const one = bounds.get(keyOf(at))
    if (one === undefined) throw new SeeklineError('internal', `The bounds of ${at.topic}[${at.partition}] were not told.`) // oxfmt-ignore
    if ('error' in one) throw fromErrorValue(one.error)
    return { ...at, offset: edge === 'log-start' ? one.value.logStart : one.value.highWatermark }
  })
}

function headOf({ offsets, ...head }: Anchor, clusterId: string | null): AnchorHead {
  const topics = [...new Set(offsets.map((at) => at.topic))]
  return { ...head, topics, partitions: offsets.length, isElsewhere: head.clusterId !== clusterId }
}

const byName = (anchors: readonly Anchor[]): Anchor[] => anchors.toSorted((a, b) => a.name.localeCompare(b.name))

function requireFree(anchors: readonly Anchor[], name: string): void {
  if (!anchors.some((one) => one.name === name)) return
  throw new SeeklineError('call.invalid', `There is an anchor called ${name} already.`, {
    hint: 'Choose another name, or delete that one first.',
  })
}

function gone(): SeeklineError {
  return new SeeklineError('call.invalid', 'That anchor is not kept any more.', { hint: 'Choose one of the list.' })
}
