import { useMemo } from 'react'
import { coverageOf } from '#shared/model/ledger.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { formatGrouped, formatRate } from '../../ui/format.ts'
import type { SearchState } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { leftWords, matchesWords, statusOf } from './search-words.ts'
import { useSearch } from './use-search.ts'

/** The status bar's words of a search; draws nothing itself. */
export function SearchStatus({ store, tabId }: { store: SearchStore; tabId: string }) {
  const main = useSearch(store, statusWords)
  const partitions = useSearch(store, ({ ledger }) => ledger?.parts.length ?? 0)
  const status = useMemo(
    () => ({
      main,
      aside: <span>{`${formatGrouped(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}`}</span>,
    }),
    [main, partitions],
  )
  useTabStatus(tabId, status)
  return null
}

/** "Searching · 62 % · 2.9 M records/s · 1 s left · 37 matches". */
function statusWords(state: SearchState): string {
  const { status, ledger, ratePerSecond, secondsLeft } = state
  const parts = [statusOf(state)]
  if (ledger !== undefined) {
    const { covered, left } = coverageOf(ledger)
    if (covered + left > 0n) parts.push(`${Number((covered * 1000n) / (covered + left)) / 10}\u202f%`)
  }
  if (status === 'running' && ratePerSecond > 0) {
    parts.push(formatRate(ratePerSecond))
    if (secondsLeft !== null) parts.push(leftWords(secondsLeft))
  }
  return [...parts, matchesWords(state)].join(' · ')
}
