import type { Encoded } from './codec.ts'
import { type JsonNode, JsonProblem, parseJson } from './exact-json-parser.ts'

/** Problems that are told; who has more of them mends these first. */
export const MOST_PROBLEMS = 100

/** Encodes what stands in a JSON text; of a text that is none it is said where it ceases to be. */
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

/** What could stand somewhere, as a problem lists it. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => JSON.stringify(name))
  return shown.length < names.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ') || 'nothing' // oxfmt-ignore
}
