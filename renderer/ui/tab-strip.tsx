import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './class-names.ts'
import { CloseIcon, DownIcon } from './icons.ts'
import { ContextMenu, Menu, type MenuEntry } from './menu.tsx'
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
  /** Tabs can be moved without dragging: Ctrl+Shift+Arrow moves the focused tab. */
  onMove?: ((id: string, by: -1 | 1) => void) | undefined
  /** Opens the context menu, by right click or Shift+F10 on the tab. */
  menu?: ((id: string) => readonly MenuEntry[]) | undefined
}

/** How many characters at the end of a title are never cut. */
const KEPT = 8

/**
 * A title that is too long is shortened in the middle. What distinguishes the tabs of one topic (messages, replay, the cluster)
 * is at the end, and the names of related topics often differ there as well.
 */
export function splitTitle(text: string): { head: string; tail: string } {
  const at = text.indexOf(' · ')
  const end = Math.max(0, (at === -1 ? text.length : at) - KEPT)
  // Surrogate pairs must not be split.
  const from = end > 0 && /[\uDC00-\uDFFF]/.test(text[end]!) ? end - 1 : end // end < text.length
  return { head: text.slice(0, from), tail: text.slice(from) }
}

/**
 * The accessible name is one text, whatever part of the tab is visible. Its two parts are only drawn; otherwise a screen reader
 * would read them as two words.
 */
function TabTitle({ text }: { text: string }) {
  const { head, tail } = splitTitle(text)
  return (
    <>
      <span className={s.name}>{text}</span>
      <span className={s.title} data-head={head} data-tail={tail} />
    </>
  )
}

export const tabId = (id: string): string => `tab-${id}`
export const tabPanelId = (id: string): string => `panel-${id}`

/**
 * The document tabs. They keep their width, so that titles stay readable; if there are more than fit, the strip scrolls and a
 * menu lists them all. These are not React Aria's Tabs, which cannot be closed (a button inside role=tab is not valid). So the
 * close mark is for pointers only, and the keyboard closes a tab by Delete or by the menu's command.
 */
// oxlint-disable-next-line max-lines-per-function -- one strip: its keys, its menu and its overflow list are about the same tabs
export function TabStrip({ label, tabs, selected, onSelect, onClose, onMove, menu }: TabStripProps) {
  const strip = useRef<HTMLDivElement>(null)
  const [overflows, setOverflows] = useState(false)
  const [menuAt, setMenuAt] = useState<{ x: number; y: number; id: string }>()
  useEffect(() => showSelected(strip.current), [selected, overflows])
  useEffect(() => {
    const element = strip.current
    if (element === null || typeof ResizeObserver === 'undefined') return undefined
    let width = element.clientWidth
    const measure = () => {
      setOverflows(element.scrollWidth > element.clientWidth)
      // In a narrower window the active tab would be out of view.
      if (element.clientWidth !== width) showSelected(element)
      width = element.clientWidth
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // Tabs can open or close without a change of the strip's own size.
    for (const tab of element.children) observer.observe(tab)
    return () => observer.disconnect()
  }, [tabs])
  useEffect(() => {
    const element = strip.current
    // React registers wheel listeners as passive, and a passive listener cannot stop the page from scrolling as well.
    const onWheel = (event: WheelEvent) => {
      if (event.deltaX !== 0 || element === null || element.scrollWidth <= element.clientWidth) return
      element.scrollLeft += event.deltaY
      event.preventDefault()
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [])
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
    } else if ((event.key === 'F10' && event.shiftKey) || event.key === 'ContextMenu') {
      const place = event.currentTarget.getBoundingClientRect()
      setMenuAt({ x: place.left, y: place.bottom, id: tab.id })
    } else return
    event.preventDefault()
  }
  return (
    <div className={s.bar}>
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
                onContextMenu={(event) => {
                  if (menu === undefined) return
                  event.preventDefault()
                  setMenuAt({ x: event.clientX, y: event.clientY, id: tab.id })
                }}
                onAuxClick={(event) => {
                  if (event.button === 1 && closable) onClose(tab.id)
                }}
                onKeyDown={(event) => onKeyDown(event, tab, index)}
              >
                {tab.mark !== undefined && (
                  <span className={s.mark} style={{ background: tab.mark }} aria-hidden="true" />
                )}
                <TabTitle text={tab.title} />
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
      {overflows && (
        <Menu
          label="Open tabs"
          placement="bottom end"
          trigger={
            <IconButton label={`All ${tabs.length} tabs`} className={cx(s.all)}>
              <DownIcon size={14} />
            </IconButton>
          }
          items={tabs.map((tab) => ({
            id: tab.id,
            label: tab.description ?? tab.title,
            isChecked: tab.id === selected,
            onAction: () => onSelect(tab.id),
          }))}
        />
      )}
      {menu !== undefined && (
        <ContextMenu
          label="Actions for the tab"
          items={menuAt === undefined ? [] : menu(menuAt.id)}
          at={menuAt}
          onClose={() => setMenuAt(undefined)}
        />
      )}
    </div>
  )
}

function showSelected(strip: HTMLElement | null): void {
  strip?.querySelector('[data-selected]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
}
