/** The fields of a schema: one line of text for each path. */
export type FieldMap = ReadonlyMap<string, string>

export interface FieldChange {
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before: string | undefined
  readonly after: string | undefined
}

/** For longer schemas only the comparison by lines is available: comparing field by field would block the page. */
export const MOST_TEXT = 512 * 1024
const MOST_FIELDS = 20_000
const DEEPEST = 100
const LONGEST = 300

/** The path of the schema itself. */
export const ROOT = '(schema)'

/**
 * The fields of an Avro or JSON schema by their paths, with a description of each; `undefined`: the schema cannot be read that
 * way. References are named and not followed, so that nothing goes in circles.
 */
export function fieldsOf(text: string, type: 'avro' | 'json-schema'): FieldMap | undefined {
  if (text.length > MOST_TEXT) return undefined
  try {
    const fields = new Map<string, string>()
    const put = (path: string, what: string): void => {
      if (fields.size < MOST_FIELDS) fields.set(path === '' ? ROOT : path, cut(what))
    }
    const schema = parsed(text)
    if (type === 'avro') walkAvro(schema, '', put, 0, '')
    else walkJson(schema, '', put, 0, '')
    return fields
  } catch {
    return undefined
  }
}

/** In the order of the newer schema; deleted fields come last. */
export function changesBetween(before: FieldMap, after: FieldMap): FieldChange[] {
  const changes: FieldChange[] = []
  for (const [path, now] of after) {
    const was = before.get(path)
    if (was !== now) changes.push({ path, change: was === undefined ? 'added' : 'changed', before: was, after: now })
  }
  for (const [path, was] of before) {
    if (!after.has(path)) changes.push({ path, change: 'removed', before: was, after: undefined })
  }
  return changes
}

type Put = (path: string, what: string) => void
type Json = Record<string, unknown>

/** A number that JavaScript cannot represent exactly, as it was written. */
class Exact {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

function parsed(text: string): unknown {
  // The third parameter, the source text, is newer than the library's types.
  const revive = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? new Exact(context.source) : value // oxfmt-ignore
  return JSON.parse(text, revive)
}

function shown(value: unknown): string {
  if (value instanceof Exact) return value.source
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (isObject(value)) return `{${Object.entries(value).map(([key, one]) => `${key}: ${shown(one)}`).join(', ')}}` // oxfmt-ignore
  return JSON.stringify(value) ?? ''
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Exact)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

function walkAvro(schema: unknown, path: string, put: Put, depth: number, beside: string): void {
  if (depth > DEEPEST) return
  put(path, avroWords(schema, 0) + beside)
  insideAvro(schema, path, put, depth)
}

function insideAvro(schema: unknown, path: string, put: Put, depth: number): void {
  if (depth > DEEPEST) return
  if (Array.isArray(schema)) return schema.forEach((branch) => insideAvro(branch, path, put, depth + 1))
  if (!isObject(schema)) return
  const { type } = schema
  if (type === 'array') return insideAvro(schema['items'], `${path}[]`, put, depth + 1)
  if (type === 'map') return insideAvro(schema['values'], `${path}{}`, put, depth + 1)
  if (isObject(type) || Array.isArray(type)) return insideAvro(type, path, put, depth + 1)
  const { fields } = schema
  if (!Array.isArray(fields)) return
  for (const field of fields) {
    if (!isObject(field)) continue
    const aliases = Array.isArray(field['aliases']) ? `, also ${field['aliases'].map(textOf).join(', ')}` : ''
    const beside = ('default' in field ? ` = ${shown(field['default'])}` : '') + aliases
    walkAvro(field['type'], join(path, textOf(field['name'])), put, depth + 1, beside)
  }
}

function avroWords(schema: unknown, depth: number): string {
  if (typeof schema === 'string') return schema
  if (depth > DEEPEST) return '…'
  if (Array.isArray(schema)) return schema.map((branch) => avroWords(branch, depth + 1)).join(' | ')
  if (!isObject(schema)) return shown(schema)
  const { type, logicalType } = schema
  if (typeof type !== 'string') return avroWords(type, depth + 1)
  const name = [textOf(schema['namespace']), textOf(schema['name'])].filter((part) => part !== '').join('.')
  switch (type) {
    case 'array':
      return `array of ${avroWords(schema['items'], depth + 1)}`
    case 'map':
      return `map of ${avroWords(schema['values'], depth + 1)}`
    case 'enum':
      return `enum ${name} ${shown(schema['symbols'])}${'default' in schema ? ` = ${shown(schema['default'])}` : ''}`
    case 'fixed':
      return `fixed ${name} of ${shown(schema['size'])}${logicalWords(schema)}`
    default:
      return `${type}${name === '' ? '' : ` ${name}`}${logicalType === undefined ? '' : logicalWords(schema)}`
  }
}

function logicalWords({ logicalType, precision, scale }: Json): string {
  if (typeof logicalType !== 'string') return ''
  return precision === undefined ? ` ${logicalType}` : ` ${logicalType}(${shown(precision)}, ${shown(scale ?? 0)})`
}

/** Left out: keywords that only inform people. Nested fields have rows of their own. */
const unsaid = new Set(['title', 'description', 'examples', '$comment', '$schema', '$id', 'properties', 'required', '$defs', 'definitions', 'items', 'patternProperties']) // oxfmt-ignore
const choices = ['oneOf', 'anyOf', 'allOf'] as const

function walkJson(schema: unknown, path: string, put: Put, depth: number, beside: string): void {
  if (depth > DEEPEST) return
  put(path, jsonWords(schema) + beside)
  if (!isObject(schema)) return
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  const inside = (of: unknown, pathOf: (name: string) => string, says: (name: string) => string = () => ''): void => {
    if (!isObject(of)) return
    for (const [name, one] of Object.entries(of)) walkJson(one, pathOf(name), put, depth + 1, says(name))
  }
  inside(schema['properties'], (name) => join(path, name), (name) => (required.has(name) ? ', required' : '')) // oxfmt-ignore
  inside(schema['patternProperties'], (name) => join(path, `/${name}/`))
  for (const defs of ['$defs', 'definitions']) inside(schema[defs], (name) => `${path}#/${defs}/${name}`)
  const { items, additionalProperties } = schema
  if (isObject(items)) walkJson(items, `${path}[]`, put, depth + 1, '')
  if (isObject(additionalProperties)) walkJson(additionalProperties, `${path}{}`, put, depth + 1, '')
  for (const choice of choices) {
    const of = schema[choice]
    if (Array.isArray(of)) of.forEach((one, at) => walkJson(one, `${path} ${choice} ${at + 1}`, put, depth + 1, ''))
  }
}

function jsonWords(schema: unknown): string {
  if (!isObject(schema)) return shown(schema)
  const { type } = schema
  const head = Array.isArray(type) ? type.map(textOf).join(' | ') : textOf(type)
  const rest = Object.entries(schema)
    .filter(
      ([key, value]) =>
        key !== 'type' &&
        !unsaid.has(key) &&
        !(choices as readonly string[]).includes(key) &&
        !(key === 'additionalProperties' && isObject(value)),
    ) // oxfmt-ignore
    .map(([key, value]) => (key === '$ref' ? textOf(value) : `${key} ${shown(value)}`))
  return [head, ...rest].filter((part) => part !== '').join(', ')
}
