import { useMemo } from 'react'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { StateView } from '../../ui/state-view.tsx'
import type { MessagesStore } from './messages-store.ts'
import { failureWords, givenUpWords, statusWords } from './messages-words.ts'
import { useMessages } from './use-messages.ts'

/** What went wrong with the read, and what was dropped since. */
export function ReadTroubles({ store, onRetry }: { store: MessagesStore; onRetry: () => void }) {
  const { lines } = store
  const { error, waiting, failures, stopped, givenUp } = useMessages(store, (state) => ({
    error: lines.loaded > 0 ? state.error : undefined,
    waiting: state.waiting,
    failures: state.reading === undefined ? state.done?.failures : undefined,
    stopped: state.stopped,
    // A growing list always drops its oldest rows; its status says how many.
    givenUp: state.reading === 'tail' ? '' : givenUpWords(lines.givenUp),
  }))
  return (
    <>
      {error !== undefined && <ErrorBanner error={error} onRetry={onRetry} />}
      {waiting !== null && <ErrorBanner error={waiting} tone="warn" />}
      {failureWords([...(failures ?? []), ...stopped]).map(({ title, hint }) => (
        <StateView key={title} kind="partial" title={title}>
          {hint}
        </StateView>
      ))}
      {givenUp !== '' && (
        <StateView kind="partial" title={givenUp}>
          Rows of all tabs together are bounded; the tabs shown longest ago make room. Older and Newer read them again.
        </StateView>
      )}
    </>
  )
}

/** The status bar's text for this tab; renders nothing itself. */
export function ReadStatus({ store, tabId, partitions }: { store: MessagesStore; tabId: string; partitions: number }) {
  const words = useMessages(store, (state) => statusWords(state, store.lines))
  const answered = useMessages(store, (state) => state.done?.bounds.length)
  const status = useMemo(
    () => ({
      main: words,
      aside: answered === undefined ? null : <span>{`${answered} of ${partitions} partitions`}</span>,
    }),
    [words, answered, partitions],
  )
  useTabStatus(tabId, status)
  return null
}
