import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type Ref } from 'react'
import { IconButton } from './button.tsx'
import { formatGrouped } from './format.ts'
import { CloseIcon, DownIcon, UpIcon } from './icons.ts'
import { MOST_FOUND } from './find-in-text.ts'
import { SearchField } from './text-field.tsx'
import s from './code-view.module.css'

/** How other components ask a view to search in its text. */
export interface FindHandle {
  find: () => void
}

export interface Found {
  readonly needle: string
  readonly places: readonly number[]
  /** The number of the current match. */
  readonly at: number
}

export const nothingFound: Found = { needle: '', places: [], at: 0 }

export interface FindBarProps {
  label: string
  /** A new value starts a new search. */
  look: (needle: string, signal: AbortSignal) => Promise<number[]>
  found: Found
  onFound: (found: Found) => void
  /** Closing returns the focus to the view that is searched. */
  onLeave: () => void
  handle: Ref<FindHandle> | undefined
}

/**
 * Searches in a text or in bytes. Enter and Shift+Enter go through the matches, Escape closes the bar. It is hidden until
 * somebody opens it.
 */
export function FindBar({ label, look, found, onFound, onLeave, handle }: FindBarProps) {
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useImperativeHandle(handle, () => ({
    find: () => {
      setOpen(true)
      input.current?.select()
    },
  }))
  // Before the next key arrives: selecting later would select what has been typed by then.
  useLayoutEffect(() => {
    if (!isOpen) return
    input.current?.focus()
    input.current?.select()
  }, [isOpen])
  useEffect(() => {
    const mine = new AbortController()
    if (!isOpen || typed === '') {
      onFound(nothingFound)
      return undefined
    }
    void look(typed, mine.signal).then((places) => {
      if (!mine.signal.aborted) onFound({ needle: typed, places, at: 0 })
    })
    return () => mine.abort()
  }, [isOpen, typed, look, onFound])
  if (!isOpen) return null
  const { places, at } = found
  const step = (by: -1 | 1) => {
    if (places.length > 0) onFound({ ...found, at: (at + by + places.length) % places.length })
  }
  const close = () => {
    setOpen(false)
    onLeave()
  }
  const most = places.length === MOST_FOUND ? 'more than ' : ''
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the field inside
    <div
      className={s.find}
      role="search"
      onKeyDownCapture={(event) => {
        if (event.key === 'Enter' && event.target === input.current) step(event.shiftKey ? -1 : 1)
        else if (event.key === 'Escape') close()
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <SearchField label={label} value={typed} onChange={setTyped} inputRef={input} />
      <span role="status">
        {typed === '' || found.needle !== typed
          ? ''
          : places.length === 0
            ? 'not found'
            : `${formatGrouped(at + 1)} of ${most}${formatGrouped(places.length)}`}
      </span>
      <IconButton label="Previous place" size="small" shortcut="Shift+Enter" onPress={() => step(-1)}>
        <UpIcon size={13} />
      </IconButton>
      <IconButton label="Next place" size="small" shortcut="Enter" onPress={() => step(1)}>
        <DownIcon size={13} />
      </IconButton>
      <IconButton label="Close search" size="small" shortcut="Escape" onPress={close}>
        <CloseIcon size={13} />
      </IconButton>
    </div>
  )
}
