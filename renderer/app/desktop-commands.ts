import { useEffect } from 'react'
import { useStore } from 'zustand'
import { toastFailure } from '../ui/toast.tsx'
import { saveFile } from '../workbench/save-file.ts'
import { useServices } from '../workbench/services.ts'
import { useCommand } from '../workbench/use-command.ts'

/** Commands about windows and files, of which a browser does some by itself. */
export function useDesktopCommands(): void {
  const { api, files, navigation, shell } = useServices()
  const { isDesktop } = shell
  useCommand('window.new', () => shell.run('window.new'), isDesktop)
  useCommand('view.zoomIn', () => shell.run('view.zoomIn'), isDesktop)
  useCommand('view.zoomOut', () => shell.run('view.zoomOut'), isDesktop)
  useCommand('view.zoomReset', () => shell.run('view.zoomReset'), isDesktop)
  useCommand('help.checkForUpdates', () => shell.run('help.checkForUpdates'), isDesktop)
  useCommand('profile.import', () => {
    files.open('Import a profile', ['json', 'properties', 'conf', 'txt']).then((file) => {
      if (file !== null) shell.openFile(file)
    }, toastFailure)
  })
  useCommand('diagnostics.export', () => {
    const said = (saved: string) => `Saved ${saved}. It holds no secret; look through it before you pass it on.`
    api
      .call('diagnostics.bundle', {})
      .then(({ name, content }) => saveFile(files, { name, content, type: 'application/gzip' }, said), toastFailure)
  })
  // The form lives in the profiles view; it takes the file once it is there.
  const hasFile = useStore(shell, (state) => state.file !== undefined)
  useEffect(() => {
    if (hasFile) navigation.openProfiles()
  }, [hasFile, navigation])
}
