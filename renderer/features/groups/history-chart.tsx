import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { cx } from '../../ui/class-names.ts'
import { formatTimestamp, type Zone } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { indexAfter, lastAt } from './moment-keys.ts'
import { shareOf, WIDTH, type HistoryLine, type MemberChange, type Window } from './history-lines.ts'
import s from './history.module.css'

export interface Moments {
  /** The start of the range to replay. */
  readonly from: bigint
  /** The selected time. */
  readonly at: bigint
}

export interface HistoryChartProps {
  group: string
  lines: readonly HistoryLine[]
  changes: readonly MemberChange[]
  /** The times at which commits became visible, each once, oldest first. */
  stops: readonly bigint[]
  window: Window
  moments: Moments
  hasTopics: boolean
  zone: Zone
  onMoments: (moments: Moments) => void
  onHover: (moment: bigint | undefined) => void
}

/**
 * One line for each partition over a common time axis. A click selects a time, dragging selects a range. Both are sliders for
 * keyboards and screen readers, and move from commit to commit.
 */
export function HistoryChart(props: HistoryChartProps) {
  const { group, lines, changes, stops, window, moments, hasTopics, zone, onMoments, onHover } = props
  const plot = useRef<HTMLDivElement>(null)
  const [begun, setBegun] = useState<bigint>()
  const momentAt = (event: PointerEvent): bigint => {
    const box = plot.current?.getBoundingClientRect()
    if (box === undefined) return window.to
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)))
    return window.from + BigInt(Math.round(share * Number(window.to - window.from)))
  }
  // The fewer lines there are, the higher each is drawn.
  const height = Math.min(96, Math.max(40, Math.floor(288 / Math.max(1, lines.length))))
  const percent = (at: bigint): string => `${(shareOf(at, window) * 100).toFixed(3)}%`
  return (
    <div role="group" aria-label={`Timeline of ${group}`} className={cx(s.chart, hasTopics && s.topics)}>
      <div className={s.rows}>
        {lines.map((line) => (
          <Line key={line.key} line={line} hasTopic={hasTopics} height={height} />
        ))}
        <div
          ref={plot}
          className={s.plot}
          onPointerDown={(event) => {
            if (event.button !== 0) return
            if (event.target instanceof Element && event.target.closest('[role="slider"]') !== null) return
            event.currentTarget.setPointerCapture(event.pointerId)
            const at = momentAt(event)
            setBegun(at)
            onMoments({ from: event.shiftKey ? moments.from : at, at })
          }}
          onPointerMove={(event) => {
            const at = momentAt(event)
            if (begun === undefined) onHover(at)
            else onMoments({ from: at < begun ? at : begun, at: at < begun ? begun : at })
          }}
          onPointerUp={() => setBegun(undefined)}
          onPointerCancel={() => setBegun(undefined)}
          onPointerLeave={() => onHover(undefined)}
        >
          {changes.map(
            ({ at, words }, i) =>
            <div key={i} className={s.change} style={{ left: percent(at) }} title={`${formatTimestamp(at, zone)}: ${words}`} />, // oxfmt-ignore
          )}
          {moments.from < moments.at && (
            <div
              className={s.between}
              style={{
                left: percent(moments.from),
                width: `${((shareOf(moments.at, window) - shareOf(moments.from, window)) * 100).toFixed(3)}%`,
              }}
            />
          )}
          {(['from', 'at'] as const).map((which) => (
            <Moment
              key={which}
              which={which}
              moments={moments}
              stops={stops}
              left={percent(moments[which])}
              zone={zone}
              onMoments={onMoments}
            />
          ))}
        </div>
      </div>
      <Axis window={window} zone={zone} />
    </div>
  )
}

function Line({ line, hasTopic, height }: { line: HistoryLine; hasTopic: boolean; height: number }) {
  const ticks = useMemo(() => line.ticks.map((x) => `M${x} 96V100`).join(''), [line.ticks])
  return (
    <div className={s.row} style={{ height }}>
      <span className={s.name}>
        {hasTopic && <SafeText text={`${line.topic} `} limit={60} />}
        {line.partition}
      </span>
      <svg viewBox={`0 0 ${WIDTH} 100`} preserveAspectRatio="none" className={s.line} aria-hidden="true">
        {line.logStart !== undefined && <path d={`M0 ${line.logStart}H${WIDTH}`} className={s.logStart} />}
        {line.highWatermark !== undefined && (
          <path d={`M0 ${line.highWatermark}H${WIDTH}`} className={s.highWatermark} />
        )}
        <path d={line.path} className={s.position} />
        <path d={ticks} className={s.tick} />
      </svg>
    </div>
  )
}

interface MomentProps {
  which: keyof Moments
  moments: Moments
  stops: readonly bigint[]
  left: string
  zone: Zone
  onMoments: (moments: Moments) => void
}

function Moment({ which, moments, stops, left, zone, onMoments }: MomentProps) {
  const at = moments[which]
  const index = lastAt(stops, at)
  const onKeyDown = (event: KeyboardEvent) => {
    const next = indexAfter(event.key, index, stops.length)
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const moment = stops[next]
    if (moment === undefined) return
    if (which === 'from') onMoments({ from: moment, at: moments.at < moment ? moment : moments.at })
    else onMoments({ from: moments.from > moment || moments.from === moments.at ? moment : moments.from, at: moment })
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={which === 'from' ? 'Between, from' : 'Moment'}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, stops.length - 1)}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={formatTimestamp(at, zone)}
      className={cx(s.moment, which === 'from' && s.from)}
      style={{ left }}
      onKeyDown={onKeyDown}
    />
  )
}

function Axis({ window, zone }: { window: Window; zone: Zone }) {
  const places = [0, 0.25, 0.5, 0.75, 1]
  const isShort = window.to - window.from < 20_000n
  return (
    <div className={s.axis} aria-hidden="true">
      {places.map((share) => {
        const at = window.from + BigInt(Math.round(share * Number(window.to - window.from)))
        return <span key={share}>{formatTimestamp(at, zone).slice(0, isShort ? 23 : 19)}</span>
      })}
    </div>
  )
}
