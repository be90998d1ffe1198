import { useState } from 'react'
import type { PartitionBounds } from '#shared/contract/messages.ts'
import { coverageOf, notJudgedReasons, tallyOf, type LedgerPart } from '#shared/model/ledger.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { DownIcon, RightIcon } from '../../ui/icons.ts'
import { Seekline } from '../../ui/seekline.tsx'
import type { SearchState } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { notJudgedOf, notJudgedWords, type ListedOf } from './not-judged.ts'
import { holesWords, paceWords, readWords, skippedWords } from './search-words.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

/** Partitions that are drawn; of more, those with most matches. */
const MOST_DRAWN = 240

export interface LedgerBandProps {
  store: SearchStore
  /** The logs' edges as last seen: a search may be of a part of them. */
  bounds: readonly PartitionBounds[]
  /** Lists the records that could not be judged for this reason, or the matches again. */
  onList: (list: ListedOf) => void
}

/** What was read, passed over and left, of each partition on its seekline, growing as it is read. */
export function LedgerBand({ store, bounds, onList }: LedgerBandProps) {
  const [isOpen, setOpen] = useState(true)
  const state = useSearch(store, (all) => all)
  const { ledger, shown } = state
  if (ledger === undefined || shown === undefined) return null
  const { notJudged } = tallyOf(ledger)
  const { left } = coverageOf(ledger)
  const quiet = [...paceWords(state), ...holesWords(state), ...skippedWords(ledger)]
  return (
    <section className={s.ledger} aria-label="What was read">
      <div className={s.ledgerHead}>
        <Button size="small" variant="quiet" onPress={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? <DownIcon size={13} aria-hidden="true" /> : <RightIcon size={13} aria-hidden="true" />}
          What was read
        </Button>
        <span>{readWords(ledger)}</span>
        {left > 0n && <span>{formatGrouped(left)} left</span>}
        {notJudgedOf(notJudged) === 0n && <span>0 not judged</span>}
        {notJudgedReasons.map((reason) => {
          const count = notJudged[reason] ?? 0n
          if (count === 0n) return null
          const words = `${formatGrouped(count)} ${notJudgedWords[reason]}`
          // Of what is damaged there is no record to show.
          return reason === 'damaged' || reason === shown.list ? (
            <Badge key={reason} tone="warn">
              {words}
            </Badge>
          ) : (
            <Button key={reason} size="small" variant="warn" onPress={() => onList(reason)}>
              {words}
            </Button>
          )
        })}
        {shown.list !== 'matches' && (
          <Button size="small" onPress={() => onList('matches')}>
            List the matches
          </Button>
        )}
        {quiet.length > 0 && <span>{quiet.join(' · ')}</span>}
      </div>
      {isOpen && <Partitions parts={ledger.parts} hits={state.hits} bounds={bounds} />}
    </section>
  )
}

interface PartitionsProps extends Pick<LedgerBandProps, 'bounds'> {
  parts: readonly LedgerPart[]
  hits: SearchState['hits']
}

function Partitions({ parts, hits, bounds }: PartitionsProps) {
  const edges = new Map(bounds.map((one) => [one.partition, one]))
  const drawn = parts.length <= MOST_DRAWN ? parts : parts.toSorted(byWeight).slice(0, MOST_DRAWN)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by keys
    <ul className={s.partitions} aria-label="Partitions" tabIndex={0}>
      {drawn.map(({ partition, from, to, covered, matched }) => (
        <li key={partition}>
          <span className={s.number}>{partition}</span>
          <Seekline
            label={`Partition ${partition}, ${formatGrouped(matched)} ${matched === 1n ? 'match' : 'matches'}`}
            logStart={least(from, edges.get(partition)?.logStart)}
            highWatermark={most(to, edges.get(partition)?.highWatermark)}
            wanted={{ start: from, end: to }}
            read={covered.filter(({ why }) => why !== 'gone').map((piece) => ({ start: piece.from, end: piece.to }))}
            found={hits.get(partition)}
          />
        </li>
      ))}
      {parts.length > drawn.length && (
        <li className={s.more}>
          {`The ${MOST_DRAWN} with the most matches of ${formatGrouped(parts.length)} partitions`}
        </li>
      )}
    </ul>
  )
}

const byWeight = (a: LedgerPart, b: LedgerPart): number =>
  a.matched === b.matched ? a.partition - b.partition : a.matched > b.matched ? -1 : 1
const least = (a: bigint, b: bigint = a): bigint => (b < a ? b : a)
const most = (a: bigint, b: bigint = a): bigint => (b > a ? b : a)
