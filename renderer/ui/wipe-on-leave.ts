import { useEffect, useRef, type RefObject } from 'react'

/**
 * For a field that takes a secret: once the field is removed, nothing in the page holds the text any more. Chromium keeps
 * removed fields (its history remembers the state of forms), and with a field everything that it references: the text, the
 * attribute and, through React's own references, the props and state that it was rendered from.
 */
export function useWipeOnLeave(isSecret: boolean): RefObject<HTMLInputElement | null> {
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const input = ref.current
    if (!isSecret || input === null) return
    return () => {
      // The field still exists if only its kind changed.
      if (!input.isConnected) wipe(input)
    }
  }, [isSecret])
  return ref
}

function wipe(input: HTMLInputElement): void {
  input.value = ''
  input.removeAttribute('value')
  for (const key of Object.keys(input)) if (key.startsWith('__react')) Reflect.deleteProperty(input, key)
}
