import { describe, expect, it } from 'vitest'
import type { ApplyResult, ApplyRow } from '../contract/offsets.ts'
import { applySentence, applyStatus, canUndo, reasonsOf } from './outcome.ts'

const row = (partition: number, status: ApplyRow['status'], message: string | null = null): ApplyRow => ({
  topic: 'orders',
  topicId: null,
  partition,
  status,
  before: null,
  intended: null,
  message,
})
const result = (...rows: ApplyRow[]): ApplyResult => ({
  journalId: 'j',
  rows,
  summary: '',
  groupCreated: false,
  groupDeleted: false,
})
const no = (n: number) =>
  row(n, 'refused', `orders[${n}] of group billing: it needs Read on group billing. Ask for it.`)
const lost = (n: number) => row(n, 'unknown', 'It may have been written; the position could not be read back.')

describe('what an apply came to', () => {
  it.each<[string, ApplyRow[], string, string, boolean]>([
    ['all confirmed', [row(0, 'confirmed'), row(1, 'confirmed')], 'billing was moved on 2 partitions, read back and confirmed.', 'Applied and read back', true],
    ['all refused', [no(0), no(1)], 'billing was not moved: it needs Read on group billing. Ask for it.', 'Nothing was written', false],
    ['refused for two reasons', [no(0), no(1), row(2, 'refused', 'orders[2] of group billing: gone.')], 'billing was not moved: it needs Read on group billing. Ask for it. (and 1 more reason)', 'Nothing was written', false],
    ['some refused', [row(0, 'confirmed'), no(1)], 'billing was moved on 1 of 2 partitions; 1 confirmed, 1 refused.', 'Applied in part: see each partition', true],
    ['a conflict', [row(0, 'conflict', 'The position is 51 now; the plan saw 50.'), row(1, 'same', 'As planned.')], 'billing was not moved. Nothing was written: 1 of 2 partitions differs from what the plan saw: The position is 51 now; the plan saw 50.', 'Nothing was written', false],
    ['nothing known', [lost(0), lost(1)], 'Whether billing was moved is not known: It may have been written; the position could not be read back.', 'Whether it was written is not known', true],
    ['refused and unknown', [no(0), lost(1)], 'Whether billing was moved is not known on 1 of 2 partitions, and it was refused on the others: it needs Read on group billing. Ask for it. (and 1 more reason)', 'Whether it was written is not known', true],
    ['written, then committed over', [row(0, 'superseded', 'Written, then someone else committed 7.')], 'billing was moved on 1 of 1 partition; 0 confirmed, 1 superseded.', 'Applied in part: see each partition', true],
  ])('%s', (_what, rows, sentence, status, undo) => {
    expect(applySentence('billing', rows)).toBe(sentence)
    expect(applyStatus(result(...rows))).toBe(status)
    expect(canUndo(result(...rows))).toBe(undo)
  }) // oxfmt-ignore

  it('gives each reason once, with its partitions', () => {
    expect(reasonsOf([no(0), row(1, 'confirmed'), no(2), lost(3)])).toEqual([
      {
        text: 'it needs Read on group billing. Ask for it.',
        status: 'refused',
        partitions: ['orders[0]', 'orders[2]'],
      },
      {
        text: 'It may have been written; the position could not be read back.',
        status: 'unknown',
        partitions: ['orders[3]'],
      },
    ])
  })
})
