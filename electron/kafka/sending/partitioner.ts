/**
 * The partition the Java client chooses for a key: org.apache.kafka.common.utils.Utils.murmur2 with its seed, made positive,
 * modulo the number of partitions. librdkafka's default partitioner differs.
 */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions
}

/** As in Java: a signed 32-bit number. */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1_e995
  const length = data.length
  let h = 0x9747_b28c ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24) // at + 4 <= length
    k = Math.imul(k, m)
    k ^= k >>> 24
    k = Math.imul(k, m)
    h = Math.imul(h, m) ^ k
  }
  const rest = length - at
  if (rest > 2) h ^= data[at + 2]! << 16 // rest is the number of bytes left
  if (rest > 1) h ^= data[at + 1]! << 8 // rest is the number of bytes left
  if (rest > 0) h = Math.imul(h ^ data[at]!, m) // rest is the number of bytes left
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}
