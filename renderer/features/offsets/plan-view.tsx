import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { AnchorSource } from '#shared/contract/anchors.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import { applyStatus, canUndo } from '#shared/offsets/outcome.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { planSentence, summarize } from '#shared/offsets/plan-sentence.ts'
import { positionWords, type PositionWords } from '#shared/offsets/position-words.ts'
import { useNavigation, useServices, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { rowsOfPlan, rowsOfPositions, type DiffRow } from '../../shared-views/position-diff/diff-rows.ts'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { createNextStore } from '../../shared-views/position-diff/next-store.ts'
import { BesideRecord, useRecordBeside } from '../../shared-views/position-diff/record-beside.tsx'
import { AnchorsButton } from '../../shared-views/anchors/anchors-button.tsx'
import { useMeaning } from '../../shared-views/position-diff/use-meaning.ts'
import { ExportMenu } from '../../shared-views/position-diff/export-menu.tsx'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { Button } from '../../ui/button.tsx'
import { ArmButton, isArmable } from '../../shared-views/armed/arm-button.tsx'
import { ArmedStrip, useArmed } from '../../shared-views/armed/armed-strip.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatTime, zoneLabel } from '../../ui/format.ts'
import { UndoIcon } from '../../ui/icons.ts'
import { Bar, View } from '../../ui/layout.tsx'
import { parseOffset } from '../../ui/parse-offset.ts'
import { StateView } from '../../ui/state-view.tsx'
import { withReasons } from './elsewhere.ts'
import { FileStrip, openPositionsFile } from './file-strip.tsx'
import { PlanFields } from './plan-fields.tsx'
import { positionsInScope } from './plan-form.ts'
import { covers, scopeOfRows } from './plan-scope.ts'
import { PositionsFrame } from './plan-summary.tsx'
import { canApply, createPlanStore, type PlanState, type PlanStore } from './plan-store.ts'

type Connection = TabViewProps<'plan'>['intent']['connectionId']

// oxlint-disable-next-line max-lines-per-function -- the fields, the frame and the rows of one plan: each has a file of its own, and this says what each shows
export function OffsetsPlanView({ tabId, intent, isActive }: TabViewProps<'plan'>) {
  const { connectionId } = intent
  const { api, files, groups } = useServices()
  const [store] = useState(() => createPlanStore(api, connectionId))
  const state = useStore(store)
  const { plan, result, form } = state
  useEffect(() => {
    void store.start(intent)
    return store.stop
  }, [store, intent])
  useEffect(() => {
    // The sidebar and the list show the new positions at once, not at their next refresh.
    if (result !== undefined) void groups.loadOne(connectionId, form.group)
  }, [groups, connectionId, form.group, result])
  useOffer(refreshing, () => void store.planAgain(), isActive)
  useStatus(tabId, state)
  const rows = useRows(state)
  const [nextStore] = useState(() => createNextStore(api, connectionId))
  const found = useStore(nextStore, (state) => state.found)
  const zone = useZone()
  const next = useMemo(() => ({ found, want: nextStore.want, zone }), [found, nextStore, zone])
  const madeAt = plan.value?.madeAt
  const plans = useMemo(() => (plan.value === undefined ? undefined : [plan.value]), [plan.value])
  const { meaning, sentence, progress } = useMeaning(connectionId, plans)
  const shownMeaning = useMemo(
    () => (madeAt === undefined ? undefined : { lines: meaning.lines, group: form.group, zone, now: madeAt }),
    [meaning.lines, form.group, zone, madeAt],
  )
  useEffect(() => {
    nextStore.refresh()
    return nextStore.stop
  }, [nextStore, madeAt])
  const beside = useRecordBeside(connectionId, rows, found)
  const words = wordsOf(state)
  const isEditing = form.to === 'offsets' && form.undo === undefined && result === undefined
  const groupError = state.detail.status === 'failed' && plan.value === undefined ? state.detail.error : undefined
  return (
    <View>
      <Bar label="Plan" actions={<PlanActions {...{ store, state, connectionId, rows, isActive, sentence }} />}>
        <PlanFields
          store={store}
          state={state}
          connectionId={connectionId}
          isNameOpen={intent.group === ''}
          onFile={() => openPositionsFile(files, store.openFile)}
        />
      </Bar>
      <AccessStrip connectionId={connectionId} />
      <Armed store={store} state={state} connectionId={connectionId} />
      {plan.status === 'failed' && rows.length > 0 && (
        <ErrorBanner error={plan.error} onRetry={() => void store.planAgain()} />
      )}
      {state.file !== undefined && <FileStrip {...state.file} onDismiss={store.dismissFile} />}
      {state.applyError !== undefined && (
        <ErrorBanner
          error={state.applyError}
          onDismiss={store.dismissError}
          actions={
            <Button size="small" onPress={() => void store.planAgain()}>
              Plan again
            </Button>
          }
        />
      )}
      <PositionsFrame state={state} store={store} sentence={sentence} progress={progress}>
        <BesideRecord pane={beside.pane}>
          <DiffTable
            label={`${capital(words.many)} of ${form.group}`}
            rows={rows}
            next={next}
            meaning={shownMeaning}
            edit={
              isEditing
                ? {
                    textOf: (row) => form.offsets[keyOf(row)] ?? '',
                    errorOf: (row) => errorOf(form.offsets[keyOf(row)] ?? ''),
                    onChange: (row, text) => store.setOffset(row.topic, row.partition, text),
                  }
                : undefined
            }
            isEditDisabled={state.isApplying}
            onOpen={beside.open}
            menu={beside.menu}
            empty={<EmptyPlan state={state} error={groupError ?? plan.error} onRetry={() => void store.planAgain()} />}
          />
        </BesideRecord>
      </PositionsFrame>
    </View>
  )
}

/** The armed plan of this group. Once it has been applied, the view itself has the result. */
function Armed({ store, state, connectionId }: { store: PlanStore; state: PlanState; connectionId: Connection }) {
  const item = useArmed(connectionId, state.form.group)
  const { id, state: now } = item ?? {}
  const before = useRef<{ id: string | undefined; is: string | undefined }>({ id: undefined, is: undefined })
  useEffect(() => {
    const waited = before.current.id === id && (before.current.is === 'watching' || before.current.is === 'applying')
    before.current = { id, is: now?.is }
    if (id !== undefined && waited && (now?.is === 'applied' || (now?.is === 'ended' && now.how === 'conflict')))
      void store.showArmed(id)
  }, [store, id, now])
  // The result is then the view's summary sentence.
  const isShown = now?.is === 'applied' && now.journalId !== null && state.result?.journalId === now.journalId
  return item === undefined || isShown ? null : <ArmedStrip item={item} />
}

/**
 * While no target is chosen, the table shows the group's current positions; not for an undo, because only its plan says what it
 * affects. Typed offsets that are not valid are marked in their row.
 */
function useRows({ plan, result, detail, form, missing, elsewhere }: PlanState): readonly DiffRow[] {
  return useMemo(() => {
    const found = detail.value
    const base =
      plan.value !== undefined && (missing === undefined || form.to === 'offsets')
        ? rowsOfPlan(
            plan.value.rows.filter((row) => form.undo !== undefined || covers(form.scope, row)),
            result,
          )
        : found === undefined || form.undo !== undefined
          ? []
          : rowsOfPositions(positionsInScope(form, found))
    if (form.to === 'elsewhere' && result === undefined) return withReasons(base, elsewhere.value)
    if (form.to !== 'offsets') return base
    return base.map((row) => {
      const typed = form.offsets[keyOf(row)] ?? ''
      const error = errorOf(typed)
      if (error !== undefined) return { ...row, status: 'refused' as const, note: error }
      // The form has changed: the cost and the tick of the earlier plan would be wrong beside it.
      return isPlanOf(row, typed) || result !== undefined
        ? row
        : { ...row, after: undefined, status: 'idle' as const, note: null }
    })
  }, [plan.value, result, detail.value, form, missing, elsewhere.value])
}

function isPlanOf({ after, status, clampedFrom }: DiffRow, typed: string): boolean {
  if (typed.trim() === '') return status !== 'change'
  const parsed = parseOffset(typed)
  return parsed.ok && (parsed.value === clampedFrom || parsed.value === after?.offset)
}

function errorOf(text: string): string | undefined {
  if (text.trim() === '') return undefined
  const parsed = parseOffset(text)
  return parsed.ok ? undefined : parsed.message
}

function useStatus(tabId: string, state: PlanState): void {
  const { plan, result } = state
  const { many } = wordsOf(state)
  const zone = useZone()
  const madeAt = plan.value?.madeAt
  const status = useMemo(() => {
    if (madeAt === undefined) return {}
    const at = `${formatTime(madeAt, zone).slice(0, 8)} ${zoneLabel(zone, madeAt)}`
    if (result === undefined) return { main: `Plan made ${at} from ${many} read at that moment` }
    const main = applyStatus(result)
    return canUndo(result) ? { main, aside: <span>Undo stays available in the journal</span> } : { main }
  }, [madeAt, zone, result, many])
  useTabStatus(tabId, status)
}

/** The words for its offsets; a plan knows the kind of its group, and so does the group itself. */
const wordsOf = ({ plan, detail }: PlanState): PositionWords =>
  positionWords(plan.value?.groupType ?? detail.value?.type ?? 'unknown')

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

interface EmptyPlanProps {
  state: PlanState
  error: unknown
  onRetry: () => void
}

function EmptyPlan({ state: { plan, detail, form, missing }, error, onRetry }: EmptyPlanProps) {
  if (plan.status === 'failed' || detail.status === 'failed') return <ErrorState error={error} onRetry={onRetry} />
  if (form.group === '') {
    return (
      <StateView kind="empty" title="A group can be given positions before its first consumer starts.">
        Name the group and press Enter, then add the topics it will read. A group that exists is moved like any other.
      </StateView>
    )
  }
  if (detail.status === 'loading' || plan.status === 'loading')
    return <StateView kind="loading" title={`Reading ${form.group}…`} />
  if (plan.value?.refusal !== null && plan.value !== undefined) return null
  // What is missing is already in the sentence above.
  if (missing !== undefined) return null
  return (
    <StateView kind="empty" title="No partition is in this plan.">
      Choose other topics or partitions.
    </StateView>
  )
}

/** The positions that the plan found, which is what an anchor of it stores. */
function anchorOf(plan: Plan | undefined): (() => AnchorSource) | undefined {
  if (plan === undefined) return undefined
  const offsets = plan.rows.flatMap(({ topic, topicId, partition, before }) =>
    before === null || before.offset < 0n ? [] : [{ topic, topicId, partition, offset: before.offset }],
  )
  return offsets.length === 0 ? undefined : () => ({ what: 'offsets', of: `${plan.group} before a plan`, offsets })
}

const csvOf = ({ topic, partition }: DiffRow, position: DiffRow['before']) => ({
  topic,
  partition,
  offset: position?.offset,
})

interface PlanActionsProps {
  isActive: boolean
  store: PlanStore
  state: PlanState
  connectionId: Connection
  rows: readonly DiffRow[]
  /** The effect of the plan; undefined as long as it is not known. */
  sentence: string | undefined
}

function PlanActions({ store, state, connectionId, rows, isActive, sentence }: PlanActionsProps) {
  const navigation = useNavigation()
  const { plan, result, form } = state
  const { journalId } = result ?? {}
  const words = wordsOf(state)
  // After an undo has been applied there is nothing left to undo: the next plan begins without a target, for the partitions
  // that were undone. They are known only from its plan; without a plan, the group's own partitions are used.
  const scope = plan.value === undefined ? undefined : scopeOfRows(plan.value.rows)
  const isScopeKnown = plan.value !== undefined || plan.status === 'failed'
  const planAnother = () => navigation.open({ kind: 'plan', connectionId, group: form.group, scope })
  const replan = () => (form.undo === undefined ? void store.planAgain() : planAnother())
  const exportMenu = (
    <ExportMenu
      group={form.group}
      isActive={isActive}
      isDisabled={rows.length === 0 || plan.status === 'loading'}
      exports={[
        {
          what: `new ${words.many}`,
          name: 'plan',
          positions: () => rows.map((row) => csvOf(row, row.after ?? row.before)),
        },
        { what: `${words.many} before`, name: 'before', positions: () => rows.map((row) => csvOf(row, row.before)) },
      ]}
    />
  )
  const anchors = (
    <AnchorsButton
      connectionId={connectionId}
      words={`the ${words.many} before this plan`}
      source={anchorOf(plan.value)}
    />
  )
  if (result !== undefined) {
    return (
      <>
        {anchors}
        {exportMenu}
        {typeof journalId === 'string' && (
          <Button onPress={() => navigation.open({ kind: 'journal', entry: journalId })}>Journal entry</Button>
        )}
        {typeof journalId === 'string' && canUndo(result) && (
          <Button onPress={() => navigation.open({ kind: 'plan', connectionId, group: form.group, undo: journalId })}>
            <UndoIcon size={14} aria-hidden="true" />
            Undo…
          </Button>
        )}
        <Button variant={journalId === null ? 'primary' : 'default'} onPress={replan}>
          Plan again
        </Button>
      </>
    )
  }
  return (
    <>
      {anchors}
      {exportMenu}
      {form.undo !== undefined && (
        <Button isDisabled={!isScopeKnown} onPress={planAnother}>
          Plan something else
        </Button>
      )}
      {plan.value !== undefined && plan.value.refusal !== null && (
        <Button onPress={() => void store.planAgain()}>Plan again</Button>
      )}
      <ApplyOrArm store={store} state={state} connectionId={connectionId} sentence={sentence} />
    </>
  )
}

type ApplyOrArmProps = Pick<PlanActionsProps, 'store' | 'state' | 'connectionId' | 'sentence'>

/** If only live members prevent it, the plan can be armed; otherwise it can be applied. */
function ApplyOrArm({ store, state, connectionId, sentence }: ApplyOrArmProps) {
  const { plan, form, isApplying, isCurrent } = state
  const planned = plan.value === undefined ? [] : [plan.value]
  if (planned.some(isArmable)) return <ArmButton connectionId={connectionId} plans={planned} isReady={isCurrent} />
  const changes = plan.value === undefined ? 0 : summarize(plan.value.rows).changes
  const words = `Apply to ${changes} ${changes === 1 ? 'partition' : 'partitions'}`
  return (
    <ApplyButton
      connectionId={connectionId}
      label={changes === 0 ? 'Apply' : words}
      title={form.undo === undefined ? `Move ${form.group}?` : `Undo the change of ${form.group}?`}
      sentence={plan.value === undefined ? '' : (sentence ?? planSentence(plan.value))}
      undo={
        plan.value?.undoOf === null ? `The journal keeps the old ${wordsOf(state).many}, so this can be undone.` : ''
      }
      // Moving back repeats work; records that are skipped are never read by the group.
      isDanger={plan.value !== undefined && summarize(plan.value.rows).skips > 0n}
      isReady={isCurrent && plan.value !== undefined && canApply(plan.value)}
      isPending={isApplying}
      onApply={(confirm) => void store.apply(confirm)}
    />
  )
}
