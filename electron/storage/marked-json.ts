/**
 * What JSON cannot hold, and back, without loss: `{"$int64": "42"}` for a bigint, `{"$bytes": "…"}` (base64) for bytes. The mark
 * makes a file readable without its schema, which a format of bare decimal strings would not be. A key of ours that
 * itself starts with `$` gets a second one.
 */
export function mark(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int64: value.toString() }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(mark)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, mark(item)]),
  )
}

export function unmark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmark)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first !== undefined && typeof first[1] === 'string') {
    if (first[0] === '$int64') return BigInt(first[1])
    if (first[0] === '$bytes') return new Uint8Array(Buffer.from(first[1], 'base64'))
  }
  return Object.fromEntries(entries.map(([key, item]) => [key.startsWith('$$') ? key.slice(1) : key, unmark(item)]))
}
