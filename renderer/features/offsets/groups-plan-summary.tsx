import type { ReactNode } from 'react'
import type { GroupApplied, GroupsPlan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { othersWords } from '#shared/offsets/groups-sentence.ts'
import { canUndo } from '#shared/offsets/outcome.ts'
import { summarize } from '#shared/offsets/plan-sentence.ts'
import { countOutcomes, outcomeTone, outcomeWord } from '../../shared-views/position-diff/apply-outcome.ts'
import { OutcomeReasons, RefusalReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { UndoIcon } from '../../ui/icons.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { useNavigation } from '../../workbench/services.ts'
import type { GroupsPlanState, GroupsPlanStore } from './groups-plan-store.ts'
import { MoveWays } from './move-ways.tsx'
import s from './offsets.module.css'

export interface GroupsFrameProps {
  state: GroupsPlanState
  store: GroupsPlanStore
  /** The effect of the plans, once all of them are read; until then the progress. */
  sentence: string | undefined
  progress: string | undefined
  children: ReactNode
}

/** One sentence about all groups, then the groups that cannot be moved and why, and the rows. */
export function GroupsFrame({ state, store, sentence, progress, children }: GroupsFrameProps) {
  const { result, plan, standing, missing, isCurrent, isApplying, form } = state
  if (result !== undefined) {
    const rows = result.items.flatMap((item) => item.result?.rows ?? [])
    return (
      <PlanFrame
        isResult
        sentence={result.summary}
        badges={countOutcomes(rows).map(({ status, count }) => (
          <Badge key={status} tone={outcomeTone[status]}>
            {count} {outcomeWord[status]}
          </Badge>
        ))}
        reasons={<OutcomeReasons rows={rows} />}
      >
        {children}
      </PlanFrame>
    )
  }
  const shown = missing === undefined ? plan.value : standing.value
  const warnings = shown === undefined ? [] : warningsOf(shown)
  if (missing !== undefined) {
    return (
      <PlanFrame sentence={missing} subject={missing} afterword={NOTHING_YET} warnings={warnings}>
        {children}
      </PlanFrame>
    )
  }
  if (shown === undefined) {
    const sentence =
      plan.status === 'failed' ? 'There is no plan.' : `Working out the plan for ${form.groups.length} groups…`
    return <PlanFrame sentence={sentence}>{children}</PlanFrame>
  }
  const rows = shown.plans.flatMap((one) => one.rows)
  const sum = summarize(rows)
  return (
    <PlanFrame
      sentence={sentence === undefined ? shown.summary : `${sentence}${othersWords(shown.plans, shown.failures)}`}
      afterword={
        isApplying
          ? 'Applying: group by group, each checked again, written and read back…'
          : [progress, NOTHING_YET].filter((part) => part !== undefined).join(' ')
      }
      badges={
        <>
          {sum.clamped > 0 && <Badge tone="warn">{sum.clamped} clamped</Badge>}
          {sum.leftOut > 0 && <Badge tone="warn">{sum.leftOut} left out</Badge>}
          {sum.refused > 0 && <Badge tone="bad">{sum.refused} refused</Badge>}
          {sum.same > 0 && <Badge>{sum.same} unchanged</Badge>}
          <MoveWays sum={sum} only={form.only} isDisabled={isApplying} onChoose={(only) => store.change({ only })} />
        </>
      }
      isOld={!isCurrent && !isApplying}
      warnings={warnings}
      reasons={<RefusalReasons rows={rows} />}
    >
      {children}
    </PlanFrame>
  )
}

const NOTHING_YET = 'Nothing is written until you apply.'

/** A warning that is the same for all groups is shown once. */
function warningsOf({ plans, failures }: GroupsPlan): { text: string; mark?: { tone: 'bad'; word: string } }[] {
  const refused = plans.flatMap(
    ({ group, refusal }) =>
    refusal === null ? [] : [{ text: `${group}: ${[refusal.message, refusal.hint ?? ''].join(' ').trim()}`, mark: { tone: 'bad' as const, word: 'stays' } }], // oxfmt-ignore
  )
  const failed = [...failures, ...plans.flatMap((plan) => plan.failures)].map(({ what, error }) => ({ text: `${what}: ${error.message}` })) // oxfmt-ignore
  const able = plans.filter(({ refusal }) => refusal === null)
  const texts = [...new Set(able.flatMap((plan) => plan.warnings))].map((text) => ({ text }))
  return [...refused, ...failed, ...texts].slice(0, 40)
}

/** The result for each group, with its own undo. */
export function GroupOutcomes({ items, connectionId }: { items: readonly GroupApplied[]; connectionId: ConnectionId }) {
  const navigation = useNavigation()
  return (
    <ul className={s.outcomes} aria-label="Outcome for each group">
      {items.map(({ group, result, error }) => (
        <li key={group}>
          <span className={s.outcomeText}>
            {error !== null && <Badge tone="bad">not moved</Badge>}
            <SafeText text={error === null ? (result?.summary ?? '') : `${group}: ${error.message}`} limit={400} />
          </span>
          {result !== null && result.journalId !== null && canUndo(result) && (
            <Button
              size="small"
              onPress={() =>
                navigation.open({ kind: 'plan', connectionId, group, undo: result.journalId ?? undefined })
              }
            >
              <UndoIcon size={13} aria-hidden="true" />
              {`Undo ${group}…`}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
