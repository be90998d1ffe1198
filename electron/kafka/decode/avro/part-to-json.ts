import { isUtf8 } from 'node:buffer'
import { bytesOfText } from '#shared/bytes.ts'
import type { ValuePath } from '#shared/model/row-field.ts'
import { Undecodable } from '../codec.ts'
import type { JsonOutput } from '../json-output.ts'
import type { AvroInput } from './input.ts'
import { isDecimal } from './logical-values.ts'
import { type AvroRecord, type AvroType, branchNames, takesNoBytes } from './schema.ts'
import { type JsonWriter, noBranch, unknownSymbol, type Writers } from './to-json.ts'

const [COMMA, OPEN, CLOSE] = Array.from(',{}', (char) => char.charCodeAt(0)) as [number, number, number]

/**
 * Writers for some fields of a record, for callers that need no others: the rest is skipped, but refused where writing it would
 * be refused. Numbers, dates and texts that are not needed are most of the cost of decoding.
 */
export class PartWriters {
  readonly #writers: Writers
  readonly #skippers = new Map<AvroType, JsonWriter>()

  constructor(writers: Writers) {
    this.#writers = writers
  }

  of(type: AvroType, paths: readonly ValuePath[]): JsonWriter {
    const isAll = paths.some(({ length }) => length === 0)
    if (!isAll && type.kind === 'record') return this.#record(type, paths)
    // A union without branch names is written as the value itself.
    if (!isAll && type.kind === 'union' && branchNames(type).every((name) => name === null)) {
      const branches = type.branches.map((branch) => this.of(branch, paths))
      return (input, output) => (branches[input.long()] ?? badBranch)(input, output)
    }
    return this.#writers.of(type)
  }

  #record({ fields }: AvroRecord, paths: readonly ValuePath[]): JsonWriter {
    const steps = fields.map(({ name, type }) => {
      const within = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
      return within.length === 0
        ? { head: null, write: this.#skipper(type) }
        : { head: bytesOfText(`${JSON.stringify(name)}:`), write: this.of(type, within) }
    })
    return (input, output) => {
      input.enter()
      output.byte(OPEN)
      let isFirst = true
      for (let i = 0; i < steps.length; i += 1) {
        const { head, write } = steps[i]! // i < steps.length
        if (head !== null) {
          if (!isFirst) output.byte(COMMA)
          isFirst = false
          output.raw(head)
        }
        write(input, output)
      }
      output.byte(CLOSE)
      input.leave()
    }
  }

  /** Reads a value without writing it. */
  #skipper(type: AvroType): JsonWriter {
    const known = this.#skippers.get(type)
    if (known !== undefined) return known
    if (type.kind === 'record') {
      // Registered before its fields are compiled, because they may refer back to it.
      const skippers: JsonWriter[] = []
      const skipper: JsonWriter = (input, output) => {
        input.enter()
        for (let i = 0; i < skippers.length; i += 1) skippers[i]!(input, output) // i < skippers.length
        input.leave()
      }
      this.#skippers.set(type, skipper)
      for (const field of type.fields) skippers.push(this.#skipper(field.type))
      return skipper
    }
    const made = this.#makeSkipper(type)
    this.#skippers.set(type, made)
    return made
  }

  #makeSkipper(type: Exclude<AvroType, AvroRecord>): JsonWriter {
    switch (type.kind) {
      case 'null':
        return () => undefined
      case 'boolean':
        return (input) => void input.boolean()
      case 'int':
        return (input) => void input.int()
      case 'long':
        return (input) => void input.long()
      case 'float':
        return (input) => input.skip(4)
      case 'double':
        return (input) => input.skip(8)
      case 'string':
        return skipText
      // A decimal with too many digits is refused.
      case 'bytes':
        return isDecimal(type.logical) ? this.#writtenAndTakenBack(type) : (input) => void input.sized()
      case 'fixed':
        return isDecimal(type.logical) ? this.#writtenAndTakenBack(type) : (input) => input.skip(type.size)
      case 'enum':
        return (input) => void (type.symbols[input.long()] ?? unknownSymbol())
      case 'array': {
        const item = this.#skipper(type.items)
        const isFree = takesNoBytes(type.items)
        return (input, output) => skipBlocks(input, isFree, () => item(input, output))
      }
      case 'map': {
        const value = this.#skipper(type.values)
        return (input, output) =>
          skipBlocks(input, false, () => {
            skipText(input)
            value(input, output)
          })
      }
      case 'union': {
        const branches = type.branches.map((branch) => this.#skipper(branch))
        return (input, output) => (branches[input.long()] ?? badBranch)(input, output)
      }
    }
  }

  #writtenAndTakenBack(type: AvroType): JsonWriter {
    const write = this.#writers.of(type)
    return (input, output: JsonOutput) => {
      const { length } = output
      write(input, output)
      output.backTo(length)
    }
  }
}

function skipBlocks(input: AvroInput, isFree: boolean, item: () => void): void {
  input.enter()
  for (let count = input.block(isFree); count !== 0; count = input.block(isFree)) {
    for (let i = 0; i < count; i += 1) item()
  }
  input.leave()
}

function skipText(input: AvroInput): void {
  const start = input.sized()
  const { bytes, at: end } = input
  for (let at = start; at < end; at += 1) {
    if (bytes[at]! < 0x80) continue // at < end
    if (!isUtf8(bytes.subarray(at, end))) throw new Undecodable('a text in it is not UTF-8')
    return
  }
}

const badBranch: JsonWriter = () => {
  throw noBranch()
}
