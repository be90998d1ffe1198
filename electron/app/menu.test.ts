import type { BrowserWindow as BrowserWindowType, MenuItemConstructorOptions } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { shellCommands, type MenuCommand } from '#shared/commands.ts'
import { fakeElectron, type FakeElectron } from '../../tests/support/electron-fake.ts'

const electron: FakeElectron = fakeElectron()
vi.mock('electron', () => electron.module)

const { createMenu, menuTemplate } = await import('./menu.ts')
const { contextMenuFor, serveContextMenu } = await import('./context-menu.ts')
const { openedBy } = await import('./single-instance.ts')

const nothing = (): void => undefined

const commands: MenuCommand[] = [
  ...shellCommands.map((command) => ({ ...command, keys: [...command.keys] })),
  { id: 'go.topics', title: 'Topics', keys: ['Alt+T'], menu: 'go' },
  { id: 'record.move', title: 'Move a group to this record…', keys: [], menu: 'record' },
  { id: 'tab.close', title: 'Close tab', keys: ['Mod+W', 'Alt+W'], menu: 'tab' },
]

const flat = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])])

describe('the application menu', () => {
  it.each([true, false])('has every command once, and each does what it says (Mac: %s)', (isMac) => {
    const run = vi.fn<(id: string) => void>()
    const items = flat(menuTemplate(commands, { run, openDocs: nothing }, { isMac, hasTools: false }))
    for (const command of commands) {
      const found = items.filter((item) => item.id === command.id)
      expect(found.map((item) => item.label)).toEqual([command.title])
      ;(found[0]!.click as () => void)()
      expect(run).toHaveBeenLastCalledWith(command.id)
    }
  })

  it.each([true, false])(
    'gives no key to two entries, and closing a window is not on the tab’s key (Mac: %s)',
    (isMac) => {
      const items = flat(menuTemplate(commands, { run: nothing, openDocs: nothing }, { isMac, hasTools: true }))
      const keys = items.flatMap((item) => (item.accelerator === undefined ? [] : [item.accelerator]))
      expect(new Set(keys).size).toBe(keys.length)
      expect(items.find((item) => item.role === 'close')!.accelerator).toBe('CmdOrCtrl+Shift+W')
      expect(items.find((item) => item.id === 'tab.close')!.accelerator).toBe('CmdOrCtrl+W')
      // The page handles its own keys; taken here as well, one press would do the thing twice.
      expect(items.find((item) => item.id === 'tab.close')!.registerAccelerator).toBe(false)
    },
  )

  it('opens windows before there is a page, and is made anew only for another list', () => {
    const menu = createMenu({ run: nothing, openDocs: nothing })
    const titles = () => flat(electron.menus.at(-1)!).map((item) => item.label)
    expect(titles()).toContain('New window')
    expect(titles()).not.toContain('Topics')
    menu.show(commands)
    expect(titles()).toContain('Topics')
    const made = electron.menus.length
    menu.show([...commands])
    expect(electron.menus.length).toBe(made)
  })

  it('offers developer tools in a checkout only', () => {
    const roles = (hasTools: boolean) =>
      flat(menuTemplate(commands, { run: nothing, openDocs: nothing }, { isMac: false, hasTools })).map(
        (item) => item.role,
      )
    expect(roles(true)).toContain('toggleDevTools')
    expect(roles(false)).not.toContain('toggleDevTools')
  })
})

const flags = { canUndo: true, canRedo: false, canCut: true, canCopy: true, canPaste: true, canSelectAll: true }
const editFlags = { ...flags, canDelete: true, canEditRichly: false }

describe('a context menu', () => {
  it('edits in fields, copies what is selected, and is none elsewhere', () => {
    const roles = contextMenuFor({ isEditable: true, selectionText: '', editFlags }).map((item) => item.role)
    expect(roles).toEqual(expect.arrayContaining(['undo', 'cut', 'copy', 'paste', 'selectAll']))
    expect(contextMenuFor({ isEditable: false, selectionText: 'orders', editFlags })).toEqual([
      { role: 'copy', enabled: true },
    ])
    expect(contextMenuFor({ isEditable: false, selectionText: '  ', editFlags })).toEqual([])
  })

  it('opens over the window that asked', () => {
    const { BrowserWindow } = electron.module as unknown as {
      BrowserWindow: new (options: object) => BrowserWindowType
    }
    const { webContents } = new BrowserWindow({})
    serveContextMenu(webContents)
    webContents.emit('context-menu', {}, { isEditable: true, selectionText: '', editFlags })
    expect(electron.menus.at(-1)!.map((item) => item.role)).toContain('paste')
  })
})

describe('a command line', () => {
  it('opens one link and one file, and takes no flag for either', () => {
    const argv = [
      '--no-sandbox',
      '.',
      'SEEKLINE://p/t/0/1',
      'seekline://p/t/0/2',
      'conf/client.properties',
      '--x.properties',
    ]
    expect(openedBy(argv, '/home/me')).toEqual({
      links: ['SEEKLINE://p/t/0/1'],
      files: ['/home/me/conf/client.properties'],
    })
    expect(openedBy(['https://x', 'seekline', '/etc/passwd'], '/')).toEqual({ links: [], files: [] })
    expect(openedBy([`seekline://${'p'.repeat(9_000)}`], '/').links[0]!.length).toBeLessThan(2_100)
  })
})
