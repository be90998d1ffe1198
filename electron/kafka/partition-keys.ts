import { partitionKey } from '#shared/model/topic-partition.ts'

/** More than any cluster has; names that a broker makes up are not kept for ever. */
const MOST = 400_000

/**
 * The map keys of partitions, each built once: as the same string it is hashed once and stored once, however many groups have a
 * position there and however often they are sampled.
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
