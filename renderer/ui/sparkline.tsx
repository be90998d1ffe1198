import { memo } from 'react'
import s from './sparkline.module.css'

export interface SparklineProps {
  /** The picture as text: what it shows, and its result. */
  words: string
  /** Oldest first; null: not known at that time. */
  values: readonly (number | null)[]
}

const WIDTH = 100
const HEIGHT = 20
/** Room above and below, so that a line that does not change is not taken for a border. */
const EDGE = 4

/** A line of recent values. Its scale starts at zero, so that a small lag never looks large. */
export const Sparkline = memo(function Sparkline({ words, values }: SparklineProps) {
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  const step = WIDTH / Math.max(1, values.length - 1)
  const y = (value: number): number => HEIGHT - EDGE - (top === 0 ? 0 : (value / top) * (HEIGHT - 2 * EDGE))
  let path = ''
  let isDrawing = false
  for (const [i, value] of values.entries()) {
    if (value !== null) path += `${isDrawing ? 'L' : 'M'}${(i * step).toFixed(1)} ${y(value).toFixed(1)}`
    isDrawing = value !== null
  }
  return (
    <span title={words} className={s.box}>
      <svg
        role="img"
        aria-label={words}
        className={s.line}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        <path d={path} vectorEffect="non-scaling-stroke" />
      </svg>
    </span>
  )
})
