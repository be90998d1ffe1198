import { reads } from './client/gate.ts'

// Names from org.apache.kafka.common.protocol.ApiKeys; only those a client may send. Others are shown by number.
const names: Record<number, string> = {
  0: 'Produce',
  1: 'Fetch',
  2: 'ListOffsets',
  3: 'Metadata',
  8: 'OffsetCommit',
  9: 'OffsetFetch',
  10: 'FindCoordinator',
  11: 'JoinGroup',
  12: 'Heartbeat',
  13: 'LeaveGroup',
  14: 'SyncGroup',
  15: 'DescribeGroups',
  16: 'ListGroups',
  17: 'SaslHandshake',
  18: 'ApiVersions',
  19: 'CreateTopics',
  20: 'DeleteTopics',
  21: 'DeleteRecords',
  22: 'InitProducerId',
  32: 'DescribeConfigs',
  33: 'AlterConfigs',
  35: 'DescribeLogDirs',
  36: 'SaslAuthenticate',
  42: 'DeleteGroups',
  44: 'IncrementalAlterConfigs',
  47: 'OffsetDelete',
  60: 'DescribeCluster',
  69: 'ConsumerGroupDescribe',
  77: 'ShareGroupDescribe',
  89: 'StreamsGroupDescribe',
}

export function apiName(key: number): string {
  return names[key] ?? `API ${key}`
}

/** Whether the gate lets the API pass on a read-only connection. */
export function isReadApi(key: number): boolean {
  return reads.has(key)
}
