import { useStore } from 'zustand'
import type { ArmedPlan } from '#shared/contract/armed.ts'
import { useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { formatTime, zoneLabel } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import { isWaiting } from '../../stores/armed.ts'
import { armedTone, armedWord, armedWords } from './armed-words.ts'

/** The newest armed plan of a group; undefined: none, or all are dismissed. */
export function useArmed(connectionId: string, group: string): ArmedPlan | undefined {
  const items = useStore(useServices().armed, (state) => state.items)
  return items.findLast((item) => item.connectionId === connectionId && item.group === group)
}

/** Above a plan: the armed plan of its group, its state, and how to cancel it. */
export function ArmedStrip({ item }: { item: ArmedPlan }) {
  const { armed } = useServices()
  const navigation = useNavigation()
  const zone = useZone()
  const { id, state, expiresAt } = item
  const waits = isWaiting(item)
  const journalId = 'journalId' in state ? state.journalId : null
  return (
    <StateView
      kind={waits ? 'loading' : armedTone(item) === 'done' ? 'empty' : 'partial'}
      layout="strip"
      title={
        waits
          ? `Armed until ${formatTime(expiresAt, zone).slice(0, 8)} ${zoneLabel(zone, expiresAt)}`
          : `Armed plan: ${armedWord(item)}`
      }
      actions={
        <>
          {journalId !== null && (
            <Button size="small" onPress={() => navigation.open({ kind: 'journal', entry: journalId })}>
              Journal entry
            </Button>
          )}
          <Button
            size="small"
            isDisabled={state.is === 'applying'}
            onPress={() => void armed.disarm(id).catch(toastFailure)}
          >
            {waits ? 'Cancel' : 'Dismiss'}
          </Button>
        </>
      }
    >
      <SafeText text={armedWords(item)} limit={600} />
    </StateView>
  )
}
