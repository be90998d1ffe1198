import { useState } from 'react'
import type { PartitionBounds } from '#shared/contract/messages.ts'
import { coverageOf, notJudgedReasons, tallyOf, type LedgerPart, type ScanLedger } from '#shared/model/ledger.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { DownIcon, RightIcon } from '../../ui/icons.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Seekline } from '../../ui/seekline.tsx'
import type { MessagesStore } from './messages-store.ts'
import { partsOf, type PartitionHits } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { notJudgedOf, notJudgedWords, type ListedOf } from './not-judged.ts'
import { holesWords, paceWords, readWords, skippedWords } from './search-words.ts'
import { useMessages } from './use-messages.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

/** The most partitions drawn: those with most matches, and topics likewise. */
const MOST_DRAWN = 240

export interface LedgerBandProps {
  store: SearchStore
  /** The last known edges of the log, for a single topic: a search may cover part of it. */
  bounds: readonly PartitionBounds[]
  /** Lists the records that could not be judged for this reason, or the matches again. */
  onList: (list: ListedOf) => void
}

/**
 * The ledger for the list of a single topic, which knows the log's edges. Only this component renders when they change, not the
 * list around it.
 */
export function ListLedgerBand({ list, ...props }: Omit<LedgerBandProps, 'bounds'> & { list: MessagesStore }) {
  const bounds = useMessages(list, ({ done }) => done?.bounds) ?? noBounds
  return <LedgerBand {...props} bounds={bounds} />
}

/** What was read, skipped and left in each partition, on its seekline, updated as it is read. */
export function LedgerBand({ store, bounds, onList }: LedgerBandProps) {
  const [isOpen, setOpen] = useState(true)
  const state = useSearch(store, (all) => all)
  const { ledgers, hits, shown } = state
  const whole = partsOf(ledgers)
  if (whole === undefined || shown === undefined) return null
  const { notJudged } = tallyOf(whole)
  const { left } = coverageOf(whole)
  const quiet = [...paceWords(state), ...holesWords(state), ...skippedWords(whole)]
  return (
    <section className={s.ledger} aria-label="What was read">
      <div className={s.ledgerHead}>
        <Button size="small" variant="quiet" onPress={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? <DownIcon size={13} aria-hidden="true" /> : <RightIcon size={13} aria-hidden="true" />}
          What was read
        </Button>
        <span>{readWords(whole)}</span>
        {left > 0n && <span>{formatGrouped(left)} left</span>}
        {notJudgedOf(notJudged) === 0n && <span>0 not judged</span>}
        {notJudgedReasons.map((reason) => {
          const count = notJudged[reason] ?? 0n
          if (count === 0n) return null
          const words = `${formatGrouped(count)} ${notJudgedWords[reason]}`
          // A damaged record cannot be shown.
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
      {isOpen &&
        (ledgers.length === 1 ? (
          <Partitions label="Partitions" parts={whole.parts} hits={hits.get(ledgers[0]!.topic)} bounds={bounds} /> // the length was checked to be 1
        ) : (
          <Topics ledgers={ledgers} hits={hits} />
        ))}
    </section>
  )
}

const noBounds: readonly PartitionBounds[] = []

/** One ledger per topic, those with most matches first. */
function Topics({ ledgers, hits }: { ledgers: readonly ScanLedger[]; hits: ReadonlyMap<string, PartitionHits> }) {
  const weighed = ledgers
    .map((ledger) => ({ ledger, tally: tallyOf(ledger) }))
    .toSorted((a, b) => byMatches(a.tally, b.tally) || (a.ledger.topic < b.ledger.topic ? -1 : 1))
  const drawn = weighed.slice(0, drawable(weighed.map(({ ledger }) => ledger.parts.length)))
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by keys
    <div className={s.topics} role="group" aria-label="Topics" tabIndex={0}>
      {drawn.map(({ ledger, tally: { matched, notJudged } }) => (
        <section key={ledger.topic} aria-label={ledger.topic}>
          <h3 className={s.ofTopic}>
            <SafeText text={ledger.topic} limit={249} />
            <span className={s.quiet}>
              {[
                `${formatGrouped(matched)} ${matched === 1n ? 'match' : 'matches'}`,
                readWords(ledger),
                ...(notJudgedOf(notJudged) === 0n ? [] : [`${formatGrouped(notJudgedOf(notJudged))} not judged`]),
              ].join(' · ')}
            </span>
          </h3>
          <Partitions
            label={`Partitions of ${ledger.topic}`}
            parts={ledger.parts}
            hits={hits.get(ledger.topic)}
            bounds={noBounds}
          />
        </section>
      ))}
      {drawn.length < ledgers.length && (
        <p className={s.more}>
          {`The ${formatGrouped(drawn.length)} with the most matches of ${formatGrouped(ledgers.length)} topics`}
        </p>
      )}
    </div>
  )
}

/** How many topics with this many partitions are drawn: at least the first. */
function drawable(partitions: readonly number[]): number {
  let left = MOST_DRAWN
  const tooMany = partitions.findIndex((count) => (left -= count) < 0)
  return tooMany === -1 ? partitions.length : Math.max(1, tooMany)
}

interface PartitionsProps extends Pick<LedgerBandProps, 'bounds'> {
  label: string
  parts: readonly LedgerPart[]
  hits: PartitionHits | undefined
}

function Partitions({ label, parts, hits, bounds }: PartitionsProps) {
  const edges = new Map(bounds.map((one) => [one.partition, one]))
  const drawn = parts.length <= MOST_DRAWN ? parts : parts.toSorted(byWeight).slice(0, MOST_DRAWN)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by keys
    <ul className={s.partitions} aria-label={label} tabIndex={0}>
      {drawn.map(({ partition, from, to, covered, matched }) => (
        <li key={partition}>
          <span className={s.number}>{partition}</span>
          <Seekline
            label={`Partition ${partition}, ${formatGrouped(matched)} ${matched === 1n ? 'match' : 'matches'}`}
            logStart={least(from, edges.get(partition)?.logStart)}
            highWatermark={most(to, edges.get(partition)?.highWatermark)}
            wanted={{ start: from, end: to }}
            read={covered.filter(({ why }) => why !== 'gone').map((piece) => ({ start: piece.from, end: piece.to }))}
            found={hits?.get(partition)}
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

const byMatches = (a: { matched: bigint }, b: { matched: bigint }): number =>
  a.matched === b.matched ? 0 : a.matched > b.matched ? -1 : 1
const byWeight = (a: LedgerPart, b: LedgerPart): number => byMatches(a, b) || a.partition - b.partition
const least = (a: bigint, b: bigint = a): bigint => (b < a ? b : a)
const most = (a: bigint, b: bigint = a): bigint => (b > a ? b : a)
