import { useState, type ReactNode } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { IconButton } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { CloseIcon } from '../../ui/icons.ts'
import { Bar, Spacer } from '../../ui/layout.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Split, type SplitPane } from '../../ui/split-panes.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { LoneRecord } from '../record/lone-record.tsx'
import type { DiffRow } from './diff-rows.ts'
import { nextKey, type NextRecords } from './next-store.ts'
import s from './position-diff.module.css'

type Side = 'before' | 'after'

export interface RecordBeside {
  /** At the new position, or if there is none at the old one. */
  readonly open: (row: DiffRow) => void
  readonly menu: (row: DiffRow) => MenuEntry[]
  readonly pane: SplitPane | undefined
}

/** The record that a row's group reads next, before and after the move, opened beside the table instead of in another tab. */
export function useRecordBeside(
  connectionId: ConnectionId,
  rows: readonly DiffRow[],
  found: NextRecords,
): RecordBeside {
  const [opened, setOpened] = useState<{ id: string; side: Side }>()
  const row = opened === undefined ? undefined : rows.find((one) => idOf(one) === opened.id)
  const open = (one: DiffRow, wanted: Side = 'after') => {
    const side = offsetOf(one, wanted) === undefined ? (wanted === 'after' ? 'before' : 'after') : wanted
    setOpened({ id: idOf(one), side })
  }
  return {
    open,
    menu: (one) => [
      { id: 'new', label: 'The record it reads next after the move', isDisabled: offsetOf(one, 'after') === undefined, onAction: () => open(one, 'after') }, // oxfmt-ignore
      { id: 'now', label: 'The record it reads next before the move', isDisabled: offsetOf(one, 'before') === undefined, onAction: () => open(one, 'before') }, // oxfmt-ignore
    ],
    pane:
      opened === undefined || row === undefined
        ? undefined
        : {
            id: 'record',
            defaultSize: '42%',
            minSize: '25%',
            children: (
              <Beside
                {...{ connectionId, row, found }}
                side={opened.side}
                onSide={(side) => open(row, side)}
                onClose={() => setOpened(undefined)}
              />
            ),
          },
  }
}

/** A plan's table, and beside it the opened record. */
export function BesideRecord({ pane, children }: { pane: SplitPane | undefined; children: ReactNode }) {
  return (
    <div className={s.split}>
      <Split label="Resize the record" panes={[{ id: 'table', minSize: '30%', children }, pane]} />
    </div>
  )
}

interface BesideProps {
  connectionId: ConnectionId
  row: DiffRow
  found: NextRecords
  side: Side
  onSide: (side: Side) => void
  onClose: () => void
}

function Beside({ connectionId, row, found, side, onSide, onClose }: BesideProps) {
  const { topic, partition } = row
  const offset = offsetOf(row, side)
  return (
    <section className={s.beside} aria-label={`Record read next in ${topic}, partition ${partition}`}>
      <Bar label="Record read next">
        <Segmented
          label="Read next"
          value={side}
          onChange={onSide}
          options={[
            { id: 'before', label: 'Before', isDisabled: offsetOf(row, 'before') === undefined },
            { id: 'after', label: 'After', isDisabled: offsetOf(row, 'after') === undefined },
          ]}
        />
        <span className={s.besideName}>
          <SafeText text={`${row.group === undefined ? '' : `${row.group}: `}${topic} / ${partition}`} limit={300} />
        </span>
        <Spacer />
        <IconButton label="Close" onPress={onClose}>
          <CloseIcon size={14} />
        </IconButton>
      </Bar>
      {offset === undefined ? (
        <StateView
          kind="empty"
          title="There is no position: each client’s auto.offset.reset decides where it starts."
        />
      ) : (
        <Next {...{ connectionId, topic, partition }} next={found.get(nextKey({ topic, partition, offset }))} />
      )}
    </section>
  )
}

interface NextProps {
  connectionId: ConnectionId
  topic: string
  partition: number
  next: ReturnType<NextRecords['get']>
}

/** If there is no record at the position itself, the next one is further on. */
function Next({ connectionId, topic, partition, next }: NextProps) {
  if (next === undefined) return <StateView kind="loading" title="Looking for the record…" />
  switch (next.kind) {
    case 'record':
      return <LoneRecord key={topic} {...{ connectionId, topic, partition }} offset={next.offset} />
    case 'none':
      return <StateView kind="empty" title={next.message} />
    case 'failed':
      return <ErrorState error={next.error} />
  }
}

const idOf = (row: DiffRow): string => `${row.group ?? ''}\n${keyOf(row)}`

/** Some clients commit −1 or −2 to mean "none"; there is no record there. */
function offsetOf({ before, after, status }: DiffRow, side: Side): bigint | undefined {
  const offset = side === 'before' ? before?.offset : status === 'refused' ? undefined : after?.offset
  return offset === undefined || offset < 0n ? undefined : offset
}
