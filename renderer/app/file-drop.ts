import { useEffect, useState } from 'react'
import { formatBytes } from '../ui/format.ts'
import { toast } from '../ui/toast.tsx'
import { useServices } from '../workbench/services.ts'

/** The settings of a client or a profile have a few kilobytes. */
const LARGEST = 262_144

/** Files dropped anywhere on the window: their settings fill the profile form. Returns true while a file is held over it. */
export function useFileDrop(): boolean {
  const { shell } = useServices()
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return
      // Otherwise the window would show the file instead of the app.
      event.preventDefault()
      setOver(true)
    }
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(false)
      const file = event.dataTransfer?.files[0]
      if (file === undefined) return
      if (file.size > LARGEST) {
        return toast({ text: `${file.name} holds ${formatBytes(file.size)}; settings are far smaller.`, tone: 'warn' })
      }
      file.text().then(
        (text) => shell.openFile({ name: file.name, text }),
        () => toast({ text: `${file.name} could not be read.`, tone: 'warn' }),
      )
    }
    window.addEventListener('dragover', onOver)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('dragover', onOver)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('drop', onDrop)
    }
  }, [shell])
  return isOver
}
