import { dereference, type OutputUnit, type Schema, type SchemaDraft, validate } from '@cfworker/json-schema'
import type { SchemaText } from '#shared/model/schema.ts'
import { SchemaProblem } from '../codec.ts'
import { JsonProblem, type JsonNode, parseJson } from '../exact-json-parser.ts'
import { withinTime } from '../time-limit.ts'
import { repair } from './repairs.ts'

/**
 * How a value violates the schema; empty: it does not. Throws `TimeLimit`, and RangeError if value or schema nest endlessly.
 */
export type Check = (instance: unknown) => OutputUnit[]

/** Levels of a schema, each a level of the call stack. */
const LEVELS = 500
/** The limit for one check: patterns, nested alternatives and `uniqueItems` may take any amount of time. */
const SECONDS = 5
/** The assumed address of a schema without one. */
const HERE = 'https://schema.invalid/'

/** A schema's own title. Throws `SchemaProblem` if it is not a schema. */
export function titleOf(text: string): string {
  const { schema } = read(text, '')
  const title: unknown = typeof schema === 'boolean' ? undefined : (schema as { title?: unknown }).title
  return typeof title === 'string' ? title : (idOf(schema) ?? 'JSON')
}

/** Compiles a schema and those it refers to, which takes seconds for five megabytes. Throws `SchemaProblem`. */
export function checkOf({ text, references }: Pick<SchemaText, 'text' | 'references'>): Check {
  const root = { name: 'schema.json', ...read(text, '') }
  const others = references.map((one) => ({ name: one.name, ...read(one.text, `${one.name}: `) }))
  const draft = draftOf(root.schema)
  const lookup = within('', () => {
    const found = dereference(root.schema, Object.create(null) as Record<string, Schema | boolean>, new URL(HERE))
    for (const one of others) add(one.schema, new URL(one.name, HERE), found)
    // References are resolved relative to the schema they are in.
    for (const from of [root, ...others]) {
      const base = new URL(idOf(from.schema) ?? '', new URL(from.name, HERE))
      for (const one of others) {
        const alias = new URL(one.name, base)
        alias.hash = ''
        if (found[alias.href] === undefined) add(withId(one.schema, alias.href), alias, found)
      }
    }
    repair(root.schema, found)
    return found
  })
  for (const [place, schema] of Object.entries(lookup)) {
    const target = typeof schema === 'object' ? (schema as { __absolute_ref__?: string }).__absolute_ref__ : undefined
    if (target !== undefined && lookup[target] === undefined) {
      throw new SchemaProblem(`It refers to "${(schema as Schema).$ref}", which is neither in it nor in what comes with it.`, place.replace(HERE, '')) // oxfmt-ignore
    }
  }
  return (instance) => withinTime(SECONDS, () => validate(instance, root.schema, draft, lookup, false).errors)
}

function read(text: string, of: string): { schema: Schema | boolean } {
  let node: JsonNode
  try {
    node = parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error
    throw new SchemaProblem(`The schema is not JSON: ${error.message}.`, `${of}character ${error.at}`)
  }
  if (node.kind !== 'object' && node.kind !== 'boolean') {
    throw new SchemaProblem('A schema is an object, or true or false.', `${of}character ${node.at}`)
  }
  if (isDeeper(node, LEVELS))
    throw new SchemaProblem(`The schema nests deeper than ${LEVELS} levels.`, of === '' ? null : of)
  return { schema: JSON.parse(text) as Schema | boolean }
}

/** The library reports only a few kinds of problems: an invalid address, or one that two schemas have. */
function within<T>(place: string, run: () => T): T {
  try {
    return withinTime(SECONDS, run)
  } catch (error) {
    const why = error instanceof Error && error.message !== '' ? error.message : 'it takes too long'
    throw new SchemaProblem(`The schema cannot be used: ${why}`, place)
  }
}

function add(schema: Schema | boolean, base: URL, lookup: Record<string, Schema | boolean>): void {
  dereference(schema, lookup, base)
}

function withId(schema: Schema | boolean, id: string): Schema | boolean {
  return typeof schema === 'boolean' ? schema : { ...schema, $id: id }
}

function idOf(schema: Schema | boolean): string | undefined {
  const id: unknown = typeof schema === 'boolean' ? undefined : (schema.$id ?? (schema as { id?: unknown }).id)
  return typeof id === 'string' ? id : undefined
}

/** A schema without `$schema` is draft 7, as in Confluent's serialisers; the library treats drafts 6 and 7 alike. */
function draftOf(schema: Schema | boolean): SchemaDraft {
  const said: unknown = typeof schema === 'boolean' ? undefined : schema.$schema
  if (typeof said !== 'string') return '7'
  if (said.includes('draft-04') || said.includes('draft-03')) return '4'
  return said.includes('2020-12') ? '2020-12' : said.includes('2019-09') ? '2019-09' : '7'
}

function isDeeper(root: JsonNode, most: number): boolean {
  let nodes = [root]
  for (let level = 0; nodes.length > 0; level += 1) {
    if (level > most) return true
    nodes = nodes.flatMap((node) => node.kind === 'list' ? node.items : node.kind === 'object' ? node.members.map(({ value }) => value) : []) // oxfmt-ignore
  }
  return false
}
