import { useEffect, useRef, type RefObject } from 'react'

/**
 * For a field that takes a secret: once it is gone, nothing in the page holds what was typed. Chromium keeps fields that
 * were removed (its history remembers the state of forms), and with a field all that hangs on it: the text, the attribute,
 * and by React's own references the props and states that it was drawn from.
 */
export function useWipeOnLeave(isSecret: boolean): RefObject<HTMLInputElement | null> {
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const input = ref.current
    if (!isSecret || input === null) return
    return () => {
      // The field is still there when only its kind changed.
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
