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
  /** The versions that a file of this folder encodes and decodes; absent: the app never sends it itself. */
  versions?: VersionRange
  /**
   * The rights that brokers require (Kafka's documentation, "Operations and Resources on Protocols"). An error says only on
   * which kind of resource something is missing; which right it is comes from here.
   */
  rights?: Rights
  /** What brokers below a version lack and the app would use; shown in the cluster's view. */
  since?: readonly { version: number; release: string; without: string }[]
}

/**
 * Kafka's APIs (org.apache.kafka.common.protocol.ApiKeys): all that only read, and those among the others that clients send.
 * From here come: what a read-only connection may send, the name of an API on screen, the implemented versions, the rights it
 * needs, and what older brokers lack. An API that is not in the table counts as a write, and is shown by its number.
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
  // v3 is sent first: if a broker lacks a version, every connection costs one more round trip, and v4 (KIP-1022) only lists
  // more features. v5 (KIP-1242) is sent to brokers of a cluster that is known to support it.
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
  // Since 2.8 (KIP-679) clients that may write to any topic may request a producer id; IdempotentWrite is the older right.
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

/** The APIs the app sends itself: each has its file in this folder. */
export type SpokenApi = With<'versions'>
/** The APIs whose refusal can be explained by a missing right. */
export type JudgedApi = With<'rights'>

/** The requests a feature makes, so that its rights can be checked beforehand. Shown in the guide. */
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
    name: 'Delete positions, or undo their creation',
    apis: ['OffsetFetch', 'OffsetDelete', 'DescribeShareGroupOffsets', 'DeleteShareGroupOffsets'],
  },
  { name: 'Delete a group, or undo its creation', apis: ['OffsetFetch', 'DeleteGroups'] },
  {
    name: 'Replay or write into a topic',
    apis: ['Metadata', 'DescribeConfigs', 'ListOffsets', 'InitProducerId', 'Produce'],
    note: 'without DescribeConfigs there are no warnings about the settings of the topic',
  },
  { name: 'Create the topic of a replay', apis: ['CreateTopics'], note: 'on the cluster, or on topics of that name' },
]

const all: readonly [string, ApiFacts][] = Object.entries(kafkaApis)
const byKey: ReadonlyMap<number, string> = new Map(all.map(([name, { key }]) => [key, name]))
const readKeys: ReadonlySet<number> = new Set(all.filter(([, api]) => api.effect === 'read').map(([, { key }]) => key))

export function apiName(key: number): string {
  return byKey.get(key) ?? `API ${key}`
}

/** Whether a read-only connection may send it: an allow-list, because an unknown key may be a write. */
export function isReadApi(key: number): boolean {
  return readKeys.has(key)
}

/** Features the app would use and these brokers lack, as sentences. Empty before any broker announced its versions. */
export function lackedBy(ranges: ReadonlyMap<number, VersionRange> | null): string[] {
  if (ranges === null) return []
  return all.flatMap(([, { key, since = [] }]) =>
    since
      .filter(({ version }) => (ranges.get(key)?.max ?? -1) < version)
      .map(({ release, without }) => `${without} This needs Kafka ${release} or later.`),
  )
}
