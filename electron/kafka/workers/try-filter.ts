import type { Predicate, Verdict } from '#shared/filters/predicate.ts'
import { CursorRecord } from '../decode/filter-record.ts'
import { FieldSampler } from '../decode/field-sampler.ts'
import type { RowDecoder } from '../decode/row-decoder.ts'
import type { Judgement, RecordColumns } from '../records/column-types.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import type { PartOptions } from './tasks.ts'

/** Every record becomes a row, and the result of the trial is kept with it. null: there is no trial. */
export function trialOf({ trial }: PartOptions, decoder: RowDecoder, filterOf: (ref: number) => Predicate) {
  if (trial === undefined) return null
  const predicate = trial.filter === null ? null : filterOf(trial.filter)
  const sampler = new FieldSampler()
  const verdicts: Verdict[] = []
  let record: CursorRecord | null = null
  return {
    judge: (cursor: RecordCursor): Judgement => {
      record ??= new CursorRecord(cursor, decoder)
      if (predicate === null) sampler.look(record)
      else verdicts.push(predicate.verdict(record))
      return 'match'
    },
    /** The pieces with the results; the fields are in the first of them. */
    result: (pieces: RecordColumns[]): RecordColumns[] =>
      pieces.map((piece, i) => ({
        ...piece,
        trial: { verdicts: verdicts.splice(0, piece.count), fields: i === 0 ? sampler.fields() : [] },
      })),
  }
}
