import type { ReactNode } from 'react'
import type { ApplyResult, Plan } from '#shared/contract/offsets.ts'
import { planSentence, summarize } from '#shared/offsets/summary.ts'
import { countOutcomes, outcomeTone, outcomeWord } from '../../shared-views/position-diff/diff-rows.ts'
import { Badge } from '../../ui/badge.tsx'
import { WarnIcon } from '../../ui/icons.ts'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Button } from '../../ui/button.tsx'
import type { PlanState, PlanStore } from './plan-store.ts'
import s from './offsets.module.css'

/** One sentence first: what has happened, else what would happen, else what is missing. */
export function PlanSummary({ state, store }: { state: PlanState; store: PlanStore }) {
  const { result, plan, missing, isCurrent, isApplying, form } = state
  if (result !== undefined) return <ResultSummary result={result} />
  if (missing !== undefined) {
    return (
      <Summary>
        <strong>
          <SafeText text={missing} limit={500} />
        </strong>{' '}
        Nothing is written until you apply.
      </Summary>
    )
  }
  if (plan.value === undefined) {
    return (
      <Summary>{plan.status === 'failed' ? 'There is no plan.' : `Working out the plan for ${form.group}…`}</Summary>
    )
  }
  const { head, rest } = split(planSentence(plan.value), plan.value.group)
  return (
    <Summary
      badges={
        <>
          <PlanBadges plan={plan.value} />
          {result === undefined && <Ways state={state} store={store} />}
        </>
      }
    >
      <span className={isCurrent || isApplying ? undefined : s.stale} aria-busy={!isCurrent || undefined}>
        <strong>
          <SafeText text={head} limit={1000} />
        </strong>
        <SafeText text={rest} limit={1000} /> {afterword(plan.value, isApplying)}
      </span>
    </Summary>
  )
}

/** The bold part ends with the first full stop after the group's name, which may hold one itself. */
function split(sentence: string, group: string): { head: string; rest: string } {
  const from = sentence.startsWith(group) ? group.length : 0
  const at = sentence.indexOf('. ', from)
  return at === -1 ? { head: sentence, rest: '' } : { head: sentence.slice(0, at + 1), rest: sentence.slice(at + 1) }
}

function afterword(plan: Plan, isApplying: boolean): ReactNode {
  if (isApplying) return 'Applying: checking again, then writing, then reading back…'
  if (plan.refusal !== null) return plan.refusal.hint ?? 'Nothing can be applied.'
  const changes = plan.rows.some((row) => row.status === 'change')
  if (!changes) return null
  if (!plan.groupExists) return 'The group does not exist yet: applying creates it. Nothing is written until you apply.'
  return 'Nothing is written until you apply.'
}

/** Offered where a plan goes both ways: going back repeats, going forward loses. */
function Ways({ state: { plan, form, isApplying }, store }: { state: PlanState; store: PlanStore }) {
  const sum = summarize(plan.value?.rows ?? [])
  const isBoth = sum.backward > 0 && sum.forward > 0
  if (form.undo !== undefined || (!isBoth && form.only === undefined)) return null
  const choose = (only: PlanState['form']['only']) => () => store.change({ only })
  return (
    <span className={s.ways} role="group" aria-label="Which way partitions move">
      {form.only !== undefined && (
        <Button size="small" isDisabled={isApplying} onPress={choose(undefined)}>
          Both ways
        </Button>
      )}
      {form.only !== 'backward' && (
        <Button size="small" isDisabled={isApplying} onPress={choose('backward')}>
          Only backwards
        </Button>
      )}
      {form.only !== 'forward' && (
        <Button size="small" isDisabled={isApplying} onPress={choose('forward')}>
          Only forwards
        </Button>
      )}
    </span>
  )
}

function PlanBadges({ plan }: { plan: Plan }) {
  const sum = summarize(plan.rows)
  const members = plan.members.length
  return (
    <>
      {plan.refusal !== null ? (
        <Badge tone="bad">{members > 0 ? `${members} live ${members === 1 ? 'member' : 'members'}` : 'refused'}</Badge>
      ) : plan.groupExists ? (
        <Badge tone="ok">group empty</Badge>
      ) : (
        <Badge>new group</Badge>
      )}
      {plan.undoOf !== null && <Badge>undo</Badge>}
      {sum.clamped > 0 && <Badge tone="warn">{sum.clamped} clamped</Badge>}
      {sum.leftOut > 0 && <Badge tone="warn">{sum.leftOut} left out</Badge>}
      {sum.refused > 0 && <Badge tone="bad">{sum.refused} refused</Badge>}
      {sum.same > 0 && <Badge>{sum.same} unchanged</Badge>}
    </>
  )
}

function ResultSummary({ result }: { result: ApplyResult }) {
  return (
    <Summary
      badges={countOutcomes(result.rows).map(({ status, count }) => (
        <Badge key={status} tone={outcomeTone[status]}>
          {count} {outcomeWord[status]}
        </Badge>
      ))}
    >
      <span role="status">
        <strong>
          <SafeText text={result.summary} limit={1000} />
        </strong>
      </span>
    </Summary>
  )
}

/** What a careful person would want to know, and what could not be read. */
export function PlanWarnings({ plan }: { plan: Plan }) {
  const lines = [
    ...plan.failures.map(
      ({ what, error }) => `${what}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`,
    ),
    ...(plan.refusal === null ? plan.warnings : []),
  ]
  if (lines.length === 0) return null
  return (
    <ul className={s.warnings} aria-label="Before you apply">
      {lines.map((line) => (
        <li key={line}>
          <WarnIcon size={12} aria-hidden="true" />
          <span>
            <SafeText text={line} limit={1000} />
          </span>
        </li>
      ))}
    </ul>
  )
}
