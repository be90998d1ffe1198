import { Sparkline } from '../../ui/sparkline.tsx'
import type { TableColumn } from '../../ui/small-table.tsx'
import { offsetsRate, offsetsTold } from './throughput-words.ts'
import type { Throughput } from './use-throughput.ts'

/** Twenty minutes, with a sample every ten seconds. */
const LINE_LOOKS = 120

/** What each row's topic or broker gained recently: as a line, and as a number. */
export function throughputColumns<Row>({ model }: Throughput, nameOf: (row: Row) => string): TableColumn<Row>[] {
  const last = (row: Row) => model.looksOf(nameOf(row)).at(-1)
  return [
    {
      id: 'gained',
      title: 'Written lately',
      width: 108,
      value: () => null,
      cell: (row) => <GainLine name={nameOf(row)} line={model.lineOf(nameOf(row), LINE_LOOKS)} />,
    },
    {
      id: 'gain',
      title: 'Offsets/s',
      width: 92,
      align: 'end',
      mono: true,
      value: (row) => last(row)?.offsets,
      cell: (row) => {
        const look = last(row)
        return look === undefined ? null : offsetsTold(look)
      },
    },
  ]
}

function GainLine({ name, line }: { name: string; line: readonly (number | null)[] }) {
  const known = line.filter((one) => one !== null)
  const [first, last] = [known[0], known.at(-1)]
  if (first === undefined || last === undefined || known.length < 2) return null
  return (
    <Sparkline words={`${name} went from ${offsetsRate(first)} to ${offsetsRate(last)} by offsets`} values={line} />
  )
}
