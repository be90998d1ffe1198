import { formatGrouped } from '../../ui/format.ts'
import type { MenuAction, MenuEntry } from '../../ui/menu.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import type { Line } from './grid-lines.ts'
import { actionMenu, copyMenu, type RecordMenuContext, type RowPlace } from './record-menu.ts'

/** The most single records that a replay accepts. */
const MOST_REPLAYED = 10_000

export interface RowMenu {
  context: RecordMenuContext
  line: Line | undefined
  /** How many lines are selected, and which. */
  chosen: number
  /** The selected lines that are loaded, and all selected lines. */
  chosenLines: () => readonly Line[]
  allChosen: () => Promise<readonly Line[]>
  /** The searches offered for the cell under the pointer. */
  narrowing: readonly MenuAction[]
  onOpen: (line: Line) => void
  onCompare: (one: RowPlace, other: RowPlace) => void
}

/** The actions for a line of the list, and for all selected lines. */
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

/** For lines: runs the action with the line's place in the log. */
export const onPlace = (act: (place: RowPlace) => void) => (line: Line | undefined) => {
  const place = placeOf(line)
  if (place !== undefined) act({ partition: place.partition, offset: place.offset })
}

/** The line's place in the log; a pause has none. */
export function placeOf(line: Line | undefined): RowPlace | undefined {
  if (line === undefined || line.kind === 'pause') return undefined
  return line.kind === 'row' ? line.row : { partition: line.hole.partition, offset: line.hole.first }
}
