import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { canUndo } from '#shared/offsets/outcome.ts'
import { summarize } from '#shared/offsets/plan-sentence.ts'
import { handedSpecs } from '../../workbench/handed-specs.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { rowsOfPlan, type DiffRow } from '../../shared-views/position-diff/diff-rows.ts'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { createNextStore } from '../../shared-views/position-diff/next-store.ts'
import { BesideRecord, useRecordBeside } from '../../shared-views/position-diff/record-beside.tsx'
import { useMeaning } from '../../shared-views/position-diff/use-meaning.ts'
import { ExportMenu } from '../../shared-views/position-diff/export-menu.tsx'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { ArmButton, isArmable } from '../../shared-views/armed/arm-button.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { Bar, View } from '../../ui/layout.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { FileStrip, openPositionsFile } from './file-strip.tsx'
import { GroupsPlanFields } from './groups-plan-fields.tsx'
import { groupRowKey } from './groups-plan-form.ts'
import {
  canApplyGroups,
  createGroupsPlanStore,
  type GroupsPlanState,
  type GroupsPlanStore,
} from './groups-plan-store.ts'
import { GroupOutcomes, GroupsFrame } from './groups-plan-summary.tsx'

/** Several groups in one plan: one target for all of them, applied and undone group by group. */
export function GroupsPlanView({ tabId, intent, isActive }: TabViewProps<'plans'>) {
  const { connectionId, groups: named, handed } = intent
  const { api, files, groups } = useServices()
  const zone = useZone()
  const [store] = useState(() => createGroupsPlanStore(api, connectionId))
  const [nextStore] = useState(() => createNextStore(api, connectionId))
  const state = useStore(store)
  const { form, plan, standing, result } = state
  useEffect(() => {
    void store.start(named, handed === undefined ? undefined : (handedSpecs(handed) ?? null))
    return store.stop
  }, [store, named, handed])
  useEffect(() => {
    if (result !== undefined) void groups.refresh(connectionId)
  }, [groups, connectionId, result])
  useOffer(refreshing, () => void store.planAgain(), isActive)
  const rows = useMemo(() => rowsOf(state), [state])
  useTabStatus(
    tabId,
    useMemo(() => ({ main: statusOf(state) }), [state]),
  )
  const found = useStore(nextStore, (state) => state.found)
  const next = useMemo(() => ({ found, want: nextStore.want, zone }), [found, nextStore, zone])
  useEffect(() => {
    nextStore.refresh()
    return nextStore.stop
  }, [nextStore, plan.value])
  const { meaning, sentence, progress } = useMeaning(
    connectionId,
    state.missing === undefined ? plan.value?.plans : undefined,
  )
  const shownMeaning = useMemo(
    () =>
      plan.value === undefined || state.missing !== undefined
        ? undefined
        : { lines: meaning.lines, group: '', zone, now: plan.value.plans[0]?.madeAt ?? 0n },
    [meaning.lines, zone, plan.value, state.missing],
  )
  const chooseFile = () => openPositionsFile(files, store.openFile)
  const beside = useRecordBeside(connectionId, rows, found)
  const error = plan.status === 'failed' ? plan.error : standing.status === 'failed' ? standing.error : undefined
  return (
    <View>
      <Bar
        label="Plan for several groups"
        actions={<Actions {...{ store, state, connectionId, rows, isActive, sentence }} />}
      >
        <GroupsPlanFields store={store} state={state} connectionId={connectionId} onFile={chooseFile} />
      </Bar>
      <AccessStrip connectionId={connectionId} />
      {error !== undefined && rows.length > 0 && <ErrorBanner error={error} onRetry={() => void store.planAgain()} />}
      {state.file !== undefined && <FileStrip {...state.file} onDismiss={store.dismissFile} />}
      {state.applyError !== undefined && <ErrorBanner error={state.applyError} onDismiss={store.dismissError} />}
      <GroupsFrame state={state} store={store} sentence={sentence} progress={progress}>
        {result !== undefined && <GroupOutcomes items={result.items} connectionId={connectionId} />}
        <BesideRecord pane={beside.pane}>
          <DiffTable
            label="Positions of several groups"
            rows={rows}
            next={next}
            meaning={shownMeaning}
            onOpen={beside.open}
            menu={(row) => [
              ...beside.menu(row),
              '-',
              { id: 'out', label: 'Leave this partition out', isDisabled: result !== undefined || row.status === 'idle', onAction: () => store.change({ leftOut: new Set([...form.leftOut, groupRowKey(row.group ?? '', row)]) }) }, // oxfmt-ignore
            ]}
            empty={<Empty state={state} error={error} onRetry={() => void store.planAgain()} onFile={chooseFile} />}
          />
        </BesideRecord>
      </GroupsFrame>
    </View>
  )
}

/** Until there is a plan: the groups' current positions. */
function rowsOf({ plan, standing, missing, result }: GroupsPlanState): DiffRow[] {
  const isPlanned = plan.value !== undefined && missing === undefined
  const plans = isPlanned ? plan.value.plans : (standing.value?.plans ?? [])
  return plans.flatMap((own) => {
    const applied = result?.items.find((item) => item.group === own.group)?.result ?? undefined
    const rows = rowsOfPlan(own.rows, applied)
    if (isPlanned) return rows.map((row) => ({ ...row, group: own.group }))
    return rows.map((row) => ({ ...row, group: own.group, status: 'idle' as const, after: undefined }))
  })
}

function statusOf({ plan, result }: GroupsPlanState): string {
  if (result !== undefined) return result.items.some((item) => item.result !== null && canUndo(item.result)) ? 'Applied; each group can be undone by itself' : 'Nothing was written' // oxfmt-ignore
  return plan.value === undefined ? '' : 'Positions were read when the plan was made; applying reads them again'
}

interface EmptyProps {
  state: GroupsPlanState
  error: unknown
  onRetry: () => void
  onFile: () => void
}

function Empty({ state: { form, standing, plan, missing }, error, onRetry, onFile }: EmptyProps) {
  if (error !== undefined) return <ErrorState error={error} onRetry={onRetry} />
  if (form.groups.length === 0) {
    return (
      <StateView kind="empty" title="No group is chosen." actions={<Button onPress={onFile}>From a file…</Button>}>
        Choose some in the list of groups (Ctrl or Shift with a click or an arrow), or open a file with lines
        group,topic,partition,offset.
      </StateView>
    )
  }
  if (standing.status === 'loading' || plan.status === 'loading') {
    return <StateView kind="loading" title={`Reading ${form.groups.length} groups…`} />
  }
  if (missing !== undefined) return null
  return (
    <StateView kind="empty" title="No partition is in this plan.">
      Choose other groups or topics.
    </StateView>
  )
}

interface ActionsProps {
  store: GroupsPlanStore
  state: GroupsPlanState
  connectionId: TabViewProps<'plans'>['intent']['connectionId']
  rows: readonly DiffRow[]
  isActive: boolean
  /** The effect of the plans; undefined as long as it is not known. */
  sentence: string | undefined
}

function Actions({ store, state, connectionId, rows, isActive, sentence }: ActionsProps) {
  const { plan, result, isApplying, isCurrent, form } = state
  const able = plan.value?.plans.filter(({ refusal }) => refusal === null) ?? []
  const live = plan.value?.plans.filter(isArmable) ?? []
  const sums = able.map((one) => summarize(one.rows))
  const changes = sums.reduce((all, sum) => all + sum.changes, 0)
  const moving = sums.filter((sum) => sum.changes > 0).length
  const csv = (side: 'before' | 'after') => () =>
    rows.map((row) => ({
      group: row.group ?? '',
      topic: row.topic,
      partition: row.partition,
      offset: (side === 'after' ? (row.after ?? row.before) : row.before)?.offset,
    }))
  const words = `Apply to ${changes} ${changes === 1 ? 'partition' : 'partitions'} of ${moving} ${moving === 1 ? 'group' : 'groups'}` // oxfmt-ignore
  return (
    <>
      <ExportMenu
        group={`${form.groups.length}-groups`}
        isActive={isActive}
        isDisabled={rows.length === 0}
        exports={[
          { what: 'new positions', name: 'plan', positions: csv('after') },
          { what: 'positions before', name: 'before', positions: csv('before') },
        ]}
      />
      {result !== undefined ? (
        <Button onPress={() => void store.planAgain()}>Plan again</Button>
      ) : (
        <>
          {live.length > 0 && (
            <ArmButton
              connectionId={connectionId}
              plans={live}
              isReady={isCurrent && !isApplying}
              isPrimary={moving === 0}
            />
          )}
          <ApplyButton
            connectionId={connectionId}
            label={changes === 0 ? 'Apply' : words}
            title={`Move ${moving} ${moving === 1 ? 'group' : 'groups'}?`}
            sentence={sentence ?? plan.value?.summary ?? ''}
            undo="The journal keeps the old positions of each group, so each can be undone."
            isDanger={sums.some((sum) => sum.skips > 0n)}
            isReady={isCurrent && plan.value !== undefined && canApplyGroups(plan.value)}
            isPending={isApplying}
            onApply={(confirm) => void store.apply(confirm)}
          />
        </>
      )}
    </>
  )
}
