import { describe, expect, it } from 'vitest'
import { bytesOfHex, utf8Text } from '#shared/bytes.ts'
import { jsonOf } from '#shared/model/decoded-value.ts'
import type { Codec } from '../codec.ts'
import { compileAvro } from './codec.ts'
import { bytesOfBigDecimal } from './logical-values.ts'
import { AvroOutput } from './output.ts'

const codecOf = (schema: unknown): Codec => compileAvro({ type: 'avro', text: JSON.stringify(schema), references: [] })
const logical = (type: string, logicalType: string, more: object = {}): Codec => codecOf({ type, logicalType, ...more })
const hex = (codec: Codec, json: string): string => {
  const encoded = codec.encode(json)
  return 'bytes' in encoded ? Buffer.from(encoded.bytes).toString('hex') : encoded.problems.map(({ message }) => message).join() // oxfmt-ignore
}

const decimal = logical('bytes', 'decimal', { precision: 9, scale: 2 })
const fixedDecimal = logical('fixed', 'decimal', { name: 'D', size: 4, precision: 9, scale: 3 })
const big = logical('bytes', 'big-decimal')
const date = logical('int', 'date')
const uuid = logical('fixed', 'uuid', { name: 'U', size: 16 })
const duration = logical('fixed', 'duration', { name: 'P', size: 12 })
const millis = logical('long', 'timestamp-millis')
const micros = logical('long', 'timestamp-micros')
const nanos = logical('long', 'timestamp-nanos')

/** Bytes as Java's library writes them: two's complement, zig-zag and little-endian by hand. */
const values: [string, Codec, string, string, string][] = [
  ['a decimal', decimal, '0404e2', '12.50', 'decimal(9, 2)'],
  ['a negative decimal', decimal, '04fb1e', '-12.50', 'decimal(9, 2)'],
  ['a decimal below one', decimal, '02ff', '-0.01', 'decimal(9, 2)'],
  ['nothing in a decimal', decimal, '0200', '0.00', 'decimal(9, 2)'],
  ['a decimal with a byte for its sign', decimal, '040080', '1.28', 'decimal(9, 2)'],
  ['a fixed decimal', fixedDecimal, 'fffffffe', '-0.002', 'decimal(9, 3)'],
  ['a big decimal', big, '080404e204', '12.50', 'big-decimal'],
  ['a date', date, '88bf02', '"2025-11-28"', 'date'],
  ['a date before 1970', date, '01', '"1969-12-31"', 'date'],
  ['a time', logical('int', 'time-millis'), '80c0843d', '"17:46:40.000"', 'time-millis'],
  ['a time in microseconds', logical('long', 'time-micros'), '02', '"00:00:00.000001"', 'time-micros'],
  ['a timestamp', millis, '8090d3fbd067', '"2026-06-02T09:46:40.000Z"', 'timestamp-millis'],
  ['a timestamp before 1970', micros, '01', '"1969-12-31T23:59:59.999999Z"', 'timestamp-micros'],
  ['nanoseconds', nanos, 'feffffffffffffffff01', '"2262-04-11T23:47:16.854775807Z"', 'timestamp-nanos'],
  ['a local timestamp', logical('long', 'local-timestamp-millis'), '02', '"1970-01-01T00:00:00.001"', 'local-timestamp-millis'],
  ['a UUID', uuid, 'f81d4fae7dec11d0a76500a0c91e6bf6', '"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"', 'uuid'],
  ['a UUID as text', logical('string', 'uuid'), '066f6e65', '"one"', 'uuid'],
  ['a duration', duration, '0100000002000000bc0b0000', '"P1M2DT3.004S"', 'duration'],
  ['a duration without parts of a second', duration, 'ffffffff00000000e8030000', '"P4294967295M0DT1S"', 'duration'],
  // What is meant has no words: what is stored has.
  ['a date that no calendar has', date, 'feffffff0f', '2147483647', 'date'],
  ['a time of the day before', logical('int', 'time-millis'), '01', '-1', 'time-millis'],
  ['a timestamp that no calendar has', millis, 'feffffffffffffffff01', '9223372036854775807', 'timestamp-millis'],
  // As Avro says: unknown or impossible, they are what they are stored as.
  ['an unknown logical type', logical('int', 'moon-phase'), '02', '1', 'int'],
  ['a logical type of another type', logical('long', 'date'), '02', '1', 'long'],
  ['a decimal without precision', logical('bytes', 'decimal'), '0204', '"BA=="', 'bytes'],
  ['a decimal with more scale than precision', logical('bytes', 'decimal', { precision: 2, scale: 3 }), '0204', '"BA=="', 'bytes'],
  ['a duration of 11 bytes', logical('fixed', 'duration', { name: 'X', size: 1 }), '04', '"BA=="', 'X'],
] // oxfmt-ignore

describe('a logical type', () => {
  it.each(values)('is read, shown and written: %s', (_, codec, stored, json, type) => {
    const bytes = bytesOfHex(stored)!
    expect(utf8Text(codec.written(bytes))).toBe(json)
    const tree = codec.value(bytes)
    expect(jsonOf(tree)).toBe(json)
    expect(tree.type).toBe(type)
    expect(hex(codec, json)).toBe(stored)
  })

  it.each<[string, Codec, string, string]>([
    ['a decimal as a text', decimal, '"12.5"', '0404e2'],
    ['a decimal with an exponent', decimal, '1.25e1', '0404e2'],
    ['a decimal as its bytes', decimal, '"BOI="', '0404e2'],
    ['a date as it is stored', date, '20420', '88bf02'],
    ['an instant with a zone', millis, '"1970-01-01T01:00:00+01:00"', '00'],
    ['an instant without seconds', millis, '"1970-01-01 00:00Z"', '00'],
    ['an instant as it is stored', micros, '"12"', '18'],
    ['a duration in other units', duration, '"P1Y1W1DT1H1M0.5S"', '0c00000008000000d4da3700'],
    ['a UUID without dashes', uuid, '"F81D4FAE7DEC11D0A76500A0C91E6BF6"', 'f81d4fae7dec11d0a76500a0c91e6bf6'],
    ['a UUID as its bytes', uuid, '"+B1Prn3sEdCnZQCgyR5r9g=="', 'f81d4fae7dec11d0a76500a0c91e6bf6'],
  ])('is written generously: %s', (_, codec, json, stored) => {
    expect(hex(codec, json)).toBe(stored)
  })

  it.each<[string, Codec, string, string]>([
    ['a decimal with more digits behind the point', decimal, '1.005', 'a number of 9 digits at most, 2 of them'],
    ['a decimal with more digits', decimal, '12345678.90', 'a number of 9 digits at most'],
    ['a decimal that is larger than its bytes', logical('fixed', 'decimal', { name: 'S', size: 1, precision: 9 }), '128', 'a number of 9 digits'],
    ['a decimal with a hundred million digits', big, '1e100000000', 'a number such as 12.50'],
    ['a date that is none', date, '"2026-02-30"', 'a day such as'],
    ['a time that is none', millis, '"2026-02-28T24:00:00Z"', 'a time such as'],
    ['a time without its zone', millis, '"2026-02-28T12:00:00"', 'a time such as'],
    ['a time that is more exact', millis, '"2026-02-28T12:00:00.0001Z"', '3 digits of a second at most'],
    ['a duration of too many days', duration, '"P4294967296D"', 'a duration such as'],
    ['a UUID with a letter too many', uuid, '"f81d4fae-7dec-11d0-a765-00a0c91e6bf6a"', 'a UUID such as'],
  ])('is refused with a word on how it is written: %s', (_, codec, json, expected) => {
    expect(hex(codec, json)).toContain(expected)
  }) // oxfmt-ignore

  it('is not printed with more digits than anybody reads', () => {
    const stored = new AvroOutput()
    stored.sized(new Uint8Array(50_000))
    expect(() => decimal.written(stored.take())).toThrow('more than 10,000 digits')
    // A scale of a thousand million.
    const scaled = new AvroOutput()
    scaled.sized(bytesOfBigDecimal({ unscaled: 1n, scale: 1_000_000_000 }))
    expect(() => big.written(scaled.take())).toThrow('more than 10,000 digits')
  })
})
