import { useState } from 'react'
import type { AnchorSource } from '#shared/contract/anchors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { Button } from '../../ui/button.tsx'
import { AnchorsDialog } from './anchors-dialog.tsx'

export interface AnchorsButtonProps {
  connectionId: ConnectionId
  /** What an anchor would be made of here, and how that is called; undefined: nothing is there yet. */
  source: (() => AnchorSource) | undefined
  words: string
}

/** Keeps these offsets under a name, and shows what is kept. */
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
