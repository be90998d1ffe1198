import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import { Compatibility } from '#shared/model/registered-schema.ts'
import { Badge } from '../../ui/badge.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { levelWords } from './schema-words.ts'

export interface LevelsTableProps {
  plan: Extract<SchemaPlan, { action: 'compatibility' }>
  /** Nothing is chosen yet: the plan only shows the current level. */
  isPristine: boolean
  /** The level was set. */
  isDone: boolean
  onChoose: (level: Compatibility) => void
}

interface LevelRow {
  readonly level: Compatibility
  readonly promise: string
  readonly mark: string | undefined
}

/** All levels with what each of them guarantees; choosing one here is the same as in the bar. */
export function LevelsTable({ plan, isPristine, isDone, onChoose }: LevelsTableProps) {
  const rows = Compatibility.options.map((level): LevelRow => {
    const { own, level: standing } = plan.before
    const isStanding = standing === level
    const isChosen = !isPristine && plan.after === level && !isStanding
    const holds = own === null && plan.subject !== null ? 'holds, the registry’s' : 'holds'
    const mark = isChosen ? (isDone ? 'holds' : 'chosen') : isStanding ? (isDone && plan.after !== level ? 'before' : holds) : undefined // oxfmt-ignore
    return { level, promise: levelWords[level], mark }
  })
  return (
    <SmallTable
      label="Compatibility levels"
      columns={columns}
      rows={rows}
      rowId={({ level }) => level}
      onOpen={({ level }) => onChoose(level)}
      menu={({ level }) => [{ id: 'choose', label: `Plan ${level}`, onAction: () => onChoose(level) }]}
    />
  )
}

const columns: readonly TableColumn<LevelRow>[] = [
  { id: 'level', title: 'Level', width: 200, mono: true, isSortable: false, value: (row) => row.level },
  { id: 'promise', title: 'What it promises', width: 280, flex: 1, isSortable: false, value: (row) => row.promise },
  {
    id: 'mark',
    title: 'Here',
    width: 170,
    isSortable: false,
    value: (row) => row.mark,
    cell: ({ mark }) => mark !== undefined && <Badge tone={mark === 'chosen' ? 'warn' : 'neutral'}>{mark}</Badge>,
  },
]
