import s from './key-hint.module.css'

/** Shows `Mod+Shift+K` as this platform writes it. */
export function KeyHint({ keys }: { keys: string }) {
  return <kbd className={s.keys}>{shortcutText(keys)}</kbd>
}

const macSymbols: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃', Enter: '↩', Escape: 'Esc' }

export function shortcutText(keys: string, mac: boolean = isMac()): string {
  const parts = keys.replace(/\+\+$/, '+plus').split('+')
  const all = parts.map((part) => (part === 'plus' ? '+' : part))
  return mac
    ? all.map((part) => macSymbols[part] ?? part).join('')
    : all.map((part) => (part === 'Mod' ? 'Ctrl' : part === 'Escape' ? 'Esc' : part)).join(' ')
}

export function isMac(): boolean {
  return typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)
}
