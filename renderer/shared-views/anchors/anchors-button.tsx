import { useState } from 'react'
import type { AnchorSource } from '#shared/contract/anchors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { Button } from '../../ui/button.tsx'
import { AnchorsDialog } from './anchors-dialog.tsx'

export interface AnchorsButtonProps {
  connectionId: ConnectionId
  /** What an anchor would be made from here, and its suggested name; undefined: there is nothing yet. */
  source: (() => AnchorSource) | undefined
  words: string
}

/** Saves these offsets under a name, and shows saved anchors. */
export function AnchorsButton({ connectionId, source, words }: AnchorsButtonProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onPress={() => setOpen(true)}>Anchors…</Button>
      {isOpen && (
        <AnchorsDialog connectionId={connectionId} source={source} words={words} onClose={() => setOpen(false)} />
      )}
    </>
  )
}
