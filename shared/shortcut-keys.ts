/** What a keyboard event says, in as far as it matters here; so that this file needs no DOM. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
  /** The physical key, for Alt combinations: Alt+T types † on a Mac. */
  readonly code?: string
}

export function matchesKeys(keys: string, press: KeyPress, isMac: boolean): boolean {
  const { parts, key } = keyParts(keys)
  const wants = (name: string) => parts.includes(name)
  const ctrl = wants('Ctrl') || (wants('Mod') && !isMac)
  const meta = wants('Mod') && isMac
  if (press.ctrlKey !== ctrl || press.metaKey !== meta || press.altKey !== wants('Alt')) return false
  // Where "+" is typed with Shift held, that Shift is part of the key.
  if (press.shiftKey !== wants('Shift') && key !== '+') return false
  const letter = press.altKey && press.code?.startsWith('Key') === true ? press.code.slice(3) : press.key
  return letter.toLowerCase() === key.toLowerCase()
}

/** `Mod+Shift+T` as its held keys and the one pressed; `Mod++` is the plus key. */
export function keyParts(keys: string): { parts: string[]; key: string } {
  const parts = keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+')
  const key = parts.pop() ?? ''
  return { parts, key }
}
