import { Menu, app } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import { commands, isShellCommand, keyParts } from '#shared/commands.ts'
import type { Command, CommandId } from '#shared/commands.ts'

export interface MenuActions {
  run: (command: CommandId) => void
  openDocs: () => void
}

/** Puts the application menu in place; it is the command list again, with the system's own entries around it. */
export function setMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate(actions, { isMac: process.platform === 'darwin', hasTools: !app.isPackaged })),
  )
}

export function menuTemplate(
  { run, openDocs }: MenuActions,
  { isMac, hasTools }: { isMac: boolean; hasTools: boolean },
): MenuItemConstructorOptions[] {
  const entries = (menu: Command['menu']): MenuItemConstructorOptions[] =>
    commands
      .filter((command) => command.menu === menu)
      .map((command) => ({
        id: command.id,
        label: command.title,
        click: () => run(command.id),
        ...acceleratorOf(command),
      }))
  const line: MenuItemConstructorOptions = { type: 'separator' }
  const close: MenuItemConstructorOptions = {
    role: 'close',
    label: 'Close window',
    // Ctrl+W and Cmd+W close a tab, as in every program with tabs.
    accelerator: 'CmdOrCtrl+Shift+W',
  }
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: 'File', submenu: [...entries('file'), line, close, ...(isMac ? [] : [{ role: 'quit' } as const])] },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        ...entries('view'),
        line,
        { role: 'togglefullscreen' },
        ...(hasTools ? [{ role: 'toggleDevTools' } as const] : []),
      ],
    },
    { label: 'Go', submenu: entries('go') },
    { label: 'Record', submenu: entries('record') },
    { label: 'Tab', submenu: entries('tab') },
    isMac ? { role: 'windowMenu' } : { label: 'Window', submenu: [{ role: 'minimize' }] },
    { role: 'help', submenu: [...entries('help'), line, { label: 'Kafka’s documentation', click: openDocs }] },
  ]
}

/** The page takes its own keys first, so the menu only shows them; on a Mac an unhandled key still reaches the menu. */
function acceleratorOf({ id, keys }: Command): Pick<MenuItemConstructorOptions, 'accelerator' | 'registerAccelerator'> {
  const first = keys[0]
  if (first === undefined) return {}
  const { parts, key } = keyParts(first)
  const accelerator = [...parts.map((part) => (part === 'Mod' ? 'CmdOrCtrl' : part)), key === '+' ? 'Plus' : key].join(
    '+',
  )
  // A crashed page takes no keys; a new window must still be had.
  return { accelerator, ...(isShellCommand(id) ? {} : { registerAccelerator: false }) }
}
