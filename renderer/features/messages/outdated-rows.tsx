import { useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { isSameRequest, requestOf } from './browse-form.ts'
import type { MessagesStore } from './messages-store.ts'
import { requestWords } from './messages-words.ts'
import { useMessages } from './use-messages.ts'

export interface OtherRowsProps {
  store: MessagesStore
  partitions: readonly number[]
  onRead: () => void
}

/** Describes the rows if they do not match the fields above any more. They stay, because they may still be wanted. */
export function OtherRows({ store, partitions, onRead }: OtherRowsProps) {
  const zone = useZone()
  const { form, shown, reading } = useMessages(store, (state) => ({
    form: state.form,
    shown: state.shown,
    reading: state.reading,
  }))
  if (shown === undefined || (reading !== undefined && reading !== 'tail')) return null
  const chosen = requestOf(form, partitions)
  if (isSameRequest(shown, chosen)) return null
  // During a Follow, its field shows the filter.
  if (shown.filter !== undefined && reading === 'tail') return null
  return (
    <StateView
      kind="partial"
      title={`These rows are ${requestWords(shown, zone)}.`}
      actions={
        reading === undefined &&
        typeof chosen !== 'string' && (
          <Button size="small" onPress={onRead}>
            Read what is chosen
          </Button>
        )
      }
    >
      What is chosen above has not been read.
    </StateView>
  )
}
