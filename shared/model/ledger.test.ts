import { describe, expect, it } from 'vitest'
import { advanced, newLedger, rangesLeft } from './ledger.ts'

describe('a ledger', () => {
  const ledger = newLedger({ clusterId: 'c', topic: 't', topicId: 'id' }, [
    { partition: 0, from: 5n, to: 10n },
    { partition: 1, from: 0n, to: 3n },
  ])

  it('has everything left at first, and less with each range that is covered', () => {
    expect(rangesLeft(ledger)).toEqual([{ partition: 0, from: 5n, to: 10n }, { partition: 1, from: 0n, to: 3n }]) // prettier-ignore
    const some = advanced(ledger, [
      { partition: 0, from: 5n, to: 6n, why: 'read' },
      { partition: 1, from: 0n, to: 3n, why: 'gone' },
      { partition: 0, from: 6n, to: 8n, why: 'read' },
    ])
    expect(rangesLeft(some)).toEqual([{ partition: 0, from: 8n, to: 10n }])
    expect(rangesLeft(advanced(some, [{ partition: 0, from: 8n, to: 10n, why: 'read' }]))).toEqual([])
  })

  it('is a value: what came before stays as it was', () => {
    advanced(ledger, [{ partition: 0, from: 5n, to: 6n, why: 'read' }])
    expect(ledger.parts[0]!.next).toBe(5n)
  })
})
