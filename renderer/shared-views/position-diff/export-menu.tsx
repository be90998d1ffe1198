import { fileNameOf, saveFile } from '../../workbench/save-file.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-button.tsx'
import { DownIcon } from '../../ui/icons.ts'
import { Menu } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { positionsCsv, type CsvPosition } from './positions-csv.ts'

export interface ExportMenuProps {
  group: string
  /** For the file's name: "positions" or "plan". */
  what: string
  positions: () => readonly CsvPosition[]
  isDisabled?: boolean | undefined
}

/** Positions as the file that Kafka's own script takes. */
export function ExportMenu({ group, what, positions, isDisabled }: ExportMenuProps) {
  const { files } = useServices()
  const file = fileNameOf(group, `${what}.csv`)
  const said = (verb: string, { lines, leftOut }: { lines: number; leftOut: number }) => {
    const rest = leftOut === 0 ? '' : `; ${leftOut} without an offset left out`
    return `${verb} ${lines} ${lines === 1 ? 'position' : 'positions'} for kafka-consumer-groups --from-file${rest}.`
  }
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
      items={[
        {
          id: 'copy',
          label: 'Copy as CSV',
          onAction: () => {
            const csv = positionsCsv(positions())
            copyText(csv.text).then(
              () => toast(said('Copied', csv)),
              () => toast({ text: 'The clipboard refused.', tone: 'warn' }),
            )
          },
        },
        {
          id: 'save',
          label: `Save ${file}`,
          onAction: () => {
            const csv = positionsCsv(positions())
            saveFile(files, { name: file, content: csv.text, type: 'text/csv' }, () => said('Saved', csv))
          },
        },
      ]}
    />
  )
}
