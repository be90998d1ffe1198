import type { ReactNode } from 'react'
import { Button as AriaButton, Dialog, DialogTrigger } from 'react-aria-components'
import { cx } from './class-names.ts'
import { DownIcon } from './icons.ts'
import { PopoverInside } from './overlay-inside-main.tsx'
import s from './popover.module.css'

/** What a bar needs seldom, behind one button. `changed`: how much of it is not as it was at first. */
export function Options({ changed, children }: { changed: number; children: ReactNode }) {
  return (
    <DialogTrigger>
      <AriaButton className={cx(s.trigger)}>
        <span className={s.value}>Options</span>
        {changed > 0 && <span className={s.prefix}>{changed} set</span>}
        <DownIcon size={13} className={s.icon} aria-hidden="true" />
      </AriaButton>
      <PopoverInside className={cx(s.popover)} offset={4} placement="bottom end">
        <Dialog aria-label="Options" className={cx(s.panel, s.options)}>
          {children}
        </Dialog>
      </PopoverInside>
    </DialogTrigger>
  )
}
