import { useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useZone } from '../../workbench/services.ts'
import { formatCount, formatGrouped, formatTimestampShort } from '../../ui/format.ts'
import { Histogram } from '../../ui/histogram.tsx'
import type { HistogramBrush } from '../../ui/histogram-model.ts'
import { Select } from '../../ui/select.tsx'
import { useWritten, stretches } from './use-topic-picture.ts'
import s from './topics.module.css'

export interface TopicWrittenProps {
  connectionId: ConnectionId
  topic: string
  /** A change means that it is to be read again. */
  version: number
  isActive: boolean
}

/** How many offsets were written over time. Some of them may hold no record, so they are called offsets. */
export function TopicWritten({ connectionId, topic, version, isActive }: TopicWrittenProps) {
  const zone = useZone()
  const [id, setId] = useState<string>('2d')
  const stretch = stretches.find((one) => one.id === id) ?? stretches[1]
  const written = useWritten(connectionId, topic, stretch, { version, isActive })
  const [brush, setBrush] = useState<HistogramBrush>()
  const found = written.value
  const place = (at: bigint) => formatTimestampShort(at, zone).replace(/:\d\d\.\d+$/, '')
  const { offsets: steps, times } = found ?? { offsets: [], times: [] }
  const bars = steps.map((offsets, at) => ({
    start: times[at]!, // `times` has one more entry than there are steps
    end: times[at + 1]!, // `times` has one more entry than there are steps
    total: Number(offsets),
    hits: 0,
    read: 1,
  }))
  const first = brush?.first ?? 0
  const last = brush?.last ?? bars.length - 1
  const sum = (found?.offsets ?? []).slice(first, last + 1).reduce((all, one) => all + one, 0n)
  const [from, to] = [bars[first]?.start, bars[last]?.end]
  const words =
    from === undefined || to === undefined
      ? written.status === 'failed'
        ? 'How much was written when could not be read.'
        : 'Reading how much was written when…'
      : `${formatGrouped(sum)} offsets from ${place(from)} to ${place(to)}, by timestamps; at most ${formatCount(bars.reduce((most, { total }) => Math.max(most, total), 0))} in ${stretch.bar === 'hour' ? 'an hour' : stretch.bar === 'day' ? 'a day' : stretch.bar}` // oxfmt-ignore
  return (
    <section aria-label={`What was written to ${topic}`} className={s.written}>
      <div className={s.writtenHead}>
        <span>
          Offsets per {stretch.bar}
          <span className={s.faint}> · {words}</span>
        </span>
        <Select
          label="Last"
          layout="inline"
          options={stretches.map((one) => ({ id: one.id, label: one.label }))}
          value={id}
          onChange={(next) => {
            setBrush(undefined)
            setId(next)
          }}
        />
      </div>
      <Histogram
        label="Offsets over time"
        words={words}
        bars={bars}
        place={place}
        brush={brush}
        onBrush={setBrush}
        onApply={() => setBrush(undefined)}
      />
    </section>
  )
}
