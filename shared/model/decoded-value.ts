import { z } from 'zod'
import { base64Text } from '../bytes.ts'

/**
 * A decoded value as a tree, exact whatever its format: what the record panel draws, and what fields, columns and conditions
 * are taken from. Whoever makes one bounds it, in nodes and in levels, and puts a `cut` where something is left out.
 */
export type Value = About &
  (
    | { kind: 'null' }
    | { kind: 'boolean'; value: boolean }
    | { kind: 'integer'; value: bigint }
    /** NaN and the infinities too. `written`: its digits in a text that says it otherwise: "129.90", "1e400". */
    | { kind: 'float'; value: number; written?: string }
    /** Plain digits with their scale, such as "12.50"; never an exponent. */
    | { kind: 'decimal'; digits: string }
    | { kind: 'text'; value: string }
    | { kind: 'bytes'; value: Uint8Array }
    /** `number`: how it is stored, where that is known. */
    | { kind: 'enum'; symbol: string; number?: bigint }
    | { kind: 'list'; items: Value[] }
    /** Fields in the order of the schema, or of the bytes. */
    | { kind: 'record'; fields: { name: string; value: Value }[] }
    | { kind: 'map'; entries: { key: Value; value: Value }[] }
    /** Here something is left out, and why: "1,200 more items". */
    | { kind: 'cut'; why: string }
  )

interface About {
  /** What the schema or the format calls it: "long", "Money", "map<string, Order>". Left out: the kind says as much. */
  type?: string
  /** Its logical meaning, where it is stored otherwise: "2026-11-28T17:34:03.120Z" of a long. */
  meant?: string
  /**
   * The branch of a union that it is of, as the JSON form has to name it: absent where the union has, beside null, no more
   * than one.
   */
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
 * The JSON form of a value: what lists, copies, exports and edits show of it, and what an edit is read back from. Numbers
 * are written with all their digits, decimals with their scale; NaN and the infinities as strings; bytes as base64; what has
 * a logical meaning by it (an ISO timestamp, not a long); an enum by its symbol; a branch of a union that others could be
 * mistaken for as `{"branch": value}`, as Avro's JSON does. Map keys become strings.
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

/** A number in JSON: as it is written, where that is known; strings for those that JSON has none for. */
export function floatJson({ value, written }: { value: number; written?: string }): string {
  if (written !== undefined) return written
  if (Object.is(value, -0)) return '-0.0'
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

/** What a map's key is called in a path and in JSON. */
export function keyText(key: Value): string {
  if (key.kind === 'text') return key.value
  const json = plainJson(key)
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}
