import { useState } from 'react'
import type { PartitionBounds } from '#shared/contract/messages.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { OffsetField } from '../../ui/offset-field.tsx'
import type { BrowseForm } from './browse-form.ts'
import s from './messages.module.css'

export interface PartitionOffsetsProps {
  form: BrowseForm
  partitions: readonly number[]
  /** The last known edges of the logs, as a help for choosing. */
  bounds: readonly PartitionBounds[]
  onChange: (offsets: BrowseForm['offsets']) => void
  onRead: () => void
}

/** An offset for each partition; an empty field uses the common offset. */
export function PartitionOffsets({ form, partitions, bounds, onChange, onRead }: PartitionOffsetsProps) {
  const [isOpen, setOpen] = useState(false)
  const chosen = form.partitions ?? partitions
  const own = chosen.filter((partition) => form.offsets[partition] !== undefined).length
  const read = () => {
    setOpen(false)
    onRead()
  }
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        {own === 0 ? 'Per partition…' : `${own} of ${chosen.length} set apart…`}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Start at an offset per partition"
        footer={
          <>
            <Button onPress={() => onChange({})}>Clear</Button>
            <Button variant="primary" onPress={read}>
              Read
            </Button>
          </>
        }
      >
        <p className={s.dialogNote}>
          {form.place.offset === undefined
            ? 'Partitions left empty are not read.'
            : `Partitions left empty start at ${formatGrouped(form.place.offset)}.`}
        </p>
        <div className={s.offsets}>
          {chosen.map((partition) => {
            const edge = bounds.find((one) => one.partition === partition)
            return (
              <OffsetField
                key={partition}
                label={`Partition ${partition}`}
                value={form.offsets[partition]}
                allowEmpty
                note={edge && `${formatGrouped(edge.logStart)} – ${formatGrouped(edge.highWatermark)}`}
                onEnter={read}
                onChange={(offset) => {
                  const { [partition]: _, ...others } = form.offsets
                  onChange(offset === undefined ? others : { ...others, [partition]: offset })
                }}
              />
            )
          })}
        </div>
      </Dialog>
    </>
  )
}
