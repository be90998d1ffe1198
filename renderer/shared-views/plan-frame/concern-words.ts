import type { ReplayConcern } from '#shared/contract/replay.ts'
import type { Warning } from './plan-frame.tsx'
import { formatGrouped } from '../../ui/format.ts'

const marks: Record<ReplayConcern['kind'], NonNullable<Warning['mark']>> = {
  deleted: { tone: 'bad', word: 'deleted at once' },
  refused: { tone: 'bad', word: 'refused' },
  'too-large': { tone: 'bad', word: 'too large' },
  restamped: { tone: 'warn', word: 'restamped' },
  compacted: { tone: 'warn', word: 'compacted' },
  partitioning: { tone: 'warn', word: 'partitions' },
  loop: { tone: 'warn', word: 'same topic' },
  other: { tone: 'warn', word: 'note' },
}

/** What the target would do to the records, as a line of the plan. */
export function warningOf({ kind, offsets, sentence }: ReplayConcern): Warning {
  const { tone, word } = marks[kind]
  const isCounted = offsets !== null && kind !== 'other'
  return { text: sentence, mark: { tone, word: isCounted ? `up to ${formatGrouped(offsets)} ${word}` : word } }
}
