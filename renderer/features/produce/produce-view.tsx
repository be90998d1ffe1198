import { useEffect, useEffectEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { ProduceReceipt } from '#shared/contract/produce.ts'
import { useConnection, useNavigation, useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { warningOf } from '../../shared-views/plan-frame/concern-words.ts'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { settling } from '../../shared-views/plan-frame/running.tsx'
import { producedTones } from '../../shared-views/receipt/produced-receipt.tsx'
import { ConnectionField } from '../../shared-views/target/connection-field.tsx'
import { useTopicNames } from '../../shared-views/target/use-topic-names.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import { formatCoordinates, formatGrouped } from '../../ui/format.ts'
import { Bar, View } from '../../ui/layout.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Split } from '../../ui/split-panes.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { LinesForm } from './lines-form.tsx'
import { hasOutcome, OutcomePane } from './outcome-pane.tsx'
import { BadRecords } from './plan-rows.tsx'
import { checkForm, type ProduceMode } from './produce-form.ts'
import { createProduceStore, type ProduceState, type ProduceStore } from './produce-store.ts'
import { RecordForm } from './record-form.tsx'
import { useChoices } from './use-choices.ts'
import s from './produce.module.css'

/** Writes records: one as typed, many made from one, or those of a file. They are shown first, then sent, with a receipt. */
export function ProduceView({ intent, isActive }: TabViewProps<'produce'>) {
  const { api, connections, work } = useServices()
  const [store] = useState(() => createProduceStore(api, {}, work))
  const connectionId = useStore(store, ({ form }) => form.connectionId)
  const topic = useStore(store, ({ form }) => form.topic)
  const isRunning = useStore(store, ({ run }) => run?.status === 'running')
  const start = useEffectEvent(async () => {
    const { partition, offset, copy, aside } = intent
    const on = intent.connectionId ?? connections.getState().current
    if (on === undefined) return
    if (intent.topic !== undefined && partition !== undefined && offset !== undefined) {
      await store.open({ connectionId: on, topic: intent.topic, partition, offset }, aside)
      if (copy === true) void store.makePlan()
      return
    }
    store.change({ connectionId: on, ...(intent.topic === undefined ? {} : { topic: intent.topic }) })
  })
  useEffect(() => void start(), [intent])
  const isUp = useConnection(connectionId)?.status === 'connected'
  useEffect(() => {
    if (!isUp) return undefined
    // A name is typed letter by letter.
    const timer = setTimeout(() => void store.loadTemplates(), 300)
    return () => clearTimeout(timer)
  }, [store, isUp, connectionId, topic])
  useOffer(refreshing, () => void store.makePlan(), isActive && !isRunning)
  if (connectionId === undefined) {
    return (
      <StateView kind="empty" title="Connect a cluster first.">
        Records are written through an open profile.
      </StateView>
    )
  }
  return <Editor store={store} />
}

const modes: readonly { id: ProduceMode; label: string }[] = [
  { id: 'one', label: 'One record' },
  { id: 'several', label: 'Several' },
  { id: 'lines', label: 'From a file' },
]

// oxlint-disable-next-line max-lines-per-function -- the target, the form and the outcome: each has a file of its own, and this says when each is shown
function Editor({ store }: { store: ProduceStore }) {
  const state = useStore(store)
  const { form, plan, planned, run, draft, origin, check } = state
  const target = useConnection(form.connectionId)
  const names = useTopicNames(form.connectionId)
  const hasChoice = useChoices(form.connectionId, form.topic)
  const asked = checkForm(form)
  const errors = asked.ok ? {} : asked.errors
  const isRunning = run?.status === 'running'
  const isCurrent = plan.value !== undefined && planned === form && plan.status === 'ready'
  const made = plan.value
  return (
    <View>
      <Bar
        label="Where it goes"
        actions={
          <>
            <Button
              variant={isCurrent ? 'default' : 'primary'}
              isDisabled={!asked.ok || isRunning}
              isPending={plan.status === 'loading'}
              onPress={() => void store.makePlan()}
            >
              {plan.value === undefined ? 'Plan' : 'Plan again'}
            </Button>
            <ApplyButton
              connectionId={form.connectionId}
              label="Produce"
              action={actionWords(state)}
              title={`Write to ${form.topic.trim()} on ${target?.name ?? ''}?`}
              sentence={made?.summary ?? ''}
              undo="What is produced cannot be taken back."
              isDanger
              isReady={isCurrent && made?.refusal === null}
              isPending={isRunning}
              onApply={(confirm) => void store.apply(confirm)}
            />
          </>
        }
      >
        <ConnectionField
          label="To"
          isTarget
          value={form.connectionId}
          onChange={(connectionId) => store.change({ connectionId })}
        />
        <ComboField
          label="topic"
          layout="inline"
          className={s.topic}
          options={names}
          value={form.topic}
          onChange={(topic) => store.change({ topic })}
          error={form.topic === '' ? undefined : errors.topic}
        />
        <Segmented
          label="What is written"
          value={form.mode}
          options={modes}
          onChange={(mode) => store.change({ mode })}
        />
      </Bar>
      <AccessStrip connectionId={form.connectionId} />
      {check.status === 'failed' && form.mode !== 'lines' && (
        <ErrorBanner error={check.error} onRetry={() => void store.checkNow()} />
      )}
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={() => void store.makePlan()} />}
      <PlanFrame
        {...sentenceOf(state, isCurrent)}
        isResult={run?.status === 'done'}
        isOld={run === undefined && made !== undefined && !isCurrent}
        badges={<Badges state={state} />}
        refusal={run === undefined && isCurrent ? made?.refusal : null}
        warnings={run === undefined && made !== undefined ? made.concerns.map(warningOf) : []}
        reasons={
          <>
            {(draft.value?.notes ?? []).map((note) => (
              <StateView key={note} kind="partial" title={note} />
            ))}
            {run === undefined && made !== undefined && <BadRecords plan={made} />}
          </>
        }
      />
      {draft.status === 'failed' ? (
        <ErrorState error={draft.error} onRetry={() => origin !== undefined && void store.open(origin)} />
      ) : draft.status === 'loading' ? (
        <StateView kind="loading" title="Reading the record…" />
      ) : (
        <Split
          label="Resize what is sent"
          direction="vertical"
          panes={[
            {
              id: 'form',
              minSize: '160px',
              children: (
                <div className={s.form}>
                  {form.mode === 'lines' ? (
                    <LinesForm store={store} form={form} errors={errors} hasChoice={hasChoice} />
                  ) : (
                    <RecordForm store={store} state={state} errors={errors} hasChoice={hasChoice} />
                  )}
                </div>
              ),
            },
            hasOutcome(state) && {
              id: 'outcome',
              defaultSize: form.mode === 'one' ? '22%' : '38%',
              minSize: '90px',
              children: (
                <div className={s.outcome}>
                  <OutcomePane store={store} state={state} />
                </div>
              ),
            },
          ]}
        />
      )}
    </View>
  )
}

function actionWords({ form, plan }: ProduceState): string {
  const { records = 1, tombstones = 0 } = plan.value ?? {}
  if (records === 1) return tombstones === 1 ? 'Produce the tombstone' : 'Produce the record'
  return form.mode === 'one' ? 'Produce the record' : `Produce ${formatGrouped(records)} records`
}

function Badges({ state }: { state: ProduceState }) {
  const { form, plan, run } = state
  if (run?.status === 'done') return <Done receipt={run.receipt} />
  if (run !== undefined) return null
  const made = plan.value
  return (
    <>
      {form.mode !== 'lines' && form.value === null && <Badge tone="warn">tombstone</Badge>}
      {form.mode === 'lines' && made !== undefined && made.tombstones > 0 && (
        <Badge tone="warn">
          {formatGrouped(made.tombstones)} {made.tombstones === 1 ? 'tombstone' : 'tombstones'}
        </Badge>
      )}
      {form.mode !== 'lines' && form.value === null && form.key === null && (
        <Badge tone="bad">a tombstone needs a key</Badge>
      )}
      {made !== undefined && made.bad.total > 0 && (
        <Badge tone={made.skipBad ? 'warn' : 'bad'}>{formatGrouped(made.bad.total)} cannot be written</Badge>
      )}
    </>
  )
}

/** The result, with links to the record, if it is a single one, and to the journal entry. */
function Done({ receipt }: { receipt: ProduceReceipt }) {
  const navigation = useNavigation()
  const { plan, outcome, places, written, id } = receipt
  const { connectionId, topic } = plan
  const [place] = places
  const offset = place?.first ?? null
  return (
    <>
      <Badge tone={producedTones[outcome]}>{outcome}</Badge>
      {written === 1n && offset !== null && (
        <Button
          size="small"
          onPress={() =>
            navigation.open({ kind: 'messages', connectionId, topic, partition: place?.partition, offset })
          }
        >
          Open it
        </Button>
      )}
      <Button size="small" onPress={() => navigation.open({ kind: 'journal', entry: id })}>
        Journal entry
      </Button>
    </>
  )
}

/** What would be written or was written, or that there is no plan yet. */
function sentenceOf({ plan, origin, run }: ProduceState, isCurrent: boolean): { sentence: string; afterword?: string } {
  const original =
    origin === undefined ? '' : `The original stays at ${formatCoordinates(origin.topic, origin.partition, origin.offset)}.` // oxfmt-ignore
  if (run?.status === 'done') return { sentence: run.receipt.summary, afterword: original }
  if (run?.status === 'failed') return { sentence: 'Nothing is known to be written.', afterword: original }
  if (run?.status === 'running') {
    const { records, topic } = run.plan
    return {
      sentence: `Writing ${formatGrouped(records)} ${records === 1 ? 'record' : 'records'} to ${topic}.`,
      afterword: run.isCancelling ? settling : 'What was acknowledged stays if you cancel; the receipt will say exactly what.', // oxfmt-ignore
    }
  }
  if (plan.value === undefined) {
    const afterword = `Plan it, and see where it goes and what the topic would do to it. ${original}`
    return { sentence: 'Nothing is written yet.', afterword }
  }
  const afterword = isCurrent
    ? `Nothing is written until you produce it. ${original}`
    : plan.status === 'loading'
      ? 'Planning again…'
      : 'The form was changed since: plan again.'
  return { sentence: plan.value.summary, afterword }
}
