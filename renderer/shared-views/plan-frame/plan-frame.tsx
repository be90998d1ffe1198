import type { ReactNode } from 'react'
import type { ErrorValue } from '#shared/errors.ts'
import { Badge } from '../../ui/badge.tsx'
import { WarnIcon } from '../../ui/icons.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import s from './plan-frame.module.css'

/** What to know before applying. The mark says in two words what kind of warning it is. */
export interface Warning {
  text: string
  mark?: { tone: 'warn' | 'bad'; word: string } | undefined
}

export interface PlanFrameProps {
  /** What would happen; after applying, what has happened; before there is a plan, what is missing. */
  sentence: string
  /** The beginning of the sentence, if that may contain a full stop itself: only the first part is bold. */
  subject?: string | undefined
  /** A quiet line after it. */
  afterword?: ReactNode
  badges?: ReactNode
  /** The plan is for another form than the one shown. */
  isOld?: boolean | undefined
  isResult?: boolean | undefined
  /** Why nothing of it can be applied: this is then the sentence, and its hint the afterword. */
  refusal?: ErrorValue | null | undefined
  refusalActions?: ReactNode
  warnings?: readonly Warning[] | undefined
  /** Why single rows are refused, or did not end as planned. */
  reasons?: ReactNode
  /** The rows. */
  children?: ReactNode
}

/** How every plan is shown: its sentence, warnings, refusals, and the rows. */
export function PlanFrame(props: PlanFrameProps) {
  const { sentence, subject = '', afterword, badges, isOld, isResult, refusal, refusalActions } = props
  const { warnings = [], reasons, children } = props
  const { head, rest } = refusal == null ? split(sentence, subject) : { head: refusal.message, rest: '' }
  return (
    <>
      <Summary
        badges={
          <>
            {badges}
            {refusal != null && refusalActions}
          </>
        }
      >
        <span
          className={isOld === true ? s.old : undefined}
          aria-busy={isOld === true || undefined}
          role={isResult === true ? 'status' : undefined}
        >
          <strong>
            <SafeText text={head} limit={1000} />
          </strong>
          <SafeText text={rest} limit={1000} />{' '}
          {refusal == null ? afterword : (refusal.hint ?? 'Nothing can be applied.')}
        </span>
      </Summary>
      {reasons}
      {warnings.length > 0 && (
        <ul className={s.warnings} aria-label="Before you apply">
          {warnings.map(({ text, mark }, at) => (
            <li key={at}>
              {mark === undefined ? (
                <WarnIcon size={12} aria-hidden="true" />
              ) : (
                <Badge tone={mark.tone}>{mark.word}</Badge>
              )}
              <span>
                <SafeText text={text} limit={1000} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {children}
    </>
  )
}

/** The bold part ends with the first full stop after the subject. */
function split(sentence: string, subject: string): { head: string; rest: string } {
  const from = sentence.startsWith(subject) ? subject.length : 0
  const at = sentence.indexOf('. ', from)
  return at === -1 ? { head: sentence, rest: '' } : { head: sentence.slice(0, at + 1), rest: sentence.slice(at + 1) }
}
