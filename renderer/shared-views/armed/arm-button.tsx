import { useState } from 'react'
import type { Plan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useStore } from 'zustand'
import { useConnection, useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { isWaiting } from '../../stores/armed.ts'
import { ArmDialog } from './arm-dialog.tsx'
import s from './armed.module.css'

export interface ArmButtonProps {
  connectionId: ConnectionId
  /** For one group, or several; those refused for another reason than live members are left out. */
  plans: readonly Plan[]
  isReady: boolean
  isPrimary?: boolean
}

/** Whether live members are the only obstacle to a plan that changes something. */
export function isArmable({ refusal, rows }: Plan): boolean {
  return refusal?.code === 'kafka.group-live' && rows.some(({ status }) => status === 'change')
}

/** For a group with members: has the plan applied once it has none. */
export function ArmButton({ connectionId, plans, isReady, isPrimary = true }: ArmButtonProps) {
  const [isAsking, setAsking] = useState(false)
  const connection = useConnection(connectionId)
  const items = useStore(useServices().armed, (state) => state.items)
  const waiting = new Set(items.filter((item) => isWaiting(item) && item.connectionId === connectionId).map(({ group }) => group)) // oxfmt-ignore
  const left = plans.filter((plan) => isArmable(plan) && !waiting.has(plan.group))
  const isArmed = left.length === 0 && plans.some(({ group }) => waiting.has(group))
  const mayWrite = connection?.status === 'connected' && connection.accessMode !== 'read-only'
  const label = plans.length === 1 ? 'Apply when empty…' : `Apply ${left.length} when empty…`
  return (
    <>
      <Button
        variant={isPrimary ? 'primary' : 'default'}
        className={s.arm}
        isDisabled={!isReady || !mayWrite || left.length === 0}
        onPress={() => setAsking(true)}
      >
        {isArmed ? 'Armed' : label}
      </Button>
      {isAsking && <ArmDialog connectionId={connectionId} plans={left} onClose={() => setAsking(false)} />}
    </>
  )
}
