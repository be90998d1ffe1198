import { useMemo } from 'react'
import { useStore } from 'zustand'
import { ConnectionField } from '../../shared-views/target/connection-field.tsx'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { CommittedField } from './committed-field.tsx'
import { elsewhereLacks, type ElsewhereForm } from './elsewhere.ts'
import s from './offsets.module.css'

export interface ElsewhereFieldsProps {
  value: ElsewhereForm
  isDisabled: boolean
  onChange: (value: ElsewhereForm) => void
  onTakeAll: () => void
}

/**
 * "on Production · Group billing · Topic prefix here west.". What is typed takes effect once it is confirmed, because each
 * change reads two clusters.
 */
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
      <CommittedField
        key={`group ${value.group}`}
        className={s.elsewhere}
        label="Group there"
        placeholder="group name"
        value={value.group}
        options={names}
        isDisabled={isDisabled || connectionId === undefined}
        onCommit={(group) => onChange({ ...value, group })}
      />
      <CommittedField
        key={`prefix ${value.prefix}`}
        className={s.elsewhere}
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
