import type { GroupInTopic, PartitionRow } from '#shared/contract/topics.ts'
import { toErrorValue } from '#shared/errors.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount, formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { GroupMark } from '../../ui/seekline.tsx'
import s from './topics.module.css'

export interface GroupsHereProps {
  groups: readonly GroupInTopic[]
  /** How many groups are not drawn. */
  more: number
  error: unknown
  partitions: readonly PartitionRow[]
  onOpen: (group: string) => void
}

/** The groups whose ticks are on the seeklines, in their colours, with their lag in this topic. */
export function GroupsHere({ groups, more, error, partitions, onOpen }: GroupsHereProps) {
  return (
    <aside className={s.here} aria-label="Groups here">
      <h2>Groups here</h2>
      {error !== undefined && <p className={s.warn}>{toErrorValue(error).message}</p>}
      {groups.length === 0 && error === undefined && (
        <p className={s.faint}>No group has a position in this topic, as far as is known.</p>
      )}
      <ul>
        {groups.map((one, series) => {
          const lag = lagIn(one, partitions)
          return (
            <li
              key={one.group}
              title={
                one.error?.message ??
                `${one.group}: ${lag === null ? 'lag not known' : `${formatGrouped(lag)} offsets behind in this topic`}, positions in ${one.positions.length} of ${partitions.length} partitions`
              }
            >
              <GroupMark series={series} />
              <Button variant="quiet" size="small" onPress={() => onOpen(one.group)}>
                <SafeText text={one.group} limit={80} />
              </Button>
              <span className={one.error === undefined ? s.faint : s.warn}>
                {one.error !== undefined ? 'not known' : lag === null ? '–' : formatCount(lag)}
              </span>
            </li>
          )
        })}
      </ul>
      {more > 0 && <p className={s.faint}>And {formatGrouped(more)} more, which are not drawn.</p>}
    </aside>
  )
}

/** High watermark − position, over the partitions in which it has a position; null: none is known. */
function lagIn({ positions }: GroupInTopic, partitions: readonly PartitionRow[]): bigint | null {
  const ends = new Map(partitions.map((one) => [one.partition, one.highWatermark]))
  const lags = positions.flatMap(({ partition, offset }) => {
    const end = ends.get(partition)
    return end === undefined || end === null ? [] : [end > offset ? end - offset : 0n]
  })
  return lags.length === 0 ? null : lags.reduce((a, b) => a + b, 0n)
}
