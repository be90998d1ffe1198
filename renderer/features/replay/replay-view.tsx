import { useEffect, useState } from 'react'
import type { IntentOf } from '../../workbench/navigation.ts'
import { useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { View } from '../../ui/layout.tsx'
import { RangeReplay } from './range-replay.tsx'
import type { ReplayDraft } from './replay-draft.ts'
import { createReplayStore } from './replay-store.ts'

/** Copies ranges of records, and records in the journal what was copied. */
export function ReplayView({ tabId, intent, isActive }: TabViewProps<'replay'>) {
  const { api, connections, work } = useServices()
  const [store] = useState(() => createReplayStore(api, startOf(intent), work))
  useEffect(() => {
    if (store.getState().run?.status === 'running') return
    const source = intent.connectionId ?? connections.getState().current
    store.change({ ...startOf(intent), ...(source === undefined ? {} : { source }) })
    if (store.getState().draft.target === undefined && source !== undefined) store.change({ target: source })
  }, [store, connections, intent])
  return (
    <View>
      <RangeReplay tabId={tabId} store={store} isActive={isActive} />
    </View>
  )
}

function startOf(intent: IntentOf<'replay'>): Partial<ReplayDraft> {
  const { connectionId, topic, partition, start, end, records, offsets } = intent
  const name = topic === undefined ? {} : { topic, targetTopic: `${topic}-replay` }
  const at = connectionId === undefined ? {} : { source: connectionId }
  if (records !== undefined) return { ...at, ...name, by: 'records', records }
  if (offsets !== undefined) return { ...at, ...name, by: 'offsets', offsets }
  if (partition === undefined) return { ...at, ...name }
  if (start === undefined) return { ...at, ...name, partitions: [partition] }
  return { ...at, ...name, by: 'offsets', offsets: `${partition}:${start}-${end ?? ''}` }
}
