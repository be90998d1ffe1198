import { z } from 'zod'
import { base64Text } from '../bytes.ts'

/**
 * A decoded value as a tree, exact in every format: the record panel draws it, and fields, columns and conditions read it.
 * Whoever builds one limits its nodes and levels, and puts a `cut` where something is left out.
 */
export type Value = About &
  (
    | { kind: 'null' }
    | { kind: 'boolean'; value: boolean }
    | { kind: 'integer'; value: bigint }
    /** Includes NaN and the infinities. `written`: its digits as the text has them, if they differ: "129.90", "1e400". */
    | { kind: 'float'; value: number; written?: string }
    /** Plain digits with their scale, such as "12.50"; never an exponent. */
    | { kind: 'decimal'; digits: string }
    | { kind: 'text'; value: string }
    | { kind: 'bytes'; value: Uint8Array }
    /** `number`: the stored number, if it is known. */
    | { kind: 'enum'; symbol: string; number?: bigint }
    | { kind: 'list'; items: Value[] }
    /** Fields in the order of the schema, or of the bytes. */
    | { kind: 'record'; fields: { name: string; value: Value }[] }
    | { kind: 'map'; entries: { key: Value; value: Value }[] }
    /** Something is left out here, and why: "1,200 more items". */
    | { kind: 'cut'; why: string }
  )

interface About {
  /** The type's name in the schema or format: "long", "Money", "map<string, Order>". Left out if the kind says as much. */
  type?: string
  /** What the stored value means logically: "2026-11-28T17:34:03.120Z" for a long. */
  meant?: string
  /** The branch of a union, as the JSON form has to name it: absent if the union has only one branch beside null. */
  branch?: string
}

const about = {
  type: z.string().exactOptional(),
  meant: z.string().exactOptional(),
  branch: z.string().exactOptional(),
}
const node = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ ...about, kind: z.literal(kind), ...shape })

export const Value: z.ZodType<Value> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    node('null', {}),
    node('boolean', { value: z.boolean() }),
    node('integer', { value: z.bigint() }),
    node('float', {
      value: z
        .number()
        .or(z.nan())
        .or(z.literal([Infinity, -Infinity])),
      written: z
        .string()
        .regex(/^-?\d[\d.eE+-]*$/)
        .exactOptional(),
    }),
    node('decimal', { digits: z.string().regex(/^-?\d+(\.\d+)?$/) }),
    node('text', { value: z.string() }),
    node('bytes', { value: z.instanceof(Uint8Array) }),
    node('enum', { symbol: z.string(), number: z.bigint().exactOptional() }),
    node('list', { items: z.array(Value) }),
    node('record', { fields: z.array(z.strictObject({ name: z.string(), value: Value })) }),
    node('map', { entries: z.array(z.strictObject({ key: Value, value: Value })) }),
    node('cut', { why: z.string() }),
  ]),
)

/**
 * The JSON form of a value: lists, copies, exports and edits show it, and edits are parsed from it. Numbers have all their
 * digits, decimals their scale; NaN and the infinities are strings; bytes are base64; values with a logical meaning are written
 * by it (an ISO timestamp, not a long); an enum by its symbol; a branch of a union that could be mistaken for another as
 * `{"branch": value}`, as in Avro's JSON. Map keys become strings.
 */
export function jsonOf(value: Value): string {
  if (value.branch === undefined) return plainJson(value)
  return `{${JSON.stringify(value.branch)}:${plainJson(value)}}`
}

function plainJson(value: Value): string {
  if (value.meant !== undefined) return JSON.stringify(value.meant)
  switch (value.kind) {
    case 'null':
      return 'null'
    case 'boolean':
    case 'integer':
      return String(value.value)
    case 'float':
      return floatJson(value)
    case 'decimal':
      return value.digits
    case 'text':
      return JSON.stringify(value.value)
    case 'bytes':
      return JSON.stringify(base64Text(value.value))
    case 'enum':
      return JSON.stringify(value.symbol)
    case 'list':
      return `[${value.items.map(jsonOf).join(',')}]`
    case 'record':
      return `{${value.fields.map((field) => `${JSON.stringify(field.name)}:${jsonOf(field.value)}`).join(',')}}`
    case 'map':
      return `{${value.entries.map(({ key, value: of }) => `${JSON.stringify(keyText(key))}:${jsonOf(of)}`).join(',')}}`
    case 'cut':
      return JSON.stringify(`… ${value.why}`)
  }
}

/** A float as JSON: with its digits as written, if known; as a string if JSON has no such number. */
export function floatJson({ value, written }: { value: number; written?: string }): string {
  if (written !== undefined) return written
  if (Object.is(value, -0)) return '-0.0'
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

/** The name of a map's key in a path and in JSON. */
export function keyText(key: Value): string {
  if (key.kind === 'text') return key.value
  const json = plainJson(key)
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}
