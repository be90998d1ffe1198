import { z } from 'zod'

/**
 * A command as a menu shows it. Each is registered where it lives in the page (`renderer/workbench/command.ts`), which tells the
 * desktop of all it has: the main process knows of no view.
 */
export const MenuCommand = z.strictObject({
  id: z.string().regex(/^[a-z]+\.[a-zA-Z]+$/).max(60), // oxfmt-ignore
  title: z.string().min(1).max(100),
  /** The first is shown, all work. `Mod` is Ctrl, or Cmd on a Mac. A browser keeps some for itself, hence seconds. */
  keys: z.array(z.string().min(1).max(40)).max(5),
  menu: z.enum(['file', 'go', 'view', 'record', 'tab', 'help']),
})
export type MenuCommand = z.infer<typeof MenuCommand>

/** What only the desktop can do; a browser does these itself, or cannot. Its menu has them before there is a page. */
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
