import { utf8Text } from '#shared/bytes.ts'
import { fieldKinds, type RowField } from '#shared/model/row-field.ts'
import { SpreadCounts, type SpreadDelta, type SpreadRequest } from '#shared/model/spread.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'

/**
 * What each frame of a scan adds to the requested spreads. If rows are sent, exactly those are counted here; without rows,
 * workers have counted.
 */
export class ScanSpreads {
  readonly #requests: readonly SpreadRequest[]
  readonly #topic: string
  readonly #counts: readonly SpreadCounts[]
  /** The index of each spread's field among the fields that are read of a row; −1: it has none. */
  readonly #fieldAt: readonly number[]
  /** The fields they need, to be read of each row after those that are shown. */
  readonly fields: readonly RowField[]

  constructor(requests: readonly SpreadRequest[], shown: number, topic: string) {
    this.#requests = requests
    this.#topic = topic
    this.#counts = requests.map((request) => new SpreadCounts(request))
    const fields: RowField[] = []
    this.#fieldAt = requests.map(({ by }) => (typeof by === 'object' && by !== null ? shown + fields.push(by) - 1 : -1))
    this.fields = fields
  }

  addRow(partition: number, columns: RecordColumns, row: number): void {
    if (this.#requests.length === 0) return
    const timestamp = Number(columns.timestamp[row]!) // row < count
    for (const [i, { by }] of this.#requests.entries()) {
      const counts = this.#counts[i]! // there is an entry per request
      if (by === null) counts.add(timestamp, null)
      else if (by === 'partition') counts.add(timestamp, String(partition))
      else if (by === 'topic') counts.add(timestamp, this.#topic)
      else {
        const { count, kind, text, ends } = columns.fields! // the decoder fills this when fields are asked for, as they are here
        const at = row * count + this.#fieldAt[i]! // the list has an entry per request
        const bytes = text.subarray(at === 0 ? 0 : ends[at - 1], ends[at])
        counts.add(timestamp, utf8Text(bytes) ?? '', fieldKinds[kind[at]!]!) // a kind is sent as its index in this list
      }
    }
  }

  addRows(partition: number, columns: RecordColumns): void {
    if (this.#requests.length > 0) for (let row = 0; row < columns.count; row += 1) this.addRow(partition, columns, row)
  }

  merge(counted: SpreadDelta): void {
    for (const [i, series] of counted.entries()) this.#counts[i]!.merge(series) // there is an entry per request
  }

  take(): SpreadDelta {
    return this.#counts.map((counts) => counts.take())
  }
}
