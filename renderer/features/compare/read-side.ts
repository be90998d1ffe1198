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

/** A side as it was read, with what has to be known of it. */
export interface ReadSide {
  readonly side: PositionSide
  readonly notes: readonly string[]
  /** When it was so, ms since 1970. */
  readonly at: bigint
  /** The connection that it can be set through: it is how groups stand there now. */
  readonly live: ConnectionId | undefined
  /** What a file of it is made of; a moment and an anchor are none. */
  readonly snapshot: Snapshot | undefined
}

export interface SideReading {
  api: StoreApiPort
  /** What people call a connection. */
  nameOf: (connectionId: ConnectionId) => string
  /** Whether it can be asked: one that was chosen may still be connecting. */
  isOpen: (connectionId: ConnectionId) => boolean
  zone: Zone
  signal: AbortSignal
  onProgress: (words: string) => void
}

/** Reads what the form asks for; call it only with a form that is complete. */
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

/** Where a group stood, by its commits; beside it where it stands, for what it has now and nobody knows of then. */
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

/** Reads a file's text without holding the page up; a string says what is wrong with it. */
export async function readSnapshotText(text: string, signal?: AbortSignal): Promise<Snapshot | string> {
  return stepping(readingSnapshot(text), signal)
}

/** Drives work that pauses now and then, a slice of a frame at a time. */
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
