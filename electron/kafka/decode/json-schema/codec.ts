import type { OutputUnit } from '@cfworker/json-schema'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { type Codec, type EncodeProblem, type Encoded, SchemaProblem, Undecodable, unusable } from '../codec.ts'
import { encodeJson, MOST_PROBLEMS } from '../encode-json.ts'
import { compactJson, type JsonNode, pathText, type PathStep, placeOf } from '../exact-json-parser.ts'
import { jsonValue } from '../json-value.ts'
import { TimeLimit } from '../time-limit.ts'
import { type Check, checkOf, titleOf } from './check.ts'

/** The default size limit of Kafka's messages: a list of larger ones would take seconds. */
const MOST_BYTES = 1 << 20

/**
 * Values of a JSON Schema are JSON and need no schema to be read: only written values are checked, even where a registry would
 * accept anything. So the check is compiled when something is first written. Throws `SchemaProblem` if it is not a schema at
 * all.
 */
export function compileJsonSchema(schema: SchemaText): Codec {
  let check: Check | undefined
  return {
    type: titleOf(schema.text),
    written(bytes) {
      textOf(bytes)
      return bytes
    },
    value: (bytes) => jsonValue(textOf(bytes)),
    encode: (json) =>
      encodeJson(json, (root) => encodeChecked(json, root, (instance) => (check ??= checkOf(schema))(instance))),
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MOST_BYTES) throw new Undecodable('longer than 1 MiB, so it was not tried')
  const text = utf8Text(bytes)
  if (text === null) throw new Undecodable('it is not UTF-8')
  try {
    JSON.parse(text)
    return text
  } catch {
    throw new Undecodable('it is not JSON')
  }
}

function encodeChecked(json: string, root: JsonNode, check: Check): Encoded {
  const problems = [...textProblems(json, root)]
  if (problems.length === 0) {
    try {
      problems.push(
        ...check(JSON.parse(json))
          .filter(isTold)
          .map((one) => problemOf(one, root)),
      )
    } catch (error) {
      problems.push({ path: '', at: root.at, message: failure(error) })
    }
  }
  if (problems.length > 0) return { problems: problems.slice(0, MOST_PROBLEMS) }
  return { bytes: bytesOfText(compactJson(json)) }
}

/** Ambiguities that JSON allows and readers resolve differently. */
function* textProblems(json: string, root: JsonNode): Generator<EncodeProblem> {
  if (!json.isWellFormed()) yield { path: '', at: null, message: 'The text has half a character (a lone surrogate).' }
  const open: Place[] = [{ node: root, step: '', within: null }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const within = next
    const { node } = next
    if (node.kind === 'list') node.items.forEach((item, step) => open.push({ node: item, step, within }))
    if (node.kind !== 'object') continue
    const names = new Set<string>()
    for (const { name, at, value } of node.members) {
      if (names.has(name)) yield { path: pathText(stepsTo(within)), at, message: `"${name}" is here a second time.` }
      names.add(name)
      open.push({ node: value, step: name, within })
    }
  }
}

interface Place {
  node: JsonNode
  step: PathStep
  within: Place | null
}

function stepsTo(place: Place): PathStep[] {
  const steps: PathStep[] = []
  for (let { step, within } = place; within !== null; { step, within } = within) steps.push(step)
  return steps.toReversed()
}

function failure(error: unknown): string {
  if (error instanceof SchemaProblem) return `This cannot be checked: ${unusable(error)}`
  if (error instanceof TimeLimit) return 'To check this against its schema took too long: perhaps by a pattern in it.'
  if (error instanceof Error && error.name === 'RangeError')
    return 'This, or its schema, nests too deeply to be checked.'
  return `This could not be checked against its schema: ${error instanceof Error ? error.message : String(error)}`
}

/** Errors that only say that something inside is wrong. */
const outer = new Set(['$ref', '$recursiveRef', 'allOf', 'properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties', 'items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'if', 'dependentSchemas', 'dependencies', 'propertyNames']) // oxfmt-ignore

const isTold = ({ keyword, error }: OutputUnit): boolean => !outer.has(keyword) || !/subschema|not match|had errors/.test(error) // oxfmt-ignore

function problemOf({ instanceLocation, error }: OutputUnit, root: JsonNode): EncodeProblem {
  const path = pathOf(instanceLocation, root)
  return { path: pathText(path), at: placeOf(root, path), message: messageOf(error) }
}

/** The steps of a JSON pointer; for a list they are indexes. */
function pathOf(pointer: string, root: JsonNode): PathStep[] {
  const path: PathStep[] = []
  let node: JsonNode | undefined = root
  for (const part of pointer.split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    const step: PathStep = node?.kind === 'list' ? Number(name) : name
    path.push(step)
    node = node?.kind === 'list' ? node.items[Number(name)] : node?.kind === 'object' ? node.members.find((one) => one.name === name)?.value : undefined // oxfmt-ignore
  }
  return path
}

function messageOf(error: string): string {
  return error
    .replace(/^False boolean schema\.$/, 'The schema allows nothing here.')
    .replace(/^Instance type "(.*)" is invalid\. Expected (.*)\.$/, 'This is to be of type $2, not "$1".')
    .replace(/^Instance does not have required property "(.*)"\.$/s, '"$1" is missing.')
    .replace(/^String does not match pattern\.$/, 'This text does not match the pattern of the schema.')
    .replace(/^(Instance|String|Array|Items?) /, 'This ')
}
