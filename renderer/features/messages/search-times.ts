import type { Show } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Place } from '#shared/model/place.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import type { TopicChoice } from '#shared/model/topic-choice.ts'
import type { StoreApiPort } from '../../stores/api.ts'

/** Bars of a histogram: as many as can be told apart in a narrow window. */
const BUCKETS = 120
/**
 * For more topics, asking for their times would take too many reads before the search begins; between two given times none is
 * needed.
 */
const MOST_TOPICS = 20

/** The parts of a search that determine its time range. */
export interface TimedSearch {
  readonly connectionId: ConnectionId
  readonly topics: TopicChoice
  readonly start: Place
  readonly end: Place | null
  readonly partitions: readonly number[] | undefined
  readonly show: Show
  readonly by: SpreadRequest['by']
}

/**
 * How matches are counted over the time range of a search: its own range, or from the first record to the last. null: they are
 * not.
 */
export async function timeOf(
  api: Pick<StoreApiPort, 'call' | 'openStream'>,
  search: TimedSearch,
  signal: AbortSignal,
): Promise<SpreadRequest | null> {
  const { start, end, by } = search
  let names: Promise<readonly string[]> | undefined
  const edge = async (at: 'log-start' | 'high-watermark'): Promise<bigint | null> => {
    names ??= namesOf(api, search, signal)
    const times = await Promise.all((await names).map((topic) => timeAt(api, topic, { at }, search, signal)))
    const known = times.filter((time) => time !== null)
    const isLater = at === 'high-watermark'
    return known.length === 0 ? null : known.reduce((a, b) => (b > a === isLater ? b : a))
  }
  const [from, to] = await Promise.all([
    start.at === 'timestamp' ? start.timestamp : edge('log-start'),
    end?.at === 'timestamp' ? end.timestamp : edge('high-watermark'),
  ])
  if (from === null || to === null) return by === null ? null : { over: null, by }
  // Each bar is a whole number of milliseconds wide, so that it begins exactly at its label.
  const width = to >= from ? (to - from) / BigInt(BUCKETS) + 1n : 1n
  return { over: { from, to: from + width * BigInt(BUCKETS), buckets: BUCKETS }, by }
}

/** The topics that are asked for the times of their records; none, if there are too many. */
async function namesOf(
  api: Pick<StoreApiPort, 'call'>,
  { connectionId, topics }: TimedSearch,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names =
    topics.by === 'names'
      ? topics.names
      : (await api.call('search.topics', { connectionId, topics }, { signal })).topics.map(({ topic }) => topic)
  return names.length > MOST_TOPICS ? [] : names
}

/** The time of one record at that end of the log. */
async function timeAt(
  api: Pick<StoreApiPort, 'openStream'>,
  topic: string,
  start: Place,
  { connectionId, partitions, show }: TimedSearch,
  signal: AbortSignal,
): Promise<bigint | null> {
  let found: bigint | null = null
  const onBatch = ({ count, timestamp }: RowColumns) => {
    for (let i = 0; i < count; i += 1) if (timestamp[i]! >= 0n) found = timestamp[i]! // i < count, and the columns are that long
  }
  const chosen = partitions === undefined ? {} : { partitions: [...partitions] }
  await api.openStream(
    'messages.browse',
    { connectionId, topic, start, limit: 1, show, ...chosen },
    { signal, onBatch },
  )
  return found
}
