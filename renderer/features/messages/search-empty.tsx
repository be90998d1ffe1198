import { coverageOf, tallyOf } from '#shared/model/ledger.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { StateView } from '../../ui/state-view.tsx'
import { partsOf } from './search-state.ts'
import type { SearchStore } from './search-store.ts'
import { notJudgedOf } from './not-judged.ts'
import { useSearch } from './use-search.ts'

/** Why no match is shown. It says that there is none only about what was read. */
export function SearchEmpty({ store, onWiden }: { store: SearchStore; onWiden: (() => void) | undefined }) {
  const { status, ledgers, error } = useSearch(store, (state) => state)
  const whole = partsOf(ledgers)
  if (whole === undefined) {
    if (error !== undefined) return <ErrorState error={error} onRetry={() => void store.resume()} />
    return <StateView kind="loading" title="Reading where the logs end…" />
  }
  const { covered, left } = coverageOf(whole)
  const open = notJudgedOf(tallyOf(whole).notJudged)
  const read = `${formatGrouped(covered)} ${covered === 1n ? 'offset' : 'offsets'}`
  const widen = onWiden === undefined ? {} : { actions: <Button onPress={onWiden}>Widen to the whole log</Button> }
  if (status === 'running') return <StateView kind="loading" title={`No match yet in ${read}.`} />
  if (covered + left === 0n) {
    return (
      <StateView kind="empty" title="There is nothing in this range." {...widen}>
        The chosen start lies at or past the end of the log.
      </StateView>
    )
  }
  return (
    <StateView
      kind={left > 0n || open > 0n ? 'partial' : 'empty'}
      title={`No match in the ${read} that were read.`}
      {...widen}
    >
      {left > 0n && `${formatGrouped(left)} were not read: Go on reads them. `}
      {open > 0n && `${formatGrouped(open)} records could not be judged; below it says why. `}
      {left === 0n && open === 0n && 'Other words, another range, or fewer choices may find something.'}
    </StateView>
  )
}
