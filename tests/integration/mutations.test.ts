import { expect, it } from 'vitest'
import { createDecodePool } from '../../electron/kafka/workers/pool.ts'
import { runMutations } from '../support/mutation-run.ts'

// A million of them take a while: node tests/bench/mutations.ts

const MUTATIONS = 4_000

it('damaged batches are read as another client reads them, or told of with their offsets, by workers that live on', async () => {
  const pool = createDecodePool()
  try {
    const { alike, refusedByBoth, wrong } = await runMutations(pool, { mutations: MUTATIONS })
    expect(wrong).toEqual([])
    // Neither everything refused nor everything swallowed.
    expect(alike).toBeGreaterThan(MUTATIONS / 6)
    expect(refusedByBoth).toBeGreaterThan(MUTATIONS / 6)
  } finally {
    await pool.close()
  }
})
