import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { StateView } from '../../ui/state-view.tsx'
import type { MessagesStore } from './messages-store.ts'
import { useMessages } from './use-messages.ts'

export interface EmptyMessagesProps {
  store: MessagesStore
  topic: string
  onEarliest: () => void
  onProduce: () => void
  onRetry: () => void
}

/** Why there are no rows: nothing was read yet, there are no records, or none match. */
export function EmptyMessages({ store, topic, onEarliest, onProduce, onRetry }: EmptyMessagesProps) {
  const state = useMessages(store, ({ reading, error, done, shown, looked }) => ({ reading, error, done, isByFilter: shown?.filter !== undefined, looked: looked?.records ?? 0n })) // oxfmt-ignore
  // Rows are loaded, and a filter hides them.
  if (useMessages(store, () => store.lines.filter.text !== '' && store.lines.loaded > 0)) {
    return (
      <StateView kind="empty" title="No loaded row holds this text.">
        Keys, values and headers of the loaded rows are looked at. Load more, or clear the filter.
      </StateView>
    )
  }
  const looked = `${formatGrouped(state.looked)} ${state.looked === 1n ? 'record was' : 'records were'} looked at.`
  if (state.reading === 'tail' && state.isByFilter)
    return (
      <StateView kind="loading" title="Waiting for a record that matches…">
        {looked} What matches before is found by Search.
      </StateView>
    )
  if (state.reading === 'tail') return <StateView kind="loading" title={`Waiting for the next message of ${topic}…`} />
  if (state.reading !== undefined) return <StateView kind="loading" title={`Reading ${topic}…`} />
  if (state.error !== undefined) return <ErrorState error={state.error} onRetry={onRetry} />
  if (state.isByFilter) return <StateView kind="empty" title={`No match came: ${looked}`} />
  if (state.done === undefined) return <StateView kind="empty" title="Choose where to start, then read." />
  // Nothing is known of any partition, so the topic is not said to be empty. The error is shown above.
  if (state.done.bounds.length === 0 && state.done.failures.length > 0) return null
  const isEmpty = state.done.bounds.every((one) => one.logStart === one.highWatermark)
  if (isEmpty) {
    return (
      <StateView
        kind="empty"
        title={`${topic} holds no messages.`}
        actions={<Button onPress={onProduce}>Produce a record…</Button>}
      >
        Follow waits for the first one.
      </StateView>
    )
  }
  return (
    <StateView
      kind="empty"
      title="No message from there on."
      actions={<Button onPress={onEarliest}>Read from the earliest</Button>}
    >
      The chosen start lies at or past the end of the log, or everything after it is left out.
    </StateView>
  )
}
