import { useStore } from 'zustand'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useServices } from '../workbench/services.ts'

/** Shown when the desktop shell is about to close a window, or quit, while work is running. */
export function ClosingDialog() {
  const { shell } = useServices()
  const closing = useStore(shell, (state) => state.closing)
  if (closing === undefined) return null
  const verb = closing.isQuit ? 'quit' : 'close'
  const stay = () => shell.answerClosing('stay')
  return (
    <Dialog
      isOpen
      role="alertdialog"
      onClose={stay}
      title={closing.isQuit ? 'Quit Seekline?' : 'Close this window?'}
      footer={
        <>
          <Button onPress={stay} autoFocus>
            Keep open
          </Button>
          <Button variant="danger" onPress={() => shell.answerClosing('cancel-work')}>
            Stop and {verb}
          </Button>
          <Button variant="primary" onPress={() => shell.answerClosing('when-done')}>
            {closing.isQuit ? 'Quit' : 'Close'} when done
          </Button>
        </>
      }
    >
      {closing.work.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p>What was written stays. Stopping waits for what was already sent and writes a receipt.</p>
    </Dialog>
  )
}
