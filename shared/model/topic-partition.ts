import { z } from 'zod'
import { PartitionId } from './ids.ts'

export const TopicPartition = z.strictObject({ topic: z.string(), partition: PartitionId })
export type TopicPartition = z.infer<typeof TopicPartition>

/** One map key for a topic and a partition; the partition comes first because topic names may hold any separator. */
export function partitionKey(topic: string, partition: number): string {
  return `${partition}/${topic}`
}

/** As {@link partitionKey}, of anything that names one. */
export const keyOf = (at: TopicPartition): string => partitionKey(at.topic, at.partition)
