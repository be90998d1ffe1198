import { shellCommands } from '#shared/commands.ts'
import { toastFailure } from '../ui/toast.tsx'
import { command, commandOn, subject, type Command, type CommandContext } from '../workbench/command.ts'
import type { AppPart } from '../workbench/app-part.ts'
import { saveFile } from '../workbench/save-file.ts'
import { findInView, refreshView } from '../workbench/view-commands.ts'

/** Parts of the window that open or fold on request; each offers its own function. */
export const palette = subject<() => void>('palette')
export const sidebar = subject<() => void>('sidebar')
export const topicFilter = subject<() => void>('topic filter')
export const themeMenu = subject<() => void>('theme menu')
export const zoneMenu = subject<() => void>('zone menu')
export const shortcuts = subject<() => void>('shortcuts')

const opens = (open: () => void) => open()

export const openPalette = commandOn(palette, {
  id: 'palette.open',
  title: 'Go to…',
  keys: ['Mod+K', 'F1'],
  menu: 'go',
  isHidden: true,
  run: opens,
})

export const exportDiagnostics = command({
  id: 'diagnostics.export',
  title: 'Export diagnostics…',
  menu: 'help',
  run: ({ api, files }) => {
    const said = (saved: string) => `Saved ${saved}. It holds no secret; look through it before you pass it on.`
    api
      .call('diagnostics.bundle', {})
      .then(({ name, content }) => saveFile(files, { name, content, type: 'application/gzip' }, said), toastFailure)
  },
})

/** Commands of the desktop only; a browser has its own ways. */
function onDesktop(menu: Command['menu']): Command[] {
  return shellCommands
    .filter((one) => one.menu === menu)
    .map((one) => command({ ...one, when: ({ shell }) => shell.isDesktop, run: ({ shell }) => shell.run(one.id) }))
}

const onActive = (run: (at: CommandContext, tab: string) => void) => (at: CommandContext) => {
  const { active } = at.tabs.getState()
  if (active !== undefined) run(at, active)
}

export const closeTab = command({
  id: 'tab.close',
  title: 'Close tab',
  keys: ['Mod+W', 'Alt+W'],
  menu: 'tab',
  run: onActive(({ tabs }, tab) => tabs.close(tab)),
})

export const reopenTab = command({
  id: 'tab.reopen',
  title: 'Reopen closed tab',
  keys: ['Mod+Shift+T', 'Alt+Shift+T'],
  menu: 'tab',
  run: ({ tabs }) => tabs.reopen(),
})

export const appPart: AppPart = {
  commands: [
    ...onDesktop('file'),
    command({
      id: 'profile.import',
      title: 'Import a profile…',
      keys: ['Mod+O'],
      menu: 'file',
      run: ({ files, shell }) => {
        files.open('Import a profile', ['json', 'properties', 'conf', 'txt']).then((file) => {
          if (file !== null) shell.openFile(file)
        }, toastFailure)
      },
    }),
    openPalette,
    refreshView,
    findInView,
    commandOn(sidebar, {
      id: 'view.sidebar',
      title: 'Show or hide the sidebar',
      keys: ['Mod+B'],
      menu: 'view',
      run: opens,
    }),
    commandOn(topicFilter, {
      id: 'view.filterTopics',
      title: 'Filter topics in the sidebar',
      keys: ['Mod+Shift+F'],
      menu: 'view',
      run: opens,
    }),
    commandOn(themeMenu, { id: 'view.theme', title: 'Change theme', menu: 'view', run: opens }),
    commandOn(zoneMenu, { id: 'view.zone', title: 'Change time zone', menu: 'view', run: opens }),
    ...onDesktop('view'),
    closeTab,
    command({
      id: 'tab.closeOthers',
      title: 'Close other tabs',
      menu: 'tab',
      run: onActive(({ tabs }, tab) => tabs.closeOthers(tab)),
    }),
    reopenTab,
    command({
      id: 'tab.next',
      title: 'Next tab',
      keys: ['Ctrl+PageDown', 'Alt+PageDown'],
      menu: 'tab',
      run: ({ tabs }) => tabs.step(1),
    }),
    command({
      id: 'tab.previous',
      title: 'Previous tab',
      keys: ['Ctrl+PageUp', 'Alt+PageUp'],
      menu: 'tab',
      run: ({ tabs }) => tabs.step(-1),
    }),
    commandOn(shortcuts, {
      id: 'help.shortcuts',
      title: 'Keyboard shortcuts',
      keys: ['Mod+/'],
      menu: 'help',
      run: opens,
    }),
    ...onDesktop('help'),
    exportDiagnostics,
  ],
}
