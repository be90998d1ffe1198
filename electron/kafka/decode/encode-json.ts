import type { Encoded } from './codec.ts'
import { type JsonNode, JsonProblem, parseJson } from './json-places.ts'

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
