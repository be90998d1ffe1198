import { useState } from 'react'
import type { RowField } from '#shared/model/row-field.ts'
import { MOST_SERIES } from '#shared/model/spread.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { conditionAction, fieldMenu, type OnCondition } from './field-menu.ts'
import { countsOf, nameOf, percentWords, type Spread, type ValueCount } from './search-spread.ts'
import s from './search.module.css'

const columns: readonly TableColumn<ValueCount>[] = [
  { id: 'value', title: 'Value', width: 320, flex: 1, mono: true, value: ({ of }) => of, cell: ({ of }) => <SafeText text={nameOf(of)} limit={300} /> }, // oxfmt-ignore
  { id: 'count', title: 'Matches', width: 120, align: 'end', mono: true, value: ({ count }) => count, cell: ({ count }) => formatGrouped(count) }, // oxfmt-ignore
  { id: 'share', title: 'Share', width: 80, align: 'end', mono: true, value: ({ share }) => share, cell: ({ share }) => percentWords(share) }, // oxfmt-ignore
]

export interface AllCountsProps {
  spread: Spread
  /** The field whose values are counted, as its column is headed. */
  field: string
  /** How much of the searched range these counts cover. */
  covered: string
  onCondition: OnCondition
}

/** How many matches have each value, including values without a colour of their own. */
export function AllCounts(props: AllCountsProps) {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button size="small" onPress={() => setOpen(true)}>
        All counts…
      </Button>
      <Dialog isOpen={isOpen} onClose={close} size="wide" title={`Matches by ${props.field}`}>
        {isOpen && <Counts {...props} onClose={close} />}
      </Dialog>
    </>
  )
}

function Counts({ spread, field, covered, onCondition, onClose }: AllCountsProps & { onClose: () => void }) {
  const rows = countsOf(spread)
  const { by } = spread.request
  const take: OnCondition = (condition, isAlone) => {
    onClose()
    onCondition(condition, isAlone)
  }
  return (
    <div className={s.tried}>
      <p className={s.quiet}>
        {covered}
        {rows.length > MOST_SERIES && `; the first ${formatGrouped(MOST_SERIES)} values that came are told apart`}
      </p>
      <SmallTable
        label={`Matches by ${field}`}
        columns={columns}
        rows={rows}
        rowId={({ of, kind }) => `${kind} ${of}`}
        initialSort={{ column: 'count', direction: 'descending' }}
        menu={({ of, kind }) => menuOf(by, of, kind, take)}
      />
    </div>
  )
}

function menuOf(by: Spread['request']['by'], of: string | null, kind: ValueCount['kind'], take: OnCondition) {
  // Which topics are searched is chosen beside the filter.
  if (of === null || by === null || by === 'topic') return []
  if (by !== 'partition') return fieldMenu(by satisfies RowField, kind === null ? null : { kind, text: of }, take)
  return [
    conditionAction('onlyThese', 'Only these', `partition == ${of}`, take),
    conditionAction('notThese', 'Not these', `partition != ${of}`, take),
  ]
}
