import { bytesOfBase64 } from '#shared/bytes.ts'
import type { Encoded, EncodeProblem } from '../codec.ts'
import { bytesOfBig, decimalOf, rescaled } from '../decimals.ts'
import { encodeJson, MOST_PROBLEMS, namedFloats, someOf } from '../encode-json.ts'
import { type JsonMember, type JsonNode, type PathStep, pathText } from '../exact-json-parser.ts'
import type { Logical } from './logical-types.ts'
import { bytesOfBigDecimal, bytesOfMeant, exampleOf, integerOfMeant, isDecimal } from './logical-values.ts'
import { AvroOutput } from './output.ts'
import { type AvroField, type AvroType, branchNames, typeName } from './schema.ts'
import { branchOf, fits } from './union-branch.ts'

const LEVELS = 1_000
/** A few defaults may expand to any number of values, each of which has defaults again. */
const MOST_VALUES = 5_000_000
const MOST_BYTES = 64 << 20

/** Encodes a value's JSON form as Avro, or returns all its problems. */
export function encodeAvro(type: AvroType, json: string): Encoded {
  return encodeJson(json, (root) => new Encoding().run(type, root))
}

/** Encoding is given up at once. */
class TooMuch extends Error {}

class Encoding {
  readonly #output = new AvroOutput()
  readonly #problems: EncodeProblem[] = []
  readonly #path: PathStep[] = []
  #values = 0
  /**
   * Where in the text a default is used: the default itself is in the schema, follows other rules, and its positions belong to
   * another text.
   */
  #defaultAt: number | null = null

  run(type: AvroType, root: JsonNode): Encoded {
    try {
      this.#value(type, root)
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error
      this.#path.length = 0
      this.#problem(root, error.message)
    }
    return this.#problems.length > 0 ? { problems: this.#problems } : { bytes: this.#output.take() }
  }

  #value(type: AvroType, node: JsonNode): void {
    this.#values += 1
    if (this.#values > MOST_VALUES || this.#output.length > MOST_BYTES)
      throw new TooMuch('This is larger than any message.')
    switch (type.kind) {
      case 'null':
        if (node.kind !== 'null') this.#problem(node, 'Only null is meant to stand here.')
        return
      case 'boolean':
        if (node.kind !== 'boolean') return this.#problem(node, 'This is to be true or false.')
        return this.#output.byte(node.value ? 1 : 0)
      case 'int':
      case 'long':
        return this.#integer(type.kind, type.logical, node)
      case 'float':
      case 'double':
        return this.#float(type.kind, node)
      case 'string':
        if (node.kind !== 'text') return this.#problem(node, 'This is to be a text in quotes.')
        return this.#text(node.value, node)
      case 'bytes': {
        const bytes = this.#bytes(type.logical, null, node)
        if (bytes !== null) this.#output.sized(bytes)
        return
      }
      case 'fixed': {
        const bytes = this.#bytes(type.logical, type.size, node)
        if (bytes !== null) this.#output.raw(bytes)
        return
      }
      case 'enum': {
        const symbol = node.kind === 'text' ? type.symbols.indexOf(node.value) : -1
        if (symbol < 0) return this.#problem(node, `This is to be one of ${someOf(type.symbols)}.`)
        return this.#output.long(symbol)
      }
      case 'array':
        return this.#array(type.items, node)
      case 'map':
        return this.#map(type.values, node)
      case 'record':
        return this.#record(type.fields, node)
      case 'union':
        return this.#union(type, node)
    }
  }

  #integer(kind: 'int' | 'long', logical: Logical | null, node: JsonNode): void {
    const digits = node.kind === 'number' ? node.digits : node.kind === 'text' ? node.value : ''
    const decimal = decimalOf(digits)
    const value = decimal === null ? null : rescaled(decimal, 0)
    const meant = node.kind === 'text' && logical !== null ? integerOfMeant(logical, node.value) : null
    const found = meant ?? value
    if (found === null) {
      const what = logical === null ? '' : `, or ${exampleOf(logical)}`
      return this.#problem(node, `This is to be a whole number${what}.`)
    }
    const bits = kind === 'int' ? 32 : 64
    if (BigInt.asIntN(bits, found) !== found)
      return this.#problem(node, `This number does not fit in ${bits} bits (${kind}).`)
    this.#output.long(found)
  }

  #float(kind: 'float' | 'double', node: JsonNode): void {
    const value =
      node.kind === 'number' ? Number(node.digits) : node.kind === 'text' ? namedFloats.get(node.value) : undefined
    if (value === undefined) return this.#problem(node, 'This is to be a number, or "NaN", "Infinity" or "-Infinity".')
    const isLost = node.kind === 'number' && !Number.isFinite(kind === 'float' ? Math.fround(value) : value)
    if (isLost) return this.#problem(node, `This number is larger than a ${kind} can be.`)
    this.#output[kind](value)
  }

  #text(text: string, node: JsonNode): void {
    if (!text.isWellFormed())
      return this.#problem(node, 'This text has half a character (a lone surrogate), which no UTF-8 has.')
    this.#output.text(text)
  }

  /** null: a problem was reported. */
  #bytes(logical: Logical | null, size: number | null, node: JsonNode): Uint8Array | null {
    if (logical !== null && isDecimal(logical)) {
      const meant = this.#decimal(logical, size, node)
      if (meant !== undefined) return meant
    }
    if (node.kind !== 'text') {
      this.#problem(node, `This is to be ${logical === null ? 'base64 in quotes' : exampleOf(logical)}.`)
      return null
    }
    const meant = logical === null ? null : bytesOfMeant(logical, node.value)
    const bytes = meant ?? (this.#defaultAt === null ? bytesOfBase64(node.value) : bytesOfLatin1(node.value))
    if (bytes !== null && (size === null || bytes.length === size)) return bytes
    const what = logical === null ? '' : `${exampleOf(logical)}, or `
    const found = bytes === null ? '' : `, not ${bytes.length}`
    this.#problem(node, `This is to be ${what}base64${size === null ? '' : ` of ${size} bytes${found}`}.`)
    return null
  }

  /** undefined: it is not a number, so it may be the decimal's bytes. */
  #decimal(
    logical: Extract<Logical, { kind: 'decimal' | 'big-decimal' }>,
    size: number | null,
    node: JsonNode,
  ): Uint8Array | null | undefined {
    if (this.#defaultAt !== null || (node.kind !== 'number' && node.kind !== 'text')) return undefined
    const decimal = decimalOf(node.kind === 'number' ? node.digits : node.value)
    if (decimal === null) return undefined
    if (logical.kind === 'big-decimal') return bytesOfBigDecimal(decimal)
    const unscaled = rescaled(decimal, logical.scale)
    const bytes =
      unscaled === null || digitsOf(unscaled) > logical.precision ? null : bytesOfBig(unscaled, size ?? undefined)
    if (bytes === null) this.#problem(node, `This is to be ${exampleOf(logical)}.`)
    return bytes
  }

  #array(items: AvroType, node: JsonNode): void {
    if (node.kind !== 'list') return this.#problem(node, 'This is to be a list: [ … ].')
    if (node.items.length > 0) this.#output.long(node.items.length)
    for (const [i, item] of node.items.entries()) this.#within(i, item, items)
    this.#output.long(0)
  }

  #map(values: AvroType, node: JsonNode): void {
    if (node.kind !== 'object') return this.#problem(node, 'This is to be a map: { … }.')
    const members = this.#membersOf(node)
    if (members.size > 0) this.#output.long(members.size)
    for (const { name, value } of members.values()) {
      this.#text(name, value)
      this.#within(name, value, values)
    }
    this.#output.long(0)
  }

  #record(fields: readonly AvroField[], node: JsonNode): void {
    if (node.kind !== 'object') return this.#problem(node, 'This is to be an object: { … }.')
    const members = this.#membersOf(node)
    for (const { name, type, fallback } of fields) {
      const member = members.get(name)
      members.delete(name)
      if (member !== undefined) this.#within(name, member.value, type)
      else if (fallback === null)
        this.#problem(node, `The field "${name}" is missing, and the schema has no default for it.`)
      else {
        const outer = this.#defaultAt
        this.#defaultAt ??= node.at
        this.#within(name, fallback, type)
        this.#defaultAt = outer
      }
    }
    for (const { name, at } of members.values()) {
      this.#problem(
        { at },
        `The schema has no field "${name}" here. It has ${someOf(fields.map((field) => field.name))}.`,
      )
    }
  }

  #union(type: Extract<AvroType, { kind: 'union' }>, node: JsonNode): void {
    const { branches } = type
    const found = this.#defaultAt === null ? branchOf(type, node) : branches.findIndex((branch) => fits(branch, node))
    if (typeof found === 'number' && found >= 0) {
      this.#output.long(found)
      return this.#value(branches[found]!, node) // found is an index into the branches
    }
    if (typeof found === 'object' && found !== null) {
      this.#output.long(found.branch)
      return this.#within(found.name, found.value, branches[found.branch]!) // found.branch is an index into the branches
    }
    const names = branchNames(type).filter((name) => name !== null)
    const how = names.length > 0 ? `, and to say which as in {${JSON.stringify(names[0])}: …}` : ''
    this.#problem(node, `This is to be one of ${someOf(branches.map(typeName))}${how}.`)
  }

  #within(step: PathStep, node: JsonNode, type: AvroType): void {
    if (this.#path.length >= LEVELS)
      throw new TooMuch(`This nests deeper than ${LEVELS.toLocaleString('en-US')} levels.`)
    this.#path.push(step)
    this.#value(type, node)
    this.#path.pop()
  }

  #membersOf({ members }: Extract<JsonNode, { kind: 'object' }>): Map<string, JsonMember> {
    const found = new Map<string, JsonMember>()
    for (const member of members) {
      if (found.has(member.name)) this.#problem(member, `"${member.name}" is here a second time.`)
      found.set(member.name, member)
    }
    return found
  }

  #problem({ at }: { at: number }, message: string): void {
    if (this.#problems.length >= MOST_PROBLEMS) return
    const inDefault = this.#defaultAt !== null
    const told = inDefault ? `The default that the schema has for it cannot be used: ${message}` : message
    this.#problems.push({ path: pathText(this.#path), at: this.#defaultAt ?? at, message: told })
  }
}

const digitsOf = (value: bigint): number => String(value < 0n ? -value : value).length

/** The bytes of a default as a schema writes them: one character each. */
function bytesOfLatin1(text: string): Uint8Array | null {
  return /[^\p{ASCII}\u0080-\u00ff]/u.test(text) ? null : Buffer.from(text, 'latin1')
}
