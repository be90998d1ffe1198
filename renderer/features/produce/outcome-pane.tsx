import { Running } from '../../shared-views/plan-frame/running.tsx'
import { ProducedReceipt } from '../../shared-views/receipt/produced-receipt.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { PreviewRows } from './plan-rows.tsx'
import type { ProduceState, ProduceStore } from './produce-store.ts'

/** Whether there is a plan, a progress or a result to show. */
export function hasOutcome({ plan, run }: ProduceState): boolean {
  if (run !== undefined) return true
  return plan.value !== undefined && plan.value.preview.length > 0
}

/** Below the form: the first records of the plan, then the progress, then the result. */
export function OutcomePane({ store, state }: { store: ProduceStore; state: ProduceState }) {
  const { plan, run } = state
  if (run === undefined) return plan.value === undefined ? null : <PreviewRows plan={plan.value} />
  switch (run.status) {
    case 'failed':
      return <ErrorBanner error={run.error} onRetry={() => void store.makePlan()} />
    case 'done':
      return <ProducedReceipt receipt={run.receipt} />
    case 'running': {
      const { progress, isCancelling } = run
      const bad = progress?.failed ?? 0n
      return (
        <Running
          label="Produce"
          unit="records"
          done={progress?.written ?? 0n}
          total={progress?.of ?? BigInt(run.plan.records)}
          facts={[
            ['Written', `${formatGrouped(progress?.written ?? 0n)} records`],
            ['Bytes', formatBytes(progress?.bytes ?? 0n)],
            ...(bad > 0n ? [['Not written', formatGrouped(bad)] as const] : []),
          ]}
          rates={progress && { records: progress.recordsPerSecond }}
          secondsLeft={progress?.secondsLeft}
          note={progress?.note}
          isCancelling={isCancelling}
          onCancel={store.cancel}
        />
      )
    }
  }
}
