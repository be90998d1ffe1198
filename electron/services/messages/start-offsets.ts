import type { BrowseDone, PartitionBounds } from '#shared/contract/messages.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import { ifNonePolicies, missingError, offsetOr } from '#shared/offsets/missing-place.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { findPlace } from '../../kafka/resolve-places.ts'
import type { LogReader } from '../../kafka/log-reader.ts'

/** What is needed to read messages. */
export interface MessagesAccess {
  cluster: KafkaCluster
  reader: LogReader
}

export interface Opened {
  topicId: string | null
  /** For the partitions that can be read. */
  bounds: Map<number, LogBounds>
  failures: BrowseDone['failures']
}

/** Looks the topic up again and reads the bounds of the given partitions. Throws if nothing can be read at all. */
export async function openTopic(
  { reader }: MessagesAccess,
  topic: string,
  partitions: readonly number[] | undefined,
  signal: AbortSignal,
): Promise<Opened> {
  const found = await reader.source.topic(topic, true, signal)
  const wanted = [...new Set(partitions ?? found.partitions.keys())].toSorted((a, b) => a - b)
  for (const partition of wanted) {
    if (!found.partitions.has(partition)) throw unknownPartition(topic, partition, found.partitions.size)
  }
  const bounds = new Map<number, LogBounds>()
  const failures: BrowseDone['failures'] = []
  const edges = await reader.source.bounds(topic, wanted, signal)
  for (const [partition, edge] of edges) {
    if (edge instanceof SeeklineError) failures.push({ partition, error: toErrorValue(edge) })
    else bounds.set(partition, edge)
  }
  const first = [...edges.values()][0]
  if (bounds.size === 0 && first instanceof SeeklineError) throw first
  return { topicId: found.topicId, bounds, failures }
}

/** Where each partition starts; going backward, the exclusive end. Problems are added to `failures`. */
export async function startOffsets(
  access: MessagesAccess,
  topic: string,
  { start, ifNone }: { start: Place; ifNone?: IfNone | undefined },
  { bounds, failures }: Opened,
  signal: AbortSignal,
): Promise<Map<number, bigint>> {
  const partitions = [...bounds.keys()].map((partition) => ({ topic, partition }))
  const placeIn = await findPlace(access, start, partitions, { signal, channel: 'browse' })
  const starts = new Map<number, bigint>()
  for (const [partition, log] of bounds) {
    const at = { topic, partition }
    const found = placeIn(at, log)
    const offset = offsetOr(found, ifNone, ifNonePolicies.browse, log)
    if ('offset' in offset) starts.set(partition, offset.offset)
    if (!('missing' in found)) continue
    switch (found.missing.why) {
      // Offsets name the partitions that are read.
      case 'not-named':
        break
      case 'none-that-new':
      case 'topic-anew':
      case 'failed':
        if (!('offset' in offset)) failures.push({ partition, error: missingError(found.missing, at) })
        break
      case 'no-position': {
        const error = missingError(found.missing, at)
        const told = 'offset' in offset ? shownInstead(error, offset.instead) : error
        failures.push({ partition, error: told })
      }
    }
  }
  return starts
}

/** It is still read, from another offset than requested: `details.from` says which. */
function shownInstead(error: ErrorValue, instead: IfNone | undefined): ErrorValue {
  const where = instead === 'end' ? 'end' : 'log start'
  const hint = `Shown from the ${where} instead. The client itself would follow its auto.offset.reset.`
  return { ...error, hint, details: { ...error.details, from: where } }
}

/** Refuses mistakes that can be seen without asking a broker. */
export function checkOffsets(start: Place): void {
  const offsets =
    start.at === 'offset' ? [start.offset] : start.at === 'offsets' ? start.offsets.map((o) => o.offset) : []
  const negative = offsets.find((offset) => offset < 0n)
  if (negative === undefined) return
  throw new SeeklineError('call.invalid', `${negative} is not an offset: they start at 0.`, {
    hint: 'For the log start choose "log-start", for the end "high-watermark".',
  })
}

export function boundsList(bounds: ReadonlyMap<number, LogBounds>): PartitionBounds[] {
  return [...bounds].map(([partition, b]) => ({ partition, ...b }))
}

export function unknownPartition(topic: string, partition: number, count: number): SeeklineError {
  return new SeeklineError('kafka.partition-unknown', `${topic} has no partition ${partition}.`, {
    hint: count === 1 ? 'It has one partition, 0.' : `Its partitions are 0 to ${count - 1}.`,
    details: { topic, partition, partitions: count },
  })
}
