import { z } from 'zod'
import { PartitionId } from './ids.ts'

export const TopicPartition = z.strictObject({ topic: z.string(), partition: PartitionId })
export type TopicPartition = z.infer<typeof TopicPartition>

/** A map key for a topic and a partition; the partition comes first because topic names may contain any separator. */
export function partitionKey(topic: string, partition: number): string {
  return `${partition}/${topic}`
}

/** As {@link partitionKey}, for any object with a topic and a partition. */
export const keyOf = (at: TopicPartition): string => partitionKey(at.topic, at.partition)

/** By topic, then by partition: for sorting. */
export const byTopicPartition = (a: TopicPartition, b: TopicPartition): number =>
  a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1

/** The topic and partition of a key of {@link partitionKey}. */
export function splitKey(key: string): TopicPartition {
  const slash = key.indexOf('/')
  return { partition: Number(key.slice(0, slash)), topic: key.slice(slash + 1) }
}
