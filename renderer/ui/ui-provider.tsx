import { useEffect, type ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { ungroup } from './format.ts'
import { Toasts } from './toast.tsx'

/**
 * Wraps the page once. It sets the language of built-in labels, shows notices, removes thin spaces from copied numbers, and
 * brings a lost Escape to the dialog.
 */
export function UiProvider({ children }: { children: ReactNode }) {
  useEffect(() => {
    document.addEventListener('copy', copyUngrouped)
    document.addEventListener('keydown', escapeWithoutFocus)
    return () => {
      document.removeEventListener('copy', copyUngrouped)
      document.removeEventListener('keydown', escapeWithoutFocus)
    }
  }, [])
  return (
    // The page is in English; without this, built-in labels would be in the system's language.
    <I18nProvider locale="en-GB">
      {children}
      <Toasts />
    </I18nProvider>
  )
}

/**
 * Numbers are shown with thin spaces and copied without them. Record content (`data-verbatim`) and fields are copied unchanged.
 */
function copyUngrouped(event: ClipboardEvent): void {
  if (event.defaultPrevented || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement)
    return
  const selection = document.getSelection()
  const text = selection?.toString() ?? ''
  const clean = ungroup(text)
  if (clean === text || inVerbatim(selection?.anchorNode)) return
  event.clipboardData?.setData('text/plain', clean)
  event.preventDefault()
}

/**
 * A dialog hears the keys of what has the focus in it. What had it may be gone with its row, or be disabled: then nothing has
 * it, at least until the next frame, and Escape would be lost.
 */
function escapeWithoutFocus(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.target !== document.body || event.defaultPrevented) return
  const top = [...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')].at(-1)
  top?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
}

function inVerbatim(node: Node | null | undefined): boolean {
  const element = node instanceof Element ? node : node?.parentElement
  return element?.closest('[data-verbatim]') != null
}
