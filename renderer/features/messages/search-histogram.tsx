import { useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import { useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { formatGrouped, formatTime, formatTimestampShort } from '../../ui/format.ts'
import { Histogram, HistogramKey } from '../../ui/histogram.tsx'
import type { HistogramBrush } from '../../ui/histogram-model.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { barsWords, nameOf, outsideOf, sharesOf, sharesWords, type Spread } from './search-spread.ts'
import { AllCounts } from './counts-dialog.tsx'
import { fieldName, fieldTitle } from './field-columns.ts'
import type { OnCondition } from './field-menu.ts'
import { partsOf, type SearchState } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { readWords } from './search-words.ts'
import { useBars } from './use-volume.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

const DAY_MS = 86_400_000n

export interface SearchHistogramProps {
  store: SearchStore
  connectionId: ConnectionId
  /** The fields that are columns of the list. */
  fields: readonly RowField[]
  /** Searches only this time range. */
  onNarrow: (from: bigint, to: bigint) => void
  onCondition: OnCondition
}

/** The times at which the matches were written and their values in a field. A part can be selected as the new range. */
export function SearchHistogram({ store, connectionId, fields, onNarrow, onCondition }: SearchHistogramProps) {
  const spread = useSearch(store, (state) => state.spread)
  return spread === undefined || spread.request.over === null ? null : (
    <Drawn
      store={store}
      connectionId={connectionId}
      fields={fields}
      onNarrow={onNarrow}
      onCondition={onCondition}
      spread={spread}
    />
  )
}

function Drawn({
  store,
  connectionId,
  fields,
  onNarrow,
  onCondition,
  spread,
}: SearchHistogramProps & { spread: Spread }) {
  const { by, options, onBy } = useCountBy(store, fields, spread)
  const zone = useZone()
  const covered = useSearch(store, coveredWords)
  const counted = options.find(({ id }) => id === by)?.label ?? ''
  const [brush, setBrush] = useState<HistogramBrush>()
  const { bars, hasVolume } = useBars(store, spread, connectionId)
  const { over } = spread.request
  const isLong = over !== null && over.to - over.from > DAY_MS
  const isFine = bars.length > 0 && bars[0]!.end - bars[0]!.start < 1_000n // bars.length > 0
  const place = (at: bigint) => {
    const text = isLong ? formatTimestampShort(at, zone) : formatTime(at, zone)
    // For bars as wide as seconds nobody needs milliseconds.
    return isFine ? text : text.replace(/\.\d{3}$/, '')
  }
  const shares = by === 'none' ? [] : sharesOf(spread)
  const chosen = brush && { from: bars[brush.first]?.start, to: bars[brush.last]?.end }
  const narrow = () => {
    if (chosen?.from === undefined || chosen.to === undefined) return
    setBrush(undefined)
    onNarrow(chosen.from, chosen.to)
  }
  return (
    <div className={s.histogram}>
      <div className={s.histogramHead}>
        <HistogramKey
          items={[
            ...(hasVolume
              ? [{ words: by === 'none' ? 'offsets, paler where not read yet' : 'offsets', series: 'total' as const }]
              : []),
            ...(by === 'none'
              ? [{ words: 'matches', series: 0 }]
              : shares.map(({ of }, at) => ({ words: nameOf(of).slice(0, 40), series: of === null ? 5 : at }))),
          ]}
        />
        {shares.length > 0 && (
          <span className={s.shares}>
            <SafeText text={sharesWords(shares)} limit={300} /> — {covered}
          </span>
        )}
        <Outside spread={spread} />
        <span className={s.grow} />
        {chosen?.from !== undefined && chosen.to !== undefined && (
          <Button size="small" variant="primary" onPress={narrow}>
            Search {place(chosen.from)} – {place(chosen.to)} only
          </Button>
        )}
        {shares.length > 0 && <AllCounts spread={spread} field={counted} covered={covered} onCondition={onCondition} />}
        <Select label="Count by" layout="inline" options={options} value={by} onChange={onBy} />
      </div>
      <Histogram
        label="Matches over time"
        words={barsWords(bars, place)}
        bars={bars}
        place={place}
        brush={brush}
        onBrush={setBrush}
        onApply={narrow}
      />
    </div>
  )
}

/** The fields by which matches can be counted. */
function useCountBy(store: SearchStore, fields: readonly RowField[], { request }: Spread) {
  const isOfSeveral = useSearch(store, ({ ledgers }) => ledgers.length > 1)
  const options = [
    { id: 'none', label: 'nothing' },
    ...(isOfSeveral ? [{ id: 'topic', label: 'topic' }] : []),
    { id: 'partition', label: 'partition' },
    ...fields.map((field) => ({ id: fieldName(field), label: fieldTitle(field) })),
  ]
  /** What was read before was not counted by this field: it is read again. */
  const onBy = (id: string) => {
    const { shown } = store.getState()
    const chosen = id === 'partition' || id === 'topic' ? id : (fields.find((field) => fieldName(field) === id) ?? null)
    if (shown !== undefined) void store.start({ ...shown, by: chosen })
  }
  return { by: byName(request.by), options, onBy }
}

function Outside({ spread }: { spread: Spread }) {
  const outside = outsideOf(spread)
  return outside > 0 && <span>{formatGrouped(outside)} of another time</span>
}

function coveredWords({ ledgers }: SearchState): string {
  const whole = partsOf(ledgers)
  return whole === undefined ? '' : readWords(whole)
}

function byName(by: SpreadRequest['by']): string {
  return by === null ? 'none' : typeof by === 'string' ? by : fieldName(by)
}
