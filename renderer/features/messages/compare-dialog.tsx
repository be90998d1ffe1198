import { useStore } from 'zustand'
import { useZone } from '../../workbench/services.ts'
import { RecordDiff } from '../../shared-views/record/record-diff.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { StateView } from '../../ui/state-view.tsx'
import type { Compared, CompareStore } from './compare-store.ts'
import { MOST_LOOKED } from './previous-of-key.ts'

/** Two records side by side, or why there is no second one. */
export function CompareDialog({ store, onClose }: { store: CompareStore; onClose: () => void }) {
  const { isOpen, compared, lookedTo } = useStore(store)
  const zone = useZone()
  const { value } = compared
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      size="full"
      title="Compare records"
      footer={<Button onPress={onClose}>{compared.status === 'loading' ? 'Stop' : 'Close'}</Button>}
    >
      {compared.status === 'failed' ? (
        <ErrorState error={compared.error} />
      ) : value === undefined ? (
        <StateView kind="loading" title="Looking for the records…">
          {lookedTo !== undefined && `None with this key down to offset ${formatGrouped(lookedTo)}.`}
        </StateView>
      ) : value.kind === 'none' ? (
        <StateView kind="empty" title={noneTitle(value)}>
          {noneWords(value)}
        </StateView>
      ) : (
        <RecordDiff before={value.before} after={value.after} zone={zone} />
      )}
    </Dialog>
  )
}

type None = Extract<Compared, { kind: 'none' }>

function noneTitle({ previous }: None): string {
  return previous.isAll
    ? 'The partition holds no earlier record with this key.'
    : `No record with this key among the ${formatGrouped(MOST_LOOKED)} offsets before it.`
}

function noneWords({ after, previous }: None): string {
  const where = `Partition ${after.partition} was looked through from offset ${formatGrouped(after.offset)} back to ${formatGrouped(previous.lookedTo)}`
  return previous.isAll ? `${where}, where its log starts.` : `${where}; farther back was not looked.`
}
