import type { ApplyRow } from '#shared/contract/offsets.ts'
import { reasonsOf } from '#shared/offsets/outcome.ts'
import { Badge } from '../../ui/badge.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { outcomeTone, outcomeWord } from './diff-rows.ts'
import s from './position-diff.module.css'

const mostReasons = 6
const mostNames = 8

/** Why partitions did not come out as planned: each reason whole, once, with its partitions. A cell has no room for it. */
export function OutcomeReasons({ rows }: { rows: readonly ApplyRow[] }) {
  const reasons = reasonsOf(rows)
  if (reasons.length === 0) return null
  const left = reasons.length - mostReasons
  return (
    <ul className={s.reasons} aria-label="Reasons">
      {reasons.slice(0, mostReasons).map(({ status, text, partitions }) => (
        <li key={`${status}/${text}`}>
          <Badge tone={outcomeTone[status]}>{outcomeWord[status]}</Badge>
          <span>
            <b>
              <SafeText text={named(partitions)} limit={600} />
            </b>
            : <SafeText text={text} limit={4000} />
          </span>
        </li>
      ))}
      {left > 0 && <li>{`${left} more ${left === 1 ? 'reason' : 'reasons'} in the rows below.`}</li>}
    </ul>
  )
}

function named(partitions: readonly string[]): string {
  const shown = partitions.slice(0, mostNames).join(', ')
  return partitions.length > mostNames ? `${shown} and ${partitions.length - mostNames} more` : shown
}
