import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { useConnection, useServices, useZone } from '../../workbench/services.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { profileOf } from '../../stores/connections.ts'
import { AccessStrip, ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { useTopicNames } from '../../shared-views/target/use-topic-names.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatTimestamp } from '../../ui/format.ts'
import { JournalIcon } from '../../ui/icons.ts'
import { StateView } from '../../ui/state-view.tsx'
import { ReplayPlanView } from './plan-view.tsx'
import { checkReplay } from './replay-draft.ts'
import type { ReplayStore } from './replay-store.ts'
import { RunPanel } from './run-panel.tsx'
import { SpecBars } from './replay-form.tsx'
import s from './replay.module.css'

export interface RangeReplayProps {
  tabId: string
  store: ReplayStore
  isActive: boolean
}

/** Form, plan, confirmation, run, receipt: in this order, one at a time. */
// oxlint-disable-next-line max-lines-per-function -- form, plan, run and receipt, of which one is shown at a time: this decides which
export function RangeReplay({ tabId, store, isActive }: RangeReplayProps) {
  const { connections, navigation, topics } = useServices()
  const zone = useZone()
  const { draft, plan, plannedFor, run, isAttempted, source } = useStore(store)
  const target = useConnection(draft.target)
  const sourceUp = useConnection(draft.source)?.status === 'connected'
  const targetName = useStore(connections, (all) => profileOf(all, draft.target)?.profile.name) ?? target?.name ?? ''
  const { topic } = draft
  const targetTopics = useTopicNames(draft.target)

  useEffect(() => {
    if (!sourceUp || topic.trim() === '') return undefined
    // A name is typed letter by letter; the cluster is asked once.
    const timer = setTimeout(() => void store.loadSource(), 250)
    return () => clearTimeout(timer)
  }, [store, sourceUp, draft.source, topic])
  const created = run?.status === 'done' && run.receipt.topicCreated ? run.receipt.plan.spec.target : undefined
  useEffect(() => {
    if (created !== undefined) void topics.refresh(created)
  }, [topics, created])
  useOffer(refreshing, () => void store.plan(), isActive && run?.status !== 'running')

  const isCurrent = plan.value !== undefined && plannedFor === draft
  const canRun = isCurrent && plan.status === 'ready' && plan.value.refusal === null && plan.value.offsets > 0n
  useTabStatus(
    tabId,
    useMemo(
      () => ({
        main:
          run === undefined && plan.value !== undefined
            ? `Plan made ${formatTimestamp(plan.value.madeAt, zone)}; nothing is written until you run it`
            : '',
      }),
      [run, plan.value, zone],
    ),
  )
  if (run !== undefined) return <RunPanel store={store} run={run} targetName={targetName} />

  const checked = checkReplay(draft)
  return (
    <>
      <SpecBars
        store={store}
        errors={isAttempted && !checked.ok ? checked.errors : {}}
        actions={
          <>
            <Button variant="quiet" onPress={() => navigation.open({ kind: 'journal', change: 'replay' })}>
              <JournalIcon size={14} aria-hidden="true" />
              Receipts
            </Button>
            <Button
              variant={isCurrent ? 'default' : 'primary'}
              isPending={plan.status === 'loading'}
              onPress={() => void store.plan()}
            >
              {plan.value === undefined ? 'Plan' : 'Plan again'}
            </Button>
            {isCurrent && (
              <ApplyButton
                connectionId={draft.target}
                label="Run"
                action={`Copy into ${draft.targetTopic}`}
                title={`Write to ${draft.targetTopic} on ${targetName}?`}
                sentence={plan.value.summary}
                undo="Copied records cannot be taken back: Kafka has no undo for what was produced."
                isDanger
                isReady={canRun}
                onApply={(confirm) => void store.run(confirm)}
              />
            )}
          </>
        }
      />
      {source.status === 'failed' && <ErrorBanner error={source.error} onRetry={() => void store.loadSource()} />}
      <AccessStrip connectionId={draft.target} />
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={() => void store.plan()} />}
      {plan.status === 'failed' ? null : plan.value === undefined ? (
        plan.status === 'loading' ? (
          <StateView kind="loading" title="Reading both topics; nothing is written…" />
        ) : (
          <StateView kind="empty" title="No plan yet.">
            A plan reads both topics and says how much would be copied, and what the target would delete, refuse or give
            a new timestamp. It writes nothing.
          </StateView>
        )
      ) : (
        <div className={s.plan} data-old={!isCurrent || undefined}>
          {!isCurrent && plan.status !== 'loading' && (
            <StateView kind="partial" title="The form was changed since this plan: plan again." />
          )}
          <ReplayPlanView
            plan={plan.value}
            source={source.value}
            isOld={!isCurrent}
            onUseExisting={
              isCurrent && draft.creates && targetTopics.includes(draft.targetTopic)
                ? () => {
                    store.change({ creates: false })
                    void store.plan()
                  }
                : undefined
            }
          />
        </div>
      )}
    </>
  )
}
