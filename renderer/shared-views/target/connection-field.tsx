import { useStore } from 'zustand'
import { ConnectionId } from '#shared/model/ids.ts'
import { useServices } from '../../workbench/services.ts'
import { useOpenProfile } from '../../workbench/open-profile.ts'
import { Select } from '../../ui/select.tsx'

export interface ConnectionFieldProps {
  label: string
  value: ConnectionId | undefined
  onChange: (id: ConnectionId) => void
  /** Says which profiles refuse writes. */
  isTarget?: boolean
}

/** Every saved profile; choosing one that is not open opens it. */
export function ConnectionField({ label, value, onChange, isTarget }: ConnectionFieldProps) {
  const { connections } = useServices()
  const profiles = useStore(connections, (state) => state.profiles.value)
  const open = useStore(connections, (state) => state.open)
  const connect = useOpenProfile({ isQuiet: true })
  const options = (profiles ?? []).map(({ profile }) => {
    const isOpen = open[profile.id]?.status === 'connected' || open[profile.id]?.status === 'reconnecting'
    const notes = [
      ...(isOpen ? [] : ['not open']),
      ...(isTarget === true && profile.accessMode === 'read-only' ? ['read-only'] : []),
    ]
    return { id: profile.id as string, label: profile.name, note: notes.join(', ') || profile.environment }
  })
  return (
    <Select
      label={label}
      layout="inline"
      placeholder="a cluster"
      options={options}
      value={value ?? null}
      onChange={(id) => {
        const chosen = ConnectionId.parse(id)
        const present = open[id]
        onChange(chosen)
        if (present === undefined || present.status === 'failed') void connect(chosen)
      }}
    />
  )
}
