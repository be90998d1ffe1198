import { useState, type ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from './button.tsx'
import { cx } from './class-names.ts'
import { TextField } from './text-field.tsx'
import s from './dialog.module.css'

export interface DialogProps {
  isOpen: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** Buttons, in reading order; the last is the main one. Without it there is a Close button; `null` is none. */
  footer?: ReactNode
  size?: 'normal' | 'wide' | 'full' | undefined
  /** `alertdialog` asks for a decision: it does not close by a click outside. */
  role?: 'dialog' | 'alertdialog' | undefined
}

export function Dialog({ isOpen, onClose, title, children, footer, size, role = 'dialog' }: DialogProps) {
  return (
    <ModalOverlay
      className={cx(s.overlay)}
      isOpen={isOpen}
      isDismissable={role === 'dialog'}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className={cx(s.modal, size !== undefined && s[size])}>
        <AriaDialog role={role} className={cx(s.dialog)}>
          <Heading slot="title" level={2} className={cx(s.title)}>
            {title}
          </Heading>
          <div className={s.body}>{children}</div>
          {footer !== null && (
            <div className={s.footer}>{footer === undefined ? <Button onPress={onClose}>Close</Button> : footer}</div>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

export interface AlertDialogProps {
  isOpen: boolean
  title: string
  children: ReactNode
  /** What the main button does, as a verb: "Delete profile". */
  action: string
  onAction: () => void
  onCancel: () => void
  isDanger?: boolean | undefined
  isPending?: boolean | undefined
  /** Disables the main button: something in the dialog has to be chosen first. */
  isActionDisabled?: boolean | undefined
}

export function AlertDialog({
  isOpen,
  title,
  children,
  action,
  onAction,
  onCancel,
  isDanger,
  isPending,
  isActionDisabled,
}: AlertDialogProps) {
  return (
    <Dialog
      role="alertdialog"
      isOpen={isOpen}
      onClose={onCancel}
      title={title}
      footer={
        <>
          <Button onPress={onCancel} autoFocus>
            Cancel
          </Button>
          <Button
            variant={isDanger === true ? 'danger' : 'primary'}
            isDisabled={isActionDisabled}
            onPress={onAction}
            isPending={isPending}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}

export interface TypedConfirmationProps extends Omit<AlertDialogProps, 'onAction'> {
  /** What must be typed, exactly: the guarded profile's name. */
  name: string
  /** Gets what was typed, for the call's `confirm`; the main process checks it again. */
  onAction: (typed: string) => void
}

/**
 * For guarded profiles: the button stays disabled until the name is typed exactly. Pasting is allowed; upper and lower case
 * matter.
 */
export function TypedConfirmation(props: TypedConfirmationProps) {
  return (
    <Dialog role="alertdialog" isOpen={props.isOpen} onClose={props.onCancel} title={props.title} footer={null}>
      {props.children}
      {/* Mounted afresh with each opening, so that an earlier confirmation is never still in the box. */}
      {props.isOpen && <ConfirmationForm key={props.name} {...props} />}
    </Dialog>
  )
}

function ConfirmationForm(props: TypedConfirmationProps) {
  const { name, action, onAction, onCancel, isDanger, isPending, isActionDisabled } = props
  const [typed, setTyped] = useState('')
  const matches = typed.trim() === name && isActionDisabled !== true
  const confirm = () => {
    if (matches && isPending !== true) onAction(typed.trim())
  }
  const near = typed.trim() !== name && typed.trim().toLowerCase() === name.toLowerCase()
  return (
    <>
      <p>
        Type <code className={s.name}>{name}</code> to confirm.
      </p>
      <TextField
        label="Profile name"
        layout="hidden"
        autoFocus
        mono
        value={typed}
        onChange={setTyped}
        onEnter={confirm}
        note={near ? 'Almost: check upper and lower case.' : undefined}
      />
      <div className={cx(s.footer, s.inForm)}>
        <Button onPress={onCancel}>Cancel</Button>
        <Button
          variant={isDanger === true ? 'danger' : 'primary'}
          isDisabled={!matches}
          isPending={isPending}
          onPress={confirm}
        >
          {action}
        </Button>
      </div>
    </>
  )
}
