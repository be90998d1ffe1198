import type { CommitPoint, SearchedCommits } from '#shared/model/commit-history.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { readingSnapshot, type Snapshot, type SnapshotPosition } from '#shared/model/positions-snapshot.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { PositionSide } from '#shared/offsets/compare-positions.ts'
import { positionsAt, positionThen } from '#shared/offsets/positions-then.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { formatTimestamp, type Zone } from '../../ui/format.ts'
import { betweenFrames } from '../../ui/sort-in-slices.ts'
import type { SideForm } from './side-form.ts'

/** One side as it was read, with what has to be known about it. */
export interface ReadSide {
  readonly side: PositionSide
  readonly notes: readonly string[]
  /** The time of these positions, ms since 1970. */
  readonly at: bigint
  /** The connection through which the side can be set. Only for the current positions of groups. */
  readonly live: ConnectionId | undefined
  /** The snapshot that the side can be saved as; a past time and an anchor have none. */
  readonly snapshot: Snapshot | undefined
}

export interface SideReading {
  api: StoreApiPort
  /** The connection's name as people see it. */
  nameOf: (connectionId: ConnectionId) => string
  /** Whether requests can be sent to it: a connection that was chosen may still be connecting. */
  isOpen: (connectionId: ConnectionId) => boolean
  zone: Zone
  signal: AbortSignal
  onProgress: (words: string) => void
}

/** Reads what the form describes. Call it only with a complete form. */
export async function readSide(form: SideForm, reading: SideReading): Promise<ReadSide> {
  const { nameOf, zone } = reading
  const cluster = nameOf(form.connectionId)
  const group = form.group.trim()
  switch (form.kind) {
    case 'group': {
      const snapshot = await take(form.connectionId, [group], reading)
      const missing = snapshot.groups.length === 0 ? [`${group} does not exist on ${cluster}, or these credentials do not show it.`] : [] // oxfmt-ignore
      const side = { name: `${group} on ${cluster}, now`, clusterId: snapshot.clusterId, group, positions: snapshot.positions } // oxfmt-ignore
      return { side, notes: [...missing, ...snapshot.notes], at: snapshot.takenAt, live: form.connectionId, snapshot }
    }
    case 'then':
      return readThen(form, group, reading)
    case 'anchor': {
      const { name, clusterId, madeAt, offsets } = form.anchor! // the caller checked that the form is complete
      const positions = offsets.map((at) => ({ ...unknown, ...at }))
      return { side: { name: `anchor ${name}`, clusterId, group: '', positions }, notes: [], at: madeAt, live: undefined, snapshot: undefined } // oxfmt-ignore
    }
    case 'file': {
      const { name, snapshot } = form.file! // the caller checked that the form is complete
      const side = { name: `${name}, of ${formatTimestamp(snapshot.takenAt, zone)}`, clusterId: snapshot.clusterId, group: null, positions: snapshot.positions } // oxfmt-ignore
      return { side, notes: snapshot.notes, at: snapshot.takenAt, live: undefined, snapshot }
    }
    default: {
      const snapshot = await take(form.connectionId, undefined, reading)
      const side = { name: `all groups of ${cluster}, now`, clusterId: snapshot.clusterId, group: null, positions: snapshot.positions } // oxfmt-ignore
      return { side, notes: snapshot.notes, at: snapshot.takenAt, live: form.connectionId, snapshot }
    }
  }
}

async function take(
  connectionId: ConnectionId,
  groups: string[] | undefined,
  { api, nameOf, signal, onProgress }: SideReading,
): Promise<Snapshot> {
  const found = new Map<string, Snapshot['groups'][number]>()
  const positions: SnapshotPosition[] = []
  const done = await api.openStream(
    'snapshots.take',
    { connectionId, ...(groups === undefined ? {} : { groups }) },
    {
      signal,
      onBatch: (batch) => {
        for (const { group, type, state, positions: own } of batch) {
          found.set(group, { group, type, state })
          for (const at of own) positions.push({ group, ...at })
        }
      },
      onProgress: ({ done: read, total }) => onProgress(`Reading positions of groups: ${read} of ${total}…`),
    },
  )
  signal.throwIfAborted()
  const { clusterId, takenAt, notes } = done
  return { clusterId, profile: nameOf(connectionId), takenAt, notes, groups: [...found.values()], positions }
}

const unknown = { group: '', leaderEpoch: -1, metadata: '', logStart: null, highWatermark: null }

/**
 * The positions of a group at a past time, from its commits. Its current positions are read as well, to list partitions whose
 * position at that time is not known.
 */
async function readThen(form: SideForm, group: string, reading: SideReading): Promise<ReadSide> {
  const { api, nameOf, zone, signal, onProgress } = reading
  const moment = form.moment ?? 0n
  onProgress(`Looking for the commits of ${group}…`)
  const points: CommitPoint[] = []
  const [now, done] = await Promise.all([
    take(form.connectionId, [group], { ...reading, onProgress: () => undefined }),
    api.openStream(
      'groups.history',
      { connectionId: form.connectionId, group },
      { signal, onBatch: (found) => void points.push(...found.points) },
    ),
  ])
  signal.throwIfAborted()
  const then = positionsAt(points, moment)
  const ids = new Map(now.positions.map((at) => [at.topic, at.topicId]))
  const positions = [...then.values()].flatMap(({ topic, partition, position }): SnapshotPosition[] =>
    position === null || position.offset < 0n
      ? []
      : [{ ...unknown, group, topic, topicId: ids.get(topic) ?? null, partition, ...position }],
  )
  const unsure = now.positions.filter((at) => isUnsure(at, then, done.searched)).length
  const notes = unsure === 0 ? [] : [`Where ${group} stood then is not known of ${unsure} ${unsure === 1 ? 'partition' : 'partitions'}: commits of that time are gone, or were not searched for.`] // oxfmt-ignore
  const name = `${group} on ${nameOf(form.connectionId)}, ${formatTimestamp(moment, zone)}`
  return { side: { name, clusterId: now.clusterId, group, positions }, notes, at: moment, live: undefined, snapshot: undefined } // oxfmt-ignore
}

function isUnsure(at: SnapshotPosition, then: ReadonlyMap<string, CommitPoint>, searched: SearchedCommits): boolean {
  if (then.has(keyOf(at))) return false
  const found = positionThen(at, then, searched)
  return 'missing' in found && found.missing !== 'none' && found.missing !== 'removed'
}

/** Parses a file's text without blocking the page. A returned string says what is wrong with it. */
export async function readSnapshotText(text: string, signal?: AbortSignal): Promise<Snapshot | string> {
  return stepping(readingSnapshot(text), signal)
}

/** Runs work that pauses from time to time, in slices shorter than a frame. */
export async function stepping<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  let result: { value: T } | undefined
  await betweenFrames((isOver) => {
    while (!isOver()) {
      const step = steps.next()
      if (step.done !== true) continue
      result = { value: step.value }
      return true
    }
    return false
  }, signal)
  signal?.throwIfAborted()
  return result!.value // set unless the signal was aborted, which throws above
}
