import { useStore } from 'zustand'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { SafeText } from '../ui/safe-text.tsx'
import { StateView } from '../ui/state-view.tsx'
import { useServices } from '../workbench/services.ts'
import { exportDiagnostics } from './commands.ts'

/** Shows an unexpected error above the window's content, which stays usable. */
export function FaultStrip() {
  const { shell, commands } = useServices()
  const fault = useStore(shell, (state) => state.fault)
  if (fault === undefined) return null
  return (
    <StateView
      kind="error"
      layout="strip"
      title="Something failed unexpectedly."
      actions={
        <>
          <CopyButton isLabelled label="Copy details" text={fault.details} />
          <Button size="small" onPress={() => commands.run(exportDiagnostics)}>
            Export diagnostics…
          </Button>
          <Button size="small" variant="quiet" onPress={shell.dismissFault}>
            Dismiss
          </Button>
        </>
      }
    >
      <SafeText text={fault.error.message} limit={300} />
    </StateView>
  )
}
