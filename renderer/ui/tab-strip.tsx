import { useEffect, useRef, type KeyboardEvent } from 'react'
import { cx } from './cx.ts'
import { CloseIcon } from './icons.ts'
import s from './tab-strip.module.css'

export interface TabItem {
  id: string
  title: string
  /** A longer name for assistive technology and the hover title, e.g. with the cluster. */
  description?: string | undefined
  isClosable?: boolean | undefined
  /** A CSS colour: a dot for the profile the tab belongs to, drawn when tabs of several profiles are open. */
  mark?: string | undefined
}

export interface TabStripProps {
  label: string
  tabs: readonly TabItem[]
  selected: string | undefined
  onSelect: (id: string) => void
  onClose?: ((id: string) => void) | undefined
  /** Dragging is not needed: Ctrl+Shift+Arrow moves the focused tab. */
  onMove?: ((id: string, by: -1 | 1) => void) | undefined
}

export const tabId = (id: string): string => `tab-${id}`
export const tabPanelId = (id: string): string => `panel-${id}`

/**
 * The document tabs. Not React Aria's Tabs: those allow no closing (a button inside role=tab is no valid nesting), so
 * the close mark is for pointers only and Delete, or the menu's command, closes by keyboard.
 */
export function TabStrip({ label, tabs, selected, onSelect, onClose, onMove }: TabStripProps) {
  const strip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    strip.current?.querySelector('[data-selected]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
  }, [selected])
  const focusTab = (id: string | undefined) => {
    if (id === undefined) return
    onSelect(id)
    document.getElementById(tabId(id))?.focus()
  }
  const onKeyDown = (event: KeyboardEvent, tab: TabItem, index: number) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step !== 0 && (event.ctrlKey || event.metaKey) && event.shiftKey) onMove?.(tab.id, step)
    else if (step !== 0) focusTab(tabs[(index + step + tabs.length) % tabs.length]?.id)
    else if (event.key === 'Home') focusTab(tabs[0]?.id)
    else if (event.key === 'End') focusTab(tabs.at(-1)?.id)
    else if (event.key === 'Delete' && tab.isClosable !== false) {
      onClose?.(tab.id)
      const next = tabs[index + 1] ?? tabs[index - 1]
      if (next !== undefined) queueMicrotask(() => document.getElementById(tabId(next.id))?.focus())
    } else return
    event.preventDefault()
  }
  return (
    <div ref={strip} role="tablist" aria-label={label} className={s.strip}>
      {tabs.map((tab, index) => {
        const isSelected = tab.id === selected
        const closable = onClose !== undefined && tab.isClosable !== false
        return (
          <div key={tab.id} role="presentation" className={s.holder} data-selected={isSelected || undefined}>
            <button
              type="button"
              role="tab"
              id={tabId(tab.id)}
              aria-selected={isSelected}
              aria-controls={isSelected ? tabPanelId(tab.id) : undefined}
              aria-keyshortcuts={closable ? 'Delete' : undefined}
              tabIndex={isSelected || (selected === undefined && index === 0) ? 0 : -1}
              title={tab.description ?? tab.title}
              className={cx(s.tab, !closable && s.fixed)}
              onClick={() => onSelect(tab.id)}
              onAuxClick={(event) => {
                if (event.button === 1 && closable) onClose(tab.id)
              }}
              onKeyDown={(event) => onKeyDown(event, tab, index)}
            >
              {tab.mark !== undefined && (
                <span className={s.mark} style={{ background: tab.mark }} aria-hidden="true" />
              )}
              {tab.title}
            </button>
            {closable && (
              <button
                type="button"
                tabIndex={-1}
                aria-hidden="true"
                className={s.close}
                onClick={() => onClose(tab.id)}
              >
                <CloseIcon size={12} />
              </button>
            )}
          </div>
        )
      })}
    </div>
  )
}
