import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ApplyResult, DeletePlan, Scope } from '#shared/contract/offsets.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { canUndo } from '#shared/offsets/outcome.ts'
import { useApi, useNavigation, useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { rowsOfPlan } from '../../shared-views/position-diff/diff-rows.ts'
import { countOutcomes, outcomeTone, outcomeWord } from '../../shared-views/position-diff/apply-outcome.ts'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { OutcomeReasons, RefusalReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { UndoIcon } from '../../ui/icons.ts'
import { Bar, View } from '../../ui/layout.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { StoreApiPort } from '../../stores/api.ts'
import { createPlannedChange, type PlannedChangeState, type PlannedChangeStore } from '../../stores/planned-change.ts'

type Connection = TabViewProps<'delete'>['intent']['connectionId']

interface DeleteForm {
  readonly what: DeletePlan['what']
  /** The positions to delete; none: all of them. */
  readonly scope: Scope
}
type DeleteState = PlannedChangeState<DeleteForm, DeletePlan, ApplyResult>
type DeleteStore = PlannedChangeStore<DeleteForm, DeletePlan, ApplyResult>

/** Deletes a group, or its positions in some topics or partitions: planned, shown, applied, and restored from the journal. */
export function DeleteView({ intent, isActive }: TabViewProps<'delete'>) {
  const { connectionId, group } = intent
  const api = useApi()
  const { groups } = useServices()
  const [store] = useState(() => createDeleteStore(api, connectionId, group))
  const state = useStore(store)
  const { plan, result, isApplying } = state
  useEffect(() => {
    store.change({ what: intent.what ?? 'positions', scope: intent.scope ?? [] })
    void store.planAgain()
    return store.stop
  }, [store, intent])
  useEffect(() => {
    // The sidebar and the list show the deletion at once, not at their next refresh.
    if (result !== undefined) void groups.refresh(connectionId)
  }, [groups, connectionId, result])
  useOffer(refreshing, () => void store.planAgain(), isActive)
  const rows = useMemo(() => rowsOfPlan(plan.value?.rows ?? [], result), [plan.value, result])
  const again = () => void store.planAgain()
  if (plan.value === undefined) {
    return plan.status === 'failed' ? (
      <ErrorState error={plan.error} onRetry={again} />
    ) : (
      <StateView kind="loading" title={`Reading the positions of ${group}…`} />
    )
  }
  const planned = plan.value
  const words = positionWords(planned.groupType)
  return (
    <View>
      <Bar label="Delete" actions={<Actions store={store} state={state} connectionId={connectionId} group={group} />}>
        <What store={store} state={state} />
      </Bar>
      <AccessStrip connectionId={connectionId} />
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={again} />}
      {state.applyError !== undefined && <ErrorBanner error={state.applyError} onRetry={again} />}
      <PlanFrame
        sentence={result?.summary ?? planned.summary}
        subject={result === undefined ? group : result.summary}
        afterword={result === undefined ? 'Nothing is written until you apply.' : undefined}
        isResult={result !== undefined}
        isOld={plan.status === 'loading' && !isApplying}
        badges={countOutcomes(result?.rows ?? []).map(({ status, count }) => (
          <Badge key={status} tone={outcomeTone[status]}>
            {count} {outcomeWord[status]}
          </Badge>
        ))}
        refusal={result === undefined ? planned.refusal : null}
        warnings={result === undefined ? warningsOf(planned) : []}
        reasons={result === undefined ? <RefusalReasons rows={planned.rows} /> : <OutcomeReasons rows={result.rows} />}
      >
        <DiffTable
          label={`${capital(words.many)} of ${group} to delete`}
          rows={rows}
          empty={<StateView kind="empty" title={`${group} has no ${words.one} here.`} />}
        />
      </PlanFrame>
    </View>
  )
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

function createDeleteStore(api: Pick<StoreApiPort, 'call'>, connectionId: Connection, group: string): DeleteStore {
  return createPlannedChange<DeleteForm, DeletePlan, ApplyResult>({
    first: { what: 'positions', scope: [] },
    ask: (form, signal) => api.call('offsets.planDelete', { connectionId, group, ...form }, { signal }),
    canApply: canDelete,
    send: (input) => api.call('offsets.delete', { connectionId, ...input }),
  })
}

function canDelete(plan: DeletePlan | undefined): boolean {
  if (plan === undefined || plan.refusal !== null) return false
  return plan.what === 'group' || plan.rows.some((row) => row.status === 'change')
}

function warningsOf({ failures, refusal, warnings }: NonNullable<DeleteState['plan']['value']>): { text: string }[] {
  const lines = failures.map(({ what, error }) => [`${what}: ${error.message}`, error.hint ?? ''].join(' ').trim())
  return [...lines, ...(refusal === null ? warnings : [])].map((text) => ({ text }))
}

/** The whole group, or its positions in all topics, in one topic, or in the partitions with which the view was opened. */
function What({ store, state: { form, plan, isApplying } }: { store: DeleteStore; state: DeleteState }) {
  const [topics, setTopics] = useState<readonly string[]>([])
  const seen = plan.value?.rows.map((row) => row.topic) ?? []
  // A plan for one topic lists only that topic: the ones seen before can still be chosen.
  const missing = [...new Set(seen)].filter((topic) => !topics.includes(topic))
  if (missing.length > 0) setTopics([...topics, ...missing].toSorted())
  const [only] = form.scope
  const { many } = positionWords(plan.value?.groupType ?? 'unknown')
  const partitions = only?.partitions
  const change = (next: DeleteForm) => {
    store.change(next)
    void store.planAgain()
  }
  // Partitions can be chosen only for a single topic.
  const named =
    only?.partitions === undefined
      ? []
      : [{ id: 'named', label: `${only.topic}, partition ${only.partitions.join(', ')}` }]
  return (
    <>
      <Segmented
        label="What to delete"
        value={form.what}
        onChange={(what) => change({ ...form, what })}
        options={[
          { id: 'positions', label: capital(many) },
          { id: 'group', label: `The group with all its ${many}` },
        ]}
      />
      {form.what === 'positions' && (
        <Select
          label="of"
          layout="inline"
          isDisabled={isApplying}
          options={[{ id: '', label: 'every topic' }, ...named, ...topics.map((id) => ({ id: `t:${id}`, label: id }))]}
          value={partitions === undefined ? (only === undefined ? '' : `t:${only.topic}`) : 'named'}
          onChange={(id) => {
            if (id !== 'named') change({ ...form, scope: id === '' ? [] : [{ topic: id.slice(2) }] })
          }}
        />
      )}
    </>
  )
}

interface ActionsProps {
  store: DeleteStore
  state: DeleteState
  connectionId: Connection
  group: string
}

function Actions({ store, state: { form, plan, result, isApplying }, connectionId, group }: ActionsProps) {
  const navigation = useNavigation()
  const again = <Button onPress={() => void store.planAgain()}>Plan again</Button>
  if (result !== undefined) {
    const { journalId } = result
    return (
      <>
        {journalId !== null && (
          <Button onPress={() => navigation.open({ kind: 'journal', entry: journalId })}>Journal entry</Button>
        )}
        {journalId !== null && canUndo(result) && (
          <Button onPress={() => navigation.open({ kind: 'plan', connectionId, group, undo: journalId })}>
            <UndoIcon size={14} aria-hidden="true" />
            Undo…
          </Button>
        )}
        {again}
      </>
    )
  }
  const count = plan.value?.rows.filter((row) => row.status === 'change').length ?? 0
  const words = form.what === 'group' ? 'Delete the group' : `Delete ${count} ${count === 1 ? 'position' : 'positions'}`
  return (
    <>
      {plan.value?.refusal != null && again}
      <ApplyButton
        connectionId={connectionId}
        label={words}
        title={form.what === 'group' ? `Delete ${group}?` : `Delete positions of ${group}?`}
        sentence={plan.value?.summary ?? ''}
        undo={
          count === 0 ? 'There are no positions to restore.' : 'The journal keeps the positions, so this can be undone.'
        }
        isDanger
        isReady={plan.status === 'ready' && canDelete(plan.value)}
        isPending={isApplying}
        onApply={(confirm) => void store.apply(confirm)}
      />
    </>
  )
}
