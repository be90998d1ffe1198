import { expect, test } from 'vitest'
import { residentBytes } from '../../../tests/support/measure.ts'
import { compress, decompress } from './compression.ts'
import { CODECS } from './batch-types.ts'

test.each(CODECS.filter((codec) => codec !== 'none'))('a bomb is refused without being inflated: %s', (codec) => {
  const bomb = compress(codec, Buffer.alloc(64 << 20))
  const before = residentBytes()
  expect(decompress(codec, bomb, 1 << 20)).toMatchObject({ reason: 'too-large' })
  expect(residentBytes() - before).toBeLessThan(16 << 20)
})
