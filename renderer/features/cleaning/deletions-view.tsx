import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { DeleteSpec } from '#shared/contract/deletions.ts'
import type { GroupApplied } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { canUndo } from '#shared/offsets/outcome.ts'
import { useApi, useNavigation, useServices } from '../../workbench/services.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { PlanFrame, type Warning } from '../../shared-views/plan-frame/plan-frame.tsx'
import { rowsOfPlan, type DiffRow } from '../../shared-views/position-diff/diff-rows.ts'
import { countOutcomes, outcomeTone, outcomeWord } from '../../shared-views/position-diff/apply-outcome.ts'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { OutcomeReasons, RefusalReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { LeftIcon, UndoIcon } from '../../ui/icons.ts'
import { Bar, View } from '../../ui/layout.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { choiceWords, count } from './cleaning-rows.ts'
import { createDeletionsStore, type Deletions, type DeletionsStore } from './deletions-store.ts'
import s from './cleaning.module.css'

interface DeletionsProps {
  connectionId: ConnectionId
  specs: readonly DeleteSpec[]
  isActive: boolean
  /** Whether anything was deleted, so that the list that was found is out of date. */
  onBack: (isChanged: boolean) => void
}

/** The plan of a cleaning: what would be deleted from which group, applied and undone group by group. */
export function DeletionsView({ connectionId, specs, isActive, onBack }: DeletionsProps) {
  const api = useApi()
  const { groups } = useServices()
  const [step, setStep] = useState(0)
  const [store] = useState(() => createDeletionsStore(api, connectionId, specs, setStep))
  const state = useStore(store)
  const { plan, result, isApplying, applyError } = state
  useEffect(() => {
    void store.planAgain()
    return store.stop
  }, [store])
  useEffect(() => {
    if (result !== undefined) void groups.refresh(connectionId)
  }, [groups, connectionId, result])
  const again = () => void store.planAgain()
  useOffer(refreshing, again, isActive)
  const back = (
    <Button isDisabled={isApplying} onPress={() => onBack(result !== undefined)}>
      <LeftIcon size={14} aria-hidden="true" />
      {result === undefined ? 'Back to the results' : 'Look again'}
    </Button>
  )
  const { value } = plan
  if (value === undefined) {
    return (
      <View>
        <Bar label="Plan to delete">{back}</Bar>
        {plan.status === 'failed' ? (
          <ErrorState error={plan.error} onRetry={again} />
        ) : (
          <StateView kind="loading" title={`Planning: ${step} of ${count(specs.length, 'group')}…`} />
        )}
      </View>
    )
  }
  const changes = value.plans.filter(({ refusal }) => refusal === null).flatMap(({ rows: own }) => own.filter(({ status }) => status === 'change')).length // oxfmt-ignore
  return (
    <View>
      <Bar
        label="Plan to delete"
        actions={
          result === undefined ? (
            <ApplyButton
              connectionId={connectionId}
              label={`Delete ${choiceWords(specs)}`}
              title={`Delete ${choiceWords(specs)}?`}
              sentence={value.summary}
              undo={changes === 0 ? 'There are no positions to restore.' : 'The journal keeps the positions of each group, so each can be undone.'} // oxfmt-ignore
              isDanger
              isReady={plan.status === 'ready' && value.parts.some(({ refusal }) => refusal === null)}
              isPending={isApplying}
              onApply={(confirm) => void store.apply(confirm)}
            />
          ) : undefined
        }
      >
        {back}
        {result === undefined && <Button onPress={again}>Plan again</Button>}
      </Bar>
      <AccessStrip connectionId={connectionId} />
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={again} />}
      {applyError !== undefined && <ErrorBanner error={applyError} onRetry={again} />}
      <Planned
        connectionId={connectionId}
        state={state}
        plan={value}
        step={`${step} of ${count(specs.length, 'group')}`}
      />
    </View>
  )
}

interface PlannedProps {
  connectionId: ConnectionId
  state: ReturnType<DeletionsStore['getState']>
  plan: Deletions
  /** Its progress. */
  step: string
}

function Planned({ connectionId, state, plan, step }: PlannedProps) {
  const { result, isApplying } = state
  const rows = useMemo(() => diffRowsOf(plan, result?.items), [plan, result])
  const outcomes = useMemo(() => result?.items.flatMap((item) => item.result?.rows ?? []) ?? [], [result])
  return (
    <PlanFrame
      sentence={result?.summary ?? plan.summary}
      afterword={result === undefined ? (isApplying ? `Deleting: ${step}, each checked again, deleted and read back…` : 'Nothing is deleted until you apply.') : undefined} // oxfmt-ignore
      isResult={result !== undefined}
      isOld={state.plan.status === 'loading' && !isApplying}
      badges={countOutcomes(outcomes).map(({ status, count: n }) => (
        <Badge key={status} tone={outcomeTone[status]}>
          {n} {outcomeWord[status]}
        </Badge>
      ))}
      warnings={result === undefined ? warningsOf(plan) : []}
      reasons={result === undefined ? <RefusalReasons rows={plan.plans.flatMap((one) => one.rows)} /> : <OutcomeReasons rows={outcomes} />} // oxfmt-ignore
    >
      {result !== undefined && <Undos plan={plan} items={result.items} connectionId={connectionId} />}
      <div className={s.table}>
        <DiffTable
          label="Positions to delete"
          rows={rows}
          empty={<StateView kind="empty" title="These groups have no positions." />}
        />
      </div>
    </PlanFrame>
  )
}

function diffRowsOf(plan: Deletions, items: readonly GroupApplied[] | undefined): DiffRow[] {
  const byGroup = new Map(items?.map((item) => [item.group, item.result ?? undefined]))
  return plan.plans.flatMap((own) => {
    const rows = rowsOfPlan(own.rows, byGroup.get(own.group))
    // A group that cannot be changed keeps everything, whatever its rows say.
    return own.refusal === null
      ? rows.map((row) => ({ ...row, group: own.group }))
      : rows.map((row) => ({ ...row, group: own.group, status: 'refused' as const, after: row.before, note: row.note ?? own.refusal?.message ?? null })) // oxfmt-ignore
  })
}

/** A warning that is the same for all groups is shown once. */
function warningsOf({ plans, failures }: Deletions): Warning[] {
  const refused = plans.flatMap(
    ({ group, refusal }): Warning[] =>
    refusal === null ? [] : [{ text: `${group}: ${[refusal.message, refusal.hint ?? ''].join(' ').trim()}`, mark: { tone: 'bad', word: 'stays' } }], // oxfmt-ignore
  )
  const failed = [...failures, ...plans.flatMap((plan) => plan.failures)].map(({ what, error }) => ({ text: `${what}: ${error.message}` })) // oxfmt-ignore
  const able = plans.filter(({ refusal }) => refusal === null)
  // Each deleted group has the warning that its next consumer creates it again; for many groups it is shown once.
  const texts = new Set(able.flatMap(({ group, warnings }) => warnings.map((text) => text.replace(`creates ${group} again`, 'creates such a group again')))) // oxfmt-ignore
  return [...refused, ...failed, ...[...texts].map((text) => ({ text }))].slice(0, 40)
}

/** Each group's own undo. A group whose topics are all gone has none. */
function Undos({
  plan,
  items,
  connectionId,
}: {
  plan: Deletions
  items: readonly GroupApplied[]
  connectionId: ConnectionId
}) {
  // oxfmt-ignore
  const navigation = useNavigation()
  const lost = new Set(plan.plans.flatMap(({ group, rows }) => (rows.every(({ bounds }) => bounds === null) ? [group] : []))) // oxfmt-ignore
  const able = items.flatMap(({ group, result }) => (!lost.has(group) && result !== null && result.journalId !== null && canUndo(result) ? [{ group, undo: result.journalId }] : [])) // oxfmt-ignore
  if (able.length === 0) return null
  return (
    <div className={s.undos} role="group" aria-label="Undo by group">
      {able.slice(0, MOST_UNDOS).map(({ group, undo }) => (
        <Button key={group} size="small" onPress={() => navigation.open({ kind: 'plan', connectionId, group, undo })}>
          <UndoIcon size={13} aria-hidden="true" />
          {`Undo ${group}…`}
        </Button>
      ))}
      {able.length > MOST_UNDOS && (
        <Button size="small" onPress={() => navigation.open({ kind: 'journal' })}>
          {`${able.length - MOST_UNDOS} more in the journal`}
        </Button>
      )}
    </div>
  )
}

const MOST_UNDOS = 12
