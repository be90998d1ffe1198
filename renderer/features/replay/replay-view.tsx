import { useEffect, useEffectEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { IntentOf } from '../../workbench/navigation.ts'
import { useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { Button } from '../../ui/button.tsx'
import { JournalIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { RangeReplay } from './range-replay.tsx'
import { NewRecordEditor, RecordEditor } from './record-editor.tsx'
import { createRecordStore } from './record-store.ts'
import type { ReplayDraft } from './replay-draft.ts'
import { createReplayStore } from './replay-store.ts'

type Mode = 'range' | 'record' | 'new'

/** Copies ranges, or one record edited first; writes a new one; and remembers what was copied. */
export function ReplayView({ tabId, intent, isActive }: TabViewProps<'replay'>) {
  const { api, connections, navigation, work } = useServices()
  const [store] = useState(() => createReplayStore(api, startOf(intent), work))
  const [recordStore] = useState(() => createRecordStore(api))
  const [newStore] = useState(() => createRecordStore(api))
  const [mode, setMode] = useState<Mode>(() => modeOf(intent))
  const [seen, setSeen] = useState(intent)
  if (seen !== intent) {
    setSeen(intent)
    setMode(modeOf(intent))
  }
  const compose = useEffectEvent(() => {
    const target = intent.connectionId ?? connections.getState().current
    if (target !== undefined) newStore.compose({ target, targetTopic: intent.topic ?? '' })
  })
  useEffect(() => {
    if (mode === 'new') compose()
  }, [mode, intent])
  const isRunning = useStore(store, (state) => state.run?.status === 'running')
  useEffect(() => {
    if (modeOf(intent) === 'record') {
      const { connectionId, topic, partition, start } = intent
      if (connectionId !== undefined && topic !== undefined && partition !== undefined && start !== undefined) {
        void recordStore.open({ connectionId, topic, partition, offset: start })
      }
    } else if (modeOf(intent) === 'range' && store.getState().run?.status !== 'running') {
      const source = intent.connectionId ?? connections.getState().current
      store.change({ ...startOf(intent), ...(source === undefined ? {} : { source }) })
      if (store.getState().draft.target === undefined && source !== undefined) store.change({ target: source })
    }
  }, [store, recordStore, connections, intent])
  return (
    <View>
      <Bar label="What to replay">
        <Segmented
          label="Replay"
          value={mode}
          onChange={setMode}
          options={[
            { id: 'range', label: isRunning ? 'Copy a range (running)' : 'Copy a range' },
            { id: 'record', label: 'Edit one record' },
            { id: 'new', label: 'New record' },
          ]}
        />
        <Spacer />
        <Button variant="quiet" onPress={() => navigation.open({ kind: 'journal', change: 'replay' })}>
          <JournalIcon size={14} aria-hidden="true" />
          Receipts
        </Button>
      </Bar>
      {mode === 'range' && <RangeReplay tabId={tabId} store={store} isActive={isActive} />}
      {mode === 'record' && <RecordEditor store={recordStore} start={intent} />}
      {mode === 'new' && <NewRecordEditor store={newStore} />}
    </View>
  )
}

function modeOf(intent: IntentOf<'replay'>): Mode {
  if (intent.produce === true) return 'new'
  if (intent.edit !== undefined) return intent.edit ? 'record' : 'range'
  const isOne = intent.partition !== undefined && intent.start !== undefined && intent.end === undefined
  return isOne && intent.records === undefined ? 'record' : 'range'
}

function startOf(intent: IntentOf<'replay'>): Partial<ReplayDraft> {
  const { connectionId, topic, partition, start, end, records } = intent
  const name = topic === undefined ? {} : { topic, targetTopic: `${topic}-replay` }
  const at = connectionId === undefined ? {} : { source: connectionId }
  if (records !== undefined) return { ...at, ...name, by: 'records', records }
  if (partition === undefined) return { ...at, ...name }
  if (start === undefined) return { ...at, ...name, partitions: [partition] }
  return { ...at, ...name, by: 'offsets', offsets: `${partition}:${start}-${end ?? ''}` }
}
