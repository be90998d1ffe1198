import { bytesOfText } from '#shared/bytes.ts'
import { Undecodable } from '../codec.ts'
import type { JsonOutput } from '../json-output.ts'
import type { AvroInput } from './input.ts'
import type { Logical } from './logical-types.ts'
import { digitsOfBytes, isDecimal, meantOfBytes, meantOfInteger } from './logical-values.ts'
import { type AvroRecord, type AvroType, branchNames, takesNoBytes } from './schema.ts'

/** Reads one value and writes its JSON form. */
export type JsonWriter = (input: AvroInput, output: JsonOutput) => void

const [COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = Array.from(',:[]{}', (char) => char.charCodeAt(0)) as [number, number, number, number, number, number] // oxfmt-ignore

/** A closure for each type, made once. */
export class Writers {
  readonly #made = new Map<AvroType, JsonWriter>()

  of(type: AvroType): JsonWriter {
    const known = this.#made.get(type)
    if (known !== undefined) return known
    if (type.kind === 'record') return this.#record(type)
    const made = this.#make(type)
    this.#made.set(type, made)
    return made
  }

  #make(type: Exclude<AvroType, AvroRecord>): JsonWriter {
    switch (type.kind) {
      case 'null':
        return (_, output) => output.ascii('null')
      case 'boolean':
        return (input, output) => output.ascii(input.boolean() ? 'true' : 'false')
      case 'int':
        return type.logical === null ? (input, output) => output.integer(input.int()) : meantInteger(type.logical, true)
      case 'long':
        return type.logical === null ? long : meantInteger(type.logical, false)
      case 'float':
        return (input, output) => output.float(input.float())
      case 'double':
        return (input, output) => output.float(input.double())
      case 'string':
        return (input, output) => output.text(input.bytes, input.sized(), input.at)
      case 'bytes':
        return bytesWriter(type.logical, (input) => input.bytes.subarray(input.sized(), input.at))
      case 'fixed':
        return bytesWriter(type.logical, (input) => input.take(type.size))
      case 'enum': {
        const symbols = type.symbols.map(quoted)
        return (input, output) => output.raw(symbols[input.long()] ?? unknownSymbol())
      }
      case 'array':
        return arrayWriter(this.of(type.items), takesNoBytes(type.items))
      case 'map':
        return mapWriter(this.of(type.values))
      case 'union':
        return this.#union(type.branches, branchNames(type))
    }
  }

  #union(branches: readonly AvroType[], names: readonly (string | null)[]): JsonWriter {
    const writers = branches.map((branch) => this.of(branch))
    const heads = names.map((name) => (name === null ? null : bytesOfText(`{${JSON.stringify(name)}:`)))
    return (input, output) => {
      const branch = input.long()
      const head = heads[branch]
      if (head === undefined) throw noBranch()
      if (head === null) return writers[branch]!(input, output) // branch was checked against the number of branches
      output.raw(head)
      writers[branch]!(input, output) // branch was checked against the number of branches
      output.byte(CLOSE)
    }
  }

  /** Registered before its fields are compiled, because they may refer back to it. */
  #record(type: AvroRecord): JsonWriter {
    const heads = type.fields.map(({ name }, i) => bytesOfText(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`))
    const writers: JsonWriter[] = []
    const writer: JsonWriter = (input, output) => {
      input.enter()
      for (let i = 0; i < writers.length; i += 1) {
        output.raw(heads[i]!) // both lists have an entry per field
        writers[i]!(input, output) // both lists have an entry per field
      }
      if (writers.length === 0) output.byte(OPEN)
      output.byte(CLOSE)
      input.leave()
    }
    this.#made.set(type, writer)
    for (const field of type.fields) writers.push(this.of(field.type))
    return writer
  }
}

function long(input: AvroInput, output: JsonOutput): void {
  const value = input.long()
  if (Number.isNaN(value)) output.ascii(String(input.wide))
  else output.integer(value)
}

function meantInteger(logical: Logical, isInt: boolean): JsonWriter {
  return (input, output) => {
    const value = isInt ? BigInt(input.int()) : input.bigLong()
    const meant = meantOfInteger(logical, value)
    output.ascii(meant === null ? String(value) : `"${meant}"`)
  }
}

function bytesWriter(logical: Logical | null, take: (input: AvroInput) => Uint8Array): JsonWriter {
  if (isDecimal(logical)) return (input, output) => output.ascii(digitsOfBytes(logical, take(input)))
  if (logical === null) return (input, output) => output.base64(take(input))
  return (input, output) => output.ascii(`"${meantOfBytes(logical, take(input))}"`)
}

function arrayWriter(item: JsonWriter, isFree: boolean): JsonWriter {
  return (input, output) => {
    input.enter()
    output.byte(OPEN_LIST)
    let isFirst = true
    for (let count = input.block(isFree); count !== 0; count = input.block(isFree)) {
      for (let i = 0; i < count; i += 1) {
        if (!isFirst) output.byte(COMMA)
        isFirst = false
        item(input, output)
      }
    }
    output.byte(CLOSE_LIST)
    input.leave()
  }
}

function mapWriter(value: JsonWriter): JsonWriter {
  return (input, output) => {
    input.enter()
    output.byte(OPEN)
    let isFirst = true
    for (let count = input.block(false); count !== 0; count = input.block(false)) {
      for (let i = 0; i < count; i += 1) {
        if (!isFirst) output.byte(COMMA)
        isFirst = false
        output.text(input.bytes, input.sized(), input.at)
        output.byte(COLON)
        value(input, output)
      }
    }
    output.byte(CLOSE)
    input.leave()
  }
}

const quoted = (text: string): Uint8Array => bytesOfText(JSON.stringify(text))

export function noBranch(): Undecodable {
  return new Undecodable('a union in it is of a branch that the schema does not have')
}

export function unknownSymbol(): never {
  throw new Undecodable('an enum in it has a symbol that the schema does not have')
}
