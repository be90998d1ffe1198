import { Running } from '../../shared-views/plan-frame/running.tsx'
import { OwnReceipt } from '../../shared-views/receipt/receipt-with-links.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { Bar, Spacer } from '../../ui/layout.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { howFar } from './replay-words.ts'
import type { ReplayStore, RunState } from './replay-store.ts'

/** A running replay, and its result. */
export function RunPanel({ store, run, targetName }: { store: ReplayStore; run: RunState; targetName: string }) {
  if (run.status === 'running') {
    const { plan, progress, isCancelling } = run
    const { topic, targetTopic } = plan.spec
    return (
      <Running
        label="Replay"
        unit="offsets"
        done={progress?.offsetsDone ?? 0n}
        total={progress?.offsetsTotal ?? plan.offsets}
        sentence={`Copying ${topic} to ${targetTopic.name} on ${targetName}.`}
        afterword="What was acknowledged stays if you cancel; the receipt will say exactly what."
        facts={[
          ['Copied', `${formatGrouped(progress?.copied ?? 0n)} records`],
          ['Bytes', formatBytes(progress?.bytes ?? 0n)],
        ]}
        rates={progress && { records: progress.recordsPerSecond, bytes: progress.bytesPerSecond }}
        secondsLeft={progress?.secondsLeft}
        note={progress?.note}
        isCancelling={isCancelling}
        onCancel={store.cancel}
      />
    )
  }
  const again = (
    <Bar label="Replay">
      <Button onPress={store.again}>New replay</Button>
      <Spacer />
    </Bar>
  )
  if (run.status === 'failed') {
    return (
      <>
        {again}
        <ErrorBanner
          error={run.error}
          actions={
            <Button
              size="small"
              onPress={() => {
                store.again()
                void store.plan()
              }}
            >
              Plan again
            </Button>
          }
        />
        <StateView kind="error" {...howFar(run.error)} />
      </>
    )
  }
  return (
    <>
      {again}
      <OwnReceipt receipt={run.receipt} />
    </>
  )
}
