import type { ConnectionId } from '#shared/model/ids.ts'
import type { ScanLedger } from '#shared/model/ledger.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { HistogramBar } from '../../ui/histogram-model.ts'

/**
 * The end of the logs at several times: by the brokers' own index, the records between two of them were written in that period.
 */
export interface Volume {
  /** In ms since 1970, ascending. */
  readonly times: readonly bigint[]
  /** For each partition one offset per time. */
  readonly offsets: ReadonlyMap<number, readonly bigint[]>
}

/** How many bars there are between two times that are asked for: each time is a request to every leader. */
const BARS_A_STEP = 3
/** For more partitions a chart would need too many requests. */
const MOST_PARTITIONS = 100

/** How many offsets were written over time; null: not asked for. */
export async function volumeOf(
  api: Pick<StoreApiPort, 'call'>,
  { connectionId, topic, ledger }: { connectionId: ConnectionId; topic: string; ledger: ScanLedger },
  over: NonNullable<SpreadRequest['over']>,
  signal: AbortSignal,
): Promise<Volume | null> {
  if (ledger.parts.length > MOST_PARTITIONS) return null
  const partitions = ledger.parts.map(({ partition }) => partition)
  const step = ((over.to - over.from) / BigInt(over.buckets)) * BigInt(BARS_A_STEP)
  const times: bigint[] = []
  for (let at = over.from; at < over.to; at += step) times.push(at)
  times.push(over.to)
  const offsets = new Map(partitions.map((partition) => [partition, [] as bigint[]]))
  const ask = async (timestamp: bigint): Promise<ReadonlyMap<number, bigint>> => {
    const start = { at: 'timestamp' as const, timestamp }
    const { ledger: from } = await api.call('messages.ledger', { connectionId, topic, start, partitions }, { signal })
    return new Map(from.parts.map((part) => [part.partition, part.from]))
  }
  // One after the other, because a search is running.
  for (const time of times) {
    const found = await ask(time)
    for (const [partition, own] of offsets) {
      // Record times need not grow with their offsets; the number of records in a bar must not become negative.
      const last = own.at(-1) ?? 0n
      own.push(most(found.get(partition) ?? last, last))
    }
  }
  return { times, offsets }
}

/** The bars with everything that was written besides the matches, and how much of it has been searched. */
export function withVolume(
  bars: readonly HistogramBar[],
  { times, offsets }: Volume,
  { parts }: ScanLedger,
): HistogramBar[] {
  const stretches = times.slice(1).map((to, at) => {
    const from = times[at]! // at < times.length
    let [all, read] = [0n, 0n]
    for (const part of parts) {
      const own = offsets.get(part.partition)
      if (own === undefined) continue
      const first = most(own[at]!, part.from) // there is an offset for each time
      const end = least(own[at + 1]!, part.to) // there is one more offset than there are bars
      if (first >= end) continue
      all += end - first
      for (const range of part.covered) read += most(0n, least(range.to, end) - most(range.from, first))
    }
    return { from, to, all: Number(all), read: all === 0n ? 1 : Number(read) / Number(all) }
  })
  return bars.map((bar) => {
    const found = stretches.find(({ from, to }) => bar.start >= from && bar.start < to)
    if (found === undefined) return bar
    const share = Number(bar.end - bar.start) / Number(found.to - found.from)
    // Records that the index skips between its entries exist all the same.
    return { ...bar, total: Math.max(bar.hits, found.all * share), read: found.read }
  })
}

const least = (a: bigint, b: bigint): bigint => (b < a ? b : a)
const most = (a: bigint, b: bigint): bigint => (b > a ? b : a)
