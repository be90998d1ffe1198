import { Sparkline } from '../../ui/sparkline.tsx'
import { formatGrouped } from '../../ui/format.ts'
import type { TableColumn } from '../../ui/small-table.tsx'
import type { GroupEntry } from './group-rows.ts'
import { catchUpWords, isTroubled, ratesWords, trendTold, trendWords } from './lag-words.ts'
import type { TrendsByGroup } from './use-trends.ts'
import s from './groups.module.css'

/** The columns that need several readings of each group. */
export function trendColumns(trends: TrendsByGroup): TableColumn<GroupEntry>[] {
  const of = ({ group }: GroupEntry) => trends.get(group)
  return [
    { id: 'line', title: 'Lag lately', width: 84, value: () => null, cell: (row) => <LineCell line={of(row)?.line} what={row.group} /> }, // oxfmt-ignore
    { id: 'rates', title: 'In · read, /s', width: 112, align: 'end', mono: true, isSortable: true, value: (row) => of(row)?.in, cell: (row) => ratesWords(of(row)?.in ?? null, of(row)?.out ?? null) }, // oxfmt-ignore
    { id: 'trend', title: 'Catches up', width: 148, isSortable: true, value: (row) => of(row)?.trend, cell: (row) => trendCell(of(row)) }, // oxfmt-ignore
  ]
}

export function LineCell({ line, what }: { line: readonly (number | null)[] | undefined; what: string }) {
  if (line === undefined || line.length < 2) return null
  const known = line.filter((lag) => lag !== null)
  const [first, last] = [known[0], known.at(-1)]
  const words = first === undefined || last === undefined ? `Lag of ${what} was not known` : `Lag of ${what} went from ${formatGrouped(first)} to ${formatGrouped(last)} offsets` // oxfmt-ignore
  return <Sparkline words={words} values={line} />
}

/** `in 12 m`, or else the trend; these rows are sorted by it. */
function trendCell(known: ReturnType<TrendsByGroup['get']>) {
  if (known === undefined) return null
  const { catchUp, trend } = known
  const words = [
    ...(catchUp.kind === 'in' || catchUp.kind === 'never' ? [catchUpWords(catchUp)] : []),
    ...(trend === 'unknown' || (trend === 'keeps-up' && catchUp.kind === 'in') ? [] : [trendWords[trend]]),
  ]
  return (
    <span className={isTroubled(trend) ? s.warn : s.faint} title={trendTold[trend]}>
      {words.join(' · ')}
    </span>
  )
}
