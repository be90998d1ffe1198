import { useEffect, useRef, type KeyboardEvent } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { rangeAfterKey, type ChartRange } from './time-range.ts'
import s from './time-chart.module.css'

export interface ChartLine {
  label: string
  /** One a time; null: not known then. */
  values: readonly (number | null)[]
  /** Which side its axis is at. */
  side: 'left' | 'right'
  /** Name of a colour of the theme, without its dashes. */
  colour: 'warn' | 'accent' | 'dim'
  isDashed?: boolean
}

export interface TimeChartProps {
  /** What is drawn, in words; the numbers stand in a table beside it. */
  label: string
  words: string
  /** In seconds since 1970, rising. */
  times: readonly number[]
  lines: readonly ChartLine[]
  time: (seconds: number) => string
  left: (value: number) => string
  right: (value: number) => string
  /** undefined: all. */
  range: ChartRange | undefined
  onRange: (range: ChartRange | undefined) => void
}

const HEIGHT = 168
/** Wide enough for the longest label: uPlot cuts off what does not fit. */
const AXIS = 76

/** Lines over time. Drawn over with the mouse it zooms in, twice pressed it shows all; arrows, + and − do the same. */
export function TimeChart(props: TimeChartProps) {
  const { label, words, times, lines, range, onRange } = props
  const frame = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(null)
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  const shape = lines.map((line) => `${line.label}/${line.side}`).join()
  useEffect(() => {
    const at = frame.current
    if (at === null) return undefined
    let made: uPlot | undefined
    const draw = (): void => {
      made?.destroy()
      made = new uPlot(optionsOf(at, latest), dataOf(latest.current), at)
      chart.current = made
    }
    draw()
    const resized = new ResizeObserver(() => made?.setSize({ width: at.clientWidth, height: HEIGHT }))
    resized.observe(at)
    // A canvas knows nothing of a theme that changes.
    const themed = new MutationObserver(draw)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const schemes = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) => matchMedia(query))
    for (const scheme of schemes) scheme.addEventListener('change', draw)
    return () => {
      resized.disconnect()
      themed.disconnect()
      for (const scheme of schemes) scheme.removeEventListener('change', draw)
      made?.destroy()
      chart.current = null
    }
  }, [shape])
  useEffect(() => {
    chart.current?.setData(dataOf({ times, lines }), true)
    if (range !== undefined) chart.current?.setScale('x', { min: range.from, max: range.to })
  }, [times, lines, range])

  const onKeyDown = (event: KeyboardEvent): void => {
    const [first, last] = [times[0], times.at(-1)]
    if (first === undefined || last === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const whole = { from: first, to: last }
    const next = rangeAfterKey(range ?? whole, whole, event.key)
    if (next === undefined) return
    event.preventDefault()
    onRange(next ?? undefined)
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a picture that is zoomed by keys; its numbers stand in a table
    <div
      role="group"
      aria-label={`${label}: ${words}`}
      aria-keyshortcuts="ArrowLeft ArrowRight + - Home"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- or no key would reach it
      tabIndex={0}
      className={s.chart}
      onKeyDown={onKeyDown}
    >
      <div ref={frame} className={s.frame} />
      <ul className={s.legend} aria-hidden="true">
        {lines.map((line) => (
          <li key={line.label} className={s[line.colour]} data-dashed={line.isDashed}>
            {line.label}
          </li>
        ))}
      </ul>
    </div>
  )
}

function dataOf({ times, lines }: Pick<TimeChartProps, 'times' | 'lines'>): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])]
}

function optionsOf(at: HTMLElement, latest: { current: TimeChartProps }): uPlot.Options {
  const style = getComputedStyle(at)
  // A canvas understands a colour, not light-dark(): the browser works it out on an element.
  const colourOf = (name: string): string => {
    const probe = document.createElement('span')
    probe.style.color = `var(--${name})`
    at.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
  const axis = {
    stroke: colourOf('dim'),
    grid: { stroke: colourOf('line'), width: 1 },
    ticks: { stroke: colourOf('line'), width: 1 },
    font: `11px ${style.fontFamily}`,
  }
  const { lines } = latest.current
  return {
    width: at.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: true }, left: { range: fromZero }, right: { range: fromZero } },
    axes: [
      { ...axis, values: (_, splits) => splits.map((split) => latest.current.time(split)) },
      { ...axis, scale: 'left', size: AXIS, values: (_, splits) => splits.map((split) => latest.current.left(split)) },
      {
        ...axis,
        scale: 'right',
        side: 1,
        size: AXIS,
        grid: { show: false },
        values: (_, splits) => splits.map((split) => latest.current.right(split)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, side, colour, isDashed }) => ({
        label,
        scale: side,
        stroke: colourOf(colour),
        width: 1.5,
        points: { show: false },
        ...(isDashed === true ? { dash: [5, 4] } : {}),
      })),
    ],
    hooks: {
      setSelect: [
        (chart) => {
          const { left, width } = chart.select
          if (width < 4) return
          latest.current.onRange({ from: chart.posToVal(left, 'x'), to: chart.posToVal(left + width, 'x') })
          chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
        },
      ],
      ready: [(chart) => chart.over.addEventListener('dblclick', () => latest.current.onRange(undefined))],
    },
  }
}

/** From zero: a lag that only looks large because its axis begins below it is a wrong answer. */
const fromZero = (_: uPlot, __: number, most: number | null): [number, number] => [
  0,
  most === null || most <= 0 ? 1 : most * 1.05,
]
