import { OwnReceipt } from '../../shared-views/receipt/own-receipt.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatBytes, formatDuration, formatGrouped, formatRate } from '../../ui/format.ts'
import { Bar, Spacer, Summary } from '../../ui/layout.tsx'
import { Progress } from '../../ui/progress.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { howFar } from './replay-words.ts'
import type { ReplayStore, RunState } from './replay-store.ts'
import s from './replay.module.css'

/** A replay under way, and what came of it. */
export function RunPanel({ store, run, targetName }: { store: ReplayStore; run: RunState; targetName: string }) {
  if (run.status === 'running') return <Running store={store} run={run} targetName={targetName} />
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

function Running({
  store,
  run,
  targetName,
}: {
  store: ReplayStore
  run: Extract<RunState, { status: 'running' }>
  targetName: string
}) {
  const { plan, progress, isCancelling } = run
  const { topic, targetTopic } = plan.spec
  return (
    <>
      <Bar label="Replay">
        <Progress
          label="done"
          unit="offsets"
          isWide
          done={progress?.offsetsDone ?? 0n}
          total={progress?.offsetsTotal ?? plan.offsets}
        />
        <Spacer />
        <Button isPending={isCancelling} onPress={store.cancel}>
          {isCancelling ? 'Stopping' : 'Cancel'}
        </Button>
      </Bar>
      <Summary>
        <b>
          <SafeText text={`Copying ${topic} to ${targetTopic.name} on ${targetName}.`} />
        </b>{' '}
        {isCancelling
          ? 'What is under way is still settled, so that the receipt is exact.'
          : 'What was acknowledged stays if you cancel; the receipt will say exactly what.'}
      </Summary>
      <dl className={s.live} aria-live="off">
        <div>
          <dt>Copied</dt>
          <dd>{formatGrouped(progress?.copied ?? 0n)} records</dd>
        </div>
        <div>
          <dt>Bytes</dt>
          <dd>{formatBytes(progress?.bytes ?? 0n)}</dd>
        </div>
        <div>
          <dt>Rate</dt>
          <dd>
            {progress === undefined
              ? 'not known yet'
              : `${formatRate(progress.recordsPerSecond)} · ${formatRate(progress.bytesPerSecond, 'bytes')}`}
          </dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>{progress?.secondsLeft == null ? 'not known yet' : formatDuration(progress.secondsLeft * 1000)}</dd>
        </div>
      </dl>
      {progress?.note != null && <StateView kind="partial" title={progress.note} />}
    </>
  )
}
