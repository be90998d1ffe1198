import { useEffect, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { noLimitOfShares, type LagLimit } from '#shared/model/lag-limit.ts'
import { useApi } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { draftOf, noLimit, readDraft, type LimitDraft, type ReadDraft } from './limit-form.ts'
import s from './groups.module.css'

interface LimitProps {
  connectionId: ConnectionId
  group: string
}

/** Sets the lag limits for notifications about this group; or says why it can have none. */
export function LimitButton({ isShare, ...props }: LimitProps & { isShare: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const onClose = () => setOpen(false)
  return (
    <>
      <Button onPress={() => setOpen(true)}>Limits…</Button>
      {isOpen && !isShare && <LimitDialog {...props} onClose={onClose} />}
      {isOpen && isShare && (
        <Dialog
          isOpen
          onClose={onClose}
          title={`Limits of ${props.group}`}
          footer={<Button onPress={onClose}>Close</Button>}
        >
          <div className={s.limits}>
            <p>{noLimitOfShares}</p>
          </div>
        </Dialog>
      )}
    </>
  )
}

function LimitDialog({ connectionId, group, onClose }: LimitProps & { onClose: () => void }) {
  const api = useApi()
  const [kept, setKept] = useState<LagLimit | null>()
  const [draft, setDraft] = useState<LimitDraft>(noLimit)
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    let isGone = false
    const show = ({ items }: { items: LagLimit[] }) => {
      if (isGone) return
      const found = items.find((one) => one.group === group) ?? null
      setKept(found)
      if (found !== null) setDraft(draftOf(found))
    }
    api.call('limits.list', { connectionId }).then(show, setError)
    return () => {
      isGone = true
    }
  }, [api, connectionId, group])
  const { limit, errors } = readDraft(group, draft)
  const isWrong = Object.keys(errors).length > 0
  const save = async () => {
    if (isWrong || isBusy || kept === undefined) return
    setBusy(true)
    setError(undefined)
    try {
      if (limit !== null) await api.call('limits.set', { connectionId, limit })
      else if (kept !== null) await api.call('limits.remove', { connectionId, group })
      onClose()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const change = (patch: Partial<LimitDraft>) => setDraft((before) => ({ ...before, ...patch }))
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Limits of ${group}`}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={isWrong || kept === undefined || (limit === null && kept === null)}
            isPending={isBusy}
            onPress={() => void save()}
          >
            {limit === null && kept !== null ? 'Remove the limits' : 'Keep the limits'}
          </Button>
        </>
      }
    >
      <div className={s.limits}>
        {error !== undefined && <ErrorBanner error={error} onDismiss={() => setError(undefined)} />}
        <p>
          While this cluster is open here, Seekline tells you when one of these is passed, and when all is well again.
          An empty field is not watched.
        </p>
        <LimitFields
          draft={draft}
          errors={errors}
          isDisabled={kept === undefined}
          onChange={change}
          onEnter={() => void save()}
        />
      </div>
    </Dialog>
  )
}

interface FieldsProps {
  draft: LimitDraft
  errors: ReadDraft['errors']
  isDisabled: boolean
  onChange: (patch: Partial<LimitDraft>) => void
  onEnter: () => void
}

function LimitFields({ draft, errors, isDisabled, onChange, onEnter }: FieldsProps) {
  return (
    <>
      <TextField
        label="Lag, in offsets"
        placeholder="10 000"
        mono
        value={draft.records}
        onChange={(records) => onChange({ records })}
        onEnter={onEnter}
        error={errors.records}
        note="Of all partitions together. Two readings in a row, about ten seconds apart, must exceed it."
        isDisabled={isDisabled}
        autoFocus
      />
      <TextField
        label="Age of what is not read"
        placeholder="15 min"
        mono
        value={draft.time}
        onChange={(time) => onChange({ time })}
        onEnter={onEnter}
        error={errors.time}
        note="By the timestamp of the oldest record that it would read next. Read once a minute."
        isDisabled={isDisabled}
      />
      <Checkbox isSelected={draft.dies} isDisabled={isDisabled} onChange={(dies) => onChange({ dies })}>
        When it has had no member for a minute
      </Checkbox>
    </>
  )
}
