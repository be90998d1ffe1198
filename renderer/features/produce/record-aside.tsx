import type { RecordCheck } from '#shared/contract/produce.ts'
import { useZone } from '../../workbench/services.ts'
import { DateTimeField } from '../../ui/date-time-field.tsx'
import { formatBytes, formatTimestamp } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import type { FormErrors, ProduceForm } from './produce-form.ts'
import type { ProduceStore } from './produce-store.ts'
import s from './produce.module.css'

export interface PlaceFieldsProps {
  store: ProduceStore
  form: ProduceForm
  errors: FormErrors
  check: RecordCheck | undefined
  /** The timestamp of the record from which the form was filled; null: it had none. */
  ownTime: bigint | null
}

/** The record's target and its timestamp, and its size. */
export function PlaceFields({ store, form, errors, check, ownTime }: PlaceFieldsProps) {
  const zone = useZone()
  const { timestamp } = form
  const time = timestamp === null ? 'now' : ownTime !== null && timestamp === ownTime ? 'kept' : 'chosen'
  return (
    <section className={s.section} aria-label="Place and time">
      <div className={s.pair}>
        <TextField
          label="Partition"
          mono
          placeholder="by key"
          value={form.partition}
          onChange={(partition) => store.change({ partition })}
          error={errors.partition ?? check?.partitionProblem ?? undefined}
          note={form.partition.trim() === '' ? partitionWords(form, check) : undefined}
        />
        <Select
          label="Timestamp"
          options={[
            { id: 'now', label: 'now', note: 'when it is written' },
            ...(ownTime === null ? [] : [{ id: 'kept' as const, label: 'kept', note: formatTimestamp(ownTime, zone) }]),
            { id: 'chosen', label: 'chosen' },
          ]}
          value={time}
          onChange={(next) => store.change({ timestamp: timeOf(next, ownTime) })}
        />
      </div>
      {time === 'chosen' && (
        <DateTimeField
          label="Time"
          zone={zone}
          value={timestamp ?? undefined}
          onChange={(ms) => store.change({ timestamp: ms })}
          error={errors.timestamp}
        />
      )}
      <p className={s.dim}>
        {check?.bytes == null
          ? 'Its size is shown once it has no problems.'
          : `${formatBytes(check.bytes)} on the wire.`}
      </p>
    </section>
  )
}

function timeOf(time: 'now' | 'kept' | 'chosen', own: bigint | null): bigint | null | undefined {
  if (time === 'now') return null
  return time === 'kept' ? own : undefined
}

function partitionWords({ key, mode }: ProduceForm, check: RecordCheck | undefined): string | undefined {
  if (key === null) return 'any: it has no key'
  if (mode === 'several') return 'of each record by its key'
  return check?.partition == null ? undefined : `now ${check.partition}`
}
