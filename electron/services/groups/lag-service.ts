import { splitKey } from '#shared/model/topic-partition.ts'
import type { Input, ServiceOf, StreamSink } from '#shared/contract/define.ts'
import type { GroupTrend, lag, SampleColumns, SamplingState } from '#shared/contract/lag.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import type { Sample, SamplePoint } from '../../storage/sample-blocks.ts'
import type { SampleLog } from '../../storage/sample-log.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import type { GroupsPort } from './group-port.ts'
import { News } from './news.ts'
import type { Sampling, SamplingOf } from './samplings.ts'
import { readUnread } from './unread.ts'

export interface LagDependencies {
  /** Access for reading messages. Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess & { groups: GroupsPort }
  profileOf(connectionId: ConnectionId): { id: ProfileId }
  samples: Pick<SampleLog, 'read'>
  samplingOf: SamplingOf
}

/** How many stored samples are sent at most: a chart has no more pixels. */
const MOST_LOOKS = 600
const MOST_ROWS = 200_000
const FRAME_ROWS = 4_000
const FRAME_TRENDS = 500
const FRAME_POINTS = 8_000
/** How many samples wait for a slow page: those of an hour; the oldest are dropped. */
const MOST_WAITING = 360

/** Lag in records and in time, and its development. */
export function createLagService({ accessOf, profileOf, samples, samplingOf }: LagDependencies): ServiceOf<typeof lag> {
  return {
    'groups.unread': (input, { signal }) => readUnread(accessOf(input.connectionId), input, signal),

    'groups.trends': async ({ connectionId, groups }, sink, { signal }) => {
      await tellTrends(samplingOf(connectionId), [...new Set(groups)], sink, signal)
      return {}
    },

    'groups.samples': async (input, sink, { signal }) => {
      const { id } = profileOf(input.connectionId)
      await tellSamples(samplingOf(input.connectionId), { input, profile: id, samples }, sink, signal)
      return {}
    },
  }
}

async function tellTrends(
  { sampler, windows }: Sampling,
  groups: readonly string[],
  sink: StreamSink<(typeof lag)['groups.trends']>,
  signal: AbortSignal,
): Promise<void> {
  const told = new Map<string, { looks: number; said: string }>()
  const news = new News<true>(1)
  const release = sampler.follow({ groups, take: () => news.put(true), state: (state) => sink.progress(state) })
  try {
    for await (const _ of news.until(signal)) {
      let frame: GroupTrend[] = []
      let points = 0
      for (const group of groups) {
        const before = told.get(group)
        const now = windows.trendOf(group, before?.looks ?? 0)
        if (now === null) continue
        const said = gist(now.trend)
        // A group without changes need not be sent again; its line is sent with its next change.
        if (said === before?.said) continue
        told.set(group, { looks: now.looks, said })
        frame.push(now.trend)
        points += now.trend.at.length
        if (frame.length < FRAME_TRENDS && points < FRAME_POINTS) continue
        await sink.batch(frame)
        frame = []
        points = 0
      }
      if (frame.length > 0) await sink.batch(frame)
    }
  } finally {
    release()
  }
}

/** The parts of a trend whose change is worth sending. */
function gist({ lag: line, in: rateIn, out, trend, stalled, catchUp }: GroupTrend): string {
  return [line.at(-1), rateIn?.toFixed(2), out?.toFixed(2), trend, stalled, catchUp.kind].join()
}

interface SamplesAsked {
  readonly input: Input<(typeof lag)['groups.samples']>
  readonly profile: ProfileId
  readonly samples: Pick<SampleLog, 'read'>
}

async function tellSamples(
  { port, sampler }: Sampling,
  { input: { group, since }, profile, samples }: SamplesAsked,
  sink: StreamSink<(typeof lag)['groups.samples']>,
  signal: AbortSignal,
): Promise<void> {
  const news = new News<Sample>(MOST_WAITING)
  const take = (sample: Sample) => news.put(sample)
  const states = (state: SamplingState) => sink.progress(state)
  const release = sampler.follow({ groups: [group], take, state: states })
  try {
    const to = BigInt(Date.now())
    const kept = new Thinned(since, to)
    const wanted = { profile, clusterId: port.clusterId, group, from: since, to }
    await samples.read(wanted, (at, points) => kept.put(at, points), signal)
    for (const frame of framesOf(kept.looks(), 'kept')) await sink.batch(frame)
    for await (const sample of news.until(signal)) {
      const points = pointsIn(sample, group)
      if (points.length === 0) continue
      for (const frame of framesOf([{ at: sample.at, points }], 'live')) await sink.batch(frame)
    }
  } finally {
    release()
  }
}

interface OneLook {
  readonly at: bigint
  readonly points: readonly SamplePoint[]
}

/** Keeps the last sample of each interval, fewer if each has many partitions. */
class Thinned {
  readonly #from: bigint
  readonly #span: bigint
  readonly #looks = new Map<bigint, OneLook>()

  constructor(from: bigint, to: bigint) {
    this.#from = from
    this.#span = to > from ? to - from : 1n
  }

  put(at: bigint, points: readonly SamplePoint[]): void {
    this.#looks.set(((at - this.#from) * BigInt(MOST_LOOKS)) / this.#span, { at, points })
  }

  looks(): OneLook[] {
    const all = [...this.#looks.values()].toSorted((a, b) => (a.at < b.at ? -1 : 1))
    const rows = all.reduce((sum, { points }) => sum + points.length, 0)
    const each = Math.ceil(rows / MOST_ROWS)
    return all.filter((_, i) => i % Math.max(1, each) === 0)
  }
}

function pointsIn({ ends, positions }: Sample, group: string): SamplePoint[] {
  return [...(positions.get(group) ?? [])].map(([key, position]) => ({
    ...splitKey(key),
    position,
    ...(ends.get(key) ?? { logStart: null, lastStable: null, highWatermark: null }),
  }))
}

function* framesOf(looks: readonly OneLook[], source: SampleColumns['source']): Generator<SampleColumns> {
  const rows = looks.flatMap(({ at, points }) => points.map((point) => ({ at, point })))
  for (let from = 0; from < rows.length; from += FRAME_ROWS) {
    const some = rows.slice(from, from + FRAME_ROWS)
    const topics = [...new Set(some.map(({ point }) => point.topic))]
    const numbers = new Map(topics.map((topic, i) => [topic, i]))
    const longs = (of: (row: (typeof some)[number]) => bigint | null) =>
      BigInt64Array.from(some, (row) => of(row) ?? -1n)
    yield {
      source,
      topics,
      at: longs(({ at }) => at),
      topic: Int32Array.from(some, ({ point }) => numbers.get(point.topic)!), // the map has a number for every topic of these rows
      partition: Int32Array.from(some, ({ point }) => point.partition),
      position: longs(({ point }) => point.position),
      logStart: longs(({ point }) => point.logStart),
      lastStable: longs(({ point }) => point.lastStable),
      highWatermark: longs(({ point }) => point.highWatermark),
    }
  }
}
