import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { StepPlan, StepPlanRow, StepResult } from '#shared/contract/stepping.ts'
import { toErrorValue } from '#shared/errors.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { canUndo } from '#shared/offsets/outcome.ts'
import { useApi, useNavigation } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { rowsOfOutcome } from '../../shared-views/position-diff/diff-rows.ts'
import { DiffTable } from '../../shared-views/position-diff/diff-table.tsx'
import { OutcomeReasons } from '../../shared-views/position-diff/outcome-reasons.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { UndoIcon } from '../../ui/icons.ts'
import { Bar, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SessionPane } from './session-pane.tsx'
import { StepFields } from './step-fields.tsx'
import { createSteppingStore, firstForm, topicsOf, type StepForm, type SteppingStore } from './stepping-store.ts'
import s from './stepping.module.css'

type Props = TabViewProps<'step'>

/**
 * Joins a group on purpose, as a member that is stepped by hand: first what that would do, then one record at a time, then the
 * result.
 */
export function SteppingView({ tabId, intent, isActive }: Props) {
  const { connectionId, group } = intent
  const api = useApi()
  const [store] = useState(() =>
    createSteppingStore(api, connectionId, { ...firstForm, group, topics: shownTopics(intent.topics) }),
  )
  const state = useStore(store.change)
  const { form, plan, result, isApplying, applyError } = state
  useEffect(() => () => store.stop(), [store])
  const isKnown = useFirstForm(store, intent)
  const again = () => void store.change.planAgain()
  useOffer(refreshing, again, isActive && !isApplying)
  const change = (next: StepForm) => store.change.change(next)
  const commit = (next: StepForm) => {
    store.change.change(next)
    if (isAskable(next)) again()
  }
  if (isApplying) return <SessionPane tabId={tabId} store={store} connectionId={connectionId} group={form.group} isActive={isActive} /> // oxfmt-ignore
  const planned = plan.value
  return (
    <View>
      <Bar
        label="Step a group"
        actions={<Actions store={store} connectionId={connectionId} result={result} form={form} planned={planned} isReady={plan.status === 'ready' && state.planned === form} />} // oxfmt-ignore
      >
        <StepFields
          form={form}
          connectionId={connectionId}
          isNew={group === ''}
          isDisabled={false}
          onChange={change}
          onCommit={commit}
        />{' '}
        {/* oxfmt-ignore */}
      </Bar>
      <AccessStrip connectionId={connectionId} />
      {applyError !== undefined && <ErrorBanner error={applyError} onRetry={again} />}
      {result === undefined ? (
        <Planned form={form} plan={plan} isKnown={isKnown} onRetry={again} />
      ) : (
        <Outcome group={form.group} result={result} />
      )}
    </View>
  )
}

/** For an existing group: its topics and its protocol, unless they were chosen before these are known. */
function useFirstForm(store: SteppingStore, { connectionId, group, topics }: Props['intent']): boolean {
  const api = useApi()
  const [isKnown, setKnown] = useState(group === '')
  useEffect(() => {
    const stop = new AbortController()
    const planIfAskable = () => {
      if (isAskable(store.change.getState().form)) void store.change.planAgain()
    }
    if (group === '') {
      planIfAskable()
      return undefined
    }
    const ask = async () => {
      try {
        const detail = await api.call('groups.describe', { connectionId, group }, { signal: stop.signal })
        const { form } = store.change.getState()
        const own = [...new Set(detail.positions.map(({ topic }) => topic))]
        const read = [...new Set((detail.members ?? []).flatMap(({ subscription }) => subscription))]
        const isTyped = form.topics !== shownTopics(topics)
        const found = shownTopics((topics ?? (read.length > 0 ? read : own)).slice(0, 50))
        store.change.change({
          ...form,
          topics: isTyped ? form.topics : found,
          // It begins as the classic one: anything else was chosen.
          protocol: detail.type === 'consumer' ? 'consumer' : form.protocol,
        })
      } catch (error) {
        // The plan says why the group cannot be read; without its topics the user can name them.
        if (toErrorValue(error).code === 'call.cancelled') return
      }
      setKnown(true)
      planIfAskable()
    }
    void ask()
    return () => stop.abort()
  }, [api, store, connectionId, group, topics])
  return isKnown
}

const shownTopics = (topics: readonly string[] = []): string => topics.join(', ')

const isAskable = (form: StepForm): boolean => form.group.trim() !== '' && topicsOf(form).length > 0

function Planned({
  form,
  plan,
  isKnown,
  onRetry,
}: {
  form: StepForm
  plan: ReturnType<SteppingStore['change']['getState']>['plan']
  isKnown: boolean
  onRetry: () => void
}) {
  // oxfmt-ignore
  const { value } = plan
  if (value === undefined) {
    if (plan.status === 'failed') return <ErrorState error={plan.error} onRetry={onRetry} />
    if (plan.status === 'loading' || !isKnown)
      return <StateView kind="loading" title="Looking what joining would do…" />
    const missing = form.group.trim() === '' ? 'a group' : 'the topics to read'
    return (
      <StateView kind="empty" title={`Name ${missing}.`}>
        Seekline then becomes a member of the group: it takes one record at a time, and you commit what it took.
      </StateView>
    )
  }
  return (
    <>
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={onRetry} />}
      <PlanFrame
        sentence={value.summary}
        afterword="Nothing is joined until you say so."
        isOld={plan.status === 'loading'}
        refusal={value.refusal}
        warnings={value.refusal === null ? value.warnings.map((text) => ({ text })) : []}
      >
        <PlanTable plan={value} />
      </PlanFrame>
    </>
  )
}

function PlanTable({ plan }: { plan: StepPlan }) {
  const { spec, members, rows } = plan
  const columns = useMemo(() => {
    const clients = new Map(members.map(({ memberId, clientId }) => [memberId, clientId]))
    return planColumns(spec.topics.length > 1, clients)
  }, [spec, members])
  return (
    <SmallTable
      label={`Where a member of ${spec.group} would start`}
      columns={columns}
      columnsId="step-plan"
      rows={rows}
      rowId={keyOf}
      tone={({ start }) => (start === null ? 'warn' : undefined)}
      empty={<StateView kind="empty" title="No partition to show." />}
    />
  )
}

function planColumns(hasTopics: boolean, clients: ReadonlyMap<string, string>): TableColumn<StepPlanRow>[] {
  const offset = (value: bigint | null) =>
    value === null ? <span className={s.faint}>none</span> : formatGrouped(value)
  const columns: (TableColumn<StepPlanRow> | false)[] = [
    hasTopics && { id: 'topic', title: 'Topic', width: 160, flex: 1, isSortable: true, value: (at) => at.topic, cell: (at) => <SafeText text={at.topic} /> }, // oxfmt-ignore
    { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, isSortable: true, value: (at) => at.partition }, // oxfmt-ignore
    { id: 'position', title: 'Position', width: 100, align: 'end', mono: true, isSortable: true, value: (at) => at.before?.offset ?? null, cell: (at) => offset(at.before?.offset ?? null) }, // oxfmt-ignore
    { id: 'line', title: 'Log start → high watermark', width: 220, flex: 2, value: () => null, cell: lineCell },
    { id: 'start', title: 'Would start at', width: 120, align: 'end', mono: true, isSortable: true, value: (at) => at.start, cell: (at) => offset(at.start) }, // oxfmt-ignore
    { id: 'by', title: 'Because of', width: 190, flex: 1, isSortable: true, value: startWords },
    { id: 'owner', title: 'Read now by', width: 160, flex: 1, isSortable: true, value: (at) => (at.owner === null ? '' : (clients.get(at.owner) ?? at.owner)), cell: (at) => (at.owner === null ? <span className={s.faint}>nobody</span> : <SafeText text={clients.get(at.owner) ?? at.owner} limit={200} />) }, // oxfmt-ignore
  ]
  return columns.filter((column) => column !== false)
}

function lineCell({ partition, logStart, highWatermark, before, start }: StepPlanRow) {
  if (logStart === null || highWatermark === null) return null
  return <Seekline label={`Partition ${partition}`} logStart={logStart} highWatermark={highWatermark} position={before?.offset ?? null} target={start ?? undefined} /> // oxfmt-ignore
}

function startWords({ by, before }: StepPlanRow): string {
  if (by === 'position') return 'its position'
  const why = before === null ? 'no position' : 'position out of range'
  return by === 'none' ? `${why}: cannot start` : `${why}: ${by}`
}

function Outcome({ group, result }: { group: string; result: StepResult }) {
  const rows = useMemo(() => rowsOfOutcome(result.rows), [result])
  return (
    <PlanFrame sentence={result.summary} subject={group} isResult reasons={<OutcomeReasons rows={result.rows} />}>
      {result.error !== null && <ErrorBanner error={result.error} />}
      <DiffTable
        label={`Positions that were committed for ${group}`}
        rows={rows}
        isPast
        empty={<StateView kind="empty" title="No position was committed." />}
      />
    </PlanFrame>
  )
}

interface ActionsProps {
  store: SteppingStore
  connectionId: Props['intent']['connectionId']
  result: StepResult | undefined
  form: StepForm
  planned: StepPlan | undefined
  isReady: boolean
}

function Actions({ store, connectionId, result, form, planned, isReady }: ActionsProps) {
  const navigation = useNavigation()
  const again = () => void store.change.planAgain()
  const group = form.group.trim()
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
        <Button variant="primary" onPress={again}>
          Join again…
        </Button>
      </>
    )
  }
  const live = planned?.members.length ?? 0
  return (
    <>
      <Button isDisabled={!isAskable(form)} onPress={again}>
        Plan again
      </Button>
      <ApplyButton
        connectionId={connectionId}
        label="Join"
        title={`Join ${group} as a member?`}
        sentence={planned?.summary ?? ''}
        undo={
          live > 0
            ? 'Its members give partitions up to Seekline while you are in. What you commit can be undone from the journal.'
            : 'What you commit can be undone from the journal.'
        }
        isDanger={live > 0}
        isReady={isReady && planned?.refusal === null}
        onApply={(confirm) => void store.change.apply(confirm)}
      />
    </>
  )
}
