import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { topicIn } from '../../stores/topics.ts'
import { useServices } from '../../workbench/services.ts'
import { MultiSelect, PartitionPicker } from '../../ui/partition-picker.tsx'
import { Select } from '../../ui/select.tsx'
import { commonPartitions, positioned, scopeWords, topicsOf, withPartitions, withTopics } from './plan-scope.ts'
import type { PlanState, PlanStore } from './plan-store.ts'
import { TopicAdder } from './topic-adder.tsx'

export interface ScopeFieldsProps {
  store: PlanStore
  state: PlanState
  connectionId: ConnectionId
}

/** "Topics orders · Partitions all 8": the only fields that set what a plan affects. */
export function ScopeFields({ store, state, connectionId }: ScopeFieldsProps) {
  const { form, isApplying } = state
  const positions = state.detail.value?.positions ?? []
  const known = topicsOf(undefined, positions)
  const chosen = topicsOf(form.scope, positions)
  const [added, setAdded] = useState<readonly string[]>([])
  const offered = [...new Set([...known, ...added, ...chosen])]
  const change = (topics: readonly string[]) => store.change({ scope: withTopics(form.scope, topics, positions) })
  return (
    <>
      {offered.length > 0 && (
        <MultiSelect
          label="Topics"
          options={offered.map((topic) => ({ id: topic, label: topic }))}
          value={chosen}
          isDisabled={isApplying}
          onChange={change}
        />
      )}
      <TopicAdder
        connectionId={connectionId}
        chosen={offered}
        isDisabled={isApplying}
        onAdd={(topics) => {
          setAdded([...added, ...topics])
          change([...chosen, ...topics])
        }}
      />
      <PartitionsField store={store} state={state} connectionId={connectionId} chosen={chosen} />
    </>
  )
}

function PartitionsField({ store, state, connectionId, chosen }: ScopeFieldsProps & { chosen: readonly string[] }) {
  const { topics } = useServices()
  const list = useStore(topics, (all) => all.byConnection[connectionId]?.value)
  const { form, isApplying } = state
  const isUnknown = list === undefined
  useEffect(() => {
    if (isUnknown) void topics.load(connectionId)
  }, [topics, connectionId, isUnknown])
  if (chosen.length === 0) return null
  const positions = state.detail.value?.positions ?? []
  const own = positioned(positions).filter((at) => chosen.includes(at.topic))
  const common = commonPartitions(form.scope)
  const change = (partitions: 'positioned' | 'all' | readonly number[]) =>
    store.change({ scope: withPartitions(form.scope, partitions, positions) })
  const only = chosen.length === 1 ? chosen[0] : undefined
  const total = only === undefined || list === undefined ? undefined : topicIn(list, only)?.partitions
  if (total !== undefined) {
    const all = Array.from({ length: total }, (_, i) => i)
    const value = common === 'all' ? all : typeof common === 'string' ? own.map((at) => at.partition) : common
    return (
      <PartitionPicker
        count={total}
        value={value}
        isDisabled={isApplying}
        onChange={(partitions) => change(partitions.length === total ? 'all' : partitions)}
      />
    )
  }
  const isChosen = typeof common !== 'string' || common === 'mixed'
  return (
    <Select
      label="Partitions"
      layout="inline"
      options={[
        ...(isChosen ? [{ id: 'chosen' as const, label: scopeWords(form.scope ?? []) }] : []),
        {
          id: 'positioned',
          label: `with a ${positionWords(state.detail.value?.type ?? 'unknown').one}, ${own.length}`,
        },
        { id: 'all', label: chosen.length === 1 ? 'all of the topic' : 'all of these topics' },
      ]}
      value={isChosen ? 'chosen' : common}
      isDisabled={isApplying}
      onChange={(partitions) => partitions !== 'chosen' && change(partitions)}
    />
  )
}
