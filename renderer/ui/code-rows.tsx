import { useEffect, useRef, type Ref, type RefObject } from 'react'
import { FindBar, type FindBarProps, type FindHandle, type Found } from './find-bar.tsx'
import { VirtualRows, type VirtualRowsHandle, type VirtualRowsProps } from './virtual-rows.tsx'
import s from './code-view.module.css'

export interface CodeRowsProps extends Pick<VirtualRowsProps, 'count' | 'renderRow' | 'onCopy' | 'onKeyDown'> {
  label: string
  /** An element in the code font, by which the number of columns that fit is measured. */
  frame: RefObject<HTMLDivElement | null>
  findLabel: string
  look: FindBarProps['look']
  found: Found
  onFound: (found: Found) => void
  /** The position of the current match; −1: none. */
  foundLine: number
  find: Ref<FindHandle> | undefined
}

/** Long text, line by line in the code font, with a search bar above it that scrolls to each match. */
export function CodeRows(props: CodeRowsProps) {
  const { label, frame, findLabel, look, found, onFound, foundLine, find, ...lines } = props
  const rows = useRef<VirtualRowsHandle>(null)
  useEffect(() => {
    if (foundLine !== -1) rows.current?.scrollToIndex(foundLine, 'auto')
  }, [foundLine])
  return (
    <div ref={frame} className={s.shell}>
      <FindBar
        label={findLabel}
        look={look}
        found={found}
        onFound={onFound}
        handle={find}
        onLeave={() => rows.current?.element?.focus()}
      />
      <VirtualRows
        role="region"
        aria-label={label}
        data-verbatim=""
        className={s.view}
        rowHeight={20}
        handle={rows}
        {...lines}
      />
    </div>
  )
}
