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
 * Sets the application menu: the page's commands, with the system's own entries around them. Until a page has sent its
 * commands, the menu has those that need no page. All windows share it; rebuilding it would close a menu that is open.
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
    // Ctrl+W and Cmd+W close a tab, as in other programs with tabs.
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

/** The page handles its own keys first, so the menu only displays them; on a Mac an unhandled key still reaches the menu. */
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
  // A crashed page handles no keys, but opening a new window must still work.
  return { accelerator, ...(isShellCommand(id) ? {} : { registerAccelerator: false }) }
}
