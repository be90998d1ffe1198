import { describe, expect, it } from 'vitest'
import type { LogGrowth, ReceiptRow } from '../contract/replay.ts'
import { outcomeOf, receiptSentence } from './sentences.ts'

const row: ReceiptRow = {
  partition: 0,
  from: 0n,
  to: 9n,
  done: 9n,
  copied: 9n,
  bytes: 90n,
  markers: 0n,
  aborted: 0n,
  missing: 0n,
  openLeftOut: 0n,
  refused: 0n,
  status: 'complete',
  error: null,
  targets: [],
}
const log: LogGrowth = {
  partition: 2,
  from: 5n,
  to: 17n,
  acknowledged: 9n,
  unacknowledged: 0n,
  first: null,
  note: null,
}
const to = { topic: 'copy', name: 'Test' }

describe('a receipt', () => {
  it('is complete only where the logs gained what was acknowledged', () => {
    expect(outcomeOf([row], [log])).toBe('complete')
    expect(outcomeOf([row], [{ ...log, unacknowledged: 3n }])).toBe('partial')
    expect(receiptSentence([row], to, false, [log])).toBe('9 records were copied to copy on Test.')
  })

  it('says where records stand twice', () => {
    const twice = { ...log, unacknowledged: 3n, first: 14n }
    expect(receiptSentence([row], to, false, [twice])).toBe(
      '9 records were copied to copy on Test. The log of copy[2] holds 3 records of this replay twice, the first at offset 14.',
    )
  })

  it('says of what is unknown how much arrived all the same, and what could not be compared', () => {
    const unknown = { ...row, status: 'unknown' as const, done: 6n }
    const growth = [
      { ...log, unacknowledged: 1n, first: 14n },
      { ...log, partition: 3, to: null, unacknowledged: null, note: 'The log was not compared: no.' },
    ]
    expect(receiptSentence([unknown], to, false, growth)).toMatch(
      /holds 1 record of this replay without an acknowledgement, the first at offset 14\. copy\[3\]: The log was not compared: no\.$/,
    )
  })
})
