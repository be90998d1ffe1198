import { positionsCsv, type CsvPosition } from '#shared/offsets/positions-csv.ts'
import { fileNameOf, saveFile } from '../../workbench/save-file.ts'
import { useServices } from '../../workbench/services.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-button.tsx'
import { DownIcon } from '../../ui/icons.ts'
import { Menu } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { exportingPositions } from './export-positions.ts'

export interface PositionsToExport {
  /** What they are: "new positions". */
  what: string
  /** For the file's name: "positions" or "plan". */
  name: string
  positions: () => readonly CsvPosition[]
}

export interface ExportMenuProps {
  /** The group, for the file's name. */
  group: string
  /** The command saves the first one. */
  exports: readonly PositionsToExport[]
  isDisabled?: boolean | undefined
  /** Whether the view is in front, so that the command applies to it. */
  isActive: boolean
}

/** Positions as the file that Kafka's own script reads. */
export function ExportMenu({ group, exports, isDisabled = false, isActive }: ExportMenuProps) {
  const { files } = useServices()
  const [first] = exports
  const save = ({ name, positions }: PositionsToExport) => {
    const csv = positionsCsv(positions())
    const file = fileNameOf(group, `${name}.csv`)
    saveFile(files, { name: file, content: csv.text, type: 'text/csv' }, () => said('Saved', csv))
  }
  useOffer(exportingPositions, isDisabled || first === undefined ? undefined : () => save(first), isActive)
  return (
    <Menu
      label="Export as CSV"
      placement="bottom end"
      trigger={
        <Button isDisabled={isDisabled}>
          Export
          <DownIcon size={13} aria-hidden="true" />
        </Button>
      }
      items={exports.flatMap((one) => [
        { id: `copy ${one.name}`, label: `Copy ${one.what} as CSV`, onAction: () => copy(one) },
        { id: `save ${one.name}`, label: `Save ${fileNameOf(group, `${one.name}.csv`)}`, onAction: () => save(one) },
      ])}
    />
  )
}

function copy({ positions }: PositionsToExport): void {
  const csv = positionsCsv(positions())
  copyText(csv.text).then(
    () => toast(said('Copied', csv)),
    () => toast({ text: 'The clipboard could not be written.', tone: 'warn' }),
  )
}

function said(verb: string, { lines, leftOut }: { lines: number; leftOut: number }): string {
  const rest = leftOut === 0 ? '' : `; ${leftOut} without an offset left out`
  return `${verb} ${lines} ${lines === 1 ? 'position' : 'positions'} for kafka-consumer-groups --from-file${rest}.`
}
