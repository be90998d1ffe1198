import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { CallOptions, Channel, KafkaCluster } from './cluster.ts'
import { kafkaError, kafkaErrorInfo } from './protocol/error-codes.ts'
import { leaderless } from './leaderless.ts'
import type { Asked } from './rights.ts'
import { asSeeklineError, isCancelled, sleep, throwIfAborted } from './cancellation.ts'
import { backOff } from './back-off.ts'

/** The result for one item: its value, or why there is none. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: SeeklineError }

export interface RouteOptions {
  signal?: AbortSignal | undefined
  /** Limit for everything together, retries included, milliseconds. Default 30 s. */
  timeoutMs?: number | undefined
  channel?: Channel | undefined
  /**
   * The request changes something: it is not sent again once it may have arrived. The outcome is then an error with
   * `details.sent === true`, which means that it is not known whether it was carried out.
   */
  write?: boolean | undefined
  /** The request, so that a refusal can name the missing right. */
  asked?: Asked | undefined
}

/** An item, with the leader to ask. Send `leaderEpoch` to the broker, so that a stale leader refuses. */
export interface Located<I> {
  item: I
  topicId: string | null
  leaderEpoch: number
}

/** A broker's answer about one item. */
export interface Answer<I, V> {
  item: I
  errorCode: number
  brokerSays?: string | null
  value: V
}

export const ROUTE_TIMEOUT_MS = 30_000
/**
 * 20 s at least. A dead broker is noticed after 9 s (broker.session.timeout.ms), and only then is there a new leader; if it was
 * the controller as well, another one is elected first (about 3 s), which then gives every broker 9 s again.
 */
export const ATTEMPTS = 18
/** If the metadata itself says "no leader", all replicas are down, and none will be up again in seconds. */
const LEADERLESS_ATTEMPTS = 5

export const partitionName = (item: TopicPartition): string => `${item.topic}[${item.partition}]`

/**
 * Asks the leaders: groups the items by leader, asks each once, and, after refreshing metadata and a pause, asks again for
 * items whose leader has moved, is not there yet, or whose connection was lost. Partial failures are outcomes; only a cancel
 * throws. One entry per item, in the order given.
 */
export async function askLeaders<I extends TopicPartition, V>(
  cluster: KafkaCluster,
  items: readonly I[],
  ask: (nodeId: number, items: Located<I>[], call: CallOptions) => Promise<Answer<I, V>[]>,
  options: RouteOptions = {},
): Promise<{ item: I; outcome: Outcome<V> }[]> {
  const unknown = new Set(items.map((i) => i.topic).filter((name) => cluster.topic(name) === undefined))
  const outcomes = await attempts<I, V>(items, options, partitionName, {
    prepare: async (pending, first) => {
      const names = first ? [...unknown] : [...new Set(pending.map((i) => i.topic))]
      await cluster.refresh({ topics: names, signal: options.signal })
    },
    place: (pending) => {
      const nodes = new Map<number, Located<I>[]>()
      const misplaced: { item: I; error: SeeklineError }[] = []
      for (const item of pending) {
        const found = locate(cluster, item)
        if (found instanceof SeeklineError) misplaced.push({ item, error: found })
        else append(nodes, found.nodeId, found.located)
      }
      return { nodes, misplaced }
    },
    itemOf: (located) => located.item,
    ask,
    failed: () => undefined,
  })
  return items.map((item) => ({ item, outcome: outcomes.get(item)! })) // every item is given an outcome
}

function locate<I extends TopicPartition>(
  cluster: KafkaCluster,
  item: I,
): { nodeId: number; located: Located<I> } | SeeklineError {
  const topic = cluster.topic(item.topic)
  const details = { topic: item.topic, partition: item.partition }
  if (topic === undefined) {
    return new SeeklineError('kafka.topic-unknown', `Topic ${item.topic}: ${kafkaErrorInfo(3).sentence}`, {
      hint: kafkaErrorInfo(3).hint,
      details: { ...details, kafkaCode: 3, kafkaName: 'UNKNOWN_TOPIC_OR_PARTITION' },
    })
  }
  const partition = cluster.partition(item.topic, item.partition)
  if (partition === undefined) {
    if (topic.errorCode !== 0) {
      const asked: Asked = { api: 'Metadata', topic: item.topic }
      return kafkaError(topic.errorCode, `Topic ${item.topic}`, { details, asked })
    }
    const last = topic.partitions.length - 1
    return new SeeklineError('kafka.partition-unknown', `${item.topic} has no partition ${item.partition}.`, {
      hint: `Its partitions are 0 to ${last}.`,
      details,
    })
  }
  if (partition.leader === null) return leaderless(cluster, item)
  return {
    nodeId: partition.leader,
    located: { item, topicId: topic.topicId, leaderEpoch: partition.leaderEpoch },
  }
}

export interface Steps<I, P, V> {
  /** Before each attempt (`first`) and after a failed one. */
  prepare: (pending: I[], first: boolean) => Promise<void>
  place: (pending: I[]) => { nodes: Map<number, P[]>; misplaced: { item: I; error: SeeklineError }[] }
  itemOf: (placed: P) => I
  ask: (nodeId: number, placed: P[], call: CallOptions) => Promise<Answer<I, V>[]>
  /** An item's answer was an error: forget what was cached for it. */
  failed: (item: I, error: SeeklineError) => void
}

/** The loop shared by both kinds of routing: find the nodes, ask all of them at once, sort the answers, pause, repeat. */
export async function attempts<I, V, P = Located<I>>(
  items: readonly I[],
  options: RouteOptions,
  nameOf: (item: I) => string,
  steps: Steps<I, P, V>,
): Promise<Map<I, Outcome<V>>> {
  const outcomes = new Map<I, Outcome<V>>()
  const deadline = Date.now() + (options.timeoutMs ?? ROUTE_TIMEOUT_MS)
  let pending = [...items]
  for (let attempt = 0; pending.length > 0; attempt++) {
    throwIfAborted(options.signal)
    const again = new Map<I, SeeklineError>()
    const settle = (item: I, error: SeeklineError): void => {
      steps.failed(item, error)
      const unknown = options.write === true && error.details?.['sent'] === true
      if (error.retryable && !unknown) again.set(item, error)
      else outcomes.set(item, { ok: false, error })
    }
    try {
      await steps.prepare(pending, attempt === 0)
      const { nodes, misplaced } = steps.place(pending)
      for (const { item, error } of misplaced) {
        if (error.code === 'kafka.no-leader' && attempt + 1 >= LEADERLESS_ATTEMPTS)
          outcomes.set(item, { ok: false, error })
        else settle(item, error)
      }
      await Promise.all(
        [...nodes].map(async ([nodeId, placed]) => {
          const left = Math.max(deadline - Date.now(), 1)
          const answered = new Set<I>()
          try {
            const call = { signal: options.signal, channel: options.channel, timeoutMs: left }
            for (const answer of await steps.ask(nodeId, placed, call)) {
              answered.add(answer.item)
              if (answer.errorCode === 0) outcomes.set(answer.item, { ok: true, value: answer.value })
              else settle(answer.item, answerError(answer, nameOf(answer.item), options))
            }
            for (const item of placed.map(steps.itemOf)) {
              if (!answered.has(item)) settle(item, unansweredError(nameOf(item), nodeId))
            }
          } catch (error) {
            if (isCancelled(error)) throw error
            for (const item of placed.map(steps.itemOf)) if (!answered.has(item)) settle(item, asSeeklineError(error))
          }
        }),
      )
    } catch (error) {
      if (isCancelled(error)) throw error
      for (const item of pending) if (!outcomes.has(item) && !again.has(item)) settle(item, asSeeklineError(error))
    }
    const pause = backOff(attempt)
    if (attempt + 1 >= ATTEMPTS || Date.now() + pause >= deadline) {
      for (const [item, error] of again) outcomes.set(item, { ok: false, error })
      break
    }
    pending = [...again.keys()]
    if (pending.length > 0) await sleep(pause, options.signal)
  }
  return outcomes
}

// After these codes the change may still be in the log: REQUEST_TIMED_OUT, NETWORK_EXCEPTION, NOT_ENOUGH_REPLICAS_AFTER_APPEND.
const MAYBE_DONE = new Set([7, 13, 20])

function answerError<I, V>(answer: Answer<I, V>, name: string, { write, asked }: RouteOptions): SeeklineError {
  const { item } = answer
  const of = typeof item === 'string' ? { group: item } : isPartition(item) ? { topic: item.topic } : {}
  const details = write === true && MAYBE_DONE.has(answer.errorCode) ? { sent: true } : {}
  return kafkaError(answer.errorCode, name, {
    brokerSays: answer.brokerSays ?? null,
    details,
    asked: asked === undefined ? undefined : { ...asked, ...of },
  })
}

const isPartition = (item: unknown): item is TopicPartition =>
  typeof item === 'object' && item !== null && 'topic' in item

function unansweredError(name: string, nodeId: number): SeeklineError {
  return new SeeklineError('internal', `${name}: broker ${nodeId} left it out of its answer.`, { details: { nodeId } })
}

export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** Groups items by topic, for requests that list partitions under their topic. */
export function byTopic<T extends TopicPartition>(items: readonly T[]): { topic: string; items: T[] }[] {
  const topics = new Map<string, T[]>()
  for (const item of items) append(topics, item.topic, item)
  return [...topics].map(([topic, list]) => ({ topic, items: list }))
}
