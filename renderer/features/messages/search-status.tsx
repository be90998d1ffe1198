import { useMemo } from 'react'
import { coverageOf } from '#shared/model/ledger.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { formatGrouped, formatRate } from '../../ui/format.ts'
import { partsOf, type SearchState } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { leftWords, matchesWords, statusOf } from './search-words.ts'
import { useSearch } from './use-search.ts'

/** The status bar's text for a search; renders nothing itself. */
export function SearchStatus({ store, tabId }: { store: SearchStore; tabId: string }) {
  const main = useSearch(store, statusWords)
  const partitions = useSearch(store, ({ ledgers }) => ledgers.reduce((sum, { parts }) => sum + parts.length, 0))
  const topics = useSearch(store, ({ ledgers }) => ledgers.length)
  const status = useMemo(
    () => ({
      main,
      aside: (
        <span>
          {topics > 1 && `${formatGrouped(topics)} topics, `}
          {`${formatGrouped(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}`}
        </span>
      ),
    }),
    [main, partitions, topics],
  )
  useTabStatus(tabId, status)
  return null
}

/** "Searching · 62 % · 2.9 M records/s · 1 s left · 37 matches". */
function statusWords(state: SearchState): string {
  const { status, ledgers, ratePerSecond, secondsLeft } = state
  const parts = [statusOf(state)]
  const whole = partsOf(ledgers)
  if (whole !== undefined) {
    const { covered, left } = coverageOf(whole)
    if (covered + left > 0n) parts.push(`${Number((covered * 1000n) / (covered + left)) / 10}\u202f%`)
  }
  if (status === 'running' && ratePerSecond > 0) {
    parts.push(formatRate(ratePerSecond))
    if (secondsLeft !== null) parts.push(leftWords(secondsLeft))
  }
  return [...parts, matchesWords(state)].join(' · ')
}
