import type { ServiceOf, StreamSink } from '#shared/contract/define.ts'
import {
  SOME_BYTES_UNKNOWN,
  SOME_OFFSETS_UNKNOWN,
  type throughput,
  type ThroughputColumns,
} from '#shared/contract/throughput.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { isBrokerName, plainName, topicName, type ThroughputLook, type ThroughputLog } from '../../storage/throughput-log.ts' // oxfmt-ignore
import { News } from '../groups/news.ts'
import { ThroughputSampler } from './throughput-sampler.ts'

export interface ThroughputDependencies {
  /** Throws `connect.closed`. */
  clusterOf(connectionId: ConnectionId): KafkaCluster
  profileOf(connectionId: ConnectionId): { id: ProfileId }
  log: Pick<ThroughputLog, 'append' | 'read'>
  /** The interval of sampling; shorter in tests. */
  everyMs?: number | undefined
}

/** Steps that stored samples are reduced to: a chart has no more pixels, and the line in a row fewer. */
const MOST_STEPS = 600
const MOST_LINE_STEPS = 120
/** Up to this many names, charts are drawn instead of the lines of a list. */
const FEW = 20
const FRAME_ROWS = 4_000
/** How many samples wait for a slow page: those of an hour; the oldest are dropped. */
const MOST_WAITING = 360

/** What topics and brokers gain over time. */
export function createThroughputService(dependencies: ThroughputDependencies): ServiceOf<typeof throughput> {
  const samplerOf = createSamplers(dependencies)
  const tell = async (
    { connectionId, since }: { connectionId: ConnectionId; since: bigint },
    follows: readonly string[] | 'brokers',
    sink: StreamSink<(typeof throughput)['throughput.topics']>,
    signal: AbortSignal,
  ): Promise<Record<string, never>> => {
    const sampler = samplerOf(connectionId)
    const named = new Set(follows === 'brokers' ? [] : follows.map(topicName))
    const isWanted = (name: string) => (follows === 'brokers' ? isBrokerName(name) : named.has(name))
    const news = new News<ThroughputLook>(MOST_WAITING)
    const release = sampler.follow({
      follows,
      take: (look) => news.put(look),
      state: (state) => sink.progress({ ...state, ...sampler.lacking }),
    })
    try {
      const { clusterId } = dependencies.clusterOf(connectionId).info()
      const wanted = {
        profile: dependencies.profileOf(connectionId).id,
        clusterId,
        from: since,
        to: BigInt(Date.now()),
      }
      const kept = new Steps(wanted.from, wanted.to, named.size > FEW ? MOST_LINE_STEPS : MOST_STEPS)
      await dependencies.log.read(wanted, isWanted, (look) => kept.put(look), signal)
      for (const frame of framesOf('kept', kept.rows())) await sink.batch(frame)
      for await (const look of news.until(signal)) {
        const rows = rowsOf(look).filter(({ name }) => isWanted(name))
        for (const frame of framesOf('live', rows)) await sink.batch(frame)
      }
    } finally {
      release()
    }
    return {}
  }
  return {
    'throughput.topics': ({ topics, ...input }, sink, { signal }) => tell(input, topics, sink, signal),
    'throughput.brokers': (input, sink, { signal }) => tell(input, 'brokers', sink, signal),
  }
}

/** One sampler per connection, made when first needed. */
function createSamplers({ clusterOf, profileOf, log, everyMs }: ThroughputDependencies) {
  const open = new Map<ConnectionId, { cluster: KafkaCluster; sampler: ThroughputSampler }>()
  return (connectionId: ConnectionId): ThroughputSampler => {
    const cluster = clusterOf(connectionId)
    const before = open.get(connectionId)
    // For this opening of the connection: after it is opened again, nothing is known yet.
    if (before?.cluster === cluster) return before.sampler
    const see = (look: ThroughputLook) =>
      log.append({ profile: profileOf(connectionId).id, clusterId: cluster.info().clusterId }, look)
    const sampler = new ThroughputSampler({ cluster, see, everyMs })
    open.set(connectionId, { cluster, sampler })
    return sampler
  }
}

/** Per second; null: not known. */
interface Row {
  readonly name: string
  readonly at: bigint
  readonly offsets: number | null
  readonly bytes: number | null
  readonly lacks: number
}

interface Step {
  at: bigint
  offsets: bigint
  overMs: bigint
  bytes: bigint
  bytesOverMs: bigint
  lacks: number
}

const perSecond = (count: bigint, ms: bigint): number | null => (ms <= 0n ? null : (Number(count) * 1000) / Number(ms))

function rowsOf({ at, overMs, bytesOverMs, points }: ThroughputLook): Row[] {
  return [...points].map(([name, { offsets, bytes, lacks }]) => ({
    name,
    at,
    offsets: offsets === null ? null : perSecond(offsets, overMs),
    bytes: bytes === null ? null : perSecond(bytes, bytesOverMs),
    lacks,
  }))
}

/** Sums up the samples of each interval, so that thinning loses nothing. */
class Steps {
  readonly #from: bigint
  readonly #span: bigint
  readonly #most: bigint
  readonly #byName = new Map<string, Map<bigint, Step>>()

  constructor(from: bigint, to: bigint, most: number) {
    this.#from = from
    this.#span = to > from ? to - from : 1n
    this.#most = BigInt(most)
  }

  put({ at, overMs, bytesOverMs, points }: ThroughputLook): void {
    const number = ((at - this.#from) * this.#most) / this.#span
    for (const [name, { offsets, bytes, lacks }] of points) {
      let steps = this.#byName.get(name)
      if (steps === undefined) this.#byName.set(name, (steps = new Map()))
      let step = steps.get(number)
      if (step === undefined) steps.set(number, (step = { at, offsets: 0n, overMs: 0n, bytes: 0n, bytesOverMs: 0n, lacks: 0 })) // oxfmt-ignore
      step.at = at
      if (offsets !== null) {
        step.offsets += offsets
        step.overMs += overMs
        step.lacks |= lacks & SOME_OFFSETS_UNKNOWN
      }
      if (bytes !== null) {
        step.bytes += bytes
        step.bytesOverMs += bytesOverMs
        step.lacks |= lacks & SOME_BYTES_UNKNOWN
      }
    }
  }

  rows(): Row[] {
    return [...this.#byName].flatMap(([name, steps]) =>
      [...steps.values()].map((step) => ({
        name,
        at: step.at,
        offsets: perSecond(step.offsets, step.overMs),
        bytes: perSecond(step.bytes, step.bytesOverMs),
        lacks: step.lacks,
      })),
    )
  }
}

function* framesOf(source: ThroughputColumns['source'], rows: readonly Row[]): Generator<ThroughputColumns> {
  for (let from = 0; from < rows.length; from += FRAME_ROWS) {
    const some = rows.slice(from, from + FRAME_ROWS)
    const names = [...new Set(some.map(({ name }) => name))]
    const numbers = new Map(names.map((name, i) => [name, i]))
    yield {
      source,
      names: names.map(plainName),
      at: BigInt64Array.from(some, ({ at }) => at),
      name: Int32Array.from(some, ({ name }) => numbers.get(name)!), // the map has a number for every name of these rows
      offsets: Float64Array.from(some, ({ offsets }) => offsets ?? -1),
      bytes: Float64Array.from(some, ({ bytes }) => bytes ?? -1),
      lacks: Int32Array.from(some, ({ lacks }) => lacks),
    }
  }
}
