import type { ApplyRow, PlanRow } from '#shared/contract/offsets.ts'
import { groupReasons, reasonsOf } from '#shared/offsets/outcome.ts'
import { Reasons } from '../reasons/reasons.tsx'
import { outcomeTone, outcomeWord } from './apply-outcome.ts'

/** Why partitions did not end as planned. */
export function OutcomeReasons({ rows }: { rows: readonly ApplyRow[] }) {
  return (
    <Reasons reasons={reasonsOf(rows)} badge={(status) => ({ tone: outcomeTone[status], word: outcomeWord[status] })} />
  )
}

/** Why a plan does not move partitions. */
export function RefusalReasons({ rows }: { rows: readonly PlanRow[] }) {
  const refused = rows.filter(({ status }) => status === 'refused').map((row) => ({ ...row, message: row.note }))
  return <Reasons reasons={groupReasons(refused)} badge={() => ({ tone: 'bad', word: 'refused' })} />
}
