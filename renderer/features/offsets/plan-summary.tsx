import type { ReactNode } from 'react'
import type { ApplyResult, Plan } from '#shared/contract/offsets.ts'
import { planSentence, summarize } from '#shared/offsets/plan-sentence.ts'
import { countOutcomes, outcomeTone, outcomeWord } from '../../shared-views/position-diff/apply-outcome.ts'
import { OutcomeReasons, RefusalReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import type { PlanState, PlanStore } from './plan-store.ts'
import { elsewhereWarnings } from './elsewhere.ts'
import { MoveWays } from './move-ways.tsx'

/** One sentence first: what has happened, or what would happen, or what is missing. Then reasons, warnings and the rows. */
export function PositionsFrame({
  state,
  store,
  sentence,
  progress,
  children,
}: {
  state: PlanState
  store: PlanStore
  /** The effect of the plan, once all of it is read; until then the progress. */
  sentence: string | undefined
  progress: string | undefined
  children: ReactNode
}) {
  const { result, plan, missing, isCurrent, isApplying, form, elsewhere } = state
  const planned = plan.value
  if (result !== undefined) {
    return (
      <ResultFrame result={result} group={form.group}>
        {children}
      </ResultFrame>
    )
  }
  const reasons = <RefusalReasons rows={planned?.rows ?? []} />
  if (missing !== undefined) {
    return (
      <PlanFrame
        sentence={missing}
        subject={missing}
        afterword={NOTHING_YET}
        warnings={elsewhereOf(state)}
        reasons={reasons}
      >
        {children}
      </PlanFrame>
    )
  }
  if (planned === undefined) {
    const working = elsewhere.status === 'loading' ? LOOKING : `Working out the plan for ${form.group}…`
    const sentence = plan.status === 'failed' ? 'There is no plan.' : working
    return <PlanFrame sentence={sentence}>{children}</PlanFrame>
  }
  return (
    <PlanFrame
      sentence={planned.refusal === null ? (sentence ?? planSentence(planned)) : planSentence(planned)}
      subject={planned.group}
      afterword={
        isApplying
          ? 'Applying: checking again, then writing, then reading back…'
          : elsewhere.status === 'loading'
            ? LOOKING
            : afterword(planned, progress)
      }
      badges={
        <>
          <PlanBadges plan={planned} />
          {form.undo !== undefined && !form.takeBackLater && (planned.committedLater ?? 0) > 0 && (
            <Button size="small" isDisabled={isApplying} onPress={() => store.change({ takeBackLater: true })}>
              Take back later commits as well
            </Button>
          )}
          {form.undo === undefined && (
            <MoveWays
              sum={summarize(planned.rows)}
              only={form.only}
              isDisabled={isApplying}
              onChoose={(only) => store.change({ only })}
            />
          )}
        </>
      }
      isOld={!isCurrent && !isApplying}
      refusal={isApplying ? null : planned.refusal}
      warnings={[...elsewhereOf(state), ...warningsOf(planned)]}
      reasons={reasons}
    >
      {children}
    </PlanFrame>
  )
}

function ResultFrame({ result, group, children }: { result: ApplyResult; group: string; children: ReactNode }) {
  return (
    <PlanFrame
      isResult
      sentence={result.summary}
      subject={group}
      badges={countOutcomes(result.rows).map(({ status, count }) => (
        <Badge key={status} tone={outcomeTone[status]}>
          {count} {outcomeWord[status]}
        </Badge>
      ))}
      reasons={<OutcomeReasons rows={result.rows} />}
    >
      {children}
    </PlanFrame>
  )
}

const LOOKING = 'Looking here for the records at the other group’s positions…'

const NOTHING_YET = 'Nothing is written until you apply.'

function afterword(plan: Plan, progress: string | undefined): ReactNode {
  const changes = plan.rows.some((row) => row.status === 'change')
  if (!changes) return null
  const isNew = plan.groupExists ? undefined : 'The group does not exist yet: applying creates it.'
  return [progress, isNew, NOTHING_YET].filter((part) => part !== undefined).join(' ')
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

function elsewhereOf({ form, elsewhere: { value } }: PlanState): { text: string }[] {
  const isMeant = form.to === 'elsewhere' && form.undo === undefined && value?.of === form.elsewhere
  return isMeant ? elsewhereWarnings(value, form.scope).map((text) => ({ text })) : []
}

/** What could not be read, and what a careful person would want to know. */
function warningsOf({ failures, refusal, warnings }: Plan): { text: string }[] {
  const lines = failures.map(({ what, error }) => [`${what}: ${error.message}`, error.hint ?? ''].join(' ').trim())
  return [...lines, ...(refusal === null ? warnings : [])].map((text) => ({ text }))
}
