import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useServices } from '../../workbench/services.ts'
import { subject } from '../../workbench/command.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { Button } from '../../ui/button.tsx'
import { toast } from '../../ui/toast.tsx'
import { newlyOver } from '../../stores/armed.ts'
import { ArmedDialog } from './armed-dialog.tsx'
import { armedCounts, armedTone, armedWord, armedWords } from './armed-words.ts'

/** Opens the list of armed plans on request. */
export const showingArmed = subject<() => void>('armed plans')

/** In the title bar: how many plans wait for their groups, and the list of them; not shown if there are none. */
export function ArmedBadge() {
  const { armed, groups, work } = useServices()
  const items = useStore(armed, (state) => state.items)
  useEffect(
    () =>
      armed.subscribe((now, before) => {
        for (const item of newlyOver(before.items, now.items)) {
          const words = armedWords(item)
          toast({ text: words, tone: armedTone(item) === 'care' ? 'warn' : 'ok' })
          work.tell(`Armed plan: ${armedWord(item)}`, words)
          void groups.loadOne(item.connectionId, item.group)
        }
      }),
    [armed, groups, work],
  )
  const [isOpen, setOpen] = useState(false)
  useOffer(showingArmed, () => setOpen(true))
  const counts = armedCounts(items)
  return (
    <>
      {counts !== '' && (
        <Button
          size="small"
          variant={items.some((item) => armedTone(item) !== 'done') ? 'warn' : 'ok'}
          aria-label={`Armed plans: ${counts}`}
          onPress={() => setOpen(true)}
        >
          {counts}
        </Button>
      )}
      {isOpen && <ArmedDialog onClose={() => setOpen(false)} />}
    </>
  )
}
