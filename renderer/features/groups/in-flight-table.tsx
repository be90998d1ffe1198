import type { GroupPosition } from '#shared/contract/groups.ts'
import type { ShareStretch } from '#shared/model/share-state.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { stretchWords } from './share-words.ts'
import type { ShareStates } from './share-state-store.ts'

export interface InFlightRow extends ShareStretch {
  topic: string
  partition: number
}

/** All ranges of records in flight, in the order of their partitions. */
export function stretchesOf(positions: readonly GroupPosition[], states: ShareStates): InFlightRow[] {
  return positions.flatMap(({ topic, partition }) => {
    const state = states.get(keyOf({ topic, partition }))
    return state?.kind === 'known' ? state.stretches.map((one) => ({ ...one, topic, partition })) : []
  })
}

/** The states of records after the start offsets of a share group, as far as they are stored. */
export function InFlightTable(props: {
  group: string
  rows: readonly InFlightRow[]
  onOpen: (row: InFlightRow) => void
}) {
  const { group, rows, onOpen } = props
  const hasTopics = new Set(rows.map(({ topic }) => topic)).size > 1
  return (
    <SmallTable
      label={`Records in flight of ${group}`}
      columns={hasTopics ? [topicColumn, ...columns] : columns}
      columnsId="in-flight"
      rows={rows}
      rowId={(row) => `${keyOf(row)}/${row.first}`}
      onOpen={onOpen}
    />
  )
}

const topicColumn: TableColumn<InFlightRow> = { id: 'topic', title: 'Topic', width: 160, flex: 1, isSortable: true, value: (row) => row.topic, cell: (row) => <SafeText text={row.topic} /> } // oxfmt-ignore

const number = (id: string, title: string, value: (row: InFlightRow) => bigint): TableColumn<InFlightRow> => ({ id, title, width: 110, align: 'end', mono: true, isSortable: true, value, cell: (row) => formatGrouped(value(row)) }) // oxfmt-ignore

const columns: readonly TableColumn<InFlightRow>[] = [
  { id: 'partition', title: 'Partition', width: 84, align: 'end', mono: true, isSortable: true, value: (row) => row.partition }, // oxfmt-ignore
  number('first', 'First offset', ({ first }) => first),
  number('last', 'Last offset', ({ last }) => last),
  number('offsets', 'Offsets', ({ first, last }) => last - first + 1n),
  { id: 'state', title: 'State', width: 130, isSortable: true, value: ({ state }) => state },
  number('deliveries', 'Deliveries', ({ deliveries }) => BigInt(deliveries)),
  { id: 'means', title: 'What that means', width: 320, flex: 2, value: stretchWords },
]
