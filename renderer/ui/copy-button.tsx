import { useEffect, useState } from 'react'
import { Button, IconButton } from './button.tsx'
import { CheckIcon, CopyIcon } from './icons.ts'

export interface CopyButtonProps {
  /** What is written to the clipboard: the exact text, without thin spaces. A function is called when the button is pressed. */
  text: string | (() => string)
  label?: string | undefined
  /** Shows the label instead of only the icon. */
  isLabelled?: boolean | undefined
  size?: 'normal' | 'small' | undefined
}

export function CopyButton({ text, label = 'Copy', isLabelled, size = 'small' }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return undefined
    const timer = setTimeout(() => setState('idle'), 1600)
    return () => clearTimeout(timer)
  }, [state])
  const onPress = () => {
    copyText(typeof text === 'function' ? text() : text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  }
  const icon = state === 'copied' ? <CheckIcon size={13} /> : <CopyIcon size={13} />
  const said = state === 'copied' ? 'Copied' : state === 'failed' ? 'The clipboard could not be written' : label
  if (isLabelled === true) {
    return (
      <Button size={size} onPress={onPress}>
        {icon}
        <span aria-live="polite">{said}</span>
      </Button>
    )
  }
  return (
    <IconButton label={said} size={size} onPress={onPress}>
      {icon}
    </IconButton>
  )
}

/** Copies with the clipboard API, or with a hidden text area where the page may not use that API. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    return
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    if (!done) throw new Error('The clipboard could not be written.')
  }
}

/**
 * Copies text that is still being fetched. The clipboard is called at once, while the press still counts as a user gesture:
 * browsers stop accepting it after a few seconds.
 */
export async function copyLater(text: Promise<string | Blob>): Promise<void> {
  // When the promise is rejected, the clipboard throws an error of its own; ours says more.
  let failure: unknown
  const blob = text.then(
    (whole) => new Blob([whole], { type: 'text/plain' }),
    (error: unknown) => {
      failure = error
      throw error
    },
  )
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
  } catch {
    await blob.catch(() => undefined)
    if (failure !== undefined) throw failure
    await copyText(await (await blob).text())
  }
}
