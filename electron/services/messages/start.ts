import type { BrowseDone, PartitionBounds, Start } from '#shared/contract/messages.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/positions.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { fetchPositions, listOffsets } from '../../kafka/offsets-api.ts'
import type { Reader } from '../../kafka/reader.ts'

/** What messages are read through. */
export interface MessagesAccess {
  cluster: KafkaCluster
  reader: Reader
}

export interface Opened {
  topicId: string | null
  /** Of the partitions that can be read. */
  bounds: Map<number, LogBounds>
  failures: BrowseDone['failures']
}

/** Looks the topic up anew and finds the edges of the partitions asked for. Throws where nothing can be read at all. */
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

/** Where each partition starts; going backward, the exclusive end. What needs saying goes into `failures`. */
export async function startOffsets(
  { cluster }: MessagesAccess,
  topic: string,
  start: Start,
  opened: Opened,
  signal: AbortSignal,
): Promise<Map<number, bigint>> {
  const { bounds, failures } = opened
  const each = (of: (b: LogBounds, partition: number) => bigint): Map<number, bigint> =>
    new Map([...bounds].map(([partition, b]) => [partition, of(b, partition)]))
  switch (start.from) {
    case 'earliest':
      return each((b) => b.logStart)
    case 'newest':
      return each((b) => b.highWatermark)
    case 'offsets': {
      const given = new Map(start.offsets.map((o) => [o.partition, o.offset]))
      return new Map([...each((b, p) => given.get(p) ?? b.logStart)].filter(([partition]) => given.has(partition)))
    }
    case 'timestamp': {
      const questions = [...bounds.keys()].map((partition) => ({ topic, partition, at: start.timestamp }))
      const found = new Map<number, bigint>()
      for (const { question, outcome } of await listOffsets(cluster, questions, { signal, channel: 'browse' })) {
        const { partition } = question
        // No record is as new: nothing to show forward, everything backward.
        if (outcome.ok && outcome.value.offset === null && start.ifNone === 'refuse') {
          failures.push({ partition, error: toErrorValue(noneThatNew(topic, partition)) })
        } else if (outcome.ok) found.set(partition, outcome.value.offset ?? bounds.get(partition)!.highWatermark)
        else failures.push({ partition, error: toErrorValue(outcome.error) })
      }
      return found
    }
    case 'group': {
      const partitions = [...bounds.keys()].map((partition) => ({ topic, partition }))
      const positions = (await fetchPositions(cluster, [start.group], partitions, { signal })).get(start.group)
      if (positions?.ok === false) throw positions.error
      const outcomes = new Map(positions?.value.map((p) => [p.partition, p.outcome]))
      const found = new Map<number, bigint>()
      for (const [partition, b] of bounds) {
        const outcome = outcomes.get(partition)
        if (outcome?.ok === true && outcome.value !== null && outcome.value.offset >= 0n) {
          found.set(partition, outcome.value.offset)
        } else if (outcome?.ok === false) {
          failures.push({ partition, error: toErrorValue(outcome.error) })
        } else {
          found.set(partition, b.logStart)
          failures.push({ partition, error: toErrorValue(noPosition(start.group, topic, partition)) })
        }
      }
      return found
    }
  }
}

/** Refuses what can be seen to be wrong without asking anybody. */
export function checkStart(start: Start): void {
  if (start.from === 'offsets') {
    const negative = start.offsets.find((o) => o.offset < 0n)
    if (negative === undefined) return
    throw new SeeklineError('call.invalid', `${negative.offset} is not an offset: they start at 0.`, {
      hint: 'For the log start choose "earliest", for the end "newest".',
    })
  }
  if (start.from === 'timestamp' && start.timestamp < 0n) {
    throw new SeeklineError('call.invalid', 'A timestamp before 1970 cannot be looked up.', {
      hint: 'Kafka takes milliseconds since 1970. For the log start choose "earliest".',
    })
  }
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

/** The partition is left out; going to the end instead is the other choice. */
export function noneThatNew(topic: string, partition: number): SeeklineError {
  return new SeeklineError('kafka.offset-out-of-range', `No record of ${topic}[${partition}] is that new or newer.`, {
    hint: 'It is left out, as chosen. The other choice goes to the end of its log, as Kafka’s own tool does.',
    details: { topic, partition },
  })
}

function noPosition(group: string, topic: string, partition: number): SeeklineError {
  return new SeeklineError('kafka.group-unknown', `${group} has no position for ${topic}[${partition}].`, {
    hint: 'Shown from the log start instead. The client itself would follow its auto.offset.reset.',
    details: { group, topic, partition, from: 'log-start' },
  })
}
