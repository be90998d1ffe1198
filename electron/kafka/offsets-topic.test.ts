import { describe, expect, it } from 'vitest'
import { decodeCommit, offsetsPartitionOf } from './offsets-topic.ts'

const string = (text: string) => {
  const bytes = Buffer.from(text)
  const size = Buffer.alloc(2)
  size.writeInt16BE(bytes.length)
  return Buffer.concat([size, bytes])
}
const int = (bytes: number, n: bigint) => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(n)
  return buffer.subarray(8 - bytes)
}
const key = Buffer.concat([int(2, 1n), string('billing'), string('orders'), int(4, 7n)])

describe('offsetsPartitionOf', () => {
  it('follows Java’s String.hashCode, negative hashes included', () => {
    // "billing".hashCode() = -109829509, "polygenelubricants".hashCode() = Integer.MIN_VALUE
    expect(offsetsPartitionOf('polygenelubricants', 50)).toBe(0)
    expect(offsetsPartitionOf('billing', 50)).toBe(109829509 % 50)
    expect(offsetsPartitionOf('a', 50)).toBe(97 % 50)
  })
})

describe('decodeCommit', () => {
  it('reads value version 3 with its leader epoch', () => {
    const value = Buffer.concat([int(2, 3n), int(8, 42n), int(4, 5n), string('note'), int(8, 1_700_000_000_000n)])
    expect(decodeCommit(key, value, 3n)).toEqual({
      offset: 3n,
      group: 'billing',
      topic: 'orders',
      partition: 7,
      position: { offset: 42n, leaderEpoch: 5, metadata: 'note' },
      committedAt: 1_700_000_000_000n,
    })
  })

  it('reads the flexible value version 4', () => {
    const value = Buffer.concat([int(2, 4n), int(8, 42n), int(4, -1n), Buffer.from([1]), int(8, 9n), Buffer.from([0])])
    expect(decodeCommit(key, value, 3n)?.position).toEqual({ offset: 42n, leaderEpoch: -1, metadata: '' })
  })

  it('takes a null value for a removed commit, and other keys for nothing of ours', () => {
    expect(decodeCommit(key, null, 3n)?.position).toBeNull()
    expect(decodeCommit(Buffer.concat([int(2, 2n), string('billing')]), null, 3n)).toBeNull()
    expect(decodeCommit(key.subarray(0, 9), null, 3n)).toBeNull()
  })
})
