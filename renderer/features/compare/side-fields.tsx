import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { MOST_SNAPSHOT_CHARS } from '#shared/model/positions-snapshot.ts'
import { AnchorField } from '../../shared-views/anchors/anchor-field.tsx'
import { ConnectionField } from '../../shared-views/target/connection-field.tsx'
import { useServices, useZone } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import type { SideName } from './sides-store.ts'
import { readSnapshotText } from './read-side.ts'
import type { SideForm, SideKind } from './side-form.ts'
import s from './compare.module.css'

const kinds: readonly SelectOption<SideKind>[] = [
  { id: 'all', label: 'all groups', note: 'as they stand now' },
  { id: 'group', label: 'a group', note: 'as it stands now' },
  { id: 'then', label: 'a group at a moment', note: 'by its commits' },
  { id: 'anchor', label: 'an anchor', note: 'offsets kept under a name' },
  { id: 'file', label: 'a snapshot', note: 'saved in a file' },
]

export interface SideFieldsProps {
  side: SideName
  form: SideForm
  onChange: (patch: Partial<SideForm>) => void
  /** Called with the reason why a file was refused. */
  onRefused: (name: string, message: string) => void
}

/** "Left a group billing on Staging". */
export function SideFields({ side, form, onChange, onRefused }: SideFieldsProps) {
  const { files } = useServices()
  const label = side === 'left' ? 'Left' : 'Right'
  const open = () =>
    files.open('A snapshot of positions', ['jsonl', 'json', 'txt'], MOST_SNAPSHOT_CHARS).then(async (file) => {
      if (file === null) return
      const snapshot = await readSnapshotText(file.text)
      if (typeof snapshot === 'string') onRefused(file.name, snapshot)
      else onChange({ kind: 'file', file: { name: file.name, snapshot } })
    }, toastFailure)
  const { kind, connectionId, moment, anchor, file } = form
  const isOfGroup = kind === 'group' || kind === 'then'
  return (
    <div role="group" aria-label={label} className={s.side}>
      <Select<SideKind>
        label={label}
        layout="inline"
        isProminent
        placeholder="choose…"
        options={kinds}
        value={kind ?? null}
        onChange={(next) => {
          onChange({ kind: next })
          if (next === 'file' && file === undefined) void open()
        }}
      />
      {isOfGroup && <GroupField form={form} label={`Group on the ${side}`} onChange={(group) => onChange({ group })} />}
      {(isOfGroup || kind === 'all') && (
        <ConnectionField label="on" value={connectionId} onChange={(id) => onChange({ connectionId: id })} />
      )}
      {kind === 'then' && <MomentField side={side} value={moment} onChange={(at) => onChange({ moment: at })} />}
      {kind === 'anchor' && (
        <AnchorField
          connectionId={connectionId}
          value={anchor?.id}
          isDisabled={false}
          onChange={(chosen) => onChange({ anchor: chosen })}
        />
      )}
      {kind === 'file' && (
        <Button onPress={() => void open()}>{file === undefined ? 'Open a snapshot…' : `${file.name}…`}</Button>
      )}
    </div>
  )
}

function GroupField({ form, label, onChange }: { form: SideForm; label: string; onChange: (group: string) => void }) {
  const { groups } = useServices()
  // The draft, until it is chosen or confirmed: a side is read for a finished name, not at each letter.
  const [draft, setDraft] = useState<string>()
  const items = useStore(groups, (state) => state.byConnection[form.connectionId]?.value?.items)
  const names = useMemo(() => (items ?? []).filter(({ type }) => type !== 'share').map((item) => item.group), [items])
  return (
    <ComboField
      label={label}
      layout="inline"
      className={s.group}
      value={draft ?? form.group}
      options={names}
      onChange={setDraft}
      onCommit={(name) => {
        setDraft(undefined)
        if (name !== form.group) onChange(name)
      }}
    />
  )
}

function MomentField({
  side,
  value,
  onChange,
}: {
  side: SideName
  value: bigint | undefined
  onChange: (at: bigint | undefined) => void
}) {
  // oxfmt-ignore
  const zone = useZone()
  return <DateTimeField label={`At, on the ${side}`} layout="inline" zone={zone} value={value} onChange={onChange} />
}
