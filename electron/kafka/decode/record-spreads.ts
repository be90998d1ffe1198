import type { RowField } from '#shared/model/row-field.ts'
import { SpreadCounts, type SpreadDelta, type SpreadRequest } from '#shared/model/spread.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import type { DecodedAt } from './decoder.ts'
import type { RowDecoder } from './row-decoder.ts'
import { RowFields } from './row-fields.ts'

/** Counts matches over time and by field when no rows are made of them. */
export class RecordSpreads {
  readonly #decoder: RowDecoder
  readonly #whole: SpreadCounts[] = []
  /** The same for all records of a task. */
  readonly #byPlace: { counts: SpreadCounts; of: string }[] = []
  readonly #byField: SpreadCounts[] = []
  readonly #fields: RowFields
  /** In the order of the requests. */
  readonly #all: readonly SpreadCounts[]

  constructor(requests: readonly SpreadRequest[], decoder: RowDecoder, at: Pick<DecodedAt, 'topic' | 'partition'>) {
    this.#decoder = decoder
    const fields: RowField[] = []
    this.#all = requests.map((request) => {
      const counts = new SpreadCounts(request)
      if (request.by === null) this.#whole.push(counts)
      else if (typeof request.by === 'string') this.#byPlace.push({ counts, of: String(at[request.by]) })
      else {
        this.#byField.push(counts)
        fields.push(request.by)
      }
      return counts
    })
    this.#fields = new RowFields(fields)
  }

  add(record: RecordCursor): void {
    const timestamp = Number.isNaN(record.timestampNumber) ? Number(record.timestamp) : record.timestampNumber
    for (const counts of this.#whole) counts.add(timestamp, null)
    for (const { counts, of } of this.#byPlace) counts.add(timestamp, of)
    if (this.#byField.length === 0) return
    this.#decoder.eachField(this.#fields, (kind, text, field) => this.#byField[field]!.add(timestamp, text, kind)) // the list has an entry per field
  }

  take(): SpreadDelta {
    return this.#all.map((counts) => counts.take())
  }
}
