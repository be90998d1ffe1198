import { useMemo } from 'react'
import { lineAt, splitLines } from './text-lines.ts'
import { SafeText } from './safe-text.tsx'
import { VirtualRows } from './virtual-rows.tsx'
import s from './code-view.module.css'

export interface TextViewProps {
  label: string
  text: string
  hasNumbers?: boolean | undefined
}

/** Any text of any length, a line at a time. Select all copies the whole text, not only the lines on screen. */
export function TextView({ label, text, hasNumbers = true }: TextViewProps) {
  const lines = useMemo(() => splitLines(text), [text])
  return (
    <VirtualRows
      role="region"
      aria-label={label}
      data-verbatim=""
      className={s.view}
      count={lines.count}
      rowHeight={20}
      onCopy={(event) => {
        if (!coversAll(event.currentTarget)) return
        event.clipboardData.setData('text/plain', text)
        event.preventDefault()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'a' || !(event.ctrlKey || event.metaKey)) return
        window.getSelection()?.selectAllChildren(event.currentTarget)
        event.preventDefault()
      }}
      renderRow={(index) => (
        <div key={index} className={s.line}>
          {hasNumbers && <span className={s.number}>{lines.numbers[index] === 0 ? '↪' : lines.numbers[index]}</span>}
          <span className={s.text}>
            <SafeText text={lineAt(text, lines, index)} />
          </span>
        </div>
      )}
    />
  )
}

function coversAll(view: HTMLElement): boolean {
  const selection = window.getSelection()
  return selection !== null && selection.rangeCount > 0 && selection.anchorNode === view && selection.focusNode === view
}
