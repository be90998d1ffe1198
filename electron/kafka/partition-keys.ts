import { partitionKey } from '#shared/model/topic-partition.ts'

/** More than any cluster has; what a broker makes up is not kept for good. */
const MOST = 400_000

/**
 * The keys of partitions that are met again and again, each made once: as the same text it is hashed once and takes memory once,
 * however many groups have a position there and however often they are looked at.
 */
export class PartitionKeys {
  readonly #topics = new Map<string, Map<number, string>>()
  #size = 0

  /** For the partitions of one topic. */
  of(topic: string): (partition: number) => string {
    if (this.#size > MOST) {
      this.#topics.clear()
      this.#size = 0
    }
    let keys = this.#topics.get(topic)
    if (keys === undefined) this.#topics.set(topic, (keys = new Map()))
    const known = keys
    return (partition) => {
      let key = known.get(partition)
      if (key === undefined) {
        known.set(partition, (key = partitionKey(topic, partition)))
        this.#size += 1
      }
      return key
    }
  }
}
