import type { NextForGroup } from '#shared/contract/offsets.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { cx } from '../../ui/class-names.ts'
import type { DiffRow } from './diff-rows.ts'
import { nextKey, type NextRecords } from './next-store.ts'
import { nextWords, type NextWords } from './next-words.ts'
import s from './position-diff.module.css'

export interface NextCellProps {
  row: DiffRow
  found: NextRecords
  zone: string
  /** Whether its time is shown in the cell; if another column shows its age, the time is only in the tooltip. */
  hasTime: boolean
}

/** The record that the group would read next: at its position now, and at the planned one. */
export function NextCell({ row, found, zone, hasTime }: NextCellProps) {
  const { topic, partition, before, after, status } = row
  const at = (offset: bigint | undefined) =>
    offset === undefined || offset < 0n
      ? undefined
      : { words: wordsOf(found.get(nextKey({ topic, partition, offset })), zone) }
  const old = at(before?.offset)
  const isMoved = status === 'change' && after !== undefined && after?.offset !== before?.offset
  const next = isMoved ? at(after?.offset) : undefined
  if (old === undefined && next === undefined) return <NoPosition />
  const title = [
    old !== undefined && `Now: ${old.words?.full ?? 'still reading…'}`,
    next !== undefined && `Then: ${next.words?.full ?? 'still reading…'}`,
  ].filter((line) => line !== false)
  return (
    <span className={s.next} title={title.join('\n')}>
      {old !== undefined && <Words words={old.words} isOld={isMoved} hasTime={hasTime} />}
      {isMoved && <span className={s.none}> → </span>}
      {isMoved && (next === undefined ? <NoPosition /> : <Words words={next.words} hasTime={hasTime} />)}
    </span>
  )
}

function NoPosition() {
  return (
    <span className={s.none} title="Each client’s auto.offset.reset decides where it starts.">
      no position
    </span>
  )
}

function wordsOf(next: NextForGroup | undefined, zone: string): NextWords | undefined {
  return next === undefined ? undefined : nextWords(next, zone)
}

function Words({ words, isOld = false, hasTime }: { words: NextWords | undefined; isOld?: boolean; hasTime: boolean }) {
  if (words === undefined) return <span className={s.none}>…</span>
  return (
    <span className={cx(isOld || words.tone === 'quiet' ? s.none : words.tone === 'warn' && s.warn)}>
      <SafeText text={words.short} limit={60} />
      {!isOld && hasTime && words.time !== '' && <span className={s.none}> · {words.time}</span>}
    </span>
  )
}
