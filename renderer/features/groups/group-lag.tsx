import { lazy, Suspense, useMemo, useState } from 'react'
import type { GroupDetail } from '#shared/contract/groups.ts'
import { catchUpOf, type CatchUp } from '#shared/offsets/lag-outlook.ts'
import { useZone } from '../../workbench/services.ts'
import { formatCount, formatGrouped, formatRate, formatTime, formatTimestamp } from '../../ui/format.ts'
import { Figures, type Figure } from '../../ui/key-figures.tsx'
import { Bar, Spacer } from '../../ui/layout.tsx'
import { Button } from '../../ui/button.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { ChartLine } from '../../ui/time-chart.tsx'
import type { ChartRange } from '../../ui/time-range.ts'
import { isShare, totalLag } from './group-words.ts'
import { catchUpWords, isTroubled, membersWords, trendTold, trendWords } from './lag-words.ts'
import type { GroupLook } from './samples-model.ts'
import type { GroupSamples } from './use-samples.ts'
import s from './group-lag.module.css'

/** Only who looks at a group needs what draws it. */
const TimeChart = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).TimeChart }))

const sinceChoices = [
  { id: '900000', label: '15 minutes' },
  { id: '3600000', label: 'hour' },
  { id: '21600000', label: '6 hours' },
  { id: '86400000', label: 'day' },
]

export interface GroupLagProps {
  detail: GroupDetail
  samples: GroupSamples
  sinceMs: number
  onSince: (ms: number) => void
}

/** How the group's lag has changed while somebody looked: what came, what it read, and what comes of it. */
export function GroupLag({ detail, samples: { model, version, state }, sinceMs, onSince }: GroupLagProps) {
  const zone = useZone()
  const [shown, setShown] = useState<'chart' | 'numbers'>('chart')
  const [range, setRange] = useState<ChartRange>()
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const looks = useMemo(() => model.looks(), [model, version])
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place, and its version says so
  const outlook = useMemo(() => model.outlook(), [model, version])
  const lag = totalLag(detail.positions)
  const catchUp = catchUpOf(lag, outlook.rates)
  const partitions = detail.positions.filter((at) => at.position !== null).length
  // Members of a share group are not bounded by partitions.
  const more = isShare(detail)
    ? ''
    : membersWords({ members: detail.members?.length ?? 0, partitions, lag, rates: outlook.rates })
  const inRange = useMemo(
    () => looks.filter(({ at }) => range === undefined || (seconds(at) >= range.from && seconds(at) <= range.to)),
    [looks, range],
  )
  return (
    <section aria-label={`Lag of ${detail.group} over time`} className={s.lag}>
      <Figures label={`How ${detail.group} does`} items={figuresOf(lag, catchUp, outlook)} />
      {more !== '' && <p className={s.more}>{more}</p>}
      <Bar label="Lag over time">
        <Segmented
          label="Shown as"
          value={shown}
          onChange={setShown}
          options={[
            { id: 'chart', label: 'Chart' },
            { id: 'numbers', label: 'Numbers' },
          ]}
        />
        <Select
          label="Last"
          layout="inline"
          options={sinceChoices}
          value={String(sinceMs)}
          onChange={(id) => {
            setRange(undefined)
            onSince(Number(id))
          }}
        />
        {range !== undefined && <Button onPress={() => setRange(undefined)}>All of it</Button>}
        <Spacer />
        <span className={s.state}>{stateWords(state)}</span>
      </Bar>
      {looks.length < 2 ? (
        <StateView kind="loading" title="Two looks make a line; the second comes in some seconds." />
      ) : shown === 'chart' ? (
        <Suspense fallback={<StateView kind="loading" title="Drawing…" />}>
          <TimeChart
            label="Lag, and what came and was read"
            words={wordsOf(inRange)}
            times={looks.map(({ at }) => seconds(at))}
            lines={linesOf(looks)}
            time={(at) => formatTime(at * 1000, zone).slice(0, 8)}
            left={(value) => formatCount(Math.round(value))}
            right={(value) => formatRate(value, 'offsets').replace(' offsets', '')}
            range={range}
            onRange={setRange}
          />
        </Suspense>
      ) : (
        <div className={s.numbers}>
          <SmallTable
            label="Lag over time, in numbers"
            columns={columnsOf(zone)}
            rows={inRange}
            rowId={({ at }) => String(at)}
            initialSort={{ column: 'at', direction: 'descending' }}
          />
        </div>
      )}
    </section>
  )
}

function stateWords(state: GroupSamples['state']): string {
  if (state === undefined) return ''
  if (state.error !== null) return state.error.message
  return `Looked at every ${formatGrouped(Math.round(state.everyMs / 1000))} s while this is open`
}

type Outlook = ReturnType<GroupSamples['model']['outlook']>

function figuresOf(lag: bigint | null, catchUp: CatchUp, outlook: Outlook): Figure[] {
  return [
    { words: 'lag, offsets', value: lag === null ? '–' : formatCount(lag) },
    { words: 'in, offsets', value: rateOf(outlook.rates?.in) },
    { words: 'read, offsets', value: rateOf(outlook.rates?.out) },
    { words: 'catches up', value: catchUpWords(catchUp), tone: catchUp.kind === 'never' ? 'warn' : undefined },
    {
      words: outlook.stalled > 0 ? `trend, ${formatGrouped(outlook.stalled)} stalled` : 'trend',
      value: <span title={trendTold[outlook.trend]}>{trendWords[outlook.trend]}</span>,
      tone: isTroubled(outlook.trend) ? 'warn' : undefined,
    },
  ]
}

const seconds = (at: bigint): number => Number(at) / 1000
const rateOf = (rate: number | undefined): string => formatRate(rate, 'offsets').replace(' offsets', '')

function linesOf(looks: readonly GroupLook[]): ChartLine[] {
  return [
    { label: 'lag, offsets', values: looks.map(({ lag }) => (lag === null ? null : Number(lag))), side: 'left', colour: 'warn' }, // prettier-ignore
    {
      label: 'in, offsets a second',
      values: looks.map((look) => look.in),
      side: 'right',
      colour: 'dim',
      isDashed: true,
    },
    { label: 'read, offsets a second', values: looks.map(({ out }) => out), side: 'right', colour: 'accent' },
  ]
}

function wordsOf(looks: readonly GroupLook[]): string {
  const known = looks.flatMap(({ lag }) => (lag === null ? [] : [lag]))
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined) return 'no lag is known'
  const most = known.reduce((a, b) => (a > b ? a : b))
  return `lag went from ${formatGrouped(first)} to ${formatGrouped(last)} offsets, ${formatGrouped(most)} at most, in ${formatGrouped(looks.length)} looks`
}

function columnsOf(zone: string): TableColumn<GroupLook>[] {
  const rate = (id: string, title: string, value: (look: GroupLook) => number | null): TableColumn<GroupLook> => ({
    id,
    title,
    width: 130,
    align: 'end',
    mono: true,
    isSortable: true,
    value,
    cell: (look) => rateOf(value(look) ?? undefined),
  })
  return [
    { id: 'at', title: 'Looked at', width: 220, flex: 1, isSortable: true, value: ({ at }) => at, cell: ({ at }) => formatTimestamp(at, zone) }, // prettier-ignore
    { id: 'lag', title: 'Lag, offsets', width: 130, align: 'end', mono: true, isSortable: true, value: ({ lag }) => lag, cell: ({ lag }) => (lag === null ? '–' : formatGrouped(lag)) }, // prettier-ignore
    rate('in', 'In', (look) => look.in),
    rate('out', 'Read', ({ out }) => out),
  ]
}
