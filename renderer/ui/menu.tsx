import { useRef, type ReactNode } from 'react'
import { Header, Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from 'react-aria-components'
import { cx, given } from './class-names.ts'
import { KeyHint } from './key-hint.tsx'
import { createListKeys } from './list-keys.ts'
import s from './popover.module.css'

export interface MenuAction {
  id: string
  label: string
  onAction: () => void
  icon?: ReactNode
  shortcut?: string | undefined
  isDisabled?: boolean | undefined
  isDanger?: boolean | undefined
  /** Marks a chosen entry with a tick. */
  isChecked?: boolean | undefined
}

/** `'-'` draws a separator. A section is a group with a heading. */
export type MenuEntry = MenuAction | '-' | { heading: string; items: readonly MenuAction[] }

export interface MenuProps {
  /** The button that opens the menu: a Button or IconButton of this kit. */
  trigger: ReactNode
  label: string
  items: readonly MenuEntry[]
  placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end' | undefined
  /** Set it to open the menu by a command as well; without it the menu keeps this state itself. */
  isOpen?: boolean | undefined
  onOpenChange?: ((isOpen: boolean) => void) | undefined
}

export function Menu({ trigger, label, items, placement = 'bottom start', isOpen, onOpenChange }: MenuProps) {
  return (
    <MenuTrigger {...given({ isOpen, onOpenChange })}>
      {trigger}
      <Popover className={cx(s.popover)} placement={placement} offset={4}>
        <MenuList label={label} items={items} />
      </Popover>
    </MenuTrigger>
  )
}

export interface ContextMenuProps {
  label: string
  items: readonly MenuEntry[]
  /** Where the menu opens, in window coordinates; `undefined`: it is closed. */
  at: { x: number; y: number } | undefined
  onClose: () => void
}

/** A menu opened by a right click, or by the menu key with the position of the focused row as `at`. */
export function ContextMenu({ label, items, at, onClose }: ContextMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null)
  return (
    <>
      <span
        ref={anchor}
        aria-hidden="true"
        style={{ position: 'fixed', left: at?.x ?? 0, top: at?.y ?? 0, width: 0, height: 0 }}
      />
      {at !== undefined && (
        <Popover
          key={`${at.x},${at.y}`}
          className={cx(s.popover)}
          triggerRef={anchor}
          // Set explicitly: for an element without a size the popover would open at the window's corner.
          getTargetRect={() => new DOMRect(at.x, at.y, 0, 0)}
          isOpen
          placement="bottom start"
          offset={0}
          onOpenChange={(open) => {
            if (!open) onClose()
          }}
        >
          <MenuList label={label} items={items} onClose={onClose} autoFocus />
        </Popover>
      )}
    </>
  )
}

interface MenuListProps {
  label: string
  items: readonly MenuEntry[]
  onClose?: () => void
  autoFocus?: boolean
}

function MenuList({ label, items, onClose, autoFocus }: MenuListProps) {
  // If one item can be ticked, all items leave room for the tick, so that their names are aligned.
  const hasTicks = items.some((entry) => entry !== '-' && ('heading' in entry ? entry.items : [entry]).some(isTickable))
  const keyFor = createListKeys()
  const itemOf = (item: MenuAction) => {
    const key = keyFor('item', item.id)
    return <Item key={key} id={key} item={item} hasTick={hasTicks} />
  }
  return (
    <AriaMenu
      aria-label={label}
      className={cx(s.list)}
      {...given({ onClose, autoFocus: autoFocus === true ? ('first' as const) : undefined })}
    >
      {items.map((entry, index) => {
        if (entry === '-') return <Separator key={`line-${index}`} id={`line-${index}`} className={cx(s.separator)} />
        if ('heading' in entry) {
          const key = keyFor('section', entry.heading)
          return (
            <MenuSection key={key} id={key}>
              <Header className={cx(s.heading)}>{entry.heading}</Header>
              {entry.items.map(itemOf)}
            </MenuSection>
          )
        }
        return itemOf(entry)
      })}
    </AriaMenu>
  )
}

const isTickable = (item: MenuAction): boolean => item.isChecked !== undefined

function Item({ id, item, hasTick }: { id: string; item: MenuAction; hasTick: boolean }) {
  return (
    <MenuItem
      id={id}
      textValue={item.isChecked === true ? `${item.label}, chosen` : item.label}
      className={cx(s.item)}
      onAction={item.onAction}
      {...given({
        // The tick is only drawn: in this menu, items that can be ticked have no special ARIA role.
        'aria-label': item.isChecked === true ? `${item.label}, chosen` : undefined,
        isDisabled: item.isDisabled,
        'data-danger': item.isDanger === true ? '' : undefined,
      })}
    >
      {item.icon}
      {hasTick && (
        <span className={s.tick} aria-hidden="true">
          {item.isChecked === true ? '✓' : ''}
        </span>
      )}
      <span className={s.grow}>{item.label}</span>
      {item.shortcut !== undefined && <KeyHint keys={item.shortcut} />}
    </MenuItem>
  )
}
