import { useState } from 'react'
import { ARMED_FOR, type ArmedOffsets } from '#shared/contract/armed.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { planSentence } from '#shared/offsets/plan-sentence.ts'
import { movesOn } from '#shared/offsets/when-empty.ts'
import { useApi, useConnection } from '../../workbench/services.ts'
import { RadioGroup } from '../../ui/checkbox.tsx'
import { AlertDialog, TypedConfirmation } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { staticWords } from './armed-words.ts'
import s from './armed.module.css'

const MINUTE = 60_000
const times = [
  { id: String(10 * MINUTE), label: '10 minutes' },
  { id: String(ARMED_FOR.usual), label: '1 hour' },
  { id: String(4 * 60 * MINUTE), label: '4 hours' },
  { id: String(12 * 60 * MINUTE), label: '12 hours' },
  { id: String(ARMED_FOR.most), label: '24 hours' },
]

export interface ArmDialogProps {
  connectionId: ConnectionId
  /** For one group, or several: each is armed separately. */
  plans: readonly Plan[]
  onClose: () => void
  onArmed?: (() => void) | undefined
}

/** Explains arming before it is confirmed: until when, which offsets, and what a group without members does not prove. */
export function ArmDialog({ connectionId, plans, onClose, onArmed }: ArmDialogProps) {
  const api = useApi()
  const connection = useConnection(connectionId)
  const [time, setTime] = useState(String(ARMED_FOR.usual))
  const [offsets, setOffsets] = useState<ArmedOffsets | null>(null)
  const [error, setError] = useState<unknown>()
  const [isPending, setPending] = useState(false)
  const [armed, setArmed] = useState<readonly string[]>([])
  const isAsked = plans.some(movesOn)
  const [first] = plans
  const whose = plans.length === 1 && first !== undefined ? first.group : `${plans.length} groups`
  const arm = async (confirm?: string) => {
    setPending(true)
    setError(undefined)
    const done = new Set(armed)
    try {
      for (const plan of plans.filter(({ group }) => !done.has(group))) {
        const chosen = movesOn(plan) && offsets !== null ? { offsets } : {}
        const typed = confirm === undefined ? {} : { confirm }
        await api.call('offsets.arm', { connectionId, plan, expiresIn: Number(time), ...chosen, ...typed })
        done.add(plan.group)
      }
      onArmed?.()
      onClose()
    } catch (failure) {
      // Plans before it are armed, and are not armed again.
      setArmed([...done])
      setError(failure)
      setPending(false)
    }
  }
  const dialog = {
    isOpen: true,
    title: plans.length === 1 ? `Apply when ${whose} is empty?` : `Apply when each of ${whose} is empty?`,
    action: plans.length === 1 ? 'Arm the plan' : `Arm ${plans.length} plans`,
    isActionDisabled: isAsked && offsets === null,
    isPending,
    onCancel: onClose,
    children: <ArmBody {...{ plans, error, offsets, setOffsets: isAsked ? setOffsets : undefined, time, setTime }} />,
  }
  return connection?.accessMode === 'guarded' ? (
    <TypedConfirmation {...dialog} name={connection.name} onAction={(typed) => void arm(typed)} />
  ) : (
    <AlertDialog {...dialog} onAction={() => void arm()} />
  )
}

const MOST_SHOWN = 3

interface ArmBodyProps {
  plans: readonly Plan[]
  error: unknown
  offsets: ArmedOffsets | null
  /** undefined: there is nothing to choose. */
  setOffsets: ((offsets: ArmedOffsets) => void) | undefined
  time: string
  setTime: (time: string) => void
}

function ArmBody({ plans, error, offsets, setOffsets, time, setTime }: ArmBodyProps) {
  return (
    <div className={s.dialog}>
      {error !== undefined && <ErrorBanner error={error} />}
      {plans.slice(0, MOST_SHOWN).map((plan) => (
        <p key={plan.group}>
          <SafeText text={planSentence({ ...plan, refusal: null })} limit={600} />
        </p>
      ))}
      {plans.length > MOST_SHOWN && <p>And {plans.length - MOST_SHOWN} more.</p>}
      <p>
        Until then nothing is written. {plans.length === 1 ? 'The group is' : 'Each group is'} looked at four times a
        second; without members it is compared once more and moved, and the journal has it like any change.
      </p>
      {setOffsets !== undefined && (
        <RadioGroup<ArmedOffsets>
          label="Its consumers read on until they stop. Which offsets are meant?"
          value={offsets}
          onChange={setOffsets}
          options={[
            { id: 'then', label: 'Worked out again then, from where it stands in that moment' },
            { id: 'shown', label: 'Exactly those that the plan shows now' },
          ]}
        />
      )}
      <Select label="Give up after" options={times} value={time} onChange={setTime} />
      <ul className={s.cautions} aria-label="Before you arm it">
        {cautionsOf(plans).map((text) => (
          <li key={text}>
            <SafeText text={text} limit={600} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function cautionsOf(plans: readonly Plan[]): string[] {
  const ids = plans.flatMap((plan) => plan.members.flatMap(({ instanceId }) => instanceId ?? []))
  const streams = plans.some(({ groupType }) => groupType === 'streams')
  return [
    ...(ids.length === 0 ? [] : [staticWords(ids)]),
    'Stop all members at once: a rolling restart, in which one always lives, never leaves the group empty. One that is killed counts as a member until its session times out.',
    'Consumers that use assign() are no members: stop them too, or their next commit overwrites this.',
    ...(streams ? ['State stores and internal topics of a Kafka Streams application stay as they are.'] : []),
    'Seekline has to stay open, and this computer awake.',
  ]
}
