/** What a person can ask the shell to do. One list feeds the application menu, the command palette and the shortcuts. */
export interface Command {
  readonly id: CommandId
  /** As the palette and the menu write it. */
  readonly title: string
  /** What else people call it: the palette finds it by these words, too. */
  readonly words?: string
  /** The first is shown, all work. `Mod` is Ctrl, or Cmd on a Mac. A browser keeps some for itself, hence seconds. */
  readonly keys: readonly string[]
  readonly menu: 'file' | 'go' | 'view' | 'record' | 'tab' | 'help'
  /** Only in the menu and by its key, e.g. the palette itself. */
  readonly isHidden?: boolean
}

/** What only the desktop shell can do; a browser does these itself, or cannot. */
export const shellCommandIds = [
  'window.new',
  'view.zoomIn',
  'view.zoomOut',
  'view.zoomReset',
  'help.checkForUpdates',
] as const
export type ShellCommandId = (typeof shellCommandIds)[number]

export function isShellCommand(id: CommandId): id is ShellCommandId {
  return (shellCommandIds as readonly CommandId[]).includes(id)
}

export const commandIds = [
  ...shellCommandIds,
  'profile.import',
  'diagnostics.export',
  'palette.open',
  'go.profiles',
  'go.cluster',
  'go.topics',
  'go.groups',
  'go.replay',
  'go.produce',
  'group.delete',
  'group.deletePositions',
  'go.journal',
  'view.refresh',
  'view.find',
  'view.sidebar',
  'view.filterTopics',
  'view.theme',
  'view.zone',
  'record.copyValue',
  'record.copyKey',
  'record.copyHeaders',
  'record.copyJson',
  'record.saveValue',
  'record.move',
  'record.skip',
  'tab.close',
  'tab.closeOthers',
  'tab.reopen',
  'tab.next',
  'tab.previous',
  'help.shortcuts',
] as const

export type CommandId = (typeof commandIds)[number]

export const commands: readonly Command[] = [
  { id: 'window.new', title: 'New window', keys: ['Mod+N'], menu: 'file' },
  { id: 'profile.import', title: 'Import a profile…', keys: ['Mod+O'], menu: 'file' },
  { id: 'palette.open', title: 'Go to…', keys: ['Mod+K', 'F1'], menu: 'go', isHidden: true },
  { id: 'go.profiles', title: 'Profiles', keys: ['Mod+Shift+P'], menu: 'go' },
  { id: 'go.cluster', title: 'Cluster overview', words: 'brokers', keys: [], menu: 'go' },
  { id: 'go.topics', title: 'Topics', keys: ['Alt+T'], menu: 'go' },
  { id: 'go.groups', title: 'Groups', words: 'lag consumers positions offsets', keys: ['Alt+G'], menu: 'go' },
  { id: 'go.replay', title: 'Replay records', words: 'copy mirror republish', keys: ['Alt+P'], menu: 'go' },
  { id: 'go.produce', title: 'Produce a record…', words: 'send publish write message', keys: [], menu: 'go' },
  { id: 'group.deletePositions', title: 'Delete positions of the open group…', keys: [], menu: 'go' },
  { id: 'group.delete', title: 'Delete the open group…', keys: [], menu: 'go' },
  { id: 'go.journal', title: 'Journal of changes', words: 'undo history audit', keys: ['Alt+J'], menu: 'go' },
  { id: 'view.refresh', title: 'Refresh this view', words: 'reload read again', keys: ['F5'], menu: 'view' },
  { id: 'view.find', title: 'Find in this view', words: 'search filter', keys: ['Mod+F'], menu: 'view' },
  { id: 'view.sidebar', title: 'Show or hide the sidebar', keys: ['Mod+B'], menu: 'view' },
  { id: 'view.filterTopics', title: 'Filter topics in the sidebar', keys: ['Mod+Shift+F'], menu: 'view' },
  { id: 'view.theme', title: 'Change theme', keys: [], menu: 'view' },
  { id: 'view.zone', title: 'Change time zone', keys: [], menu: 'view' },
  { id: 'view.zoomIn', title: 'Zoom in', keys: ['Mod+=', 'Mod++'], menu: 'view' },
  { id: 'view.zoomOut', title: 'Zoom out', keys: ['Mod+-'], menu: 'view' },
  { id: 'view.zoomReset', title: 'Actual size', keys: ['Mod+0'], menu: 'view' },
  { id: 'record.copyValue', title: 'Copy value of the open record', keys: [], menu: 'record' },
  { id: 'record.copyKey', title: 'Copy key of the open record', keys: [], menu: 'record' },
  { id: 'record.copyHeaders', title: 'Copy headers of the open record', keys: [], menu: 'record' },
  { id: 'record.copyJson', title: 'Copy the open record as JSON', keys: [], menu: 'record' },
  { id: 'record.saveValue', title: 'Save value of the open record…', keys: [], menu: 'record' },
  {
    id: 'record.move',
    title: 'Move a group to this record…',
    words: 'reset seek offsets position rewind',
    keys: [],
    menu: 'record',
  },
  {
    id: 'record.skip',
    title: 'Skip this record for its group…',
    words: 'poison pill advance',
    keys: [],
    menu: 'record',
  },
  { id: 'tab.close', title: 'Close tab', keys: ['Mod+W', 'Alt+W'], menu: 'tab' },
  { id: 'tab.closeOthers', title: 'Close other tabs', keys: [], menu: 'tab' },
  { id: 'tab.reopen', title: 'Reopen closed tab', keys: ['Mod+Shift+T', 'Alt+Shift+T'], menu: 'tab' },
  { id: 'tab.next', title: 'Next tab', keys: ['Ctrl+PageDown', 'Alt+PageDown'], menu: 'tab' },
  { id: 'tab.previous', title: 'Previous tab', keys: ['Ctrl+PageUp', 'Alt+PageUp'], menu: 'tab' },
  { id: 'help.shortcuts', title: 'Keyboard shortcuts', keys: ['Mod+/'], menu: 'help' },
  { id: 'help.checkForUpdates', title: 'Check for updates…', keys: [], menu: 'help' },
  { id: 'diagnostics.export', title: 'Export diagnostics…', keys: [], menu: 'help' },
]

export function commandOf(id: CommandId): Command {
  return commands.find((command) => command.id === id)!
}

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

/** The command a key press asks for, if any. */
export function commandForKey(press: KeyPress, isMac: boolean): CommandId | undefined {
  return commands.find((command) => command.keys.some((keys) => matchesKeys(keys, press, isMac)))?.id
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
  const key = parts.pop()!
  return { parts, key }
}
