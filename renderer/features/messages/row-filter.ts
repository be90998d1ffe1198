import { RecordFilter } from '#shared/filters/filter.ts'
import type { FilterPart, FilterRecord, Predicate, Verdict } from '#shared/filters/predicate.ts'
import { rowFlags, type RowView } from '#shared/model/rows.ts'

/** The filter that the text in the field stands for; null: none. */
export function filterOf(text: string): RecordFilter | null {
  const words = text.trim().slice(0, 1_000)
  return words === '' ? null : RecordFilter.parse({ kind: 'text', text: words })
}

/** What a loaded row is known to contain: the beginnings of its key and value; of headers only whether there are none. */
export function rowVerdict(row: RowView, { verdict }: Predicate): Verdict {
  const { partition, offset, timestamp, keySize, valueSize, headerCount, key, keyAs, value, valueAs, flags } = row
  const part = (bytes: Uint8Array | null, as: RowView['keyAs'], cut: number): FilterPart | null =>
    bytes === null || as === null
      ? null
      : {
          bytes,
          start: 0,
          end: bytes.length,
          as,
          form: as.form,
          isJson: as.form === 'json',
          isWhole: (flags & cut) === 0,
        }
  const record: FilterRecord = {
    key: () => part(key, keyAs, rowFlags.keyCut),
    value: () => part(value, valueAs, rowFlags.valueCut),
    headers: () => (headerCount === 0 ? null : 'unknown'),
    partition,
    offset,
    timestamp,
    keySize,
    valueSize,
    headerCount,
    isTransactional: (flags & rowFlags.transactional) !== 0,
  }
  return verdict(record)
}
