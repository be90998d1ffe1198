import { BrowserWindow, Menu } from 'electron'
import type { ContextMenuParams, MenuItemConstructorOptions, WebContents } from 'electron'

/** The system's menu for fields and selected text. A view with a menu of its own prevents this one. */
export function serveContextMenu(contents: WebContents): void {
  contents.on('context-menu', (_, params) => {
    const template = contextMenuFor(params)
    const window = BrowserWindow.fromWebContents(contents)
    if (template.length > 0 && window !== null) Menu.buildFromTemplate(template).popup({ window })
  })
}

export function contextMenuFor(
  params: Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'editFlags'>,
): MenuItemConstructorOptions[] {
  const { isEditable, selectionText, editFlags } = params
  if (isEditable) {
    return [
      { role: 'undo', enabled: editFlags.canUndo },
      { role: 'redo', enabled: editFlags.canRedo },
      { type: 'separator' },
      { role: 'cut', enabled: editFlags.canCut },
      { role: 'copy', enabled: editFlags.canCopy },
      { role: 'paste', enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ]
  }
  return selectionText.trim() === '' ? [] : [{ role: 'copy', enabled: editFlags.canCopy }]
}
