import type { replay } from '#shared/contract/replay.ts'
import type { Input, Output } from '#shared/contract/define.ts'
import { SeeklineError } from '#shared/errors.ts'
import { writeBatch } from '../../kafka/records/batch-writer.ts'
import { Budget } from '../../kafka/replay/budget.ts'
import { clusterLink, type LinkTarget } from '../../kafka/replay/link.ts'
import { partitionForKey } from '../../kafka/replay/murmur2.ts'
import { PartitionSender, type Settled } from '../../kafka/replay/sender.ts'
import { freshTopic } from './plan.ts'

type Route = (typeof replay)['replay.produce']

/** For one record a person waits: shorter than a replay's. */
const GIVE_UP_MS = 20_000

/** Writes one record, once: after a lost answer the log is looked at before it is sent again. */
export async function produceOne(target: LinkTarget, input: Input<Route>, signal: AbortSignal): Promise<Output<Route>> {
  const topic = await freshTopic(target.cluster, input.topic, signal)
  if (topic.internal) {
    throw new SeeklineError(
      'plan.refused',
      `${input.topic} belongs to Kafka itself; a record written to it could break the cluster.`,
      {
        hint: 'Choose another topic.',
      },
    )
  }
  const partition = input.partition ?? (input.key === null ? 0 : partitionForKey(input.key, topic.partitions.length))
  if (!topic.partitions.some((one) => one.partition === partition)) {
    throw new SeeklineError('kafka.partition-unknown', `${input.topic} has no partition ${partition}.`, {
      hint: `Its partitions are 0 to ${topic.partitions.length - 1}.`,
    })
  }
  const timestamp = input.timestamp ?? BigInt(Date.now())
  const { key, value, headers } = input
  const bytes = writeBatch([{ timestamp, key, value, headers }]) as Uint8Array<ArrayBuffer>
  const link = clusterLink(target, input.topic, topic.topicId)
  const producer = await link.newProducer()
  signal.throwIfAborted()
  const sender = new PartitionSender({
    topic: input.topic,
    partition,
    link,
    producer,
    budget: new Budget(bytes.byteLength),
    giveUpAfterMs: GIVE_UP_MS,
  })
  // Once it is on its way, cancelling would only hide what became of it.
  const outcomes: Settled[] = []
  await sender.send({ target: partition, bytes, count: 1, firstOffset: 0n, deltas: null }, (outcome) =>
    outcomes.push(outcome),
  )
  await sender.settled()
  for (const outcome of outcomes) if (outcome.status !== 'written') throw failure(outcome, input.topic, partition)
  const written = outcomes.find((outcome) => outcome.status === 'written')
  if (written === undefined || written.baseOffset === null) {
    throw new SeeklineError(
      'kafka.refused',
      `The record is in ${input.topic}[${partition}], but at which offset the broker no longer says.`,
    )
  }
  const stamped = written.timestamp >= 0n ? written.timestamp : timestamp
  return { topic: input.topic, partition, offset: written.baseOffset, timestamp: stamped }
}

function failure(outcome: Exclude<Settled, { status: 'written' }>, topic: string, partition: number): SeeklineError {
  const { error } = outcome
  if (outcome.status !== 'unknown') return error
  return new SeeklineError(error.code, `Whether the record is in ${topic}[${partition}] is unknown: ${error.message}`, {
    hint: 'Look at the end of the partition before you send it again.',
    details: { ...error.details, sent: true },
  })
}
