import type { SearchChange } from '#shared/contract/searches.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { rangesLeft, type OffsetRange, type ScanLedger } from '#shared/model/ledger.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { chooseTopics } from './choose-topics.ts'
import type { OpenSearch } from './open-search.ts'

const AT_ONCE = 8

/** How the topics of a search have changed since it was started. */
export async function changesOf(
  access: MessagesAccess,
  { of, ledgers }: Pick<OpenSearch, 'of' | 'ledgers'>,
  signal: AbortSignal,
): Promise<SearchChange[]> {
  const found: SearchChange[][] = []
  const queue = ledgers.entries()
  const work = async (): Promise<void> => {
    for (const [i, ledger] of queue) found[i] = await changesOfTopic(access, ledger, of.partitions === undefined, signal) // oxfmt-ignore
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const changes = found.flat()
  if (of.topics.by === 'names') return changes
  const known = new Set(ledgers.map(({ topic }) => topic))
  const { topics } = await chooseTopics(access.cluster, of.topics, signal)
  const added = topics.map(({ topic }) => topic).filter((topic) => !known.has(topic))
  return added.length === 0 ? changes : [...changes, { what: 'topics-added', topics: added }]
}

async function changesOfTopic(
  { reader: { source } }: MessagesAccess,
  ledger: ScanLedger,
  areAllPartitions: boolean,
  signal: AbortSignal,
): Promise<SearchChange[]> {
  const { topic } = ledger
  try {
    const now = await source.topic(topic, true, signal)
    if (now.topicId !== ledger.topicId) return [{ what: 'made-anew', topic }]
    const changes: SearchChange[] = []
    const known = new Set(ledger.parts.map(({ partition }) => partition))
    const partitions = [...now.partitions.keys()].filter((partition) => !known.has(partition)).toSorted((a, b) => a - b)
    if (areAllPartitions && partitions.length > 0) changes.push({ what: 'partitions-added', topic, partitions })
    const left = rangesLeft(ledger)
    const bounds = await source.bounds(topic, [...new Set(left.map(({ partition }) => partition))], signal)
    const ranges = left.flatMap(({ partition, from, to }): OffsetRange[] => {
      const edges = bounds.get(partition)
      if (edges === undefined || edges instanceof SeeklineError || edges.logStart <= from) return []
      return [{ partition, from, to: edges.logStart < to ? edges.logStart : to }]
    })
    if (ranges.length > 0) changes.push({ what: 'deleted', topic, ranges })
    return changes
  } catch (error) {
    signal.throwIfAborted()
    return [{ what: 'gone', topic, error: toErrorValue(error) }]
  }
}
