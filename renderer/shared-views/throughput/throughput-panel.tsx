import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react'
import { useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { formatTime, formatTimestamp } from '../../ui/format.ts'
import { Bar, Spacer } from '../../ui/layout.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SinceField } from '../../ui/since-field.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { ChartLine } from '../../ui/time-chart.tsx'
import type { ChartRange } from '../../ui/time-range.ts'
import type { GainLook } from './throughput-model.ts'
import { bytesRate, bytesTold, gainWords, lookingWords, offsetsRate, offsetsTold } from './throughput-words.ts'
import type { Throughput } from './use-throughput.ts'
import s from './throughput.module.css'

/** The chart's code is loaded when a chart is first shown. */
const TimeChart = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).TimeChart }))

const pictures = [
  { id: 'chart', label: 'Chart' },
  { id: 'numbers', label: 'Numbers' },
] as const

export interface ThroughputPanelProps {
  /** Of what: `orders`, `broker 1`. */
  of: string
  looks: readonly GainLook[]
  state: Throughput['state']
  sinceMs: number
  onSince: (ms: number) => void
  /** Before the other fields: which of several is shown. */
  choice?: ReactNode
  /** There is room for both the chart and its table; otherwise one of them is shown. */
  isWhole: boolean
}

/** What a topic or a broker gained over time: a chart, and the same as a table. */
export function ThroughputPanel({ of, looks, state, sinceMs, onSince, choice, isWhole }: ThroughputPanelProps) {
  const zone = useZone()
  const [picture, setPicture] = useState<(typeof pictures)[number]['id']>('chart')
  const [range, setRange] = useState<ChartRange>()
  const shown = useMemo(
    () => looks.filter(({ at }) => range === undefined || (seconds(at) >= range.from && seconds(at) <= range.to)),
    [looks, range],
  )
  const times = useMemo(() => looks.map(({ at }) => seconds(at)), [looks])
  const lines = useMemo(() => linesOf(looks), [looks])
  const known = looks.filter(({ offsets }) => offsets !== null).length
  const isBegun = state !== undefined && (state.at !== null || state.error !== null)
  return (
    <section aria-label={`Throughput of ${of}`} className={isWhole ? s.whole : s.strip}>
      <Bar label={`Throughput of ${of} over time`}>
        {choice}
        {!isWhole && <Segmented label="Shown as" value={picture} onChange={setPicture} options={pictures} />}
        <SinceField
          value={sinceMs}
          onChange={(ms) => {
            setRange(undefined)
            onSince(ms)
          }}
        />
        {range !== undefined && <Button onPress={() => setRange(undefined)}>All of it</Button>}
        <Spacer />
        <span className={s.state}>{lookingWords(state)}</span>
      </Bar>
      {(isWhole || picture === 'chart') &&
        (known < 2 ? (
          <div className={s.waiting}>
            <StateView kind={isBegun ? 'empty' : 'loading'} title={waitingWords(isBegun, looks.length)} />
          </div>
        ) : (
          <Suspense fallback={<div className={s.waiting} />}>
            <TimeChart
              label={`What ${of} gained`}
              words={gainWords(shown)}
              times={times}
              lines={lines}
              time={(at) => formatTime(at * 1000, zone).slice(0, 8)}
              left={offsetsRate}
              right={bytesRate}
              range={range}
              onRange={setRange}
            />
          </Suspense>
        ))}
      {(isWhole || picture === 'numbers') && <Numbers of={of} looks={shown} zone={zone} isWhole={isWhole} />}
      <p className={s.note}>
        Offsets are what high watermarks gained: ends of transactions take some too. Bytes are what the leaders’ logs
        grew by on disk, asked for every minute; of a log that lost records to retention or compaction meanwhile nothing
        is counted, and ≥ stands before the number.
      </p>
    </section>
  )
}

/** Why there is no line yet. */
function waitingWords(isBegun: boolean, looks: number): string {
  if (!isBegun) return 'Reading for the first time…'
  return looks === 0
    ? 'No partition was read yet.'
    : 'No line yet: it needs three readings, and the next follows in a few seconds.'
}

const seconds = (at: bigint): number => Number(at) / 1000

function linesOf(looks: readonly GainLook[]): ChartLine[] {
  return [
    { label: 'offsets a second', values: looks.map(({ offsets }) => offsets), side: 'left', colour: 'accent', isStrong: true }, // oxfmt-ignore
    { label: 'bytes a second', values: looks.map(({ bytes }) => bytes), side: 'right', colour: 'dim', isDashed: true },
  ]
}

function Numbers({
  of,
  looks,
  zone,
  isWhole,
}: {
  of: string
  looks: readonly GainLook[]
  zone: string
  isWhole: boolean
}) {
  const columns = useMemo(
    (): TableColumn<GainLook>[] => [
      { id: 'at', title: 'When', width: 220, flex: 1, isSortable: true, value: ({ at }) => at, cell: ({ at }) => formatTimestamp(at, zone) }, // oxfmt-ignore
      { id: 'offsets', title: 'Offsets/s', width: 150, align: 'end', mono: true, isSortable: true, value: ({ offsets }) => offsets, cell: offsetsTold }, // oxfmt-ignore
      { id: 'bytes', title: 'Bytes/s', width: 150, align: 'end', mono: true, isSortable: true, value: ({ bytes }) => bytes, cell: bytesTold }, // oxfmt-ignore
    ],
    [zone],
  )
  const rows = useMemo(() => looks.filter(({ offsets, bytes }) => offsets !== null || bytes != null), [looks])
  return (
    <div className={isWhole ? s.fill : s.numbers}>
      <SmallTable
        label={`Throughput of ${of}, in numbers`}
        columns={columns}
        columnsId="throughput"
        rows={rows}
        rowId={({ at }) => String(at)}
        initialSort={{ column: 'at', direction: 'descending' }}
      />
    </div>
  )
}
