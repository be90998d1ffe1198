import { describe, expect, it } from 'vitest'
import { rowsOfEntry, rowsOfPlan } from './diff-rows.ts'
import { countOutcomes } from './apply-outcome.ts'
import { fileNameOf } from '../../workbench/save-file.ts'
import { positionsCsv } from '#shared/offsets/positions-csv.ts'

const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })

describe('positions as CSV', () => {
  it('is what kafka-consumer-groups takes, exact and without a heading', () => {
    const csv = positionsCsv([
      { topic: 'orders', partition: 0, offset: 9_007_199_254_740_993n },
      { topic: 'orders', partition: 1, offset: null },
      { topic: 'orders', partition: 2, offset: 0n },
    ])
    expect(csv).toEqual({ text: 'orders,0,9007199254740993\norders,2,0\n', lines: 2, leftOut: 1 })
  })

  it('leaves out a negative position, which the script would refuse', () => {
    expect(positionsCsv([{ topic: 't', partition: 0, offset: -1n }]).lines).toBe(0)
  })

  it('names a file safely, whatever the group is called', () => {
    expect(fileNameOf('../../etc/passwd\u202e', 'plan.csv')).toBe('.._.._etc_passwd_-plan.csv')
    expect(fileNameOf('', 'plan.csv')).toBe('seekline-plan.csv')
    // The longest that Kafka takes.
    expect(fileNameOf('t'.repeat(249), 'plan.csv').length).toBeLessThan(200)
  })
})

describe('comparison rows', () => {
  const planned = (partition: number) => ({
    topic: 'orders',
    topicId: null,
    partition,
    before: at(5n),
    after: at(2n),
    bounds: { logStart: 0n, lastStable: 9n, highWatermark: 9n },
    status: 'change' as const,
    clampedFrom: null,
    skips: 0n,
    repeats: 3n,
    note: null,
  })

  it('join each planned partition with what became of it, by topic and partition', () => {
    const rows = rowsOfPlan([planned(0), planned(1)], {
      journalId: 'j',
      rows: [{ topic: 'orders', partition: 1, topicId: null, status: 'superseded', before: at(5n), intended: at(2n), message: 'x' }], // oxfmt-ignore
      summary: '',
      groupCreated: false,
      groupDeleted: false,
    })
    expect(rows.map((row) => row.outcome?.status)).toEqual([undefined, 'superseded'])
  })

  it('of a remembered change claim no cost', () => {
    const entry = {
      id: 'j',
      at: 0n,
      profileId: 'p',
      profileName: 'p',
      clusterId: null,
      group: 'g',
      groupExisted: true,
      undoOf: null,
      rows: [{ topic: 'orders', partition: 0, topicId: null, before: null, after: at(2n) }],
      result: null,
    }
    expect(rowsOfEntry(entry)).toMatchObject([{ before: null, bounds: null, repeats: 0n, outcome: undefined }])
  })

  it('are counted with the worst first', () => {
    const of = (...statuses: ('confirmed' | 'unknown' | 'conflict')[]) => statuses.map((status) => ({ status }))
    expect(countOutcomes(of('confirmed', 'conflict', 'confirmed', 'unknown'))).toEqual([
      { status: 'conflict', count: 1 },
      { status: 'unknown', count: 1 },
      { status: 'confirmed', count: 2 },
    ])
  })
})
