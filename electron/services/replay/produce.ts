import { createHash } from 'node:crypto'
import type { NewRecord, RecordPlan, RecordResult } from '#shared/contract/replay.ts'
import { fromErrorValue, SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Change } from '../../changes/change.ts'
import { runChange, type ChangeContext } from '../../changes/run.ts'
import type { TopicInfo } from '../../kafka/cluster.ts'
import { writeBatch } from '../../kafka/records/batch-writer.ts'
import { Budget } from '../../kafka/replay/budget.ts'
import { clusterLink, type ReplaySink } from '../../kafka/replay/link.ts'
import { partitionForKey } from '../../kafka/replay/murmur2.ts'
import { PartitionSender, type Settled } from '../../kafka/replay/partition-sender.ts'
import { lacked } from '../../kafka/rights.ts'
import { topicRights } from '../../kafka/told-rights.ts'
import { listOffsets } from '../../kafka/offsets-api.ts'
import { lackingRight } from '../offsets/rights.ts'
import { freshTopic } from './plan.ts'
import { recordConcerns, recordSentence } from './record-words.ts'
import { rulesOfTopic } from './target.ts'

/** For one record a person waits: shorter than a replay's. */
const GIVE_UP_MS = 20_000

/** Where the record would go, and what the topic would do to it. Writes nothing. */
export async function planProduce(
  { cluster }: ReplaySink,
  connectionId: ConnectionId,
  clusterName: string,
  record: NewRecord,
  signal: AbortSignal,
): Promise<RecordPlan> {
  const topic = await freshTopic(cluster, record.topic, signal)
  const [{ rules, problem }, rights] = await Promise.all([
    rulesOfTopic(cluster, record.topic, signal),
    topicRights(cluster, [record.topic], { signal }),
  ])
  const missing = lacked('Produce', 'topic', record.topic, rights.get(record.topic))
  const placed = placeOf(record, topic)
  const refusal =
    placed instanceof SeeklineError
      ? toErrorValue(placed)
      : missing === null
        ? null
        : lackingRight('The record cannot be written', missing)
  const partition = placed instanceof SeeklineError ? null : placed.partition
  const bytes = encoded(record, record.timestamp ?? BigInt(Date.now()))
  const plan: RecordPlan = {
    version: 1,
    connectionId,
    clusterId: cluster.info().clusterId,
    topic: record.topic,
    topicId: topic.topicId,
    partitions: topic.partitions.length,
    partition,
    chosen: placed instanceof SeeklineError ? 'given' : placed.chosen,
    nextOffset: partition === null ? null : await endOf(record.topic, partition),
    timestamp: record.timestamp,
    keySize: record.key?.length ?? -1,
    valueSize: record.value?.length ?? -1,
    headers: record.headers.length,
    bytes: bytes.byteLength,
    digest: digestOf(record),
    concerns: recordConcerns(record, bytes.byteLength, rules, problem, BigInt(Date.now())),
    refusal,
    summary: '',
    madeAt: BigInt(Date.now()),
  }
  return { ...plan, summary: recordSentence(plan, clusterName) }

  async function endOf(name: string, at: number): Promise<bigint | null> {
    const [answer] = await listOffsets(cluster, [{ topic: name, partition: at, at: 'latest' }], { signal })
    return answer?.outcome.ok === true ? answer.outcome.value.offset : null
  }
}

/** Writes the record that the plan saw, once: after a lost answer the log is looked at before it is sent again. */
export async function produceRecord(
  record: NewRecord,
  plan: RecordPlan,
  target: ReplaySink,
  context: ChangeContext,
): Promise<RecordResult & { journalId: string }> {
  if (plan.refusal !== null) throw fromErrorValue(plan.refusal)
  const { id, result } = await runChange(recordChange(record, plan, target, context.signal), context)
  return { ...result, journalId: id! }
}

interface Written {
  offset: bigint
  timestamp: bigint
}

function recordChange(
  record: NewRecord,
  plan: RecordPlan,
  target: ReplaySink,
  signal: AbortSignal,
): Change<'record', TopicInfo, Written> {
  const { topic } = record
  const timestamp = record.timestamp ?? BigInt(Date.now())
  return {
    kind: 'record',
    identity: [{ what: 'cluster', planned: plan.clusterId, now: target.cluster.info().clusterId }],

    look: () => freshTopic(target.cluster, topic, signal),

    differs: (found) => {
      if (digestOf(record) !== plan.digest || topic !== plan.topic || record.timestamp !== plan.timestamp) {
        throw stale('The record is not the one that the plan was made for.')
      }
      if (found.topicId !== plan.topicId) throw recreated(topic)
      const placed = placeOf(record, found)
      if (placed instanceof SeeklineError) throw placed
      if (found.partitions.length !== plan.partitions || placed.partition !== plan.partition) {
        throw stale(`${topic} has ${found.partitions.length} partitions now; the plan saw ${plan.partitions}.`)
      }
      return null
    },

    intent: () => ({ kind: 'record', clusterId: plan.clusterId, plan }),

    act: (found) => send(record, timestamp, plan.partition!, found.topicId, target, signal),

    // The leader's answer is what is known of it: every replica in sync has the record at that offset.
    readBack: (written) =>
      Promise.resolve({
        ...at(plan),
        ...written,
        status: 'written',
        error: null,
        summary: `The record is at ${topic}[${plan.partition}]@${written.offset}.`,
      }),

    failed: (error) => {
      const value = toErrorValue(error)
      const isUnknown = value.details?.['sent'] === true
      const summary = isUnknown ? value.message : `The record was not written: ${value.message}`
      return { ...at(plan), offset: null, timestamp, status: isUnknown ? 'unknown' : 'failed', error: value, summary }
    },
  }
}

const at = ({ topic, partition }: RecordPlan) => ({ topic, partition: partition! })

async function send(
  record: NewRecord,
  timestamp: bigint,
  partition: number,
  topicId: string | null,
  target: ReplaySink,
  signal: AbortSignal,
): Promise<Written> {
  const { topic } = record
  const bytes = encoded(record, timestamp)
  const link = clusterLink(target, topic, topicId)
  const producer = await link.newProducer()
  signal.throwIfAborted()
  const budget = new Budget(bytes.byteLength)
  const sender = new PartitionSender({ topic, partition, link, producer, budget, giveUpAfterMs: GIVE_UP_MS })
  // Once it is on its way, cancelling would only hide what became of it.
  const outcomes: Settled[] = []
  await sender.send({ target: partition, bytes, count: 1, firstOffset: 0n, deltas: null }, (outcome) =>
    outcomes.push(outcome),
  )
  await sender.settled()
  for (const outcome of outcomes) if (outcome.status !== 'written') throw failure(outcome, topic, partition)
  const written = outcomes.find((outcome) => outcome.status === 'written')
  if (written === undefined || written.baseOffset === null) {
    throw new SeeklineError(
      'kafka.refused',
      `The record is in ${topic}[${partition}], but at which offset the broker no longer says.`,
      { details: { sent: true } },
    )
  }
  return { offset: written.baseOffset, timestamp: written.timestamp >= 0n ? written.timestamp : timestamp }
}

/** The partition that takes it, or why none does. */
function placeOf(
  { topic, partition, key }: NewRecord,
  found: TopicInfo,
): { partition: number; chosen: RecordPlan['chosen'] } | SeeklineError {
  const count = found.partitions.length
  if (found.internal) {
    const message = `${topic} belongs to Kafka itself; a record written to it could break the cluster.`
    return new SeeklineError('plan.refused', message, { hint: 'Choose another topic.' })
  }
  if (partition === null) {
    return key === null
      ? { partition: 0, chosen: 'no-key' }
      : { partition: partitionForKey(key, count), chosen: 'by-key' }
  }
  if (found.partitions.some((one) => one.partition === partition)) return { partition, chosen: 'given' }
  return new SeeklineError('kafka.partition-unknown', `${topic} has no partition ${partition}.`, {
    hint: `Its partitions are 0 to ${count - 1}.`,
  })
}

function encoded({ key, value, headers }: NewRecord, timestamp: bigint): Uint8Array<ArrayBuffer> {
  return writeBatch([{ timestamp, key, value, headers }]) as Uint8Array<ArrayBuffer>
}

/** Of the content alone: a record that is stamped when it is written has no timestamp yet. */
function digestOf(record: NewRecord): string {
  return createHash('sha256').update(encoded(record, 0n)).digest('hex')
}

function failure(outcome: Exclude<Settled, { status: 'written' }>, topic: string, partition: number): SeeklineError {
  const { error } = outcome
  if (outcome.status !== 'unknown') return error
  return new SeeklineError(error.code, `Whether the record is in ${topic}[${partition}] is unknown: ${error.message}`, {
    hint: 'Look at the end of the partition before you send it again.',
    details: { ...error.details, sent: true },
  })
}

const stale = (message: string) => new SeeklineError('plan.stale', message, { hint: 'Make the plan again.' })

const recreated = (topic: string) =>
  new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again since the plan was made.`, {
    hint: 'Make the plan again.',
    details: { topic },
  })
