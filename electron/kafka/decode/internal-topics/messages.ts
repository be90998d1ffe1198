// Made by scripts/message-tables.ts from the message definitions of Apache Kafka 4.4.0 (common/message in its jars,
// Apache License 2.0). A field is its name, its type, the versions that have it, and "nullable" or its tag (KIP-482).
/* oxlint-disable max-lines -- a generated table, not code */

import type { MessageTable, RecordTable } from './message.ts'

/** The records of Kafka's own topics: a key starts with its type, a value with its version. */
export const records: Record<string, RecordTable[]> = {
  __consumer_offsets: [
    {
      type: 0,
      name: 'LegacyOffsetCommit',
      key: ['group string 0', 'topic string 0', 'partition int32 0'],
      value: {
        versions: '0',
        flexible: 'none',
        fields: ['offset int64 0', 'metadata string 0', 'commitTimestamp int64 0'],
        structs: {},
      },
    },
    {
      type: 1,
      name: 'OffsetCommit',
      key: ['group string 0', 'topic string 0', 'partition int32 0'],
      value: {
        versions: '0-4',
        flexible: '4+',
        fields: [
          'offset int64 0+',
          'leaderEpoch int32 3+',
          'metadata string 0+',
          'commitTimestamp int64 0+',
          'expireTimestamp int64 1',
          'topicId uuid 4+ tag 0',
        ],
        structs: {},
      },
    },
    {
      type: 2,
      name: 'GroupMetadata',
      key: ['group string 0'],
      value: {
        versions: '0-4',
        flexible: '4+',
        fields: [
          'protocolType string 0+',
          'generation int32 0+',
          'protocol string 0+ nullable',
          'leader string 0+ nullable',
          'currentStateTimestamp int64 2+',
          'members []MemberMetadata 0+',
        ],
        structs: {
          MemberMetadata: [
            'memberId string 0+',
            'groupInstanceId string 3+ nullable',
            'clientId string 0+',
            'clientHost string 0+',
            'rebalanceTimeout int32 1+',
            'sessionTimeout int32 0+',
            'subscription bytes 0+',
            'assignment bytes 0+',
          ],
        },
      },
    },
    {
      type: 3,
      name: 'ConsumerGroupMetadata',
      key: ['groupId string 0'],
      value: { versions: '0', flexible: '0+', fields: ['epoch int32 0+', 'metadataHash int64 0+ tag 0'], structs: {} },
    },
    {
      type: 4,
      name: 'ConsumerGroupPartitionMetadata',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['topics []TopicMetadata 0+'],
        structs: {
          PartitionMetadata: ['partition int32 0+', 'racks []string 0+'],
          TopicMetadata: [
            'topicId uuid 0+',
            'topicName string 0+',
            'numPartitions int32 0+',
            'partitionMetadata []PartitionMetadata 0+',
          ],
        },
      },
    },
    {
      type: 5,
      name: 'ConsumerGroupMemberMetadata',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'instanceId string 0+ nullable',
          'rackId string 0+ nullable',
          'clientId string 0+',
          'clientHost string 0+',
          'subscribedTopicNames []string 0+',
          'subscribedTopicRegex string 0+ nullable',
          'rebalanceTimeoutMs int32 0+',
          'serverAssignor string 0+ nullable',
          'classicMemberMetadata ClassicMemberMetadata 0+ nullable tag 0',
        ],
        structs: {
          ClassicProtocol: ['name string 0+', 'metadata bytes 0+'],
          ClassicMemberMetadata: ['sessionTimeoutMs int32 0+', 'supportedProtocols []ClassicProtocol 0+'],
        },
      },
    },
    {
      type: 6,
      name: 'ConsumerGroupTargetAssignmentMetadata',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['assignmentEpoch int32 0+', 'assignmentTimestamp int64 0+ tag 0'],
        structs: {},
      },
    },
    {
      type: 7,
      name: 'ConsumerGroupTargetAssignmentMember',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['topicPartitions []TopicPartition 0+'],
        structs: { TopicPartition: ['topicId uuid 0+', 'partitions []int32 0+'] },
      },
    },
    {
      type: 8,
      name: 'ConsumerGroupCurrentMemberAssignment',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'memberEpoch int32 0+',
          'previousMemberEpoch int32 0+',
          'state int8 0+',
          'assignedPartitions []TopicPartitions 0+',
          'partitionsPendingRevocation []TopicPartitions 0+',
        ],
        structs: {
          TopicPartitions: ['topicId uuid 0+', 'partitions []int32 0+', 'assignmentEpochs []int32 0+ nullable tag 0'],
        },
      },
    },
    {
      type: 10,
      name: 'ShareGroupMemberMetadata',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'rackId string 0+ nullable',
          'clientId string 0+',
          'clientHost string 0+',
          'subscribedTopicNames []string 0+',
        ],
        structs: {},
      },
    },
    {
      type: 11,
      name: 'ShareGroupMetadata',
      key: ['groupId string 0'],
      value: { versions: '0', flexible: '0+', fields: ['epoch int32 0+', 'metadataHash int64 0+'], structs: {} },
    },
    {
      type: 12,
      name: 'ShareGroupTargetAssignmentMetadata',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['assignmentEpoch int32 0+', 'assignmentTimestamp int64 0+ tag 0'],
        structs: {},
      },
    },
    {
      type: 13,
      name: 'ShareGroupTargetAssignmentMember',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['topicPartitions []TopicPartition 0+'],
        structs: { TopicPartition: ['topicId uuid 0+', 'partitions []int32 0+'] },
      },
    },
    {
      type: 14,
      name: 'ShareGroupCurrentMemberAssignment',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'memberEpoch int32 0+',
          'previousMemberEpoch int32 0+',
          'state int8 0+',
          'assignedPartitions []TopicPartitions 0+',
        ],
        structs: { TopicPartitions: ['topicId uuid 0+', 'partitions []int32 0+'] },
      },
    },
    {
      type: 15,
      name: 'ShareGroupStatePartitionMetadata',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'initializingTopics []TopicPartitionsInfo 0+',
          'initializedTopics []TopicPartitionsInfo 0+',
          'deletingTopics []TopicInfo 0+',
        ],
        structs: {
          TopicPartitionsInfo: ['topicId uuid 0+', 'topicName string 0+', 'partitions []int32 0+'],
          TopicInfo: ['topicId uuid 0+', 'topicName string 0+'],
        },
      },
    },
    {
      type: 16,
      name: 'ConsumerGroupRegularExpression',
      key: ['groupId string 0', 'regularExpression string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['topics []string 0+', 'version int64 0+', 'timestamp int64 0+'],
        structs: {},
      },
    },
    {
      type: 17,
      name: 'StreamsGroupMetadata',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'epoch int32 0+',
          'metadataHash int64 0+',
          'validatedTopologyEpoch int32 0+ tag 0',
          'lastAssignmentConfigs []LastAssignmentConfig 0+ nullable tag 1',
          'storedDescriptionTopologyEpoch int32 0+ tag 2',
          'failedDescriptionTopologyEpoch int32 0+ tag 3',
        ],
        structs: { LastAssignmentConfig: ['key string 0+', 'value string 0+'] },
      },
    },
    {
      type: 19,
      name: 'StreamsGroupMemberMetadata',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'instanceId string 0+ nullable',
          'rackId string 0+ nullable',
          'clientId string 0+',
          'clientHost string 0+',
          'rebalanceTimeoutMs int32 0+',
          'topologyEpoch int32 0+',
          'processId string 0+',
          'userEndpoint Endpoint 0+ nullable',
          'clientTags []KeyValue 0+',
        ],
        structs: { Endpoint: ['host string 0+', 'port uint16 0+'], KeyValue: ['key string 0+', 'value string 0+'] },
      },
    },
    {
      type: 20,
      name: 'StreamsGroupTargetAssignmentMetadata',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['assignmentEpoch int32 0+', 'assignmentTimestamp int64 0+ tag 0'],
        structs: {},
      },
    },
    {
      type: 21,
      name: 'StreamsGroupTargetAssignmentMember',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['activeTasks []TaskIds 0+', 'standbyTasks []TaskIds 0+', 'warmupTasks []TaskIds 0+'],
        structs: { TaskIds: ['subtopologyId string 0+', 'partitions []int32 0+'] },
      },
    },
    {
      type: 22,
      name: 'StreamsGroupCurrentMemberAssignment',
      key: ['groupId string 0', 'memberId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'memberEpoch int32 0+',
          'previousMemberEpoch int32 0+',
          'state int8 0+',
          'activeTasks []TaskIds 0+',
          'standbyTasks []TaskIds 0+',
          'warmupTasks []TaskIds 0+',
          'activeTasksPendingRevocation []TaskIds 0+',
          'standbyTasksPendingRevocation []TaskIds 0+',
          'warmupTasksPendingRevocation []TaskIds 0+',
        ],
        structs: {
          TaskIds: ['subtopologyId string 0+', 'partitions []int32 0+', 'assignmentEpochs []int32 0+ nullable tag 0'],
        },
      },
    },
    {
      type: 23,
      name: 'StreamsGroupTopology',
      key: ['groupId string 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: ['epoch int32 0+', 'subtopologies []Subtopology 0+'],
        structs: {
          TopicConfig: ['key string 0+', 'value string 0+'],
          TopicInfo: [
            'name string 0+',
            'partitions int32 0+',
            'replicationFactor int16 0+',
            'topicConfigs []TopicConfig 0+',
          ],
          CopartitionGroup: [
            'sourceTopics []int16 0+',
            'sourceTopicRegex []int16 0+',
            'repartitionSourceTopics []int16 0+',
          ],
          Subtopology: [
            'subtopologyId string 0+',
            'sourceTopics []string 0+',
            'sourceTopicRegex []string 0+',
            'stateChangelogTopics []TopicInfo 0+',
            'repartitionSinkTopics []string 0+',
            'repartitionSourceTopics []TopicInfo 0+',
            'copartitionGroups []CopartitionGroup 0+',
          ],
        },
      },
    },
  ],
  __transaction_state: [
    {
      type: 0,
      name: 'TransactionLog',
      key: ['transactionalId string 0'],
      value: {
        versions: '0-1',
        flexible: '1+',
        fields: [
          'producerId int64 0+',
          'previousProducerId int64 1+ tag 0',
          'nextProducerId int64 1+ tag 1',
          'producerEpoch int16 0+',
          'nextProducerEpoch int16 1+ tag 3',
          'transactionTimeoutMs int32 0+',
          'transactionStatus int8 0+',
          'transactionPartitions []PartitionsSchema 0+ nullable',
          'transactionLastUpdateTimestampMs int64 0+',
          'transactionStartTimestampMs int64 0+',
          'clientTransactionVersion int16 1+ tag 2',
        ],
        structs: { PartitionsSchema: ['topic string 0+', 'partitionIds []int32 0+'] },
      },
    },
  ],
  __share_group_state: [
    {
      type: 0,
      name: 'ShareSnapshot',
      key: ['groupId string 0', 'topicId uuid 0', 'partition int32 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'snapshotEpoch int32 0+',
          'stateEpoch int32 0+',
          'leaderEpoch int32 0+',
          'startOffset int64 0+',
          'deliveryCompleteCount int32 0+ tag 0',
          'createTimestamp int64 0+',
          'writeTimestamp int64 0+',
          'stateBatches []StateBatch 0+',
        ],
        structs: {
          StateBatch: [
            'firstOffset int64 0+',
            'lastOffset int64 0+',
            'deliveryState int8 0+',
            'deliveryCount int16 0+',
          ],
        },
      },
    },
    {
      type: 1,
      name: 'ShareUpdate',
      key: ['groupId string 0', 'topicId uuid 0', 'partition int32 0'],
      value: {
        versions: '0',
        flexible: '0+',
        fields: [
          'snapshotEpoch int32 0+',
          'leaderEpoch int32 0+',
          'startOffset int64 0+',
          'deliveryCompleteCount int32 0+ tag 0',
          'stateBatches []StateBatch 0+',
        ],
        structs: {
          StateBatch: [
            'firstOffset int64 0+',
            'lastOffset int64 0+',
            'deliveryState int8 0+',
            'deliveryCount int16 0+',
          ],
        },
      },
    },
  ],
}

/** What members of classic groups say and are given where their protocol type is "consumer". */
export const consumerProtocol: Record<'subscription' | 'assignment', MessageTable> = {
  subscription: {
    versions: '0-3',
    flexible: 'none',
    fields: [
      'topics []string 0+',
      'userData bytes 0+ nullable',
      'ownedPartitions []TopicPartition 1+',
      'generationId int32 2+',
      'rackId string 3+ nullable',
    ],
    structs: { TopicPartition: ['topic string 1+', 'partitions []int32 1+'] },
  },
  assignment: {
    versions: '0-3',
    flexible: 'none',
    fields: ['assignedPartitions []TopicPartition 0+', 'userData bytes 0+ nullable'],
    structs: { TopicPartition: ['topic string 0+', 'partitions []int32 0+'] },
  },
}
