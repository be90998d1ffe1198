import type { Reason } from '#shared/offsets/outcome.ts'
import { Badge } from '../../ui/badge.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import s from './reasons.module.css'

const mostReasons = 6
const mostNames = 8

export interface ReasonsProps<Status extends string> {
  reasons: readonly Reason<Status>[]
  badge: (status: Status) => { tone: 'ok' | 'warn' | 'bad' | 'neutral'; word: string }
}

/**
 * Why partitions did not, or would not, end as wanted: each reason in full, once, with its partitions. A cell is too small for
 * it.
 */
export function Reasons<Status extends string>({ reasons, badge }: ReasonsProps<Status>) {
  if (reasons.length === 0) return null
  const left = reasons.length - mostReasons
  return (
    <ul className={s.reasons} aria-label="Reasons">
      {reasons.slice(0, mostReasons).map(({ status, text, partitions }) => (
        <li key={`${status}/${text}`}>
          <Badge tone={badge(status).tone}>{badge(status).word}</Badge>
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
