import { describe, expect, it } from 'vitest'
import { inTime, settled, until } from '../../../tests/support/wait-for.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import type { FetchedPartition, FetchRequest, FetchResponse } from '../protocol/fetch.ts'
import { writeBatch } from '../records/batch-writer.ts'
import { FetchLoop, type LoopEvent, type LoopOptions } from './fetch-loop.ts'
import { ReadLimit } from './rate-limit.ts'
import type { LogSource, SourceTopic } from './source.ts'

const encoder = new TextEncoder()

function batchAt(baseOffset: bigint, records: number, valueBytes = 10): Uint8Array {
  const value = encoder.encode('v'.repeat(valueBytes))
  const record = { timestamp: 1n, key: null, value, headers: [] }
  return writeBatch(
    Array.from({ length: records }, () => record),
    { baseOffset, leaderEpoch: 3 },
  )
}

type Answer = Partial<FetchedPartition> | SeeklineError | { throttleTimeMs: number }

/** A cluster of one topic whose answers a test writes; asked is what the loop asked for. */
class FakeSource implements LogSource {
  topicId = 'topic-id'
  leader = 1
  edges: LogBounds = { logStart: 0n, lastStable: 10n, highWatermark: 10n }
  local = 0n
  refreshed = 0
  readonly asked: {
    node: number
    isolation: number
    partitions: number[]
    at: bigint
    maxBytes: number
    epoch: number | undefined
  }[] = []
  readonly #answer: (at: bigint, isolation: 0 | 1, nth: number, node: number) => Answer

  constructor(answer: (at: bigint, isolation: 0 | 1, nth: number, node: number) => Answer) {
    this.#answer = answer
  }

  async topic(name: string, fresh: boolean): Promise<SourceTopic> {
    if (fresh) this.refreshed++
    if (this.topicId === '') throw new SeeklineError('kafka.topic-unknown', `Topic ${name}: gone.`, { retryable: true })
    return { topicId: this.topicId, partitions: new Map([[0, { leader: this.leader, leaderEpoch: 3 }]]) }
  }

  async fetch(node: number, _channel: string, request: FetchRequest): Promise<FetchResponse> {
    const [topic] = request.topics
    const [first] = topic!.partitions
    const { fetchOffset, maxBytes, lastFetchedEpoch } = first!
    const partitions = topic!.partitions.map((p) => p.partition)
    this.asked.push({
      node,
      isolation: request.isolationLevel,
      partitions,
      at: fetchOffset,
      maxBytes,
      epoch: lastFetchedEpoch,
    })
    if (this.asked.length > 200) throw new SeeklineError('internal', 'asked for ever')
    await settled(1)
    const answer = this.#answer(fetchOffset, request.isolationLevel, this.asked.length, node)
    if (answer instanceof SeeklineError) throw answer
    if ('throttleTimeMs' in answer) return { ...answer, errorCode: 0, topics: [], nodeEndpoints: [] }
    const partition: FetchedPartition = {
      partition: 0,
      errorCode: 0,
      highWatermark: this.edges.highWatermark,
      lastStableOffset: this.edges.lastStable,
      logStartOffset: this.edges.logStart,
      abortedTransactions: null,
      preferredReadReplica: -1,
      diverging: null,
      currentLeader: null,
      records: new Uint8Array(0),
      ...answer,
    }
    const topics = [{ topic: topic!.topic, topicId: topic!.topicId, partitions: [partition] }]
    return { throttleTimeMs: 0, errorCode: 0, topics, nodeEndpoints: [] }
  }

  async bounds(): Promise<Map<number, LogBounds>> {
    return new Map([[0, this.edges]])
  }

  async localStart(): Promise<Map<number, bigint>> {
    return new Map([[0, this.local]])
  }
}

/** Partitions of batches that are larger than what is asked for; answers as brokers fill them (KIP-74). */
class CrowdedSource extends FakeSource {
  readonly served: number[][] = []
  readonly #count: number
  readonly #batchBytes: number

  constructor(count: number, batchBytes: number) {
    super(() => ({}))
    this.#count = count
    this.#batchBytes = batchBytes
  }

  override async topic(): Promise<SourceTopic> {
    const leader = { leader: 1, leaderEpoch: 3 }
    return { topicId: this.topicId, partitions: new Map(Array.from({ length: this.#count }, (_, p) => [p, leader])) }
  }

  override async fetch(_node: number, _channel: string, request: FetchRequest): Promise<FetchResponse> {
    await settled(1)
    const [topic] = request.topics
    let left = request.maxBytes
    const partitions = topic!.partitions.map(({ partition, fetchOffset, maxBytes }): FetchedPartition => {
      const batch = batchAt(fetchOffset, 1, this.#batchBytes)
      const isFirst = left === request.maxBytes
      const comes = fetchOffset < 10n && (isFirst || batch.length <= Math.min(left, maxBytes))
      if (comes) left -= batch.length
      return {
        partition,
        errorCode: 0,
        highWatermark: 10n,
        lastStableOffset: 10n,
        logStartOffset: 0n,
        abortedTransactions: null,
        preferredReadReplica: -1,
        diverging: null,
        currentLeader: null,
        records: comes ? batch : new Uint8Array(0),
      }
    })
    this.served.push(partitions.filter(({ records }) => records.length > 0).map(({ partition }) => partition))
    const topics = [{ topic: topic!.topic, topicId: topic!.topicId, partitions }]
    return { throttleTimeMs: 0, errorCode: 0, topics, nodeEndpoints: [] }
  }
}

async function readAll(source: LogSource, options: Partial<LoopOptions>, partitions: number): Promise<LoopEvent[]> {
  const ranges = Array.from({ length: partitions }, (_, partition) => ({ partition, from: 0n, to: 10n }))
  const loop = new FetchLoop(source, new ReadLimit(), { topic: 'orders', ranges, ...options })
  const events: LoopEvent[] = []
  for (let open = partitions; open > 0;) {
    const event = await loop.next()
    events.push(event!)
    if (event!.kind === 'data') loop.release(event!.bytes)
    if (event!.kind === 'end' || event!.kind === 'failed') open -= 1
  }
  loop.close()
  return events
}

async function read(source: LogSource, options: Partial<LoopOptions> = {}): Promise<LoopEvent[]> {
  const ranges = [{ partition: 0, from: 0n, to: 10n }]
  const loop = new FetchLoop(source, new ReadLimit(), { topic: 'orders', ranges, ...options })
  const events: LoopEvent[] = []
  try {
    for (;;) {
      const event = await loop.next()
      if (event === null) return events
      events.push(event)
      if (event.kind === 'data') loop.release(event.bytes)
      if (event.kind === 'end' || event.kind === 'failed') return events
    }
  } finally {
    loop.close()
  }
}

const shape = (events: LoopEvent[]): string[] =>
  events.map((e) => {
    if (e.kind === 'data') return `data ${e.parts.map((p) => `${p.from}-${p.next}`).join()}`
    if (e.kind === 'gap') return `gap ${e.from}-${e.next}`
    if (e.kind === 'end') return `end ${e.next}`
    if (e.kind === 'failed') return `failed ${e.error.code} at ${e.next}`
    return e.error === null ? 'back' : `waiting ${e.error.code}`
  })

describe('the fetch loop', () => {
  it('asks for more where batches are larger than what it asks for, and serves all partitions in turn', async () => {
    const source = new CrowdedSource(40, 90_000)
    const events = await readAll(source, { partitionBytes: 64 << 10, responseBytes: 1 << 20 }, 40)
    expect(events.filter(({ kind }) => kind === 'end')).toHaveLength(40)
    // 400 batches of which eleven fit into an answer; one request for each of them is what it must not be.
    expect(source.served.length).toBeLessThan(50)
    const times = new Map<number, number>()
    for (const served of source.served) {
      for (const p of served) times.set(p, (times.get(p) ?? 0) + 1)
      const all = Array.from({ length: 40 }, (_, p) => times.get(p) ?? 0)
      expect(Math.max(...all) - Math.min(...all)).toBeLessThan(3)
    }
  })

  it('goes on behind the last batch of each answer and ends at the end of the range', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 5) }))
    expect(shape(await read(source))).toEqual(['data 0-5', 'data 5-10', 'end 10'])
    expect(source.asked.map((a) => a.isolation)).toEqual([1, 1])
  })

  it('reads past the last stable offset at isolation 0, and goes back to 1 when the transaction ended meanwhile', async () => {
    const source = new FakeSource((at, isolation, nth) => {
      if (isolation === 1)
        return at < 5n ? { records: batchAt(at, 5), lastStableOffset: 5n } : { records: batchAt(at, 5) }
      // The answer at isolation 0 says that everything is decided now: it must not be used.
      return { records: batchAt(at, 5), lastStableOffset: nth === 2 ? 10n : 5n }
    })
    source.edges = { logStart: 0n, lastStable: 5n, highWatermark: 10n }
    expect(shape(await read(source))).toEqual(['data 0-5', 'data 5-10', 'end 10'])
    expect(source.asked.map((a) => `${a.isolation}@${a.at}`)).toEqual(['1@0', '0@5', '1@5'])
  })

  it('stops at the last stable offset when committed records only are wanted', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 5) }))
    source.edges = { logStart: 0n, lastStable: 5n, highWatermark: 10n }
    expect(shape(await read(source, { isolation: 'committed' }))).toEqual(['data 0-5', 'end 5'])
  })

  it('finds the new leader and goes on', async () => {
    const source = new FakeSource((at, _isolation, _nth, node) =>
      node === 1 ? { errorCode: 6 } : { records: batchAt(at, 10) },
    )
    const refresh = source.topic.bind(source)
    source.topic = async (name, fresh) => {
      if (fresh) source.leader = 2
      return await refresh(name, fresh)
    }
    expect(shape(await read(source))).toEqual(['data 0-10', 'end 10'])
    expect(source.asked.map((a) => a.node)).toEqual([1, 2])
  })

  it('says that it waits for a lost broker, and that it is back', async () => {
    const lost = new SeeklineError('connect.lost', 'lost', { retryable: true })
    const source = new FakeSource((at, _isolation, nth) => (nth <= 3 ? lost : { records: batchAt(at, 10) }))
    expect(shape(await read(source))).toEqual(['waiting connect.lost', 'back', 'data 0-10', 'end 10'])
  })

  it('asks again after the pause when a quota is used up: such an answer names no partition', async () => {
    const source = new FakeSource((at, _isolation, nth) =>
      nth === 2 ? { throttleTimeMs: 120 } : { records: batchAt(at, 5) },
    )
    source.edges = { logStart: 0n, lastStable: 15n, highWatermark: 15n }
    const started = Date.now()
    const events = await read(source, { ranges: [{ partition: 0, from: 0n, to: 15n }] })
    expect(shape(events)).toEqual(['data 0-5', 'waiting kafka.throttled', 'data 5-10', 'back', 'data 10-15', 'end 15'])
    expect(Date.now() - started).toBeGreaterThanOrEqual(119)
    expect(source.asked.map((a) => a.at)).toEqual([0n, 5n, 5n, 10n])
  })

  it('gives a partition without a leader up after the time set', async () => {
    const source = new FakeSource(() => ({ errorCode: 6 }))
    const events = shape(await read(source, { giveUpAfterMs: 300 }))
    expect(events.at(-1)).toBe('failed kafka.no-leader at 0')
  })

  it('does not go on in a log that was cut back and has grown again', async () => {
    const source = new FakeSource((at, _isolation, nth) =>
      nth === 1 ? { records: batchAt(at, 5) } : { diverging: { epoch: 2, endOffset: 3n } },
    )
    const events = await read(source)
    expect(shape(events)).toEqual(['data 0-5', 'failed kafka.log-truncated at 5'])
    expect(source.asked.map((a) => a.epoch)).toEqual([-1, 3])
  })

  it('forgets the epoch where it jumps: what lies before is not of the batch read last', async () => {
    const source = new FakeSource((at) => (at === 5n ? { errorCode: 1 } : { records: batchAt(at, at === 0n ? 5 : 3) }))
    source.edges = { logStart: 7n, lastStable: 10n, highWatermark: 10n }
    expect(shape(await read(source))).toEqual(['data 0-5', 'gap 5-7', 'data 7-10', 'end 10'])
    expect(source.asked.map((a) => a.epoch)).toEqual([-1, 3, -1])
  })

  it('reports offsets that retention took while reading as a gap', async () => {
    const source = new FakeSource((at) => (at < 7n ? { errorCode: 1 } : { records: batchAt(at, 3) }))
    source.edges = { logStart: 7n, lastStable: 10n, highWatermark: 10n }
    expect(shape(await read(source))).toEqual(['gap 0-7', 'data 7-10', 'end 10'])
  })

  it('takes a log that holds nothing up to its end for a gap, once it is sure', async () => {
    const source = new FakeSource((at) => (at === 0n ? { records: batchAt(0n, 4) } : {}))
    expect(shape(await read(source))).toEqual(['data 0-4', 'gap 4-10', 'end 10'])
  })

  it('takes nothing for a gap that the broker still gets from remote storage', async () => {
    const source = new FakeSource((at, _isolation, nth) => {
      if (at === 0n) return { records: batchAt(0n, 4) }
      return nth <= 5 ? {} : { records: batchAt(at, 6) }
    })
    source.local = 10n
    const expected = ['data 0-4', 'waiting kafka.remote-slow', 'back', 'data 4-10', 'end 10']
    expect(shape(await read(source))).toEqual(expected)
  })

  it('fails a partition whose records do not come from remote storage in the time set', async () => {
    const source = new FakeSource(() => ({}))
    source.local = 10n
    expect(shape(await read(source, { giveUpAfterMs: 300 })).at(-1)).toBe('failed kafka.remote-slow at 0')
  })

  it('leaves alone what was rewound while its edges were asked for', async () => {
    const source = new FakeSource((at) => (at < 4n ? { records: batchAt(at, 4) } : {}))
    const loop = new FetchLoop(source, new ReadLimit(), {
      topic: 'orders',
      ranges: [{ partition: 0, from: 5n, to: 10n }],
    })
    source.bounds = async () => {
      source.bounds = async () => new Map([[0, source.edges]])
      loop.rewind(0, 0n)
      return new Map([[0, source.edges]])
    }
    const events = [await loop.next(), await loop.next(), await loop.next()]
    loop.close()
    expect(shape(events.filter((e) => e !== null))).toEqual(['data 0-4', 'gap 4-10', 'end 10'])
  })

  it('does not end where a new leader does not know the high watermark yet', async () => {
    const behind = { highWatermark: 4n, lastStableOffset: 4n }
    const source = new FakeSource((at, _isolation, nth) => {
      if (at === 0n) return { records: batchAt(0n, 4) }
      return nth <= 3 ? behind : { records: batchAt(at, 6) }
    })
    expect(shape(await read(source))).toEqual(['data 0-4', 'data 4-10', 'end 10'])
  })

  it('ends where the log does, short of the end asked for', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 10) }))
    const events = await read(source, { ranges: [{ partition: 0, from: 0n, to: 50n }] })
    expect(shape(events)).toEqual(['data 0-10', 'end 10'])
  })

  const everOlder = { highWatermark: 3n, lastStableOffset: 3n }

  it('takes records at and above the high watermark that their answer names: it was looked up before they were read', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 5), ...everOlder }))
    const events = await read(source)
    expect(shape(events)).toEqual(['data 0-5', 'data 5-10', 'end 10'])
    // The edges told along with them are no older than they are, so nothing decided counts as open.
    const edges = events.flatMap((e) => (e.kind === 'data' ? e.parts.map((p) => p.bounds) : []))
    expect(edges.map((b) => [b.lastStable, b.highWatermark])).toEqual([
      [5n, 5n],
      [10n, 10n],
    ])
  })

  it('follows through answers whose first offset is their high watermark', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 5), highWatermark: at, lastStableOffset: at }))
    const loop = new FetchLoop(source, new ReadLimit(), {
      topic: 'orders',
      ranges: [{ partition: 0, from: 0n, to: null }],
    })
    const events = [await loop.next(), await loop.next(), await loop.next(), await loop.next()]
    loop.close()
    expect(shape(events.filter((e) => e !== null))).toEqual(['data 0-5', 'data 5-10', 'data 10-15', 'data 15-20'])
  })

  it('asks where the log ends when a batch leaps past it, and takes it once the leader says that it reaches so far', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at < 5n ? at : 7n, at < 5n ? 5 : 3), ...everOlder }))
    source.edges = { logStart: 0n, lastStable: 5n, highWatermark: 5n }
    source.bounds = async () => new Map([[0, (source.edges = { logStart: 0n, lastStable: 10n, highWatermark: 10n })]])
    expect(shape(await read(source))).toEqual(['data 0-5', 'data 5-10', 'end 10'])
  })

  it('does not believe a batch past the end that the leader tells, and hides nothing of what came before it', async () => {
    const wild = batchAt(2n ** 60n, 1)
    const source = new FakeSource((at) => ({
      records: at < 5n ? new Uint8Array([...batchAt(at, 5), ...wild]) : wild,
    }))
    const events = await read(source)
    expect(shape(events)).toEqual(['data 0-5', 'data 5-5', 'failed records.corrupt at 5'])
    // What was not believed is not handed on as damage of the offsets that came before it.
    expect(events[0]?.kind === 'data' && events[0].parts[0]?.records.byteLength).toBe(batchAt(0n, 5).byteLength)
  })

  it('asks for more when nothing whole fits', async () => {
    const whole = batchAt(0n, 10, 5_000)
    const source = new FakeSource((_at, _isolation, nth) => ({ records: nth === 1 ? whole.subarray(0, 1_000) : whole }))
    expect(shape(await read(source, { partitionBytes: 1_000 }))).toEqual(['data 0-10', 'end 10'])
    expect(source.asked[1]!.maxBytes).toBeGreaterThanOrEqual(whole.length)
  })

  it('says that it is another topic when the id changed, and does not go on', async () => {
    const source = new FakeSource(() => ({ errorCode: 100 }))
    const refresh = source.topic.bind(source)
    source.topic = async (name, fresh) => {
      if (fresh) source.topicId = 'another'
      return await refresh(name, fresh)
    }
    await expect(read(source)).rejects.toMatchObject({ code: 'kafka.topic-recreated' })
  })

  it('says that the topic is gone', async () => {
    const source = new FakeSource(() => {
      source.topicId = ''
      return { errorCode: 3 }
    })
    await expect(read(source)).rejects.toMatchObject({ code: 'kafka.topic-unknown' })
  })

  it('fails one partition without the right to read it', async () => {
    const source = new FakeSource(() => ({ errorCode: 29 }))
    expect(shape(await read(source))).toEqual(['failed kafka.unauthorised at 0'])
  })

  it('fails where a batch hides what follows, and never asks for it for ever', async () => {
    const broken = new Uint8Array(100)
    new DataView(broken.buffer).setInt32(8, -5)
    const source = new FakeSource(() => ({ records: broken }))
    expect(shape(await read(source))).toEqual(['data 0-0', 'failed records.corrupt at 0'])
    expect(source.asked).toHaveLength(1)
  })

  it('ends at once by its signal', async () => {
    const stop = new AbortController()
    const source = new FakeSource((_at, _isolation, nth) => (nth === 3 && stop.abort(), {}))
    const ranges = [{ partition: 0, from: 10n, to: null }]
    await expect(read(source, { ranges, signal: stop.signal })).rejects.toMatchObject({ code: 'call.cancelled' })
  })

  it('asks for nothing more while too much is held', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 1, 1_000) }))
    const loop = new FetchLoop(source, new ReadLimit(), {
      topic: 'orders',
      ranges: [{ partition: 0, from: 0n, to: 10n }],
      maxInFlightBytes: 3_000,
    })
    const first = await loop.next()
    await settled(100)
    const held = source.asked.length
    expect(held).toBeLessThanOrEqual(4)
    if (first?.kind === 'data') loop.release(first.bytes)
    await until('one more is asked for', () => source.asked.length > held)
    await settled(100)
    expect(source.asked).toHaveLength(held + 1)
    loop.close()
  })

  it('goes one step at a time when told to, and from another offset after a rewind', async () => {
    const source = new FakeSource((at) => ({ records: batchAt(at, 5) }))
    const loop = new FetchLoop(source, new ReadLimit(), {
      topic: 'orders',
      ranges: [{ partition: 0, from: 0n, to: 10n }],
      stepwise: true,
    })
    await loop.next()
    await settled(100)
    expect(source.asked).toHaveLength(1)
    loop.rewind(0, 2n)
    loop.resume(0)
    await loop.next()
    expect(source.asked.map((a) => a.at)).toEqual([0n, 2n])
    loop.close()
  })
})

describe('the read limit', () => {
  it('lets the next request wait until what was read is paid for, and can be lifted while it waits', async () => {
    const limit = new ReadLimit(1_000_000)
    const start = performance.now()
    limit.spent(100_000)
    await limit.ready()
    expect(performance.now() - start).toBeGreaterThan(70)
    // An hour's worth.
    limit.spent(3_600_000_000)
    const waiting = limit.ready()
    limit.set(null)
    await inTime('the end of the wait', waiting)
  })

  it('ends waiting by the signal', async () => {
    const limit = new ReadLimit(1)
    limit.spent(1_000_000)
    await expect(limit.ready(AbortSignal.timeout(20))).rejects.toMatchObject({ code: 'call.cancelled' })
  })
})
