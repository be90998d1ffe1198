import {
  Text,
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { Button, IconButton } from './button.tsx'
import { cx } from './class-names.ts'
import { CloseIcon } from './icons.ts'
import s from './toast.module.css'

export interface ToastMessage {
  text: string
  tone?: 'info' | 'ok' | 'warn'
  action?: { label: string; onAction: () => void }
}

const queue = new ToastQueue<ToastMessage>({ maxVisibleToasts: 3 })

/** For what succeeded, or is only worth knowing. What needs a decision is an ErrorBanner at the place where it happened. */
export function toast(message: ToastMessage | string): void {
  const value = typeof message === 'string' ? { text: message } : message
  // With an action it stays: not everybody can press within five seconds (WCAG 2.2.1).
  queue.add(value, value.action === undefined ? { timeout: 6000 } : {})
}

/** For an error that belongs to nothing on the page. */
export function toastFailure(error: unknown): void {
  toast({ text: error instanceof Error ? error.message : String(error), tone: 'warn' })
}

/** Rendered once, by the shell. */
export function Toasts() {
  return (
    <ToastRegion queue={queue} className={cx(s.region)} aria-label="Notices">
      {({ toast: item }) => {
        const { text, tone = 'info', action } = item.content
        return (
          <AriaToast toast={item} className={cx(s.toast, s[tone])}>
            <ToastContent className={cx(s.content)}>
              <Text slot="title">{text}</Text>
            </ToastContent>
            {action !== undefined && (
              <Button
                size="small"
                onPress={() => {
                  action.onAction()
                  queue.close(item.key)
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton label="Dismiss" size="small" slot="close">
              <CloseIcon size={13} />
            </IconButton>
          </AriaToast>
        )
      }}
    </ToastRegion>
  )
}
