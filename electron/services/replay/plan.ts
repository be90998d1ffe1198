import type { ReplayConcern, ReplayPlan, ReplayPlanRow, ReplaySpec, ReplayTopic } from '#shared/contract/replay.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { NewTopicName } from '#shared/model/ids.ts'
import { replaySentence } from '#shared/replay/sentences.ts'
import type { KafkaCluster, TopicInfo } from '../../kafka/cluster.ts'
import type { HistoryAccess } from '../../kafka/commit-history.ts'
import { lacked } from '../../kafka/rights.ts'
import { clusterRights, topicRights } from '../../kafka/authorized-operations.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import { lackingRight } from '../offsets/rights.ts'
import { estimateBytes, newestTimestamp, readSource, timeCounts } from './source-ranges.ts'
import { concernsOf, rulesOfNewTopic, rulesOfTopic } from './target-concerns.ts'

export interface PlanContext {
  source: HistoryAccess
  target: KafkaCluster
  targetName: string
  signal: AbortSignal
}

/** Reads what a replay depends on, on both sides, and computes it; writes nothing. */
export async function planReplay(spec: ReplaySpec, context: PlanContext): Promise<ReplayPlan> {
  const { target, signal } = context
  const source = context.source.cluster
  const now = BigInt(Date.now())
  const topic = await freshTopic(source, spec.topic, signal)
  const found = await lookUp(target, spec.targetTopic.name, signal)
  const facts = await readSource(context.source, topic, spec, signal)
  const targetPartitions = spec.targetTopic.create ? spec.targetTopic.partitions : (found?.partitions.length ?? 0)
  const told = await rightsFor(spec, context)
  const refusal = refusalOf(spec, found) ?? told.refusal
  const rows = facts.rows.map((row) => placed(row, spec, targetPartitions, refusal === null))
  const usable = rows.filter((row) => row.error === undefined)
  const offsets = usable.reduce((sum, row) => sum + row.offsets, 0n)
  const [estimatedBytes, newest] = await Promise.all([
    estimateBytes(source, topic, { bounds: facts.bounds, rows: usable }, signal),
    spec.timestamps === 'shift' ? newestTimestamp(source, spec.topic, usable, signal) : null,
  ])
  const shiftMs = spec.timestamps === 'shift' ? (newest === null ? 0n : now - newest) : null
  const sameCluster = source.info().clusterId !== null && source.info().clusterId === target.info().clusterId
  const concerns: ReplayConcern[] = []
  if (told.concern !== null) concerns.push({ kind: 'refused', offsets: null, sentence: told.concern })
  if (refusal === null) {
    const [mine, theirs] = await Promise.all([
      rulesOfTopic(source, spec.topic, signal),
      spec.targetTopic.create
        ? rulesOfNewTopic(target, spec.targetTopic.configs, signal).then((rules) => ({ rules, problem: null }))
        : rulesOfTopic(target, spec.targetTopic.name, signal),
    ])
    if (theirs.problem !== null) {
      const sentence = `The target’s settings may not be read (${theirs.problem.message}) Kafka’s defaults are assumed.`
      concerns.push({ kind: 'other', offsets: null, sentence })
    }
    concerns.push(
      ...(await concernsOf({
        spec,
        source: mine.rules,
        target: theirs.rules,
        offsets,
        estimatedBytes,
        shiftMs,
        now,
        counts: timeCounts(source, spec.topic, usable, signal),
        targetPartitions,
        replicas: replicasOf(spec.targetTopic, found),
        sameTopic: sameCluster && !spec.targetTopic.create && spec.topic === spec.targetTopic.name,
        tooFew: new Set(rows.filter((row) => row.error?.code === 'plan.refused').map((row) => row.partition)).size,
      })),
    )
  }
  const plan: ReplayPlan = {
    version: 1,
    spec,
    sourceClusterId: source.info().clusterId,
    sourceTopicId: topic.topicId,
    targetClusterId: target.info().clusterId,
    targetTopicId: spec.targetTopic.create ? null : (found?.topicId ?? null),
    targetPartitions,
    rows,
    offsets,
    estimatedBytes,
    shiftMs,
    concerns,
    refusal,
    summary: '',
    madeAt: now,
  }
  return { ...plan, summary: replaySentence(plan, context.targetName) }
}

/** The rights it needs on both sides, as the brokers report them. `concern`: they were reported only in part. */
async function rightsFor(
  { topic, targetTopic }: ReplaySpec,
  { source: { cluster: source }, target, signal }: PlanContext,
): Promise<{ refusal: ErrorValue | null; concern: string | null }> {
  const [onSource, onTarget, onCluster] = await Promise.all([
    topicRights(source, [topic], { signal }),
    targetTopic.create ? null : topicRights(target, [targetTopic.name], { signal }),
    targetTopic.create ? clusterRights(target, { signal }) : null,
  ])
  const read = lacked('Fetch', 'topic', topic, onSource.get(topic))
  const write = lacked('Produce', 'topic', targetTopic.name, onTarget?.get(targetTopic.name))
  const all = [read, write].filter((one) => one !== null).join(' and ')
  // Rights that depend on a topic's name are not reported for a topic that does not exist.
  const create = lacked('CreateTopics', 'cluster', '', onCluster)
  const concern =
    create === null
      ? null
      : `Making the topic needs ${create}, which these credentials lack: it is refused unless they have Create on topics of that name.`
  return { refusal: all === '' ? null : lackingRight('Nothing can be replayed', all), concern }
}

/** Read again, to notice a topic that was deleted and created again. */
export async function freshTopic(cluster: KafkaCluster, name: string, signal: AbortSignal): Promise<TopicInfo> {
  await cluster.refresh({ topics: [name], signal })
  return await cluster.requireTopic(name, signal)
}

/** null: there is no topic of that name. */
export async function lookUp(cluster: KafkaCluster, name: string, signal: AbortSignal): Promise<TopicInfo | null> {
  try {
    const topic = await freshTopic(cluster, name, signal)
    return topic.partitions.length > 0 ? topic : null
  } catch (error) {
    if (isCancelled(error) || (error instanceof SeeklineError && error.code !== 'kafka.topic-unknown')) throw error
    return null
  }
}

/** Why nothing at all can be replayed, or null. */
export function refusalOf(spec: ReplaySpec, found: Pick<TopicInfo, 'internal'> | null): ErrorValue | null {
  const { targetTopic } = spec
  const refuse = (message: string, hint: string) => toErrorValue(new SeeklineError('plan.refused', message, { hint }))
  if (targetTopic.create) {
    if (found !== null) {
      return refuse(`The target has a topic ${targetTopic.name} already.`, 'Replay into it, or choose another name.')
    }
    const name = NewTopicName.safeParse(targetTopic.name)
    if (!name.success) return refuse(name.error.issues[0]?.message ?? 'The name will not do.', 'Choose another name.')
    const bad = badConfig(targetTopic.configs)
    return bad === null ? null : refuse(bad, 'Correct the setting, or leave it out for the cluster’s default.')
  }
  if (found === null) {
    const hint = 'Choose an existing topic, or let the replay create it.'
    return toErrorValue(
      new SeeklineError('kafka.topic-unknown', `The target has no topic ${targetTopic.name}.`, { hint }),
    )
  }
  if (found.internal) {
    return refuse(
      `${targetTopic.name} belongs to Kafka itself; records written to it could break the cluster.`,
      'Choose another topic.',
    )
  }
  return null
}

const numeric = /(\.ms|\.bytes|\.messages|\.replicas|^segment\.jitter\.ms)$/
const policies = new Set(['', 'delete', 'compact', 'compact,delete', 'delete,compact'])

function badConfig(configs: readonly { name: string; value: string }[]): string | null {
  const seen = new Set<string>()
  for (const { name, value } of configs) {
    if (!/^[a-z][a-z0-9.]*$/.test(name)) return `“${name}” is not the name of a setting.`
    if (seen.has(name)) return `The setting ${name} is given twice.`
    seen.add(name)
    if (numeric.test(name) && !/^-?\d+$/.test(value)) return `${name} takes a whole number, not “${value}”.`
    if (name === 'cleanup.policy' && !policies.has(value.replaceAll(' ', ''))) {
      return `cleanup.policy is delete, compact, or both, not “${value}”.`
    }
    if (name === 'message.timestamp.type' && value !== 'CreateTime' && value !== 'LogAppendTime') {
      return `message.timestamp.type is CreateTime or LogAppendTime, not “${value}”.`
    }
  }
  return null
}

function placed(
  row: Omit<ReplayPlanRow, 'targetPartition'>,
  spec: ReplaySpec,
  targetPartitions: number,
  targetKnown: boolean,
): ReplayPlanRow {
  if (spec.partitioning === 'by-key') return { ...row, targetPartition: null }
  if (row.error !== undefined || row.partition < targetPartitions || !targetKnown) {
    return { ...row, targetPartition: row.partition < targetPartitions ? row.partition : null }
  }
  const last = targetPartitions - 1
  const message = `${spec.targetTopic.name} has no partition ${row.partition}: its partitions are 0 to ${last}.`
  const hint = 'Replay by key, or into a topic with as many partitions.'
  return { ...row, targetPartition: null, error: toErrorValue(new SeeklineError('plan.refused', message, { hint })) }
}

/** 0: not known, for example if the cluster's default is requested. */
function replicasOf(topic: ReplayTopic, found: TopicInfo | null): number {
  if (topic.create) return Math.max(0, topic.replicationFactor)
  const counts = (found?.partitions ?? []).map((one) => one.replicas.length)
  return counts.length === 0 ? 0 : Math.min(...counts)
}
