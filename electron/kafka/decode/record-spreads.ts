import type { RowField } from '#shared/model/row-field.ts'
import { SpreadCounts, type SpreadDelta, type SpreadRequest } from '#shared/model/spread.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import type { RowDecoder } from './row-decoder.ts'
import { RowFields } from './row-fields.ts'

/** Counts matches over time and by their fields where no row is made of them. */
export class RecordSpreads {
  readonly #decoder: RowDecoder
  readonly #partition: string
  readonly #whole: SpreadCounts[] = []
  readonly #byPartition: SpreadCounts[] = []
  readonly #byField: SpreadCounts[] = []
  readonly #fields: RowFields
  /** In the order they were asked for. */
  readonly #all: readonly SpreadCounts[]

  constructor(requests: readonly SpreadRequest[], decoder: RowDecoder, partition: number) {
    this.#decoder = decoder
    const fields: RowField[] = []
    this.#all = requests.map((request) => {
      const counts = new SpreadCounts(request)
      if (request.by === null) this.#whole.push(counts)
      else if (request.by === 'partition') this.#byPartition.push(counts)
      else {
        this.#byField.push(counts)
        fields.push(request.by)
      }
      return counts
    })
    this.#partition = String(partition)
    this.#fields = new RowFields(fields)
  }

  add(record: RecordCursor): void {
    const timestamp = Number.isNaN(record.timestampNumber) ? Number(record.timestamp) : record.timestampNumber
    for (const counts of this.#whole) counts.add(timestamp, null)
    for (const counts of this.#byPartition) counts.add(timestamp, this.#partition)
    if (this.#byField.length === 0) return
    this.#decoder.eachField(this.#fields, (kind, text, field) => this.#byField[field]!.add(timestamp, text, kind)) // a count for each field
  }

  take(): SpreadDelta {
    return this.#all.map((counts) => counts.take())
  }
}
