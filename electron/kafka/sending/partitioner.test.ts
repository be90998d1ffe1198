import { expect, it } from 'vitest'
import { murmur2, partitionForKey } from './partitioner.ts'

// The vectors of Kafka's own UtilsTest.testMurmur2.
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as Java does', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash)
})

it('never yields a negative partition', () => {
  expect(partitionForKey(Buffer.from('21'), 12)).toBe((-973932308 & 0x7fffffff) % 12)
  for (let i = 0; i < 1_000; i++) {
    const partition = partitionForKey(Buffer.from(`key-${i}`), 7)
    expect(partition >= 0 && partition < 7).toBe(true)
  }
})
