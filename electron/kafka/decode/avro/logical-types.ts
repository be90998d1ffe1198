import { MOST_DIGITS } from '../decimals.ts'
import type { JsonNode } from '../exact-json-parser.ts'

/** What a type means beyond its stored form. */
export type Logical =
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'big-decimal' }
  | { kind: 'uuid' }
  | { kind: 'duration' }
  | { kind: 'date' }
  | { kind: 'time'; unit: TimeUnit }
  | { kind: 'timestamp'; unit: TimeUnit; isLocal: boolean }

export type TimeUnit = 'millis' | 'micros' | 'nanos'

type Stored = 'int' | 'long' | 'bytes' | 'string' | 'fixed'

/** null: none, an unknown one, or one that is not valid there. Avro then says to use the stored type. */
export function logicalOf(
  stored: Stored,
  node: Extract<JsonNode, { kind: 'object' }>,
  size: number | null,
): Logical | null {
  const of = (name: string): JsonNode | undefined => node.members.findLast((one) => one.name === name)?.value
  const logical = of('logicalType')
  if (logical?.kind !== 'text') return null
  const places = allowed[logical.value]
  if (places === undefined || !places.includes(stored)) return null
  switch (logical.value) {
    case 'decimal': {
      const precision = integerOf(of('precision'), null)
      const scale = integerOf(of('scale'), 0)
      if (precision === null || scale === null || precision < 1 || scale > precision || precision > MOST_DIGITS)
        return null
      return size !== null && size < 1 ? null : { kind: 'decimal', precision, scale }
    }
    case 'uuid':
      return size === null || size === 16 ? { kind: 'uuid' } : null
    case 'duration':
      return size === 12 ? { kind: 'duration' } : null
    case 'big-decimal':
    case 'date':
      return { kind: logical.value }
  }
  const [, local, what, unit] = /^(local-)?(time|timestamp)-(millis|micros|nanos)$/.exec(logical.value)! as unknown as [
    // the case above matched the same pattern
    string,
    string | undefined,
    'time' | 'timestamp',
    TimeUnit,
  ]
  return what === 'time' ? { kind: 'time', unit } : { kind: 'timestamp', unit, isLocal: local !== undefined }
}

/** The name of a logical type for a person. */
export function logicalName(logical: Logical): string {
  switch (logical.kind) {
    case 'decimal':
      return `decimal(${logical.precision}, ${logical.scale})`
    case 'time':
      return `time-${logical.unit}`
    case 'timestamp':
      return `${logical.isLocal ? 'local-' : ''}timestamp-${logical.unit}`
    default:
      return logical.kind
  }
}

const allowed: Partial<Record<string, readonly Stored[]>> = Object.assign(Object.create(null), {
  decimal: ['bytes', 'fixed'],
  'big-decimal': ['bytes'],
  uuid: ['string', 'fixed'],
  duration: ['fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
})

function integerOf(node: JsonNode | undefined, otherwise: number | null): number | null {
  if (node === undefined) return otherwise
  const value = node.kind === 'number' ? Number(node.digits) : NaN
  return Number.isSafeInteger(value) && value >= 0 ? value : null
}
