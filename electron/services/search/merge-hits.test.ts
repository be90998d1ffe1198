import { expect, it } from 'vitest'
import { MergedHits } from './merge-hits.ts'

it('is in order whatever came when, and however often it was asked for', async () => {
  const values = Array.from({ length: 50_000 }, (_, i) => (i * 7_919) % 1_000)
  const index = new MergedHits((a, b) => values[a]! - values[b]! || a - b)
  const judge = (count: number) => Array.from({ length: count }, (_, i) => i).toSorted((a, b) => values[a]! - values[b]! || a - b) // oxfmt-ignore
  const [few, more] = await Promise.all([index.upTo(10), index.upTo(40_001)])
  expect([...few]).toEqual(judge(10))
  expect([...more]).toEqual(judge(40_001))
  expect([...(await index.upTo(50_000))]).toEqual(judge(50_000))
})
