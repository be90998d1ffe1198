import type { Encoded } from './codec.ts'
import { type JsonNode, JsonProblem, parseJson } from './exact-json-parser.ts'

/** How many problems are reported; the first ones have to be fixed first anyway. */
export const MOST_PROBLEMS = 100

/** Encodes the value of a JSON text; if it is not JSON, reports where it stops being JSON. */
export function encodeJson(json: string, encode: (root: JsonNode) => Encoded): Encoded {
  let root: JsonNode
  try {
    root = parseJson(json)
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error
    return { problems: [{ path: '', at: error.at, message: `${error.message}.` }] }
  }
  return encode(root)
}

/** Floats that JSON has no numbers for. */
export const namedFloats: ReadonlyMap<string, number> = new Map([['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]]) // oxfmt-ignore

/** A list of what is allowed at a place, for an error message. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => JSON.stringify(name))
  return shown.length < names.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ') || 'nothing' // oxfmt-ignore
}
