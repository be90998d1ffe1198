import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react'
import type { DiffHandle } from './code-diff.tsx'
import { cx } from './class-names.ts'
import { sideBySide, type SideBySideRow, type SideBySideRows } from './side-by-side.ts'
import { diffLines, type LineDiff } from './line-diff.ts'
import { SafeText } from './safe-text.tsx'
import { betweenFrames } from './sort-in-slices.ts'
import { StateView } from './state-view.tsx'
import { VirtualRows, type VirtualRowsHandle } from './virtual-rows.tsx'
import s from './code-view.module.css'

export interface LongDiffProps {
  before: { label: string; text: string }
  after: { label: string; text: string }
  handle?: Ref<DiffHandle> | undefined
  /** Called with the number of changed stretches of lines, once that is known. */
  onChanges?: ((count: number) => void) | undefined
}

/** The most characters shown of one line. A longer line can be read in full in the version itself. */
const MOST_SHOWN = 2_000

/** Two texts of megabytes side by side: compared in slices, and only the visible lines are drawn. */
export function LongDiff({ before, after, handle, onChanges }: LongDiffProps) {
  const found = useLineDiff(before.text, after.text)
  const [at, setAt] = useState(-1)
  const rows = useRef<VirtualRowsHandle>(null)
  const count = found?.diff.changes.length
  useEffect(() => {
    if (count !== undefined) onChanges?.(count)
  }, [count, onChanges])
  useImperativeHandle(handle, () => ({
    step: (by) => {
      if (found === undefined || found.diff.changes.length === 0) return
      const next = (at + by + found.diff.changes.length) % found.diff.changes.length
      const place = at === -1 && by === -1 ? found.diff.changes.length - 1 : next
      setAt(place)
      rows.current?.scrollToIndex(found.rows.ofChange(place), 'center')
      rows.current?.element?.focus()
    },
  }))
  if (found === undefined) return <StateView kind="loading" title="Comparing…" />
  return (
    <VirtualRows
      role="region"
      aria-label={`${before.label} beside ${after.label}`}
      tabIndex={0}
      data-verbatim=""
      className={s.view}
      rowHeight={20}
      handle={rows}
      count={found.rows.count}
      renderRow={(index) => {
        const row = found.rows.at(index)
        return (
          <div
            key={index}
            className={s.sides}
            data-current={(row.change !== undefined && row.change === at) || undefined}
          >
            <Side lines={found.diff.before} line={row.before} row={row} sign="−" tone={s.removed} />
            <Side lines={found.diff.after} line={row.after} row={row} sign="+" tone={s.added} />
          </div>
        )
      }}
    />
  )
}

interface SideProps {
  lines: readonly string[]
  line: number | undefined
  row: SideBySideRow
  /** Marks a changed line for those who cannot see its background colour. */
  sign: string
  tone: string | undefined
}

function Side({ lines, line, row, sign, tone }: SideProps) {
  if (line === undefined) return <div className={cx(s.side, s.lacking)} />
  const isChanged = row.change !== undefined
  const text = lines[line] ?? ''
  return (
    <div className={cx(s.side, isChanged && tone)}>
      <span className={s.number} aria-hidden="true">
        {line + 1}
      </span>
      <span className={s.sign}>{isChanged ? sign : ''}</span>
      <span>
        <SafeText text={text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text} />
      </span>
    </div>
  )
}

function useLineDiff(before: string, after: string): { diff: LineDiff; rows: SideBySideRows } | undefined {
  const [found, setFound] = useState<{ before: string; after: string; diff: LineDiff; rows: SideBySideRows }>()
  useEffect(() => {
    const mine = new AbortController()
    const running = diffLines(before, after)
    void betweenFrames((isOver) => {
      do {
        const step = running.next()
        if (step.done === true) {
          setFound({ before, after, diff: step.value, rows: sideBySide(step.value) })
          return true
        }
      } while (!isOver())
      return false
    }, mine.signal)
    return () => mine.abort()
  }, [before, after])
  return found?.before === before && found.after === after ? found : undefined
}
