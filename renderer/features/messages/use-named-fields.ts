import { useMemo } from 'react'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'
import { namedFields } from '#shared/filters/named-fields.ts'
import { placesOf } from '#shared/filters/marked-places.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { namedField } from '../../shared-views/value/named-fields.ts'
import { fieldName } from './field-columns.ts'

/** The fields that are requested by name, as columns and the record pane know them. */
export interface Named {
  readonly columns: ReadonlySet<string>
  readonly inRecord: ReadonlySet<string>
}

export function useNamed(named: readonly RowField[]): Named {
  return useMemo(
    () => ({
      columns: new Set(named.map(fieldName)),
      inRecord: new Set(
        named.map(({ part, path }) =>
          part === 'header' ? namedField(path[0], path.slice(1)) : namedField(part, path),
        ),
      ),
    }),
    [named],
  )
}

const noMarks = { marker: undefined, named: [] }

/** What a filter searches for, to be marked, and the fields that it names. */
export function marksOf(filter: RecordFilter | null): {
  readonly marker: MarkFinder | undefined
  readonly named: readonly RowField[]
} {
  return filter === null ? noMarks : { marker: placesOf(filter), named: namedFields(filter) }
}
