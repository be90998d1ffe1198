import { setImmediate as nextTurn } from 'node:timers/promises'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { KafkaCluster, TopicInfo } from '../../kafka/cluster.ts'
import { listOffsets } from '../../kafka/list-offsets.ts'
import { logDirs } from '../../kafka/log-dirs.ts'
import type { ThroughputLook } from '../../storage/throughput-log.ts'
import { LookLoop, type LookFollower } from '../groups/look-loop.ts'
import { Gains, type PartitionLook } from './gains.ts'

export interface ThroughputFollower extends LookFollower<ThroughputLook> {
  /** `brokers`: what each of them leads, over all topics. */
  readonly follows: readonly string[] | 'brokers'
}

export interface ThroughputSamplerOptions {
  cluster: KafkaCluster
  see(look: ThroughputLook): Promise<void>
  everyMs?: number | undefined
}

/** Sizes and leaders change slowly, and each broker has to be asked for them: in every sixth sample. */
const ALL_EVERY = 6
/** How many partitions one sample reads: some hundred kilobytes of answers. */
const MOST_PARTITIONS = 20_000
/** How many topics are counted before others get a turn. */
const SLICE = 2_000

/**
 * Samples what topics and brokers gain: one ListOffsets per leader, and in every sixth sample metadata and one DescribeLogDirs
 * per broker. Without followers nothing is requested.
 */
export class ThroughputSampler {
  readonly #cluster: KafkaCluster
  readonly #loop: LookLoop<ThroughputFollower, ThroughputLook>
  readonly #gains = new Gains()
  #looks = 0
  #sizesError: ErrorValue | null = null
  #leftOut = 0

  constructor({ cluster, see, everyMs }: ThroughputSamplerOptions) {
    this.#cluster = cluster
    this.#loop = new LookLoop({ look: (followers, signal) => this.#look(followers, signal), see, everyMs })
  }

  /** Returns a function that stops following. */
  follow(follower: ThroughputFollower): () => void {
    return this.#loop.follow(follower)
  }

  /** What the last sample could not read. */
  get lacking(): { sizes: ErrorValue | null; leftOut: number } {
    return { sizes: this.#sizesError, leftOut: this.#leftOut }
  }

  async #look(followers: readonly ThroughputFollower[], signal: AbortSignal): Promise<ThroughputLook> {
    const hasBrokers = followers.some(({ follows }) => follows === 'brokers')
    const wanted = new Set(followers.flatMap(({ follows }) => (follows === 'brokers' ? [] : follows)))
    const isFull = this.#looks % ALL_EVERY === 0
    this.#looks += 1
    if (hasBrokers && isFull) await this.#cluster.refresh({ signal })
    const named = [...wanted]
    const unknown = hasBrokers ? [] : isFull ? named : named.filter((name) => this.#cluster.topic(name) === undefined)
    if (unknown.length > 0) await this.#cluster.refresh({ topics: unknown, signal })
    const topics = hasBrokers ? await this.#all(signal) : this.#chosen(named)
    const sizes = isFull ? await this.#sizes(hasBrokers ? null : topics.map(({ name }) => name), signal) : null
    const partitions = await this.#ends(topics, signal)
    return this.#gains.take({ at: BigInt(Date.now()), partitions, sizes, hasBrokers, isWanted: (topic) => wanted.has(topic) }) // oxfmt-ignore
  }

  async #all(signal: AbortSignal): Promise<TopicInfo[]> {
    const found: TopicInfo[] = []
    let partitions = 0
    for (let from = 0; from < this.#cluster.topics.size; from += SLICE) {
      for (const topic of this.#cluster.topics.slice(from, SLICE)) {
        found.push(topic)
        partitions += topic.partitions.length
      }
      if (partitions > MOST_PARTITIONS) {
        throw new SeeklineError('records.too-large', `This cluster has more than ${MOST_PARTITIONS} partitions; what brokers gain is looked at up to that. Open a topic to see what it gains.`) // oxfmt-ignore
      }
      await nextTurn()
      signal.throwIfAborted()
    }
    this.#leftOut = 0
    return found
  }

  #chosen(names: readonly string[]): TopicInfo[] {
    let partitions = 0
    const found = names.flatMap((name) => this.#cluster.topic(name) ?? [])
    const chosen = found.filter((topic) => {
      partitions += topic.partitions.length
      return partitions <= MOST_PARTITIONS
    })
    this.#leftOut = found.length - chosen.length
    return chosen
  }

  async #ends(topics: readonly TopicInfo[], signal: AbortSignal): Promise<PartitionLook[]> {
    const questions = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partition }) => ({ topic: name, partition, at: 'latest' as const })),
    )
    const answers = await listOffsets(this.#cluster, questions, { signal })
    // The leader is looked up afterwards: the broker that answered is known by then.
    return answers.map(({ question: { topic, partition }, outcome }) => ({
      topic,
      partition,
      leader: this.#cluster.leaderOf(topic, partition)?.nodeId ?? null,
      topicId: this.#cluster.topic(topic)?.topicId ?? null,
      highWatermark: outcome.ok ? outcome.value.offset : null,
    }))
  }

  /** Describing log directories needs a right of its own: without it there are no sizes, and everything else works. */
  async #sizes(topics: readonly string[] | null, signal: AbortSignal): Promise<ReadonlyMap<string, bigint>> {
    const { replicas, failures } = await logDirs(this.#cluster, topics, { signal })
    const [failure] = failures
    this.#sizesError = failure === undefined ? null : toErrorValue(failure.error)
    return new Map(
      replicas.flatMap((one) => {
        const isLeader = !one.future && this.#cluster.leaderOf(one.topic, one.partition)?.nodeId === one.nodeId
        return isLeader ? [[keyOf(one), one.size] as const] : []
      }),
    )
  }
}
