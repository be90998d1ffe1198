import { z } from 'zod'

/**
 * A command as a menu shows it. Each command is registered by the view it belongs to (`renderer/workbench/command.ts`),
 * and the page sends the list to the desktop shell: the main process knows no views.
 */
export const MenuCommand = z.strictObject({
  id: z.string().regex(/^[a-z]+\.[a-zA-Z]+$/).max(60), // oxfmt-ignore
  title: z.string().min(1).max(100),
  /**
   * Shortcuts. The first one is shown, all of them work. `Mod` is Ctrl, or Cmd on a Mac. Browsers reserve some
   * shortcuts, which is why there are alternatives.
   */
  keys: z.array(z.string().min(1).max(40)).max(5),
  menu: z.enum(['file', 'go', 'view', 'record', 'tab', 'help']),
})
export type MenuCommand = z.infer<typeof MenuCommand>

/**
 * Commands that only the desktop shell has; a browser has its own, or cannot do them. They are in the menu before a
 * page has loaded.
 */
export const shellCommands = [
  { id: 'window.new', title: 'New window', keys: ['Mod+N'], menu: 'file' },
  { id: 'view.zoomIn', title: 'Zoom in', keys: ['Mod+=', 'Mod++'], menu: 'view' },
  { id: 'view.zoomOut', title: 'Zoom out', keys: ['Mod+-'], menu: 'view' },
  { id: 'view.zoomReset', title: 'Actual size', keys: ['Mod+0'], menu: 'view' },
  { id: 'help.checkForUpdates', title: 'Check for updates…', keys: [], menu: 'help' },
] as const satisfies readonly (Omit<MenuCommand, 'keys'> & { keys: readonly string[] })[]

export const ShellCommandId = z.enum(shellCommands.map(({ id }) => id))
export type ShellCommandId = z.infer<typeof ShellCommandId>

export function isShellCommand(id: string): id is ShellCommandId {
  return shellCommands.some((command) => command.id === id)
}
