import type { StreamsTopology } from '#shared/contract/groups.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'

type Subtopology = StreamsTopology['subtopologies'][number]

/** The subtopologies of a Kafka Streams application, with what each reads and writes. */
export function TopologyTable({ group, topology }: { group: string; topology: StreamsTopology }) {
  return (
    <SmallTable
      label={`Topology of ${group}`}
      columns={columns}
      columnsId="topology"
      rows={topology.subtopologies}
      rowId={(one) => one.id}
      initialSort={{ column: 'id', direction: 'ascending' }}
    />
  )
}

const names = (id: string, title: string, of: (one: Subtopology) => readonly string[]): TableColumn<Subtopology> => ({
  id,
  title,
  width: 150,
  flex: 1,
  isSortable: true,
  value: (one) => of(one).join(', '),
  cell: (one) => <SafeText text={of(one).join(', ')} limit={600} />,
})

const columns: readonly TableColumn<Subtopology>[] = [
  { id: 'id', title: 'Subtopology', width: 100, isSortable: true, value: (one) => one.id, cell: (one) => <SafeText text={one.id} limit={100} /> }, // oxfmt-ignore
  names('sources', 'Source topics', (one) => one.sourceTopics),
  names('reads', 'Repartition topics it reads', (one) => one.repartitionSources),
  names('writes', 'Repartition topics it writes', (one) => one.repartitionSinks),
  names('changelogs', 'Changelog topics of its stores', (one) => one.changelogs),
]
