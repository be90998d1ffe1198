import { namedFloats } from '../encode-json.ts'
import type { JsonNode } from '../exact-json-parser.ts'
import { integerOfMeant, isDecimal } from './logical-values.ts'
import { type AvroType, branchNames, typeName } from './schema.ts'

/**
 * Which branch of a union a JSON value is for: if there are only null and one other, by the value; otherwise by the branch name
 * in Avro's JSON, or if only one branch could be written that way.
 */
export function branchOf(
  type: Extract<AvroType, { kind: 'union' }>,
  node: JsonNode,
): number | { branch: number; name: string; value: JsonNode } | null {
  const { branches } = type
  const fitting = branches.flatMap((branch, i) => (fits(branch, node) ? [i] : []))
  const [only] = node.kind === 'object' ? node.members : []
  const isSingle = node.kind === 'object' && node.members.length === 1
  if (only !== undefined && isSingle) {
    const named = branches.findIndex((branch) => typeName(branch) === only.name)
    const short = named < 0 ? branches.filter((branch) => typeName(branch).endsWith(`.${only.name}`)) : []
    const branch = short.length === 1 ? branches.indexOf(short[0]!) : named // its length is 1, as checked
    const isNamed = branchNames(type).some((name) => name !== null)
    // A map or a record may itself have a member of that name: without names, the unnamed form wins where names are not
    // required.
    if (branch >= 0 && (isNamed || fitting.length === 0)) return { branch, name: only.name, value: only.value }
  }
  const [first, ...others] = fitting
  if (first === undefined) return unfitting(branches, node)
  return others.length === 0 || branchNames(type).every((name) => name === null) ? first : unfitting(branches, node)
}

/** If there is only one branch beside null, its own problem says more than that no branch fits. */
function unfitting(branches: readonly AvroType[], node: JsonNode): number | null {
  const others = branches.flatMap((branch, i) => (branch.kind === 'null' ? [] : [i]))
  return others.length === 1 && node.kind !== 'null' ? others[0]! : null // its length is 1, as checked
}

/** Whether a value could be of this type, judged by its outermost level only: looking inside would take exponential time. */
export function fits(type: AvroType, node: JsonNode): boolean {
  switch (type.kind) {
    case 'null':
    case 'boolean':
      return node.kind === type.kind
    case 'int':
    case 'long':
      if (node.kind === 'text') return type.logical !== null && integerOfMeant(type.logical, node.value) !== null
      return node.kind === 'number' && /^-?\d+$/.test(node.digits)
    case 'float':
    case 'double':
      return node.kind === 'number' || (node.kind === 'text' && namedFloats.has(node.value))
    case 'bytes':
      return node.kind === 'text' || (isDecimal(type.logical) && node.kind === 'number')
    case 'fixed':
      return node.kind === 'text' || (isDecimal(type.logical) && node.kind === 'number')
    case 'string':
      return node.kind === 'text'
    case 'enum':
      return node.kind === 'text' && type.symbols.includes(node.value)
    case 'array':
      return node.kind === 'list'
    case 'map':
      return node.kind === 'object'
    case 'record': {
      if (node.kind !== 'object') return false
      const names = new Set(node.members.map(({ name }) => name))
      const missing = type.fields.some(({ name, fallback }) => !names.delete(name) && fallback === null)
      return !missing && names.size === 0
    }
    case 'union':
      return false
  }
}
