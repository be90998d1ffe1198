import { z } from 'zod'
import { keyText, type Value } from './decoded-value.ts'

/** A step from a value to one inside it: the name of a field or a map key, or the index of a list item. */
const Step = z.union([z.string().max(1_000), z.number().int().min(0)])
export const ValuePath = z.array(Step).max(100)
export type ValuePath = z.infer<typeof ValuePath>

/** A column of rows: the value at a path in their keys or values, or in the last header of a name and at a path in it. */
export const RowField = z.discriminatedUnion('part', [
  z.strictObject({ part: z.literal(['key', 'value']), path: ValuePath }),
  z.strictObject({
    part: z.literal('header'),
    path: z.tuple([z.string().max(1_000)], Step).refine((path) => path.length <= 100),
  }),
])
export type RowField = z.infer<typeof RowField>

export const MOST_FIELDS = 20

/**
 * What a column's cell holds, which decides its colour and alignment; `absent`: there is no such field, or the value has no
 * fields.
 */
export const fieldKinds = [
  'absent',
  'null',
  'boolean',
  'integer',
  'float',
  'decimal',
  'text',
  'bytes',
  'enum',
  'list',
  'record',
  'map',
  'cut',
  /** A value that is stored in another form than it means: a time, a uuid, a decimal. */
  'meant',
] as const
export type FieldKind = (typeof fieldKinds)[number]

/** For all rows of a frame: field f of row r has index `r × count + f`. */
export const FieldColumns = z.strictObject({
  /** The number of fields per row. */
  count: z.number().int().min(1).max(MOST_FIELDS),
  /** Index in `fieldKinds`. */
  kind: z.instanceof(Uint8Array),
  /** UTF-8 texts, concatenated, each cut at 256 bytes. */
  text: z.instanceof(Uint8Array),
  ends: z.instanceof(Int32Array),
})
export type FieldColumns = z.infer<typeof FieldColumns>

/** The value at a path inside a value; null: there is none. */
export function valueAt(value: Value, path: ValuePath): Value | null {
  let at: Value | undefined = value
  for (const step of path) {
    if (at.kind === 'record') at = at.fields.find(({ name }) => name === step)?.value
    else if (at.kind === 'map') at = at.entries.find(({ key }) => keyText(key) === step)?.value
    else at = at.kind === 'list' && typeof step === 'number' ? at.items[step] : undefined
    if (at === undefined) return null
  }
  return at
}
