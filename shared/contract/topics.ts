import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Failure, OnConnection } from './common.ts'
import { extentOf, extentOfParts } from './extent.ts'
import { route } from './define.ts'

export const TopicRow = z.strictObject({
  name: z.string(),
  /** null where the broker is older than topic ids (Kafka 2.8). */
  topicId: z.string().nullable(),
  internal: z.boolean(),
  partitions: z.number().int(),
  replicationFactor: z.number().int(),
  /** Partitions with fewer in-sync replicas than replicas. */
  underReplicated: z.number().int(),
  leaderless: z.number().int(),
  error: ErrorValue.optional(),
})
export type TopicRow = z.infer<typeof TopicRow>

export const TopicTotals = z.strictObject({
  topic: z.string(),
  /** Σ (high watermark − log start): offsets, some of which may hold no record. */
  offsets: z.bigint().nullable(),
  /** Bytes on the leaders' disks; null where log directories may not be described. */
  size: z.bigint().nullable(),
  error: ErrorValue.optional(),
})
export type TopicTotals = z.infer<typeof TopicTotals>

export const PartitionRow = z.strictObject({
  partition: PartitionId,
  leader: z.number().int().nullable(),
  leaderEpoch: z.number().int(),
  replicas: z.array(z.number().int()),
  inSync: z.array(z.number().int()),
  offline: z.array(z.number().int()),
  logStart: z.bigint().nullable(),
  lastStable: z.bigint().nullable(),
  highWatermark: z.bigint().nullable(),
  /** Bytes of the leader's replica. */
  size: z.bigint().nullable(),
  error: ErrorValue.optional(),
})
export type PartitionRow = z.infer<typeof PartitionRow>

export const ConfigRow = z.strictObject({
  name: z.string(),
  /** null when sensitive or unset. */
  value: z.string().nullable(),
  /** Kafka's own name of where the value comes from, e.g. DYNAMIC_TOPIC_CONFIG, DEFAULT_CONFIG. */
  source: z.string(),
  isDefault: z.boolean(),
  readOnly: z.boolean(),
  sensitive: z.boolean(),
  documentation: z.string().nullable(),
  /** Where the value would come from next, nearest first. */
  synonyms: z.array(z.strictObject({ name: z.string(), value: z.string().nullable(), source: z.string() })),
})
export type ConfigRow = z.infer<typeof ConfigRow>

/** A group's positions in a topic. */
export const GroupInTopic = z.strictObject({
  group: z.string(),
  positions: z.array(z.strictObject({ partition: PartitionId, offset: z.bigint() })),
  error: ErrorValue.optional(),
})
export type GroupInTopic = z.infer<typeof GroupInTopic>

/**
 * How many times one chart of a topic may ask for, and how many partitions times these: each is one request item to a leader.
 */
export const MOST_STEPS = 100
export const MOST_STEP_QUESTIONS = 20_000

const OneTopic = z.strictObject({ connectionId: ConnectionId, topic: z.string().min(1) })

export const topics = {
  /** Every topic these credentials may describe, internal ones included; in pages, because there may be many. */
  'topics.list': route({
    input: z.strictObject({
      ...OnConnection.shape,
      /** Where the page starts: 0 asks the cluster again, `next` of an answer continues in that answer. */
      from: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(10_000).default(5_000),
      /** Accept the list that was read when connecting, if that was moments ago: a million topics are not read twice. */
      asConnected: z.boolean().default(false),
    }),
    output: z.strictObject({
      items: z.array(TopicRow),
      failures: z.array(Failure),
      /** Where the next page starts; null: this was the last. */
      next: z.number().int().nullable(),
    }),
    extent: ({ items, failures }) => extentOf(items.length, failures),
    effect: 'read',
  }),
  /** Offsets and sizes for the visible topics; asked for in slices so that a list of thousands shows at once. */
  'topics.totals': route({
    input: z.strictObject({ connectionId: ConnectionId, topics: z.array(z.string()).min(1).max(500) }),
    output: z.strictObject({ items: z.array(TopicTotals), failures: z.array(Failure) }),
    extent: ({ items, failures }) => extentOf(items.length, failures),
    effect: 'read',
  }),
  'topics.describe': route({
    input: OneTopic,
    output: z.strictObject({
      name: z.string(),
      topicId: z.string().nullable(),
      internal: z.boolean(),
      partitions: z.array(PartitionRow),
      failures: z.array(Failure),
    }),
    extent: ({ partitions, failures }) => extentOf(partitions.length, failures),
    effect: 'read',
  }),
  /** The positions of groups in a topic; one item per group, in the order given. */
  'topics.positions': route({
    input: z.strictObject({ ...OneTopic.shape, groups: z.array(z.string().min(1)).min(1).max(200) }),
    output: z.strictObject({ items: z.array(GroupInTopic), readAt: z.bigint() }),
    extent: ({ items }) => extentOfParts(items.map(({ error }) => error === undefined)),
    effect: 'read',
  }),
  /**
   * How many offsets were written when, from the brokers' own index of timestamps: no record is read. If the topic has so many
   * partitions that this would take too many requests, there are fewer steps than were asked for.
   */
  'topics.written': route({
    input: z
      .strictObject({
        ...OneTopic.shape,
        /** In ms since 1970. */
        from: z.bigint().nonnegative(),
        to: z.bigint().nonnegative(),
        steps: z.number().int().min(1).max(MOST_STEPS),
      })
      .refine(({ from, to }) => from < to, 'to must be later than from'),
    output: z.strictObject({
      /** One more than there are steps. */
      times: z.array(z.bigint()),
      /** Offsets written in each step, over all partitions. */
      offsets: z.array(z.bigint()),
      failures: z.array(Failure),
    }),
    extent: ({ offsets, failures }) => extentOf(offsets.length, failures),
    effect: 'read',
  }),
  'topics.config': route({ input: OneTopic, output: z.strictObject({ items: z.array(ConfigRow) }), effect: 'read' }),
}
