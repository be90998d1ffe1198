import type { ReactNode } from 'react'
import { coverageOf } from '#shared/model/ledger.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { changeWords } from './kept-search.ts'
import { failureWords } from './messages-words.ts'
import { formWords } from './search-form.ts'
import { partsOf, type OrderOfHits } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { matchesWords, statusOf } from './search-words.ts'
import { useSearch } from './use-search.ts'
import s from './search.module.css'

const orders = [
  { id: 'found', label: 'as found' },
  { id: 'newest', label: 'newest first', note: 'all partitions merged by time' },
  { id: 'oldest', label: 'oldest first', note: 'all partitions merged by time' },
  { id: 'partition', label: 'partition, offset' },
] as const satisfies readonly { id: OrderOfHits; label: string; note?: string }[]

export interface SearchBandProps {
  store: SearchStore
  /** "newest first, back to 14:00": the range and the direction of the search. */
  range: string
  onWiden: (() => void) | undefined
  onClear: () => void
  clear?: string
  onOrder: (order: OrderOfHits) => void
  /** Further actions for the matches. */
  actions?: ReactNode
  children?: ReactNode
}

/** The state of a search and the actions for it; shown above its matches. */
export function SearchBand({
  store,
  range,
  onWiden,
  onClear,
  clear = 'Back to the list',
  onOrder,
  actions,
  children,
}: SearchBandProps) {
  const state = useSearch(store, (all) => all)
  const { shown, status, ledgers, order, error, waiting } = state
  if (shown === undefined) return null
  const whole = partsOf(ledgers)
  const isLeft = whole !== undefined && coverageOf(whole).left > 0n
  return (
    <section className={s.band} aria-label="Search">
      <div className={s.bandHead}>
        <p className={s.sentence}>
          <strong>{matchesWords(state)}</strong>
          {shown.filter !== null && (
            <>
              {' for '}
              <q>
                <SafeText text={formWords(shown.form)} limit={80} />
              </q>
            </>
          )}
          <span className={s.quiet}>{` · ${statusOf(state)} ${range}`}</span>
        </p>
        {status !== 'running' && isLeft && (
          <Button
            size="small"
            variant="primary"
            onPress={() => void (shown.newestPerKey ? store.start(shown) : store.resume())}
          >
            {shown.newestPerKey ? 'From the beginning' : 'Go on'}
          </Button>
        )}
        {isLeft && !shown.newestPerKey && (
          <Button size="small" onPress={() => void store.turn()}>
            Reverse direction
          </Button>
        )}
        {onWiden !== undefined && status !== 'running' && !shown.newestPerKey && (
          <Button size="small" onPress={onWiden}>
            Widen to the whole log
          </Button>
        )}
        <Select<OrderOfHits> label="Order" layout="inline" options={orders} value={order} onChange={onOrder} />
        {actions}
        <Button size="small" onPress={onClear}>
          {clear}
        </Button>
      </div>
      {children}
      {error !== undefined && <ErrorBanner error={error} onRetry={() => void store.resume()} />}
      {waiting !== null && <ErrorBanner error={waiting} tone="warn" />}
      <Notes store={store} />
    </section>
  )
}

/** What may surprise: matches that are not listed, a topic that has changed, what could not be read. */
function Notes({ store }: { store: SearchStore }) {
  const { status, stopped, failures, changes } = useSearch(store, (all) => all)
  return (
    <>
      {stopped !== null && (
        <StateView
          kind="partial"
          title={
            stopped.why === 'full'
              ? `The first ${formatGrouped(store.lines.count)} matches are listed; all are counted.`
              : 'The disk accepts no more matches: further ones are counted, not listed.'
          }
        >
          {stopped.error?.message ?? 'A narrower search lists the others.'}
        </StateView>
      )}
      {changes.map(changeWords).map(({ title, hint }) => (
        <StateView key={title} kind="partial" title={title}>
          {hint}
        </StateView>
      ))}
      {status !== 'running' &&
        failureWords([...failures]).map(({ title, hint }) => (
          <StateView key={title} kind="partial" title={title}>
            {hint}
          </StateView>
        ))}
    </>
  )
}
