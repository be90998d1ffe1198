import type { Schema } from '@cfworker/json-schema'

/** The library's index of schemas by address; a schema may have several addresses. */
export type Lookup = Record<string, Schema | boolean>

type Found = Schema & {
  __absolute_uri__?: string
  __absolute_ref__?: string
  $dynamicAnchor?: unknown
  $dynamicRef?: unknown
}

/**
 * Rewrites schemas into what the library supports: it does not know `$dynamicRef`, and compiles every pattern in Unicode mode.
 */
export function repair(root: Schema | boolean, lookup: Lookup): void {
  const schemas = [...new Set(Object.values(lookup))].filter((one): one is Found => typeof one === 'object')
  for (const schema of schemas) repairPatterns(schema)
  repairDynamicRefs(root, schemas, lookup)
}

/**
 * A `$dynamicRef` refers to the outermost schema with its anchor. That is nearly always the schema being checked, otherwise the
 * one it refers to statically: schemas in between, which depend on the path of a check, are ignored.
 */
function repairDynamicRefs(root: Schema | boolean, schemas: readonly Found[], lookup: Lookup): void {
  const anchors = new Set<string>()
  for (const schema of schemas) {
    if (typeof schema.$dynamicAnchor !== 'string') continue
    const address = `${resourceOf(schema)}#${schema.$dynamicAnchor}`
    anchors.add(address)
    lookup[address] ??= schema
  }
  const outermost = typeof root === 'object' ? resourceOf(root) : ''
  for (const schema of schemas) {
    if (typeof schema.$dynamicRef !== 'string') continue
    const address = new URL(schema.$dynamicRef, resourceOf(schema))
    const name = address.hash.slice(1)
    const first = `${outermost}#${name}`
    const target = anchors.has(address.href) && anchors.has(first) ? first : address.href
    const refers = schema.$ref === undefined ? schema : also(schema)
    refers.$ref = schema.$dynamicRef
    Object.defineProperty(refers, '__absolute_ref__', { enumerable: false, value: target })
  }
}

/** Adds a schema that must hold in addition. */
function also(schema: Found): Found {
  const more: Found = {}
  schema.allOf = [...(Array.isArray(schema.allOf) ? schema.allOf : []), more]
  return more
}

function resourceOf(schema: Found): string {
  return (schema.__absolute_uri__ ?? '').replace(/#.*$/s, '')
}

function repairPatterns(schema: Found): void {
  if (typeof schema.pattern === 'string') schema.pattern = unicodePattern(schema.pattern)
  const { patternProperties } = schema
  if (typeof patternProperties !== 'object' || patternProperties === null) return
  schema.patternProperties = Object.fromEntries(
    Object.entries(patternProperties).map(([pattern, of]) => [unicodePattern(pattern), of]),
  )
}

/**
 * Java and Python accept `\-` and braces that are no quantifier as literals; JavaScript does not in Unicode mode, which
 * characters beyond 16 bits need. A pattern that is invalid for other reasons is left alone.
 */
function unicodePattern(pattern: string): string {
  if (isPattern(pattern)) return pattern
  let isClass = false
  const plain = pattern.replaceAll(/\\[^]|\{\d+(?:,\d*)?\}|[[\]{}]/g, (part) => {
    if (part.startsWith('\\')) {
      const escaped = part.slice(1)
      return /[-_@#%&=:;,<>"'`~! ]/.test(escaped) && !(isClass && escaped === '-') ? escaped : part
    }
    if (part === '[' && !isClass) isClass = true
    else if (part === ']' && isClass) isClass = false
    else if (part.length === 1 && !isClass) return `\\${part}`
    return part
  })
  return isPattern(plain) ? plain : pattern
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u').unicode
  } catch {
    return false
  }
}
