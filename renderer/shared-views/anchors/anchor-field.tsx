import { useEffect, useState } from 'react'
import type { Anchor, AnchorHead } from '#shared/model/anchor.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi } from '../../workbench/services.ts'
import { Select } from '../../ui/select.tsx'
import { toastFailure } from '../../ui/toast.tsx'

export interface AnchorFieldProps {
  connectionId: ConnectionId
  value: string | undefined
  isDisabled: boolean
  onChange: (anchor: Anchor) => void
}

/** A choice among the anchors of this cluster; its offsets are loaded when it is chosen. */
export function AnchorField({ connectionId, value, isDisabled, onChange }: AnchorFieldProps) {
  const api = useApi()
  const [items, setItems] = useState<readonly AnchorHead[]>()
  useEffect(() => {
    api.call('anchors.list', { connectionId }).then((found) => setItems(found.items), toastFailure)
  }, [api, connectionId])
  const here = items?.filter((item) => !item.isElsewhere) ?? []
  return (
    <Select
      label="Anchor"
      layout="inline"
      placeholder={items !== undefined && here.length === 0 ? 'none is kept' : 'choose…'}
      options={here.map(({ id, name, of }) => ({ id, label: name, note: of }))}
      value={value ?? null}
      isDisabled={isDisabled || here.length === 0}
      onChange={(id) => void api.call('anchors.get', { connectionId, id }).then(onChange, toastFailure)}
    />
  )
}
