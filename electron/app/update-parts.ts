import { app, dialog } from 'electron'
import { updateObstacle } from './update-words.ts'
import type { UpdateParts } from './updates.ts'
import type { Windows } from './windows.ts'

/** Updates with Electron's dialogs and electron-updater, which is loaded when an update is first checked for. */
export function updateParts(windows: Windows): UpdateParts {
  return {
    version: app.getVersion(),
    obstacle: () =>
      updateObstacle({
        isPackaged: app.isPackaged,
        platform: process.platform,
        resources: process.resourcesPath,
        env: process.env,
      }),
    load: async () => (await import('electron-updater')).autoUpdater,
    show: (options) => {
      const at = windows.current()
      return at === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(at.window, options)
    },
    showProgress: (fraction) => windows.current()?.window.setProgressBar(fraction ?? -1),
    quit: () => app.quit(),
  }
}
