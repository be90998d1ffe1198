import type { ReplayConcern, ReplaySpec } from '#shared/contract/replay.ts'
import type { SeeklineError } from '#shared/errors.ts'
import { grouped } from '#shared/offsets/plan-sentence.ts'
import { bytesText, durationText } from '#shared/units.ts'
import { describeConfigs } from '../../kafka/configs.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { isCancelled } from '../../kafka/cancellation.ts'

/** What a topic does to records that are written to it. */
export interface TopicRules {
  /** −1: unlimited. */
  retentionMs: bigint
  retentionBytes: bigint
  deletes: boolean
  compacts: boolean
  appendTime: boolean
  beforeMaxMs: bigint
  afterMaxMs: bigint
  maxMessageBytes: number
  minInSync: number
}

const MAX = 0x7fff_ffff_ffff_ffffn
const DEFAULT_MAX_MESSAGE = 1_048_588

const kafkaDefaults: TopicRules = {
  retentionMs: 604_800_000n,
  retentionBytes: -1n,
  deletes: true,
  compacts: false,
  appendTime: false,
  beforeMaxMs: MAX,
  afterMaxMs: 3_600_000n,
  maxMessageBytes: DEFAULT_MAX_MESSAGE,
  minInSync: 1,
}

/** The broker setting for each topic setting, used if the topic has none of its own. Earlier names win. */
const brokerNames: Record<string, readonly [string, bigint][]> = {
  'retention.ms': [
    ['log.retention.ms', 1n],
    ['log.retention.minutes', 60_000n],
    ['log.retention.hours', 3_600_000n],
  ],
  'retention.bytes': [['log.retention.bytes', 1n]],
  'cleanup.policy': [['log.cleanup.policy', 1n]],
  'message.timestamp.type': [['log.message.timestamp.type', 1n]],
  'message.timestamp.before.max.ms': [['log.message.timestamp.before.max.ms', 1n]],
  'message.timestamp.after.max.ms': [['log.message.timestamp.after.max.ms', 1n]],
  'max.message.bytes': [['message.max.bytes', 1n]],
  'min.insync.replicas': [['min.insync.replicas', 1n]],
}

/** An existing topic's rules. `problem`: they may not be read, and Kafka's defaults are assumed. */
export async function rulesOfTopic(
  cluster: KafkaCluster,
  topic: string,
  signal: AbortSignal,
): Promise<{ rules: TopicRules; problem: SeeklineError | null }> {
  const [found] = await describeConfigs(cluster, [{ kind: 'topic', name: topic }], { signal })
  if (found?.outcome.ok !== true) return { rules: kafkaDefaults, problem: found?.outcome.error ?? null }
  const values = new Map(found.outcome.value.map(({ name, value }) => [name, value]))
  return { rules: rulesFrom((name) => values.get(name) ?? null), problem: null }
}

/** The rules of a topic that will be created: its settings, and the brokers' for the others. */
export async function rulesOfNewTopic(
  cluster: KafkaCluster,
  configs: readonly { name: string; value: string }[],
  signal: AbortSignal,
): Promise<TopicRules> {
  const own = new Map(configs.map(({ name, value }) => [name, value]))
  const broker = new Map<string, string | null>()
  const node = cluster.info().brokers[0]
  if (node !== undefined) {
    try {
      const [found] = await describeConfigs(cluster, [{ kind: 'broker', name: String(node.nodeId) }], { signal })
      // Reading a broker's settings needs a right of its own; without it Kafka's defaults are assumed.
      if (found?.outcome.ok === true) for (const { name, value } of found.outcome.value) broker.set(name, value)
    } catch (error) {
      if (isCancelled(error)) throw error
    }
  }
  return rulesFrom((name) => own.get(name) ?? fromBroker(name, broker))
}

function fromBroker(name: string, broker: ReadonlyMap<string, string | null>): string | null {
  for (const [key, factor] of brokerNames[name] ?? []) {
    const value = broker.get(key)
    if (value === undefined || value === null || value === '') continue
    if (factor === 1n) return value
    return /^-?\d+$/.test(value) ? (BigInt(value) < 0n ? value : (BigInt(value) * factor).toString()) : null
  }
  return null
}

export function rulesFrom(valueOf: (name: string) => string | null): TopicRules {
  const number = (name: string, otherwise: bigint) => {
    const value = valueOf(name)
    return value !== null && /^-?\d+$/.test(value) ? BigInt(value) : otherwise
  }
  const policy = (valueOf('cleanup.policy') ?? 'delete').split(',').map((one) => one.trim())
  // Before 3.6 one setting limited both directions; 3.6 to 3.9 have both names.
  const difference = number('message.timestamp.difference.max.ms', MAX)
  return {
    retentionMs: number('retention.ms', kafkaDefaults.retentionMs),
    retentionBytes: number('retention.bytes', -1n),
    deletes: policy.includes('delete'),
    compacts: policy.includes('compact'),
    appendTime: valueOf('message.timestamp.type') === 'LogAppendTime',
    beforeMaxMs: number('message.timestamp.before.max.ms', difference),
    afterMaxMs: number('message.timestamp.after.max.ms', difference === MAX ? MAX : difference),
    maxMessageBytes: Number(number('max.message.bytes', BigInt(DEFAULT_MAX_MESSAGE))),
    minInSync: Number(number('min.insync.replicas', 1n)),
  }
}

/** How many offsets of the plan's rows are on one side of a time, by ListOffsets on the source. */
export interface TimeCounts {
  /** In the rows, before the first record with a timestamp at or after `time`. */
  before(time: bigint): Promise<bigint>
  /** In the rows, from the first record with a timestamp at or after `time` on. */
  from(time: bigint): Promise<bigint>
}

export interface ConcernFacts {
  spec: ReplaySpec
  source: TopicRules
  target: TopicRules
  offsets: bigint
  estimatedBytes: bigint | null
  shiftMs: bigint | null
  now: bigint
  counts: TimeCounts
  targetPartitions: number
  replicas: number
  sameTopic: boolean
  tooFew: number
}

/** What the target would do to the copies, each with an upper bound of the offsets it concerns. */
export async function concernsOf(facts: ConcernFacts): Promise<ReplayConcern[]> {
  const { spec, source, target, offsets } = facts
  const out: ReplayConcern[] = []
  const add = (kind: ReplayConcern['kind'], count: bigint | null, sentence: string) =>
    out.push({ kind, offsets: count, sentence })
  if (offsets > 0n && !target.appendTime && spec.timestamps !== 'now') await timeConcerns(facts, add)
  if (target.appendTime) {
    add(
      'restamped',
      offsets,
      'The target stamps every record with the time it arrives (LogAppendTime); the timestamps are not kept.',
    )
  }
  if (target.deletes && target.retentionBytes >= 0n) {
    const size = facts.estimatedBytes
    const share = size === null ? null : size / BigInt(Math.max(1, facts.targetPartitions))
    if (share === null || share > target.retentionBytes) {
      add(
        'deleted',
        null,
        `The target keeps ${bytesText(target.retentionBytes)} a partition (retention.bytes); older copies may be deleted as newer ones arrive.`,
      )
    }
  }
  if (target.compacts) {
    add(
      'compacted',
      null,
      'The target is compacted: it refuses records without a key, and keeps only the newest of each key.',
    )
  }
  if (source.maxMessageBytes > target.maxMessageBytes) {
    add(
      'too-large',
      null,
      `The target takes batches of ${bytesText(BigInt(target.maxMessageBytes))} at most, the source up to ${bytesText(BigInt(source.maxMessageBytes))}: larger batches are taken apart, single records that are larger are refused.`,
    )
  }
  if (spec.partitioning === 'by-key') {
    add(
      'partitioning',
      null,
      'By key means the Java client’s choice of partition; other producers choose otherwise. Records of several source partitions mix in no fixed order, records without a key go by their source partition.',
    )
  }
  if (facts.tooFew > 0) {
    add(
      'partitioning',
      null,
      `The target has ${facts.targetPartitions} ${facts.targetPartitions === 1 ? 'partition' : 'partitions'}: ${facts.tooFew} of the source’s have no counterpart there and are refused. Replay by key, or into a topic with more partitions.`,
    )
  }
  if (facts.sameTopic) {
    add(
      'loop',
      offsets,
      'Source and target are the same topic: its own records are appended to it again. The end was fixed beforehand, so it stops.',
    )
  }
  if (facts.replicas > 0 && facts.replicas < target.minInSync) {
    add(
      'refused',
      offsets,
      `The target asks for ${target.minInSync} replicas in sync and has ${facts.replicas}: it refuses every write.`,
    )
  } else if (target.minInSync > 1) {
    add('other', null, `Every batch waits until ${target.minInSync} replicas have it (min.insync.replicas).`)
  }
  return out
}

async function timeConcerns(
  { target, counts, now, shiftMs }: ConcernFacts,
  add: (kind: ReplayConcern['kind'], count: bigint | null, sentence: string) => void,
): Promise<void> {
  const shift = shiftMs ?? 0n
  const disorder =
    'Counted up to the first record young enough; producers set timestamps freely, so older ones may follow.'
  if (target.deletes && target.retentionMs >= 0n) {
    const old = await counts.before(now - target.retentionMs - shift)
    if (old > 0n) {
      add(
        'deleted',
        old,
        `Up to ${grouped(old)} offsets are older than the target keeps records (${durationText(target.retentionMs)}, retention.ms): it deletes them soon after they arrive. ${disorder}`,
      )
    }
  }
  if (target.beforeMaxMs < MAX) {
    const old = await counts.before(now - target.beforeMaxMs - shift)
    if (old > 0n) {
      add(
        'refused',
        old,
        `Up to ${grouped(old)} offsets are older than the target accepts (${durationText(target.beforeMaxMs)}, message.timestamp.before.max.ms). ${disorder}`,
      )
    }
  }
  if (target.afterMaxMs < MAX) {
    const late = await counts.from(now + target.afterMaxMs - shift + 1n)
    if (late > 0n) {
      add(
        'refused',
        late,
        `Up to ${grouped(late)} offsets may lie further in the future than the target accepts (${durationText(target.afterMaxMs)}, message.timestamp.after.max.ms).`,
      )
    }
  }
}
