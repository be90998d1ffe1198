import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { cx } from './class-names.ts'
import { brushAfterKey, brushOf, heightOf, type BrushEnd, type HistogramBar, type HistogramBrush } from './histogram-model.ts' // oxfmt-ignore
import s from './histogram.module.css'

export interface HistogramProps {
  label: string
  /** What is drawn, in words. */
  words: string
  bars: readonly HistogramBar[]
  /** The label of a bar's start, for the axis and the ends of the brush. */
  place: (at: bigint) => string
  brush: HistogramBrush | undefined
  onBrush: (brush: HistogramBrush | undefined) => void
  /** Enter was pressed on an end of the brush. */
  onApply: () => void
}

const HEIGHT = 56
const LEAST = 2 / HEIGHT
const series = [s.one, s.two, s.three, s.four, s.five, s.six]

/**
 * Bars over a stretch of time, and a brush over some of them: drawn with the mouse, or moved by its two ends, which are
 * sliders to keyboards and screen readers.
 */
export function Histogram({ label, words, bars, place, brush, onBrush, onApply }: HistogramProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [from, setFrom] = useState<number>()
  const count = bars.length
  const most = bars.reduce((high, bar) => Math.max(high, bar.total, bar.hits), 0)
  const barAt = (event: PointerEvent): number => {
    const box = frame.current?.getBoundingClientRect()
    return box === undefined ? 0 : Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * count)
  }
  if (count === 0) return null
  const shown = brush ?? { first: 0, last: count - 1 }
  const startOf = (at: number) => place(bars[at]!.start) // only bars of this list are drawn
  const endOf = (at: number) => place(bars[at]!.end) // only bars of this list are drawn
  return (
    <div role="group" aria-label={label} className={s.histogram}>
      <div
        ref={frame}
        className={s.plot}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          if (event.target instanceof Element && event.target.closest('[role="slider"]') !== null) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setFrom(barAt(event))
          onBrush(undefined)
        }}
        onPointerMove={(event) => {
          if (from !== undefined) onBrush(brushOf(from, barAt(event), count))
        }}
        onPointerUp={() => setFrom(undefined)}
        onPointerCancel={() => setFrom(undefined)}
        onDoubleClick={onApply}
      >
        <svg
          role="img"
          aria-label={words}
          viewBox={`0 0 ${count} ${HEIGHT}`}
          preserveAspectRatio="none"
          height={HEIGHT}
          className={s.bars}
        >
          {bars.map((bar, at) => (
            <Bar key={at} bar={bar} at={at} most={most} />
          ))}
          {brush !== undefined && (
            <rect x={brush.first} y={0} width={brush.last - brush.first + 1} height={HEIGHT} className={s.brush} />
          )}
        </svg>
        {(['first', 'last'] as const).map((end) => (
          <End
            key={end}
            end={end}
            brush={shown}
            isSet={brush !== undefined}
            count={count}
            text={end === 'first' ? startOf(shown.first) : endOf(shown.last)}
            onBrush={onBrush}
            onApply={onApply}
          />
        ))}
      </div>
      <div className={s.axis} aria-hidden="true">
        {[0, 0.25, 0.5, 0.75].map((share) => (
          <span key={share}>{startOf(Math.floor(share * count))}</span>
        ))}
        <span>{endOf(count - 1)}</span>
      </div>
    </div>
  )
}

function Bar({ bar, at, most }: { bar: HistogramBar; at: number; most: number }) {
  const rect = (y: number, height: number, name: string | undefined, key?: number) => (
    <rect key={key} x={at + 0.08} width={0.84} y={HEIGHT - y - height} height={height} className={name} />
  )
  const total = heightOf(bar.total, most, LEAST) * HEIGHT
  const hits = heightOf(bar.hits, most, 2 * LEAST) * HEIGHT
  return (
    <>
      {total > 0 && rect(0, total, cx(s.total, bar.read < 1 && s.unread))}
      {bar.read > 0 && bar.read < 1 && rect(0, total * bar.read, s.total)}
      {bar.parts === undefined || bar.hits === 0
        ? hits > 0 && rect(0, hits, s.one)
        : bar.parts.map((part, index) => {
            const below = bar.parts?.slice(0, index).reduce((sum, one) => sum + one, 0) ?? 0
            return part > 0 && rect((below / bar.hits) * hits, (part / bar.hits) * hits, series[index % series.length], index) // oxfmt-ignore
          })}
    </>
  )
}

interface EndProps {
  end: BrushEnd
  brush: HistogramBrush
  isSet: boolean
  count: number
  text: string
  onBrush: HistogramProps['onBrush']
  onApply: () => void
}

function End({ end, brush, isSet, count, text, onBrush, onApply }: EndProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onApply()
    else if (event.key === 'Escape' && isSet) onBrush(undefined)
    else {
      const next = brushAfterKey(brush, end, event.key, count)
      if (next === undefined) return
      onBrush(next)
    }
    event.preventDefault()
    event.stopPropagation()
  }
  const at = end === 'first' ? brush.first : brush.last + 1
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={end === 'first' ? 'Narrow from' : 'Narrow to'}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={count}
      aria-valuenow={at}
      aria-valuetext={text}
      className={cx(s.end, isSet && s.set)}
      style={{ left: `${(at / count) * 100}%` }}
      onKeyDown={onKeyDown}
    />
  )
}

/** The legend: which colour means what. */
export function HistogramKey({ items }: { items: readonly { words: string; series: number | 'total' }[] }) {
  return (
    <ul className={s.key}>
      {items.map(({ words, series: which }) => (
        <li key={words}>
          <svg width="10" height="4" aria-hidden="true">
            <rect width="10" height="4" className={which === 'total' ? s.total : series[which % series.length]} />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  )
}
