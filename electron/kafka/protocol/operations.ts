/** Kafka's operations on topics, groups and the cluster, by the names its tools use (kafka-acls.sh --operation). */
export type Operation =
  | 'Read'
  | 'Write'
  | 'Create'
  | 'Delete'
  | 'Alter'
  | 'Describe'
  | 'ClusterAction'
  | 'DescribeConfigs'
  | 'AlterConfigs'
  | 'IdempotentWrite'

/** The codes of AclOperation are the bits of a set of authorised operations (KIP-430). */
const bits: readonly (readonly [bit: number, operation: Operation])[] = [
  [3, 'Read'],
  [4, 'Write'],
  [5, 'Create'],
  [6, 'Delete'],
  [7, 'Alter'],
  [8, 'Describe'],
  [9, 'ClusterAction'],
  [10, 'DescribeConfigs'],
  [11, 'AlterConfigs'],
  [12, 'IdempotentWrite'],
]

const DESCRIBE = 1 << 8

/**
 * What a broker says these credentials may do with something; null: it does not say. That is a negative number (not asked, or
 * not known), and any set without Describe: a broker tells the cluster's operations only to clients that may describe it, and a
 * client that was told about a topic or a group may describe that. Such a set would look like "may do nothing".
 */
export const toldOperations = (set: number): Operation[] | null =>
  set < 0 || (set & DESCRIBE) === 0 ? null : bits.filter(([bit]) => (set & (1 << bit)) !== 0).map(([, name]) => name)
