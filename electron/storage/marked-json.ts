/**
 * Writes what JSON cannot hold, and reads it back, without loss: `{"$int64": "42"}` for a bigint, `{"$bytes": "…"}` (base64)
 * for bytes. With these marks a file can be read without its schema, unlike one with plain decimal strings. A key that itself
 * starts with `$` gets a second one.
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

/** `JSON.stringify(mark(value))` without building the tree: a journal entry may hold thousands of positions. */
export function markedText(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `{"$int64":"${value}"}`
    case 'string':
    case 'number':
    case 'boolean':
      return JSON.stringify(value)
    case 'object':
      break
    default:
      return 'null'
  }
  if (value === null) return 'null'
  if (value instanceof Uint8Array) return JSON.stringify(mark(value))
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${markedText(item)}`
    return `[${text}]`
  }
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key]
    if (item !== undefined) text += `${text === '' ? '' : ','}${nameText(key)}${markedText(item)}`
  }
  return `{${text}}`
}

/** How many keys are cached: they repeat in each row, but other programs may use any names. */
const MOST_NAMES = 1_000
const names = new Map<string, string>()

function nameText(key: string): string {
  const known = names.get(key)
  if (known !== undefined) return known
  const text = `${JSON.stringify(key.startsWith('$') ? `$${key}` : key)}:`
  if (names.size < MOST_NAMES) names.set(key, text)
  return text
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
