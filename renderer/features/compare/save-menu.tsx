import { snapshotLines, type Snapshot } from '#shared/model/positions-snapshot.ts'
import { positionsCsv } from '#shared/offsets/positions-csv.ts'
import { fileNameOf, fileTime, saveFile } from '../../workbench/save-file.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { DownIcon } from '../../ui/icons.ts'
import { Menu, type MenuAction } from '../../ui/menu.tsx'
import { betweenFrames } from '../../ui/sort-in-slices.ts'
import type { ReadSide } from './read-side.ts'

/** Saves a side as a file: as a snapshot with everything that is known, or in the format of Kafka's own script. */
export function SaveMenu({ left, right }: { left: ReadSide | undefined; right: ReadSide | undefined }) {
  const { files } = useServices()
  const ways = (one: ReadSide | undefined, side: string): MenuAction[] => {
    const snapshot = one?.snapshot
    if (snapshot === undefined) return []
    const name = (ending: string) => fileNameOf(`${snapshot.profile}-${fileTime(snapshot.takenAt)}`, ending)
    const words = `${formatGrouped(snapshot.positions.length)} positions`
    const said = (file: string) => `Saved ${words} as ${file}.`
    return [
      {
        id: `${side} snapshot`,
        label: `Save the ${side} side as a snapshot`,
        onAction: () => void textOf(snapshot).then((content) => saveFile(files, { name: name('positions.jsonl'), content, type: 'application/jsonl' }, said)), // oxfmt-ignore
      },
      {
        id: `${side} csv`,
        label: `Save the ${side} side as CSV for Kafka’s script`,
        onAction: () => saveFile(files, { name: name('positions.csv'), content: positionsCsv(snapshot.positions).text, type: 'text/csv' }, said), // oxfmt-ignore
      },
    ]
  }
  const items = [...ways(left, 'left'), ...ways(right, 'right')]
  return (
    <Menu
      label="Save"
      placement="bottom end"
      trigger={
        <Button isDisabled={items.length === 0}>
          Save
          <DownIcon size={13} aria-hidden="true" />
        </Button>
      }
      items={items}
    />
  )
}

/** Built in slices: the text of two hundred thousand positions takes longer than the page may be blocked. */
async function textOf(snapshot: Snapshot): Promise<Blob> {
  const parts: string[] = []
  const lines = snapshotLines(snapshot)
  await betweenFrames((isOver) => {
    while (!isOver()) {
      const line = lines.next()
      if (line.done === true) return true
      parts.push(line.value)
    }
    return false
  })
  return new Blob(parts)
}
