import { lazy, Suspense, useMemo, useState, type KeyboardEvent } from 'react'
import type { GroupDetail } from '#shared/contract/groups.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { catchUpOf, type CatchUp } from '#shared/offsets/lag-outlook.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { useZone } from '../../workbench/services.ts'
import { formatCount, formatGrouped, formatTime, formatTimestamp } from '../../ui/format.ts'
import { Figures, type Figure } from '../../ui/key-figures.tsx'
import { Bar, Spacer } from '../../ui/layout.tsx'
import { Button } from '../../ui/button.tsx'
import { MoveIcon } from '../../ui/icons.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { SinceField } from '../../ui/since-field.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { ChartRange } from '../../ui/time-range.ts'
import { isShare, totalLag } from './group-words.ts'
import { memberChanges, type MemberChange } from './history-lines.ts'
import { catchUpWords, isTroubled, membersWords, trendTold, trendWords } from './lag-words.ts'
import { indexAfter, lastAt } from './moment-keys.ts'
import {
  behindWords,
  millis,
  momentWords,
  countTick,
  offsetTick,
  pictureWords,
  positionLines,
  rate,
  rateLines,
  seconds,
} from './timeline-lines.ts'
import { timelineOf, type TimelineRow } from './timeline-model.ts'
import { TimelineTable } from './timeline-table.tsx'
import { commitsTold } from './timeline-words.ts'
import type { GroupCommits } from './use-commits.ts'
import type { GroupSamples } from './use-samples.ts'
import s from './group-timeline.module.css'

/** The chart's code is loaded only by people who look at a group. */
const TimeChart = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).TimeChart }))

const pictures = [
  { id: 'positions', label: 'Positions' },
  { id: 'rates', label: 'Rates' },
  { id: 'numbers', label: 'Numbers' },
] as const
type Picture = (typeof pictures)[number]['id']

/** Stands for all partitions together. */
const ALL = 'all'

/** The selected time of the chart, ms since 1970. */
export interface TimelineMoment {
  /** Selected by a click or by keys. */
  readonly pinned: bigint | undefined
  /** Under the pointer. */
  readonly hovered: bigint | undefined
}

export interface GroupTimelineProps {
  detail: GroupDetail
  samples: GroupSamples
  commits: GroupCommits
  sinceMs: number
  onSince: (ms: number) => void
  moment: TimelineMoment
  onMoment: (change: Partial<TimelineMoment>) => void
  /** Opens the plan that sets the group to its positions at the selected time. */
  onSetBack: () => void
}

/**
 * The group's position, its lag and the source of each value over time: as a chart, as the same data in a table, and at each
 * single time.
 */
export function GroupTimeline(props: GroupTimelineProps) {
  const { detail, samples, commits, sinceMs, onSince, moment, onMoment } = props
  const { model, version, state } = samples
  const zone = useZone()
  const [picture, setPicture] = useState<Picture>('positions')
  const [range, setRange] = useState<ChartRange>()
  const [of, setOf] = useState(ALL)
  const { one } = positionWords(detail.type)
  const behind = behindWords(isShare(detail))
  const positioned = detail.positions.filter((at) => at.position !== null)
  // The chosen partition may no longer exist.
  const key = positioned.some((at) => keyOf(at) === of) ? of : undefined
  const rows = useRows(props, key)
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const looks = useMemo(() => model.looks(), [model, version])
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const outlook = useMemo(() => model.outlook(), [model, version])
  const lag = totalLag(detail.positions)
  const catchUp = catchUpOf(lag, outlook.rates)
  // A share group may have more members than partitions.
  const more = isShare(detail)
    ? ''
    : membersWords({ members: detail.members?.length ?? 0, partitions: positioned.length, lag, rates: outlook.rates })
  const members = commits.history.value?.members
  const changes = useMemo(() => memberChanges(members ?? []), [members])
  return (
    <section aria-label={`Timeline of ${detail.group}`} className={s.timeline}>
      <Figures
        label={`How ${detail.group} does`}
        items={figuresOf(isShare(detail) ? 'records' : 'offsets', lag, catchUp, outlook)}
      />
      {more !== '' && <p className={s.more}>{more}</p>}
      <Bar label="The group over time">
        <Segmented label="Shown as" value={picture} onChange={setPicture} options={pictures} />
        {picture !== 'rates' && positioned.length > 1 && (
          <Select
            label="Of"
            layout="inline"
            options={partitionChoices(positioned)}
            value={key ?? ALL}
            onChange={setOf}
          />
        )}
        <SinceField
          value={sinceMs}
          onChange={(ms) => {
            setRange(undefined)
            onSince(ms)
          }}
        />
        {range !== undefined && <Button onPress={() => setRange(undefined)}>All of it</Button>}
        <Spacer />
        <span className={s.state}>{stateWords(state)}</span>
      </Bar>
      <Drawn
        {...{ rows, looks, picture, range, one, behind, zone, moment, onMoment }}
        onRange={setRange}
        changes={changes}
        hasRates={key === undefined}
      />
      <MomentStrip
        {...{ rows, changes, commits, moment, onMoment }}
        one={key === undefined && positioned.length > 1 ? `${one}s added up` : one}
        behind={behind}
        hasCommits={!isShare(detail)}
        onSetBack={props.onSetBack}
      />
    </section>
  )
}

interface MomentStripProps extends Pick<GroupTimelineProps, 'commits' | 'moment' | 'onMoment' | 'onSetBack'> {
  rows: readonly TimelineRow[]
  changes: readonly MemberChange[]
  one: string
  behind: string
  hasCommits: boolean
}

/** Describes the selected time and what can be done with it; without one, says what is known of commits. */
function MomentStrip({
  rows,
  changes,
  commits,
  moment,
  onMoment,
  onSetBack,
  one,
  behind,
  hasCommits,
}: MomentStripProps) {
  const zone = useZone()
  const shown = moment.hovered ?? moment.pinned
  const words =
    shown !== undefined
      ? momentWords({ rows, changes }, shown, { one, behind }, zone)
      : hasCommits
        ? commitsTold(commits.history, zone)
        : 'Start offsets are not in the topic of commits: only what this app saw is drawn.'
  return (
    <div className={s.strip}>
      <span className={s.told} aria-live={moment.hovered === undefined ? 'polite' : 'off'}>
        <SafeText text={words} limit={700} />
      </span>
      {commits.history.status === 'failed' && <Button onPress={commits.reload}>Read its commits again</Button>}
      <MomentField rows={rows} pinned={moment.pinned} zone={zone} onPin={(pinned) => onMoment({ pinned })} />
      {moment.pinned !== undefined && (
        <>
          <Button onPress={onSetBack}>
            <MoveIcon size={14} aria-hidden="true" />
            Set the group back to here…
          </Button>
          <Button onPress={() => onMoment({ pinned: undefined })}>Now</Button>
        </>
      )}
    </div>
  )
}

/** Combines commits and readings whenever either changes. */
function useRows({ detail, samples: { model, version }, commits }: GroupTimelineProps, key: string | undefined) {
  const points = commits.history.value?.points
  return useMemo(
    () => timelineOf(key, model.logLooks(key), points ?? [], detail.positions),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so; positions count with each look
    [model, version, points, key],
  )
}

interface DrawnProps {
  rows: readonly TimelineRow[]
  looks: ReturnType<GroupSamples['model']['looks']>
  picture: Picture
  range: ChartRange | undefined
  onRange: (range: ChartRange | undefined) => void
  one: string
  behind: string
  zone: string
  moment: TimelineMoment
  onMoment: (change: Partial<TimelineMoment>) => void
  changes: readonly MemberChange[]
  hasRates: boolean
}

function Drawn(props: DrawnProps) {
  const { rows, looks, picture, range, onRange, one, behind, zone, moment, onMoment, changes, hasRates } = props
  const inRange = useMemo(
    () => rows.filter(({ at }) => range === undefined || (seconds(at) >= range.from && seconds(at) <= range.to)),
    [rows, range],
  )
  const isRates = picture === 'rates'
  const times = useMemo(() => (isRates ? looks : rows).map(({ at }) => seconds(at)), [isRates, looks, rows])
  const lines = useMemo(
    () => (isRates ? rateLines(looks, behind) : positionLines(rows, one, behind)),
    [isRates, looks, rows, one, behind],
  )
  const marks = useMemo(
    () => ({
      ticks: rows.filter(({ source }) => source !== 'look').map(({ at }) => seconds(at)),
      changes: changes.map(({ at }) => seconds(at)),
      moment: moment.pinned === undefined ? undefined : seconds(moment.pinned),
      words: { ticks: 'commits', changes: 'members came or left' },
    }),
    [rows, changes, moment.pinned],
  )
  if (picture === 'numbers') return <TimelineTable {...{ rows: inRange, looks, one, behind, zone, hasRates }} />
  if (times.length < 2) {
    return (
      <div className={s.waiting}>
        <StateView kind="loading" title="A line needs two readings; the second follows in a few seconds." />
      </div>
    )
  }
  return (
    <Suspense fallback={<div className={s.waiting} />}>
      <TimeChart
        label={isRates ? 'Rates in and out' : 'Where the group stood'}
        words={pictureWords(inRange, one, behind)}
        times={times}
        lines={lines}
        time={(at) => formatTime(at * 1000, zone).slice(0, 8)}
        left={isRates ? (value) => countTick(value) : offsetTick}
        right={isRates ? rate : (value) => countTick(value)}
        isLeftFromZero={isRates}
        range={range}
        onRange={onRange}
        marks={marks}
        onPick={(at) => onMoment({ pinned: millis(at) })}
        onHover={(at) => onMoment({ hovered: at === undefined ? undefined : millis(at) })}
      />
    </Suspense>
  )
}

interface MomentFieldProps {
  rows: readonly TimelineRow[]
  pinned: bigint | undefined
  zone: string
  onPin: (moment: bigint) => void
}

/** Selects a time without the mouse: a slider that moves from one time with data to the next. */
function MomentField({ rows, pinned, zone, onPin }: MomentFieldProps) {
  const stops = useMemo(() => [...new Set(rows.map(({ at }) => at))], [rows])
  const index = pinned === undefined ? stops.length - 1 : Math.max(0, lastAt(stops, pinned))
  const words = pinned === undefined ? 'now' : formatTime(pinned, zone).slice(0, 8)
  const onKeyDown = (event: KeyboardEvent) => {
    const next = indexAfter(event.key, index, stops.length)
    const stop = next === undefined ? undefined : stops[next]
    if (stop === undefined) return
    event.preventDefault()
    onPin(stop)
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Moment"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, stops.length - 1)}
      aria-valuenow={Math.max(0, index)}
      aria-valuetext={pinned === undefined ? 'now' : formatTimestamp(pinned, zone)}
      title="Press in the picture, or use the arrow keys here"
      className={s.moment}
      onKeyDown={onKeyDown}
    >
      ‹ {words} ›
    </div>
  )
}

function partitionChoices(positioned: GroupDetail['positions']): { id: string; label: string }[] {
  const hasTopics = new Set(positioned.map((at) => at.topic)).size > 1
  return [
    { id: ALL, label: `all ${formatGrouped(positioned.length)} partitions` },
    ...positioned.map((at) => ({ id: keyOf(at), label: hasTopics ? `${at.topic} / ${at.partition}` : `partition ${at.partition}` })), // oxfmt-ignore
  ]
}

function stateWords(state: GroupSamples['state']): string {
  if (state === undefined) return ''
  if (state.error !== null) return state.error.message
  return `Read every ${formatGrouped(Math.round(state.everyMs / 1000))} s while this is open`
}

type Outlook = ReturnType<GroupSamples['model']['outlook']>

function figuresOf(unit: string, lag: bigint | null, catchUp: CatchUp, outlook: Outlook): Figure[] {
  return [
    { words: `lag, ${unit}`, value: lag === null ? '–' : formatCount(lag) },
    { words: 'in, offsets', value: outlook.rates === null ? '–' : rate(outlook.rates.in) },
    { words: 'read, offsets', value: outlook.rates === null ? '–' : rate(outlook.rates.out) },
    { words: 'catches up', value: catchUpWords(catchUp), tone: catchUp.kind === 'never' ? 'warn' : undefined },
    {
      words: outlook.stalled > 0 ? `trend, ${formatGrouped(outlook.stalled)} stalled` : 'trend',
      value: <span title={trendTold[outlook.trend]}>{trendWords[outlook.trend]}</span>,
      tone: isTroubled(outlook.trend) ? 'warn' : undefined,
    },
  ]
}
