import { useEffect, useState } from 'react'
import type { AnchorSource } from '#shared/contract/anchors.ts'
import type { AnchorHead } from '#shared/model/anchor.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi, useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatTimestampShort } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { topicsWords } from '../position-diff/diff-rows.ts'
import s from './anchors.module.css'

export interface AnchorsDialogProps {
  connectionId: ConnectionId
  source: (() => AnchorSource) | undefined
  words: string
  onClose: () => void
}

/** A name for the current offsets, and the saved anchors, which can be renamed and deleted. */
export function AnchorsDialog({ connectionId, source, words, onClose }: AnchorsDialogProps) {
  const api = useApi()
  const [items, setItems] = useState<readonly AnchorHead[]>()
  const [name, setName] = useState('')
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    // If something was saved before this arrives, the answer to that is newer.
    api.call('anchors.list', { connectionId }).then((found) => setItems((now) => now ?? found.items), setError)
  }, [api, connectionId])
  const run = async (answer: Promise<{ items: AnchorHead[] }>): Promise<boolean> => {
    setBusy(true)
    setError(undefined)
    try {
      setItems((await answer).items)
      return true
    } catch (failure) {
      setError(failure)
      return false
    } finally {
      setBusy(false)
    }
  }
  const save = async () => {
    if (source === undefined || name.trim() === '' || isBusy) return
    if (await run(api.call('anchors.save', { connectionId, name: name.trim(), source: source() }))) setName('')
  }
  return (
    <Dialog isOpen onClose={onClose} title="Anchors" size="wide" footer={<Button onPress={onClose}>Close</Button>}>
      <div className={s.dialog}>
        {error !== undefined && <ErrorBanner error={error} onDismiss={() => setError(undefined)} />}
        <div className={s.row}>
          <TextField
            className={s.grow}
            label={`Keep ${words} as`}
            placeholder="before release 1.42"
            value={name}
            onChange={setName}
            onEnter={() => void save()}
            isDisabled={source === undefined}
            autoFocus
          />
          <Button
            variant="primary"
            isDisabled={source === undefined || name.trim() === '' || isBusy}
            onPress={() => void save()}
          >
            Save
          </Button>
        </div>
        <ul className={s.list} aria-label="Kept anchors">
          {(items ?? []).map((item) => (
            <Kept
              key={`${item.id} ${item.name}`}
              item={item}
              isDisabled={isBusy}
              onRename={(to) => void run(api.call('anchors.rename', { connectionId, id: item.id, name: to }))}
              onDelete={() => void run(api.call('anchors.delete', { connectionId, id: item.id }))}
            />
          ))}
          {items?.length === 0 && <li className={s.dim}>No anchor is saved with this profile yet.</li>}
        </ul>
      </div>
    </Dialog>
  )
}

interface KeptProps {
  item: AnchorHead
  isDisabled: boolean
  onRename: (name: string) => void
  onDelete: () => void
}

function Kept({ item, isDisabled, onRename, onDelete }: KeptProps) {
  const zone = useZone()
  const [draft, setDraft] = useState<string>()
  const rename = () => {
    const to = draft?.trim() ?? ''
    setDraft(undefined)
    if (to !== '' && to !== item.name) onRename(to)
  }
  return (
    <li className={s.row}>
      <span className={s.grow}>
        {draft === undefined ? (
          <strong>
            <SafeText text={item.name} limit={100} />
          </strong>
        ) : (
          <TextField
            label={`New name of ${item.name}`}
            layout="hidden"
            value={draft}
            onChange={setDraft}
            onEnter={rename}
            autoFocus
          />
        )}
        <span className={s.dim}>
          <SafeText
            text={`${item.of} · ${item.partitions} ${item.partitions === 1 ? 'partition' : 'partitions'} of ${topicsWords(item.topics, 3)} · ${formatTimestampShort(item.madeAt, zone)}${item.isElsewhere ? ' · of another cluster' : ''}`}
            limit={300}
          />
        </span>
      </span>
      <Button
        size="small"
        aria-label={draft === undefined ? `Rename ${item.name}` : undefined}
        isDisabled={isDisabled}
        onPress={() => (draft === undefined ? setDraft(item.name) : rename())}
      >
        {draft === undefined ? 'Rename' : 'Keep this name'}
      </Button>
      <Button
        size="small"
        variant="danger"
        aria-label={`Delete ${item.name}`}
        isDisabled={isDisabled}
        onPress={onDelete}
      >
        Delete
      </Button>
    </li>
  )
}
