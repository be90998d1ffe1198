import { memo } from 'react'
import s from './sparkline.module.css'

export interface SparklineProps {
  /** Said in words: what is drawn, and what came of it. */
  words: string
  /** Oldest first; null: not known then. */
  values: readonly (number | null)[]
}

const WIDTH = 100
const HEIGHT = 20
/** Above and below: a line that does not change is no border. */
const EDGE = 4

/** A line of the last while, from zero, so that a small lag never looks like a large one. */
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
