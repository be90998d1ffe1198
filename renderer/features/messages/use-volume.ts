import { useEffect, useMemo, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import { useApi } from '../../workbench/services.ts'
import type { HistogramBar } from '../../ui/histogram-model.ts'
import type { SearchStore } from './search-store.ts'
import { barsOf, type Spread } from './search-spread.ts'
import { volumeOf, withVolume, type Volume } from './search-volume.ts'
import { useSearch } from './use-search.ts'

/** The first match has priority: the volume is requested once a search takes this long. */
const FIRST_HIT_MS = 1_000

/** The bars of a search: the matches and, once it is known, everything that was written, paler where it was not read yet. */
export function useBars(
  store: SearchStore,
  spread: Spread,
  connectionId: ConnectionId,
): { bars: readonly HistogramBar[]; hasVolume: boolean } {
  const api = useApi()
  // For several topics this would be too many requests for a chart.
  const ledger = useSearch(store, ({ ledgers }) => (ledgers.length === 1 ? ledgers[0] : undefined))
  const [found, setFound] = useState<{ over: SpreadRequest['over']; volume: Volume | null }>()
  const { over } = spread.request
  const topic = ledger?.topic
  const hasLedger = ledger !== undefined
  useEffect(() => {
    const [now] = store.getState().ledgers
    if (over === null || topic === undefined || now === undefined) return undefined
    const mine = new AbortController()
    const ask = () =>
      // If it fails, the matches are drawn all the same.
      volumeOf(api, { connectionId, topic, ledger: now }, over, mine.signal).then(
        (volume) => !mine.signal.aborted && setFound({ over, volume }),
        () => undefined,
      )
    const timer = setTimeout(() => void ask(), FIRST_HIT_MS)
    return () => {
      clearTimeout(timer)
      mine.abort()
    }
  }, [api, store, connectionId, topic, over, hasLedger])
  // The volume of an earlier search does not apply.
  const volume = found?.over === over ? found.volume : null
  const bars = useMemo(() => {
    const own = barsOf(spread)
    return volume === null || ledger === undefined ? own : withVolume(own, volume, ledger)
  }, [spread, volume, ledger])
  return { bars, hasVolume: volume !== null }
}
