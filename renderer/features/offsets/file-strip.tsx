import type { Files } from '../../api/files.ts'
import { Button } from '../../ui/button.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import type { FileNote, PositionsFile } from './plan-file.ts'

/** Asks for a file of positions; nothing happens if none is chosen. */
export function openPositionsFile(files: Files, onFile: (file: PositionsFile) => void): void {
  files.open('Positions from a file', ['csv', 'txt']).then((file) => file !== null && onFile(file), toastFailure)
}

/** What there is to say about a file: why it was refused, or what of it was left out. */
export function FileStrip({ name, message, isRefused, onDismiss }: FileNote & { onDismiss: () => void }) {
  return (
    <div role="alert">
      <StateView
        kind="partial"
        title={isRefused ? `${name} was not taken: nothing of it is planned.` : `${name} was taken in part.`}
        actions={
          <Button size="small" onPress={onDismiss}>
            Dismiss
          </Button>
        }
      >
        {message}
      </StateView>
    </div>
  )
}
