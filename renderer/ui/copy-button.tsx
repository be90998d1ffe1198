import { useEffect, useState } from 'react'
import { Button, IconButton } from './button.tsx'
import { CheckIcon, CopyIcon } from './icons.ts'

export interface CopyButtonProps {
  /** What lands on the clipboard: exact, without thin spaces. A function is asked at the press. */
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

/** Copies by the clipboard API, or by a hidden text area where the page may not use it. */
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
 * Copies what is still being fetched. The clipboard is asked for at once, while the press that wants it counts as one:
 * a browser forgets within seconds that somebody pressed.
 */
export async function copyLater(text: Promise<string | Blob>): Promise<void> {
  // Where the promise is refused the clipboard says so in words of its own; ours say more.
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
