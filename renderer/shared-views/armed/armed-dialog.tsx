import { useState } from 'react'
import { useStore } from 'zustand'
import type { ArmedPlan } from '#shared/contract/armed.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import { useApi, useConnection, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatTimestampShort } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import { isWaiting } from '../../stores/armed.ts'
import { ArmDialog } from './arm-dialog.tsx'
import { armedTone, armedWord, armedWords } from './armed-words.ts'
import s from './armed.module.css'

/** All armed plans, of every profile, and the outcome of those that ended. */
export function ArmedDialog({ onClose }: { onClose: () => void }) {
  const items = useStore(useServices().armed, (state) => state.items)
  return (
    <Dialog isOpen onClose={onClose} title="Armed plans" size="wide">
      {items.length === 0 ? (
        <StateView kind="empty" title="No plan is armed.">
          A plan for a group with live members can be armed in its view, by Apply when empty….
        </StateView>
      ) : (
        <ul className={s.list} aria-label="Armed plans">
          {items.toReversed().map((item) => (
            <Item key={item.id} item={item} onClose={onClose} />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function Item({ item, onClose }: { item: ArmedPlan; onClose: () => void }) {
  const api = useApi()
  const { armed } = useServices()
  const navigation = useNavigation()
  const zone = useZone()
  const connection = useConnection(item.connectionId)
  const [again, setAgain] = useState<Plan>()
  const { id, connectionId, group, state } = item
  const waits = isWaiting(item)
  const journalId = 'journalId' in state ? state.journalId : null
  const go = (intent: Parameters<typeof navigation.open>[0]) => {
    onClose()
    navigation.open(intent)
  }
  const readAgain = () => void api.call('offsets.armedPlan', { id }).then(({ plan }) => setAgain(plan), toastFailure)
  const tone = armedTone(item)
  return (
    <li className={s.item}>
      <div className={s.head}>
        <strong>
          <SafeText text={group} limit={200} />
        </strong>
        <Badge tone={tone === 'care' ? 'bad' : tone === 'waiting' ? 'warn' : 'ok'}>{armedWord(item)}</Badge>
        <span className={s.dim}>
          <SafeText text={item.profileName} limit={100} /> · armed {formatTimestampShort(item.armedAt, zone)}
          {waits && <> · until {formatTimestampShort(item.expiresAt, zone)}</>}
          {'at' in state && <> · over {formatTimestampShort(state.at, zone)}</>}
        </span>
      </div>
      <p>
        <SafeText text={armedWords(item)} limit={600} />
      </p>
      {state.is !== 'applied' && (
        <p className={s.dim}>
          <SafeText text={item.sentence} limit={400} />
        </p>
      )}
      <div className={s.actions}>
        {connection !== undefined && (
          <Button
            size="small"
            aria-label={`Open the plan of ${group}`}
            onPress={() => go({ kind: 'plan', connectionId, group, armed: id })}
          >
            Open
          </Button>
        )}
        {journalId !== null && (
          <Button size="small" onPress={() => go({ kind: 'journal', entry: journalId })}>
            Journal entry
          </Button>
        )}
        {state.is === 'ended' && state.how !== 'conflict' && journalId === null && connection !== undefined && (
          <Button size="small" aria-label={`Arm the plan of ${group} again`} onPress={readAgain}>
            Arm again…
          </Button>
        )}
        <Button
          size="small"
          aria-label={`${waits ? 'Cancel' : 'Dismiss'} the plan of ${group}`}
          isDisabled={state.is === 'applying'}
          onPress={() => void armed.disarm(id).catch(toastFailure)}
        >
          {waits ? 'Cancel' : 'Dismiss'}
        </Button>
      </div>
      {again !== undefined && (
        <ArmDialog
          connectionId={connectionId}
          plans={[again]}
          onClose={() => setAgain(undefined)}
          onArmed={() => void armed.disarm(id).catch(toastFailure)}
        />
      )}
    </li>
  )
}
