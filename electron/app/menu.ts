import { Menu, app } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import { isShellCommand, shellCommands } from '#shared/commands.ts'
import type { MenuCommand } from '#shared/commands.ts'
import { keyParts } from '#shared/shortcut-keys.ts'

export interface MenuActions {
  run: (command: string) => void
  openDocs: () => void
}

/**
 * Puts the application menu in place: the page's commands, with the system's own entries around them. Until a page has told
 * of its own there are those that need none. All windows have the same; building it anew would close one that is open.
 */
export function createMenu(actions: MenuActions): { show: (commands: readonly MenuCommand[]) => void } {
  let shown = ''
  const show = (commands: readonly MenuCommand[]): void => {
    const key = JSON.stringify(commands)
    if (key === shown) return
    shown = key
    const system = { isMac: process.platform === 'darwin', hasTools: !app.isPackaged }
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(commands, actions, system)))
  }
  show(shellCommands.map((command) => ({ ...command, keys: [...command.keys] })))
  return { show }
}

export function menuTemplate(
  commands: readonly MenuCommand[],
  { run, openDocs }: MenuActions,
  { isMac, hasTools }: { isMac: boolean; hasTools: boolean },
): MenuItemConstructorOptions[] {
  const entries = (menu: MenuCommand['menu']): MenuItemConstructorOptions[] =>
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
function acceleratorOf({
  id,
  keys,
}: MenuCommand): Pick<MenuItemConstructorOptions, 'accelerator' | 'registerAccelerator'> {
  const first = keys[0]
  if (first === undefined) return {}
  const { parts, key } = keyParts(first)
  const accelerator = [...parts.map((part) => (part === 'Mod' ? 'CmdOrCtrl' : part)), key === '+' ? 'Plus' : key].join(
    '+',
  )
  // A crashed page takes no keys; a new window must still be had.
  return { accelerator, ...(isShellCommand(id) ? {} : { registerAccelerator: false }) }
}
