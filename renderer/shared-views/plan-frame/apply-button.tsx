import { useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useConnection, useNavigation } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { AlertDialog, TypedConfirmation } from '../../ui/dialog.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import s from './plan-frame.module.css'

export interface ApplyButtonProps {
  /** The connection it writes to. */
  connectionId: ConnectionId | undefined
  /** On the button, and in the dialog unless `action` is given. */
  label: string
  action?: string | undefined
  /** The dialog's question. */
  title: string
  /** The plan's sentence, repeated in the dialog. */
  sentence: string
  /** Whether and how it can be undone. */
  undo: string
  /** Something is lost permanently, or cannot be undone. */
  isDanger?: boolean | undefined
  /** There is a plan for what is shown, and it can be applied. */
  isReady: boolean
  isPending?: boolean | undefined
  onApply: (confirm?: string) => void
}

/**
 * The only way to apply a plan: only if the profile permits writes, after another question; with the profile's name typed if it
 * is guarded.
 */
export function ApplyButton(props: ApplyButtonProps) {
  const { connectionId, label, action = label, title, sentence, undo, isDanger, isReady, isPending, onApply } = props
  const connection = useConnection(connectionId)
  const [isAsking, setAsking] = useState(false)
  const mayWrite = connection?.status === 'connected' && connection.accessMode !== 'read-only'
  const apply = (confirm?: string) => {
    setAsking(false)
    onApply(confirm)
  }
  const dialog = {
    isOpen: isAsking,
    title,
    action,
    isDanger,
    onCancel: () => setAsking(false),
    children: (
      <p>
        <SafeText text={sentence} limit={1000} /> {undo}
      </p>
    ),
  }
  return (
    <>
      <Button
        variant="primary"
        className={s.apply}
        isDisabled={!isReady || !mayWrite}
        isPending={isPending}
        onPress={() => setAsking(true)}
      >
        {isPending === true ? 'Applying…' : `${label}…`}
      </Button>
      {connection?.accessMode === 'guarded' ? (
        <TypedConfirmation {...dialog} name={connection.name} onAction={apply} />
      ) : (
        <AlertDialog {...dialog} onAction={() => apply()} />
      )}
    </>
  )
}

/** Read-only is not a failure of a plan: it can be viewed, and the strip says where to change the access mode. */
export function AccessStrip({ connectionId }: { connectionId: ConnectionId | undefined }) {
  const navigation = useNavigation()
  const connection = useConnection(connectionId)
  if (connection?.accessMode !== 'read-only') return null
  return (
    <StateView
      kind="partial"
      title={`${connection.name} is read-only: this plan can be looked at, not applied.`}
      actions={
        <Button size="small" onPress={() => navigation.open({ kind: 'profiles', profileId: connection.profileId })}>
          Access mode in the profile
        </Button>
      }
    />
  )
}
