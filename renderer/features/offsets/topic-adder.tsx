import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { TopicRow } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useServices } from '../../workbench/services.ts'
import { filterTopics, topicIn } from '../../stores/topics.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { PlusIcon } from '../../ui/icons.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import s from './offsets.module.css'

export interface TopicAdderProps {
  connectionId: ConnectionId
  /** Topics that are already added; they are not offered again. */
  chosen: readonly string[]
  onAdd: (topics: string[]) => void
  isDisabled?: boolean | undefined
}

/** Adds topics from the cluster's list, or any by name: a topic that these rights do not list can be named all the same. */
export function TopicAdder({ connectionId, chosen, onAdd, isDisabled }: TopicAdderProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <IconButton label="Add topics…" variant="default" isDisabled={isDisabled} onPress={() => setOpen(true)}>
        <PlusIcon size={14} />
      </IconButton>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title="Add topics" footer={null}>
        {isOpen && (
          <Choice
            connectionId={connectionId}
            chosen={chosen}
            onClose={() => setOpen(false)}
            onAdd={(topics) => {
              setOpen(false)
              onAdd(topics)
            }}
          />
        )}
      </Dialog>
    </>
  )
}

function Choice({ connectionId, chosen, onAdd, onClose }: TopicAdderProps & { onClose: () => void }) {
  const { topics } = useServices()
  const list = useStore(topics, (state) => state.byConnection[connectionId])
  const [text, setText] = useState('')
  const [selected, setSelected] = useState<readonly string[]>([])
  useEffect(() => {
    if (topics.getState().byConnection[connectionId]?.value === undefined) void topics.load(connectionId)
  }, [topics, connectionId])
  const rows = useMemo(() => {
    if (list?.value === undefined) return []
    const found = filterTopics(list.value, { text, pins: [], showInternal: false }).rows
    return found.filter((topic) => !chosen.includes(topic.name))
  }, [list, text, chosen])
  const typed = text.trim()
  const canName =
    typed !== '' && !chosen.includes(typed) && (list?.value === undefined || topicIn(list.value, typed) === undefined)
  const submit = () => {
    if (selected.length > 0) onAdd([...selected])
    else if (rows.length === 1) onAdd([rows[0]!.name]) // its length is 1, as checked
    else if (canName) onAdd([typed])
  }
  return (
    <div className={s.adder}>
      <SearchField label="Filter topics" value={text} onChange={setText} onSubmit={submit} autoFocus />
      {list?.status === 'failed' && <ErrorBanner error={list.error} onRetry={() => void topics.load(connectionId)} />}
      <div className={s.adderList}>
        <SmallTable
          label="Topics"
          columns={columns}
          rows={rows}
          rowId={(topic) => topic.name}
          selectionMode="multiple"
          selected={selected}
          onSelectionChange={setSelected}
          onOpen={(topic) => onAdd([topic.name])}
          empty={
            list?.status === 'failed' ? null : list?.value === undefined ? (
              <StateView kind="loading" title="Reading the topics…" />
            ) : (
              <StateView
                kind="empty"
                title={typed === '' ? 'There is no other topic to add.' : 'No topic of that name is visible here.'}
              >
                {canName && 'It can be added by its name all the same; the plan then says why it cannot be used.'}
              </StateView>
            )
          }
        />
      </div>
      <div className={s.foot}>
        <span>{`${rows.length} ${rows.length === 1 ? 'topic' : 'topics'}; Space or Ctrl chooses several`}</span>
        <span style={{ flex: 1 }} />
        <Button onPress={onClose}>Cancel</Button>
        {canName && rows.length === 0 ? (
          <Button variant="primary" onPress={() => onAdd([typed])}>
            Add by name
          </Button>
        ) : (
          <Button variant="primary" isDisabled={selected.length === 0 && rows.length !== 1} onPress={submit}>
            {selected.length > 1 ? `Add ${selected.length}` : 'Add'}
          </Button>
        )}
      </div>
    </div>
  )
}

const columns: readonly TableColumn<TopicRow>[] = [
  { id: 'name', title: 'Topic', width: 200, flex: 1, isSortable: true, value: (topic) => topic.name, cell: (topic) => <SafeText text={topic.name} /> }, // oxfmt-ignore
  { id: 'partitions', title: 'Partitions', width: 90, align: 'end', mono: true, isSortable: true, value: (topic) => topic.partitions }, // oxfmt-ignore
]
