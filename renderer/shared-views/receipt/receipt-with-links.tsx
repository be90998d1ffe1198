import { useStore } from 'zustand'
import type { Receipt } from '#shared/contract/replay.ts'
import { profileOf } from '../../stores/connections.ts'
import { useServices, useZone } from '../../workbench/services.ts'
import { ReceiptView } from './receipt-view.tsx'

/** A receipt with links to source and copies. */
export function OwnReceipt({ receipt }: { receipt: Receipt }) {
  const { connections, navigation } = useServices()
  const zone = useZone()
  const profiles = useStore(connections, (state) => state.profiles)
  const { spec } = receipt.plan
  return (
    <ReceiptView
      receipt={receipt}
      zone={zone}
      nameOf={(id) => profileOf({ profiles }, id)?.profile.name ?? id}
      onOpenTarget={(partition, offset) =>
        navigation.open({
          kind: 'messages',
          connectionId: spec.target,
          topic: spec.targetTopic.name,
          partition,
          offset,
        })
      }
      onOpenSource={(partition, offset) =>
        navigation.open({ kind: 'messages', connectionId: spec.source, topic: spec.topic, partition, offset })
      }
    />
  )
}
