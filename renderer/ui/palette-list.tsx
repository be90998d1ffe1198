import { useEffect, useEffectEvent, useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components'
import { cx } from './class-names.ts'
import { SearchIcon } from './icons.ts'
import { KeyHint } from './key-hint.tsx'
import { createListKeys } from './list-keys.ts'
import dialog from './dialog.module.css'
import pop from './popover.module.css'
import s from './palette-list.module.css'

export interface PaletteItem {
  id: string
  text: string
  note?: string | undefined
  shortcut?: string | undefined
  icon?: ReactNode
}

export interface PaletteSection<Item extends PaletteItem> {
  id: string
  title: string
  items: readonly Item[]
}

export interface PaletteProps<Item extends PaletteItem> {
  isOpen: boolean
  onClose: () => void
  label: string
  placeholder: string
  query: string
  onQueryChange: (query: string) => void
  /** The matches, already ranked and cut to the number shown: the caller ranks them, not the list. */
  sections: readonly PaletteSection<Item>[]
  onChoose: (item: Item) => void
  /** Whether better matches may still arrive; until then an Enter is held back. */
  waits?: (first: Item | undefined) => boolean
  empty: string
}

export function Palette<Item extends PaletteItem>(props: PaletteProps<Item>) {
  const { isOpen, onClose, label, placeholder, query, onQueryChange, sections, onChoose, empty } = props
  const keyed = useMemo(() => withKeys(sections), [sections])
  const { heard, typed } = useEnter(props)
  return (
    <ModalOverlay
      className={cx(dialog.overlay)}
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className={cx(dialog.modal, s.modal)}>
        <Dialog aria-label={label} className={cx(dialog.dialog, s.dialog)}>
          <div className={cx(s.keys)} onKeyDownCapture={heard}>
            <Autocomplete
              inputValue={query}
              onInputChange={(text) => {
                typed()
                onQueryChange(text)
              }}
            >
              <SearchField
                aria-label={label}
                autoFocus
                className={cx(s.field)}
                onKeyDown={(event) => {
                  // In a search field Escape first clears the text; here one press closes the palette.
                  if (event.key === 'Escape') onClose()
                  else event.continuePropagation()
                }}
              >
                <SearchIcon size={15} aria-hidden="true" />
                {/* What its arrows go through is the list, which has no focus of its own. */}
                {/* oxlint-disable-next-line jsx-a11y/role-has-required-aria-props -- the Autocomplete around it names the list that it controls */}
                <Input role="combobox" aria-expanded className={cx(s.input)} placeholder={placeholder} />
                <KeyHint keys="Escape" />
              </SearchField>
              <ListBox
                aria-label={label}
                className={cx(s.list)}
                items={keyed}
                selectionMode="none"
                onAction={(key) => {
                  const chosen = keyed.flatMap((section) => section.items).find((one) => one.key === key)
                  if (chosen !== undefined) onChoose(chosen.item)
                }}
                renderEmptyState={() => <div className={s.empty}>{empty}</div>}
              >
                {(section) => (
                  <ListBoxSection id={section.key}>
                    <Header className={cx(pop.heading)}>{section.title}</Header>
                    {section.items.map(({ key, item }) => (
                      <ListBoxItem key={key} id={key} textValue={item.text} className={cx(pop.item)}>
                        {item.icon}
                        <span className={pop.grow}>{item.text}</span>
                        {item.note !== undefined && <span className={pop.note}>{item.note}</span>}
                        {item.shortcut !== undefined && <KeyHint keys={item.shortcut} />}
                      </ListBoxItem>
                    ))}
                  </ListBoxSection>
                )}
              </ListBox>
            </Autocomplete>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

/**
 * What Enter chooses while the arrow keys have not marked an item: the first item. The list marks its first item shortly after
 * each letter, so an Enter before that would be lost, or would choose the item marked for the previous letters. So Enter is
 * handled before the list receives it.
 */
function useEnter<Item extends PaletteItem>({ query, sections, onChoose, waits }: PaletteProps<Item>) {
  const hasMoved = useRef(false)
  /** Enter was pressed while matches are still arriving. */
  const isEntered = useRef(false)
  const first = sections[0]?.items[0]
  const isToCome = waits?.(first) === true
  const takeEntered = useEffectEvent(() => {
    if (!isEntered.current || isToCome) return
    isEntered.current = false
    if (first !== undefined) onChoose(first)
  })
  useEffect(() => takeEntered(), [first, isToCome])
  const heard = (event: KeyboardEvent) => {
    if (MOVES.has(event.key)) {
      hasMoved.current = true
      isEntered.current = false
    }
    if (event.key !== 'Enter' || query === '' || hasMoved.current || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    if (isToCome) isEntered.current = true
    else if (first !== undefined) onChoose(first)
  }
  const typed = () => {
    hasMoved.current = false
    isEntered.current = false
  }
  return { heard, typed }
}

const MOVES = new Set(['ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'])

function withKeys<Item extends PaletteItem>(sections: readonly PaletteSection<Item>[]) {
  const keyFor = createListKeys()
  return sections.map(({ id, title, items }) => ({
    key: keyFor('section', id),
    title,
    items: items.map((item) => ({ key: keyFor('item', item.id), item })),
  }))
}
