import { useEffect, useRef, type KeyboardEvent } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { rangeAfterKey, type ChartRange } from './time-range.ts'
import s from './time-chart.module.css'

export interface ChartLine {
  label: string
  /**
   * One value for each time. null: the value was not known then; undefined: nothing was measured then, and the line continues.
   */
  values: readonly (number | null | undefined)[]
  /** The side of its axis. */
  side: 'left' | 'right'
  /** The name of a colour of the theme, without the leading dashes. */
  colour: 'warn' | 'accent' | 'dim'
  isDashed?: boolean
  /** Draws steps: a value holds until the next one. */
  isStepped?: boolean
  /** Thicker than the others, because some people cannot tell lines apart by colour alone. */
  isStrong?: boolean
}

/** Times that are marked in the chart, in seconds since 1970. */
export interface ChartMarks {
  /** Small triangles below. */
  readonly ticks: readonly number[]
  /** Dashed lines. */
  readonly changes: readonly number[]
  /** The selected one. */
  readonly moment: number | undefined
  /** The names of `ticks` and `changes`, for the legend. */
  readonly words: { readonly ticks: string; readonly changes: string }
}

export interface TimeChartProps {
  /** The chart as text; the numbers are in a table beside it. */
  label: string
  words: string
  /** In seconds since 1970, ascending. */
  times: readonly number[]
  lines: readonly ChartLine[]
  time: (seconds: number) => string
  left: (value: number) => string
  right: (value: number) => string
  /** undefined: everything. */
  range: ChartRange | undefined
  onRange: (range: ChartRange | undefined) => void
  /** An axis of offsets starts at the lowest offset; one of amounts starts at zero. */
  isLeftFromZero?: boolean | undefined
  marks?: ChartMarks | undefined
  /** The chart was clicked. */
  onPick?: ((seconds: number) => void) | undefined
  /** The time under the pointer; undefined: the pointer is outside the chart. */
  onHover?: ((seconds: number | undefined) => void) | undefined
}

const noMarks: ChartMarks = { ticks: [], changes: [], moment: undefined, words: { ticks: '', changes: '' } }
/** Wide enough for the longest label: uPlot cuts off labels that do not fit. */
const AXIS = 76
/**
 * The least distance between two labels of the axis, in seconds. Labels show seconds, so a smaller distance would repeat one.
 */
const TIME_STEPS = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]

/**
 * A chart of lines over time. Dragging over it zooms in, a double click shows everything; the arrow keys, + and − do the same.
 * Other clicks and marks are up to the caller.
 */
export function TimeChart(props: TimeChartProps) {
  const { label, words, times, lines, range, onRange, marks = noMarks, isLeftFromZero = true, onPick } = props
  const frame = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(null)
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  const shape = `${isLeftFromZero}/${lines.map((line) => `${line.label}/${line.side}`).join()}`
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
    const resized = new ResizeObserver(() => made?.setSize({ width: at.clientWidth, height: at.clientHeight }))
    resized.observe(at)
    // A canvas does not notice when the theme changes.
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
  useEffect(() => chart.current?.redraw(false), [marks])

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
          <li key={line.label} className={s[line.colour]} data-dashed={line.isDashed} data-strong={line.isStrong}>
            {line.label}
          </li>
        ))}
        {marks.ticks.length > 0 && <li className={s.ticks}>{marks.words.ticks}</li>}
        {marks.changes.length > 0 && <li className={s.changes}>{marks.words.changes}</li>}
        {onPick !== undefined && <li className={s.hint}>press: the moment · drag: zoom</li>}
      </ul>
    </div>
  )
}

function dataOf({ times, lines }: Pick<TimeChartProps, 'times' | 'lines'>): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])]
}

function optionsOf(at: HTMLElement, latest: { current: TimeChartProps }): uPlot.Options {
  const style = getComputedStyle(at)
  // A canvas accepts a colour but not light-dark(): the browser computes it on an element.
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
  const { lines, isLeftFromZero = true } = latest.current
  // The grid is drawn in a strong colour then, too.
  const width = matchMedia('(prefers-contrast: more)').matches ? 2.5 : 1.5
  const ink = { tick: colourOf('accent'), change: colourOf('warn'), moment: colourOf('text') }
  return {
    width: at.clientWidth,
    height: at.clientHeight,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true },
      left: { range: isLeftFromZero ? fromZero : around },
      right: { range: isLeftFromZero ? fromZero : lowFromZero },
    },
    axes: [
      { ...axis, size: 30, incrs: TIME_STEPS, values: (_, splits) => splits.map((split) => latest.current.time(split)) }, // oxfmt-ignore
      { ...axis, scale: 'left', size: AXIS, values: (_, splits) => splits.map((split) => latest.current.left(split)) },
      {
        ...axis,
        scale: 'right',
        side: 1,
        size: AXIS,
        grid: { show: false },
        ticks: { ...axis.ticks, filter: (_, splits) => (isMeasuredRight(latest.current) ? splits : []) },
        values: (_, splits) => (isMeasuredRight(latest.current) ? splits.map((split) => latest.current.right(split)) : []), // oxfmt-ignore
      },
    ],
    series: [
      {},
      ...lines.map(({ label, side, colour, isDashed, isStepped, isStrong }) => ({
        label,
        scale: side,
        stroke: colourOf(colour),
        width: isStrong === true ? width + 1 : width,
        points: { show: false },
        ...(isDashed === true ? { dash: [5, 4] } : {}),
        ...(isStepped === true ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}), // part of uPlot's standard build
      })),
    ],
    hooks: hooksOf(latest, ink),
  }
}

/** Mouse events, passed to the latest handlers of the chart. */
function hooksOf(latest: { current: TimeChartProps }, ink: Ink): uPlot.Hooks.Arrays {
  return {
    setSelect: [
      (chart) => {
        const { left, width } = chart.select
        if (width < 4) return
        latest.current.onRange({ from: chart.posToVal(left, 'x'), to: chart.posToVal(left + width, 'x') })
        chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
      },
    ],
    draw: [(chart) => drawMarks(chart, latest.current.marks ?? noMarks, ink)],
    setCursor: [
      (chart) => {
        const { left = -1 } = chart.cursor
        latest.current.onHover?.(left < 0 ? undefined : chart.posToVal(left, 'x'))
      },
    ],
    ready: [
      (chart) => {
        chart.over.addEventListener('dblclick', () => latest.current.onRange(undefined))
        let from = 0
        chart.over.addEventListener('mousedown', ({ offsetX }) => (from = offsetX))
        chart.over.addEventListener('click', ({ offsetX }) => {
          // Zooms into the dragged range.
          if (Math.abs(offsetX - from) < 4) latest.current.onPick?.(chart.posToVal(offsetX, 'x'))
        })
      },
    ],
  }
}

/** Without any values the axis would go from zero to one. */
const isMeasuredRight = ({ lines }: Pick<TimeChartProps, 'lines'>): boolean =>
  lines.some(({ side, values }) => side === 'right' && values.some((value) => value != null))

/** Starts at zero: an axis that starts higher makes a small lag look large. */
const fromZero = (_: uPlot, __: number, most: number | null): [number, number] => [
  0,
  most === null || most <= 0 ? 1 : most * 1.05,
]

/** In the lower half: beside offsets, the line of an amount would otherwise cover the topmost one. */
const lowFromZero = (_: uPlot, __: number, most: number | null): [number, number] => [
  0,
  most === null || most <= 0 ? 1 : most * 2,
]

/** Offsets that differ by some thousands are far from zero: with an axis from zero no line would be seen to rise. */
const around = (_: uPlot, least: number | null, most: number | null): [number, number] => {
  if (least === null || most === null) return [0, 1]
  const edge = Math.max(1, (most - least) * 0.06)
  return [Math.max(0, least - edge), most + edge]
}

interface Ink {
  tick: string
  change: string
  moment: string
}

/** In the canvas' own pixels. Of several marks on the same pixel one is drawn. */
function drawMarks(chart: uPlot, { ticks, changes, moment }: ChartMarks, ink: Ink): void {
  const { ctx } = chart
  const { left, top, width, height } = chart.bbox
  const unit = devicePixelRatio
  const places = (times: readonly number[]): Set<number> => {
    const found = times.map((time) => Math.round(chart.valToPos(time, 'x', true)))
    return new Set(found.filter((x) => x >= left && x <= left + width))
  }
  const line = (x: number, dash: number[], colour: string): void => {
    ctx.strokeStyle = colour
    ctx.lineWidth = unit
    ctx.setLineDash(dash.map((one) => one * unit))
    ctx.beginPath()
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
    ctx.stroke()
  }
  ctx.save()
  for (const x of places(changes)) line(x, [3, 3], ink.change)
  ctx.fillStyle = ink.tick
  for (const x of places(ticks)) {
    ctx.beginPath()
    ctx.moveTo(x, top + height - 6 * unit)
    ctx.lineTo(x - 3 * unit, top + height)
    ctx.lineTo(x + 3 * unit, top + height)
    ctx.fill()
  }
  if (moment !== undefined) for (const x of places([moment])) line(x, [], ink.moment)
  ctx.restore()
}
