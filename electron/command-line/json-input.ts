import { z } from 'zod'

/**
 * Converts JSON to what a schema expects, as far as JSON cannot say it: digits for a bigint, text or `{"base64"}` for bytes.
 * Everything else is unchanged, for the schema itself to check.
 */
export function fromJson(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === null || value === undefined) return value
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'bigint':
      return toBigInt(value)
    case 'object':
      return mapValues(value, (key, item) => {
        const inner = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined
        return inner === undefined ? item : fromJson(inner, item)
      })
    case 'record':
      return mapValues(value, (_, item) => fromJson(def.valueType, item))
    case 'array':
      return Array.isArray(value) ? value.map((item) => fromJson(def.element, item)) : value
    case 'tuple':
      return Array.isArray(value)
        ? value.map((item, index) => {
            const inner = def.items[index] ?? def.rest
            return inner == null ? (item as unknown) : fromJson(inner, item)
          })
        : value
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return fromJson(def.innerType, value)
    case 'pipe':
      return fromJson(def.in, value)
    case 'lazy':
      return fromJson(def.getter(), value)
    case 'union':
      return fromUnion(def.options, value)
    case 'custom':
      return takesBytes(schema) ? toBytes(value) : value
    default:
      return value
  }
}

/** The first alternative that accepts the value; if none does, the one that a literal field points to, for a better message. */
function fromUnion(options: readonly z.core.$ZodType[], value: unknown): unknown {
  let named: unknown
  for (const option of options) {
    const converted = fromJson(option, value)
    if (z.safeParse(option, converted).success) return converted
    if (literalsFit(option, value)) named = converted
  }
  return named ?? value
}

function literalsFit(option: z.core.$ZodType, value: unknown): boolean {
  const { def } = (option as z.core.$ZodTypes)._zod
  if (def.type !== 'object' || typeof value !== 'object' || value === null) return false
  return Object.entries(def.shape).every(([key, inner]) => {
    const field = (inner as z.core.$ZodTypes)._zod.def
    return field.type !== 'literal' || field.values.includes((value as Record<string, unknown>)[key] as never)
  })
}

function mapValues(value: unknown, change: (key: string, item: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(key, item)]))
}

function toBigInt(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  // Above 2^53 the parser has rounded already; then only a string can be exact, and the schema says so.
  return Number.isSafeInteger(value) ? BigInt(value as number) : value
}

function takesBytes(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, new Uint8Array()).success
}

function toBytes(value: unknown): unknown {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (typeof value !== 'object' || value === null) return value
  const { base64, text } = value as { base64?: unknown; text?: unknown }
  if (typeof base64 === 'string') return new Uint8Array(Buffer.from(base64, 'base64'))
  return typeof text === 'string' ? new TextEncoder().encode(text) : value
}
