import type { ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatDuration, formatRate } from '../../ui/format.ts'
import { Bar, Spacer, Summary } from '../../ui/layout.tsx'
import { Progress, type ProgressProps } from '../../ui/progress.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import s from './plan-frame.module.css'

export interface RunningProps extends Pick<ProgressProps, 'done' | 'total' | 'unit'> {
  /** What is running, in a word. */
  label: string
  /** Left out if the view already says it; `afterword` is a quiet line after it, until it is cancelled. */
  sentence?: string | undefined
  afterword?: string | undefined
  facts: readonly (readonly [name: string, value: ReactNode])[]
  rates: { records: number; bytes?: number | undefined } | undefined
  secondsLeft: number | null | undefined
  /** Why it is not moving. */
  note: string | null | undefined
  isCancelling: boolean
  onCancel: () => void
}

/** For one that was cancelled. */
export const settling = 'What is under way is still settled, so that the receipt is exact.'

/** A running change that takes time: its progress, its rate, the time left, and how to stop it. */
export function Running(props: RunningProps) {
  const { label, sentence, afterword, facts, rates, secondsLeft, note, isCancelling, onCancel, done, total, unit } =
    props
  return (
    <>
      <Bar label={label}>
        <Progress label="done" isWide done={done} total={total} unit={unit} />
        <Spacer />
        <Button isPending={isCancelling} onPress={onCancel}>
          {isCancelling ? 'Stopping' : 'Cancel'}
        </Button>
      </Bar>
      {sentence !== undefined && (
        <Summary>
          <b>
            <SafeText text={sentence} limit={1000} />
          </b>{' '}
          {isCancelling ? settling : afterword}
        </Summary>
      )}
      <dl className={s.live} aria-live="off">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>Rate</dt>
          <dd>{rateWords(rates)}</dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>{secondsLeft == null ? 'not known yet' : formatDuration(secondsLeft * 1000)}</dd>
        </div>
      </dl>
      {note != null && <StateView kind="partial" title={note} />}
    </>
  )
}

function rateWords(rates: RunningProps['rates']): string {
  if (rates === undefined) return 'not known yet'
  const records = formatRate(rates.records)
  return rates.bytes === undefined ? records : `${records} · ${formatRate(rates.bytes, 'bytes')}`
}
