/** The parts of a keyboard event that matter here, so that this file needs no DOM types. */
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
  // On keyboards where "+" needs Shift, that Shift is part of the key.
  if (press.shiftKey !== wants('Shift') && key !== '+') return false
  const letter = press.altKey && press.code?.startsWith('Key') === true ? press.code.slice(3) : press.key
  return letter.toLowerCase() === key.toLowerCase()
}

/** Splits `Mod+Shift+T` into its modifiers and the key; in `Mod++` that is the plus key. */
export function keyParts(keys: string): { parts: string[]; key: string } {
  const parts = keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+')
  const key = parts.pop() ?? ''
  return { parts, key }
}
