import { ProgressBar } from 'react-aria-components'
import { cx, given } from './class-names.ts'
import { formatCount, formatDuration, formatRate } from './format.ts'
import s from './progress.module.css'

export interface ProgressProps {
  label: string
  done: bigint | number
  /** undefined: the share is not known, and the bar only moves. */
  total?: bigint | number | undefined
  unit?: 'records' | 'offsets' | undefined
  perSecond?: number | undefined
  /** Milliseconds. */
  timeLeft?: number | undefined
  isWide?: boolean | undefined
}

/** A bar with its sentence: "5.2 M of 8.4 M offsets read · 2.9 M records/s · 1 s left". */
export function Progress(props: ProgressProps) {
  const { label, done, total, isWide } = props
  const share = shareOf(done, total)
  const text = progressText(props)
  return (
    <ProgressBar
      aria-label={label}
      className={cx(s.progress, isWide === true && s.wide)}
      isIndeterminate={share === undefined}
      valueLabel={text}
      {...given({ value: share === undefined ? undefined : share * 100 })}
    >
      <div className={s.track}>
        <div
          className={cx(s.fill, share === undefined && s.unknown)}
          style={share === undefined ? {} : { width: `${share * 100}%` }}
        />
      </div>
      <span className={s.text}>{text}</span>
    </ProgressBar>
  )
}

export function progressText({ label, done, total, unit = 'records', perSecond, timeLeft }: ProgressProps): string {
  const of = total === undefined ? '' : ` of ${formatCount(total)}`
  const parts = [`${formatCount(done)}${of} ${unit} ${label}`]
  if (perSecond !== undefined) parts.push(formatRate(perSecond, unit))
  if (timeLeft !== undefined && Number.isFinite(timeLeft))
    parts.push(`${formatDuration(Math.max(0, Math.round(timeLeft)))} left`)
  return parts.join(' · ')
}

function shareOf(done: bigint | number, total: bigint | number | undefined): number | undefined {
  if (total === undefined) return undefined
  const whole = Number(total)
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, Number(done) / whole))
}
