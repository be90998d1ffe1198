import type { ReactNode } from 'react'
import { Button as AriaButton, Dialog, DialogTrigger } from 'react-aria-components'
import { cx } from './class-names.ts'
import { DownIcon } from './icons.ts'
import { PopoverInside } from './overlay-inside-main.tsx'
import s from './popover.module.css'

/** The options that a bar needs rarely, behind one button. `changed`: how many of them differ from their defaults. */
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
