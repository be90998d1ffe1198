import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { ConnectionField } from '../../shared-views/target/connection-field.tsx'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { elsewhereLacks, type ElsewhereForm } from './elsewhere.ts'
import s from './offsets.module.css'

export interface ElsewhereFieldsProps {
  value: ElsewhereForm
  isDisabled: boolean
  onChange: (value: ElsewhereForm) => void
  onTakeAll: () => void
}

/** "on Production · Group billing · Topic prefix here west.". What is typed counts once it is committed: each change reads two clusters. */
export function ElsewhereFields({ value, isDisabled, onChange, onTakeAll }: ElsewhereFieldsProps) {
  const { connectionId } = value
  const { groups } = useServices()
  const items = useStore(groups, (state) =>
    connectionId === undefined ? undefined : state.byConnection[connectionId]?.value?.items,
  )
  const names = useMemo(() => (items ?? []).filter(({ type }) => type !== 'share').map(({ group }) => group), [items])
  return (
    <>
      <ConnectionField label="on" value={connectionId} onChange={(id) => onChange({ ...value, connectionId: id })} />
      <Committed
        key={`group ${value.group}`}
        label="Group there"
        placeholder="group name"
        value={value.group}
        options={names}
        isDisabled={isDisabled || connectionId === undefined}
        onCommit={(group) => onChange({ ...value, group })}
      />
      <Committed
        key={`prefix ${value.prefix}`}
        label="Topic prefix here"
        placeholder="none"
        value={value.prefix}
        options={none}
        isDisabled={isDisabled || connectionId === undefined}
        onCommit={(prefix) => onChange({ ...value, prefix })}
      />
      {elsewhereLacks(value) === null && (
        <Button size="small" isDisabled={isDisabled} onPress={onTakeAll}>
          Take all its partitions
        </Button>
      )}
    </>
  )
}

const none: readonly string[] = []

interface CommittedProps {
  label: string
  placeholder: string
  value: string
  options: readonly string[]
  isDisabled: boolean
  onCommit: (text: string) => void
}

function Committed({ value, onCommit, ...field }: CommittedProps) {
  const [draft, setDraft] = useState(value)
  return (
    <ComboField
      {...field}
      layout="inline"
      className={s.elsewhere}
      value={draft}
      onChange={setDraft}
      onCommit={(text) => {
        if (text.trim() !== value) onCommit(text.trim())
      }}
    />
  )
}
