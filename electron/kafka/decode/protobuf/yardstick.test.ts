import {
  type DescMessage,
  fromBinary,
  fromJsonString,
  type JsonValue,
  toBinary,
  toJson,
  toJsonString,
} from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { type Encoded, Undecodable } from '../codec.ts'
import { type JsonNode, parseJson } from '../exact-json-parser.ts'
import { Random } from '../avro/fixtures/random.ts'
import { compileProtobuf } from './compile.ts'
import { randomMessage } from './fixtures/random-message.ts'
import { compiled, everything } from './fixtures/schemas.ts'
import { filesOf } from './schema-files.ts'
import { rounds } from '../../../../tests/support/rounds.ts'

/* Messages made and read by @bufbuild/protobuf, which passes Protobuf's conformance tests. */

/** Of each type for each test: of all rounds nearly four thousand. */
const MESSAGES = rounds(250)
const { registry } = filesOf(compiled)
const typeOf = (name: string): DescMessage => registry.getMessage(name)!

describe.each(['seekline.test.Everything', 'seekline.legacy.Legacy', 'seekline.modern.Modern'])('%s', (name) => {
  const type = typeOf(name)
  const codec = compileProtobuf(everything, name)
  const all = (seed: number, check: (bytes: Uint8Array, random: Random) => void): void => {
    const random = new Random(seed)
    for (let i = 0; i < MESSAGES; i += 1) check(toBinary(type, randomMessage(random, type, registry)), random)
  }

  it('is written out as Protobuf’s JSON has it, but for exact numbers', () => {
    all(1, (bytes) => {
      const theirs = toJson(type, fromBinary(type, bytes), {
        registry,
        alwaysEmitImplicit: true,
        useProtoFieldName: true,
      })
      expect(difference(parseJson(Buffer.from(codec.written(bytes)).toString()), theirs, name)).toBe(null)
    })
  })

  it('is the same as a tree', () => {
    all(2, (bytes) => expect(jsonOf(codec.value(bytes))).toBe(Buffer.from(codec.written(bytes)).toString()))
  })

  it('is encoded to the same bytes from what was written', () => {
    all(3, (bytes) => {
      expect(hexOf(codec.encode(Buffer.from(codec.written(bytes)).toString()))).toBe(hexOf({ bytes }))
    })
  })

  it('is encoded to what the other makes of its own JSON', () => {
    all(4, (bytes) => {
      const json = toJsonString(type, fromBinary(type, bytes), { registry })
      const theirs = toBinary(type, fromJsonString(type, json, { registry }))
      expect(hexOf(codec.encode(json))).toBe(hexOf({ bytes: theirs }))
    })
  })

  it('is the same value or no value, whatever happens to the bytes; and that value is encoded and read again', () => {
    let decoded = 0
    all(5, (bytes, random) => {
      let damaged = Uint8Array.from(bytes)
      for (let n = random.below(3) + 1; n > 0 && damaged.length > 0; n -= 1)
        damaged[random.below(damaged.length)] = random.below(256)
      if (random.below(4) === 0) damaged = damaged.slice(0, random.below(damaged.length + 1))
      const written = outcome(() => Buffer.from(codec.written(damaged)).toString())
      expect(outcome(() => jsonOf(codec.value(damaged)))).toBe(written)
      if (!written.startsWith('{')) return
      decoded += 1
      const again = codec.encode(written)
      const told = 'problems' in again ? again.problems.map(({ message }) => message) : []
      // What a schema requires is shown without it, and not written so.
      expect(told.filter((message) => !message.includes('required'))).toEqual([])
      const second = 'bytes' in again ? Buffer.from(codec.written(again.bytes)).toString() : written
      expect(second).toBe(written)
    })
    expect(decoded).toBeGreaterThan(MESSAGES / 20)
  })
})

/** What came of it, or the reason why it is no value. */
function outcome(decode: () => string): string {
  try {
    return decode()
  } catch (error) {
    if (error instanceof Undecodable) return error.message
    throw error
  }
}

function hexOf(encoded: Encoded | { bytes: Uint8Array }): unknown {
  return 'bytes' in encoded ? Buffer.from(encoded.bytes).toString('hex') : encoded.problems
}

/** Where the JSON of both differs. Numbers of 64 bits are texts in the other's, durations have zeros at their end. */
function difference(ours: JsonNode, theirs: JsonValue | undefined, path: string): string | null {
  switch (ours.kind) {
    case 'number': {
      const isSame =
        typeof theirs === 'string' ? BigInt(ours.digits) === BigInt(theirs) : Object.is(Number(ours.digits), theirs)
      return isSame ? null : `${path}: ${ours.digits} and ${JSON.stringify(theirs)}`
    }
    case 'list': {
      if (!Array.isArray(theirs) || theirs.length !== ours.items.length) return `${path}: ${JSON.stringify(theirs)}`
      return first(ours.items.map((item, i) => difference(item, theirs[i], `${path}[${i}]`)))
    }
    case 'object': {
      const other = theirs as Record<string, JsonValue>
      const [mine, yours] = [ours.members.map(({ name }) => name), Object.keys(other)].map((names) =>
        names.toSorted().join(),
      )
      if (mine !== yours) return `${path}: ${mine} and ${yours}`
      return first(ours.members.map(({ name, value }) => difference(value, other[name], `${path}.${name}`)))
    }
    case 'null':
      return theirs === null ? null : `${path}: null and ${JSON.stringify(theirs)}`
    case 'boolean':
    case 'text':
      return plainDuration(theirs) === ours.value ? null : `${path}: ${ours.value} and ${JSON.stringify(theirs)}`
  }
}

function first(differences: (string | null)[]): string | null {
  return differences.find((one) => one !== null) ?? null
}

function plainDuration(json: JsonValue | undefined): JsonValue | undefined {
  return typeof json === 'string' && /^-?\d+\.\d+s$/.test(json) ? json.replace(/\.?0+s$/, 's') : json
}
