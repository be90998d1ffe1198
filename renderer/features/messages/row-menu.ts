import { formatGrouped } from '../../ui/format.ts'
import type { MenuAction, MenuEntry } from '../../ui/menu.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import type { Line } from './grid-lines.ts'
import { actionMenu, copyMenu, type RecordMenuContext, type RowPlace } from './record-menu.ts'

/** As many single records as a replay takes. */
const MOST_REPLAYED = 10_000

export interface RowMenu {
  context: RecordMenuContext
  line: Line | undefined
  /** How many lines are chosen, and which. */
  chosen: number
  /** Those of them that are here, and all of them. */
  chosenLines: () => readonly Line[]
  allChosen: () => Promise<readonly Line[]>
  /** What the cell that was pointed at is good for in a search. */
  narrowing: readonly MenuAction[]
  onOpen: (line: Line) => void
  onCompare: (one: RowPlace, other: RowPlace) => void
}

/** What can be done with a line of the list, and with all that are chosen. */
export function rowMenu({
  context,
  line,
  chosen,
  chosenLines,
  allChosen,
  narrowing,
  onOpen,
  onCompare,
}: RowMenu): MenuEntry[] {
  const place = placeOf(line)
  if (line === undefined || place === undefined) return []
  const [one, other] = chosen === 2 ? chosenLines().flatMap(placeOfRecord) : []
  return [
    { id: 'open', label: 'Open', shortcut: 'Enter', onAction: () => onOpen(line) },
    ...(narrowing.length === 0 ? [] : ['-' as const, { heading: 'Search', items: narrowing }]),
    '-',
    { heading: 'Copy', items: copyMenu(context, place) },
    '-',
    ...actionMenu(context, place),
    ...(one === undefined || other === undefined
      ? []
      : [{ id: 'compare', label: 'Compare the two records…', onAction: () => onCompare(one, other) }]),
    ...(chosen > 1 ? ['-' as const, replaySelected(context, chosen, allChosen)] : []),
  ]
}

function replaySelected(
  { navigation, connectionId, topic }: RecordMenuContext,
  chosen: number,
  allChosen: RowMenu['allChosen'],
): MenuAction {
  return {
    id: 'replaySelected',
    label:
      chosen > MOST_REPLAYED
        ? `Replay at most ${formatGrouped(MOST_REPLAYED)} selected records…`
        : `Replay the ${formatGrouped(chosen)} selected rows’ records…`,
    isDisabled: chosen > MOST_REPLAYED,
    onAction: () =>
      void allChosen().then((lines) => {
        const records = lines.flatMap(placeOfRecord).map(({ partition, offset }) => `${partition}:${offset}`)
        navigation.open({ kind: 'replay', connectionId, topic, records: records.join(', ') })
      }, toastFailure),
  }
}

function placeOfRecord(line: Line): RowPlace[] {
  return line.kind === 'row' ? [{ partition: line.row.partition, offset: line.row.offset }] : []
}

/** For lines: does it where one stands in the log. */
export const onPlace = (act: (place: RowPlace) => void) => (line: Line | undefined) => {
  const place = placeOf(line)
  if (place !== undefined) act({ partition: place.partition, offset: place.offset })
}

/** Where a line stands in the log; a time without reading stands nowhere. */
export function placeOf(line: Line | undefined): RowPlace | undefined {
  if (line === undefined || line.kind === 'pause') return undefined
  return line.kind === 'row' ? line.row : { partition: line.hole.partition, offset: line.hole.first }
}
