import type { Operation } from './operations.ts'

export interface VersionRange {
  min: number
  max: number
}

export type Rights = Partial<Record<'topic' | 'group' | 'cluster', Operation>>

interface ApiFacts {
  key: number
  /** What the gate of a read-only connection goes by. */
  effect: 'read' | 'write'
  /** The versions that a file of this folder encodes and decodes; absent: the app never sends it by itself. */
  versions?: VersionRange
  /**
   * What the brokers ask of whoever sends it (Kafka's documentation, "Operations and Resources on Protocols"). They only
   * say on which kind of resource something is missing: what it is, is known from here.
   */
  rights?: Rights
  /** What brokers below a version lack that the app would use; said in the cluster's view, not hidden. */
  since?: readonly { version: number; release: string; without: string }[]
}

/**
 * Kafka's APIs (org.apache.kafka.common.protocol.ApiKeys): all that only read, and of the others those that clients send.
 * What a read-only connection may send, what an API is called on screen, which versions are spoken, which rights it takes
 * and what older brokers lack all come from here. One that is not in the table is a write, and shown by its number.
 */
export const kafkaApis = {
  Produce: { key: 0, effect: 'write', versions: { min: 7, max: 13 }, rights: { topic: 'Write' } },
  Fetch: { key: 1, effect: 'read', versions: { min: 4, max: 17 }, rights: { topic: 'Read' } },
  ListOffsets: {
    key: 2,
    effect: 'read',
    versions: { min: 2, max: 11 },
    rights: { topic: 'Describe' },
    since: [{ version: 7, release: '3.0', without: 'The record with the largest timestamp cannot be asked for.' }],
  },
  Metadata: {
    key: 3,
    effect: 'read',
    versions: { min: 4, max: 13 },
    rights: { topic: 'Describe' },
    since: [
      { version: 10, release: '2.8', without: 'Topics have no ids, so one deleted and created again is not noticed.' },
    ],
  },
  OffsetCommit: {
    key: 8,
    effect: 'write',
    versions: { min: 6, max: 9 },
    rights: { group: 'Read', topic: 'Read' },
  },
  OffsetFetch: {
    key: 9,
    effect: 'read',
    versions: { min: 5, max: 9 },
    rights: { group: 'Describe', topic: 'Describe' },
    since: [
      { version: 7, release: '2.5', without: 'The brokers cannot say whether a transaction holds positions back.' },
    ],
  },
  FindCoordinator: { key: 10, effect: 'read', versions: { min: 1, max: 6 }, rights: { group: 'Describe' } },
  JoinGroup: { key: 11, effect: 'write', versions: { min: 5, max: 9 }, rights: { group: 'Read' } },
  Heartbeat: { key: 12, effect: 'write', versions: { min: 3, max: 4 }, rights: { group: 'Read' } },
  LeaveGroup: { key: 13, effect: 'write', versions: { min: 3, max: 5 }, rights: { group: 'Read' } },
  SyncGroup: { key: 14, effect: 'write', versions: { min: 3, max: 5 }, rights: { group: 'Read' } },
  DescribeGroups: { key: 15, effect: 'read', versions: { min: 3, max: 6 }, rights: { group: 'Describe' } },
  ListGroups: {
    key: 16,
    effect: 'read',
    versions: { min: 1, max: 5 },
    rights: { group: 'Describe' },
    since: [
      { version: 5, release: '3.8', without: 'The brokers do not tell a group’s type; it is shown as "unknown".' },
      { version: 4, release: '2.6', without: 'The brokers do not tell a group’s state in the list.' },
    ],
  },
  SaslHandshake: { key: 17, effect: 'read' },
  // v3 is asked first: a broker that lacks a version costs one more round trip on every connection, and v4 (KIP-1022) only
  // lists more features. v5 (KIP-1242) goes to brokers of a cluster that is known to have it.
  ApiVersions: {
    key: 18,
    effect: 'read',
    versions: { min: 0, max: 5 },
    since: [
      {
        version: 5,
        release: '4.4',
        without: 'The brokers do not notice that a tunnel or an address map leads to another broker or cluster.',
      },
    ],
  },
  CreateTopics: {
    key: 19,
    effect: 'write',
    versions: { min: 5, max: 7 },
    rights: { topic: 'Create', cluster: 'Create' },
  },
  DeleteTopics: { key: 20, effect: 'write' },
  DeleteRecords: { key: 21, effect: 'write' },
  // Since 2.8 (KIP-679) whoever may write to any topic may ask for a producer id; IdempotentWrite is the older way.
  InitProducerId: { key: 22, effect: 'write', versions: { min: 2, max: 5 }, rights: { topic: 'Write' } },
  DescribeAcls: { key: 29, effect: 'read' },
  DescribeConfigs: { key: 32, effect: 'read', versions: { min: 1, max: 4 }, rights: { topic: 'DescribeConfigs' } },
  AlterConfigs: { key: 33, effect: 'write' },
  DescribeLogDirs: { key: 35, effect: 'read', versions: { min: 1, max: 5 }, rights: { cluster: 'Describe' } },
  SaslAuthenticate: { key: 36, effect: 'read' },
  DescribeDelegationToken: { key: 41, effect: 'read' },
  DeleteGroups: { key: 42, effect: 'write', versions: { min: 1, max: 3 }, rights: { group: 'Delete' } },
  IncrementalAlterConfigs: { key: 44, effect: 'write' },
  ListPartitionReassignments: { key: 46, effect: 'read' },
  OffsetDelete: {
    key: 47,
    effect: 'write',
    versions: { min: 0, max: 0 },
    rights: { group: 'Delete', topic: 'Read' },
    since: [
      {
        version: 0,
        release: '2.4',
        without: 'Single positions cannot be removed, so undoing to "none" is refused.',
      },
    ],
  },
  DescribeClientQuotas: { key: 48, effect: 'read' },
  DescribeUserScramCredentials: { key: 50, effect: 'read' },
  DescribeQuorum: { key: 55, effect: 'read' },
  DescribeCluster: { key: 60, effect: 'read', versions: { min: 0, max: 2 } },
  DescribeProducers: { key: 61, effect: 'read' },
  DescribeTransactions: { key: 65, effect: 'read' },
  ListTransactions: { key: 66, effect: 'read' },
  ConsumerGroupHeartbeat: {
    key: 68,
    effect: 'write',
    versions: { min: 0, max: 1 },
    rights: { group: 'Read', topic: 'Describe' },
    since: [
      { version: 0, release: '3.7', without: 'A group cannot be stepped by the newer consumer protocol (KIP-848).' },
    ],
  },
  ConsumerGroupDescribe: {
    key: 69,
    effect: 'read',
    versions: { min: 0, max: 1 },
    rights: { group: 'Describe', topic: 'Describe' },
    since: [
      {
        version: 0,
        release: '3.7',
        without: 'Groups of the newer consumer protocol (KIP-848) are not known to these brokers.',
      },
    ],
  },
  ListConfigResources: { key: 74, effect: 'read' },
  DescribeTopicPartitions: { key: 75, effect: 'read' },
  ShareGroupDescribe: {
    key: 77,
    effect: 'read',
    versions: { min: 1, max: 1 },
    rights: { group: 'Describe', topic: 'Describe' },
    since: [{ version: 1, release: '4.1', without: 'The brokers do not tell the members of share groups.' }],
  },
  StreamsGroupDescribe: {
    key: 89,
    effect: 'read',
    versions: { min: 0, max: 1 },
    rights: { group: 'Describe', topic: 'Describe' },
    since: [
      { version: 0, release: '4.1', without: 'Streams groups are not known to these brokers.' },
      { version: 1, release: '4.4', without: 'The brokers do not tell which assignor a streams group uses.' },
    ],
  },
  DescribeShareGroupOffsets: {
    key: 90,
    effect: 'read',
    versions: { min: 0, max: 1 },
    rights: { group: 'Describe', topic: 'Describe' },
    since: [
      { version: 0, release: '4.1', without: 'The brokers do not tell where share groups start.' },
      { version: 1, release: '4.2', without: 'The brokers do not tell the lag of share groups; it is counted from their start offsets.' }, // oxfmt-ignore
    ],
  },
  AlterShareGroupOffsets: {
    key: 91,
    effect: 'write',
    versions: { min: 0, max: 0 },
    rights: { group: 'Read', topic: 'Read' },
    since: [{ version: 0, release: '4.1', without: 'Start offsets of share groups cannot be moved.' }],
  },
  DeleteShareGroupOffsets: {
    key: 92,
    effect: 'write',
    versions: { min: 0, max: 0 },
    rights: { group: 'Delete', topic: 'Read' },
    since: [{ version: 0, release: '4.1', without: 'Start offsets of share groups cannot be removed.' }],
  },
} as const satisfies Record<string, ApiFacts>

export type ApiName = keyof typeof kafkaApis

type With<Fact extends keyof ApiFacts> = {
  [Name in ApiName]: (typeof kafkaApis)[Name] extends Record<Fact, unknown> ? Name : never
}[ApiName]

/** Those the app sends itself: each has its file in this folder. */
export type SpokenApi = With<'versions'>
/** Those whose refusal can be said in terms of a right. */
export type JudgedApi = With<'rights'>

/** Which requests a feature makes, so that a right can be asked for before it is missed. The guide shows it. */
export const features: readonly { name: string; apis: readonly JudgedApi[]; note?: string }[] = [
  { name: 'See topics and their offsets', apis: ['Metadata', 'ListOffsets'] },
  { name: 'Browse, follow and search records', apis: ['Metadata', 'ListOffsets', 'Fetch'] },
  { name: 'See settings of a topic', apis: ['DescribeConfigs'] },
  { name: 'See sizes on disk', apis: ['DescribeLogDirs'] },
  {
    name: 'See groups, their members and positions',
    apis: ['ListGroups', 'FindCoordinator', 'DescribeGroups', 'ConsumerGroupDescribe', 'ShareGroupDescribe', 'StreamsGroupDescribe', 'OffsetFetch', 'DescribeShareGroupOffsets'], // oxfmt-ignore
  },
  {
    name: 'Move a group',
    apis: ['OffsetFetch', 'ListOffsets', 'OffsetCommit', 'DescribeShareGroupOffsets', 'AlterShareGroupOffsets'],
  },
  {
    name: 'Step a group as a member',
    apis: ['JoinGroup', 'SyncGroup', 'Heartbeat', 'LeaveGroup', 'ConsumerGroupHeartbeat', 'OffsetFetch', 'ListOffsets', 'Fetch', 'OffsetCommit'], // oxfmt-ignore
    note: 'ConsumerGroupHeartbeat for the protocol of KIP-848, the four before it for the classic one',
  },
  {
    name: 'Delete positions, or undo where there was none',
    apis: ['OffsetFetch', 'OffsetDelete', 'DescribeShareGroupOffsets', 'DeleteShareGroupOffsets'],
  },
  { name: 'Delete a group, or undo what made one', apis: ['OffsetFetch', 'DeleteGroups'] },
  {
    name: 'Replay or write into a topic',
    apis: ['Metadata', 'DescribeConfigs', 'ListOffsets', 'InitProducerId', 'Produce'],
    note: 'DescribeConfigs may be missing: what the settings would have warned of is then not said',
  },
  { name: 'Make the topic of a replay', apis: ['CreateTopics'], note: 'on the cluster, or on topics of that name' },
]

const all: readonly [string, ApiFacts][] = Object.entries(kafkaApis)
const byKey: ReadonlyMap<number, string> = new Map(all.map(([name, { key }]) => [key, name]))
const readKeys: ReadonlySet<number> = new Set(all.filter(([, api]) => api.effect === 'read').map(([, { key }]) => key))

export function apiName(key: number): string {
  return byKey.get(key) ?? `API ${key}`
}

/** Whether a read-only connection may send it: an allow-list, since a key nobody here knows may be a write. */
export function isReadApi(key: number): boolean {
  return readKeys.has(key)
}

/** What these brokers lack that the app would use, as sentences. Empty before any broker announced its versions. */
export function lackedBy(ranges: ReadonlyMap<number, VersionRange> | null): string[] {
  if (ranges === null) return []
  return all.flatMap(([, { key, since = [] }]) =>
    since
      .filter(({ version }) => (ranges.get(key)?.max ?? -1) < version)
      .map(({ release, without }) => `${without} This needs Kafka ${release} or later.`),
  )
}
