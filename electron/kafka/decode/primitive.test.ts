import { describe, expect, it } from 'vitest'
import { bytesOfHex, bytesOfText, utf8Text } from '#shared/bytes.ts'
import { primitiveTypes } from '#shared/model/decode-choice.ts'
import { contextOf } from './fixtures/chains.ts'
import { javaSerialized } from './fixtures/serializers.ts'
import { list } from './kafka-list.ts'
import { primitive, type PrimitiveType } from './primitive.ts'

const at = contextOf('value')
const written = (decoder: ReturnType<typeof primitive>, bytes: Uint8Array): unknown => {
  const answer = decoder.decode(bytes, at)
  if (answer === null || !('form' in answer)) return answer
  return JSON.parse(utf8Text(answer.written!)!, (_, value, context?: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) ? context?.source : value,
  )
}

/** As Java prints it. */
function asJava(type: string, text: string): unknown {
  if (text === 'null') return null
  if (type === 'boolean') return text === 'true'
  if (type === 'float') return numberOf(Math.fround(Number(text)))
  if (type === 'double') return numberOf(Number(text))
  return text
}

const numberOf = (value: number): unknown =>
  !Number.isFinite(value)
    ? String(value)
    : Number.isInteger(value)
      ? Object.is(value, -0)
        ? '-0.0'
        : String(value)
      : value

describe('Kafka’s own serialisers', () => {
  it.each(javaSerialized.filter(({ name }) => primitiveTypes.some((type) => type === name)))(
    '$name $value is what Java wrote',
    ({ name, value, bytes }) => {
      expect(written(primitive(name as PrimitiveType), bytes)).toEqual(asJava(name, value))
    },
  )

  it.each(javaSerialized.filter(({ name }) => name.startsWith('list ')))(
    '$name $value is what Java wrote',
    ({ name, value, bytes }) => {
      const type = name.slice(5)
      const items = value === '' ? [] : value.split('|')
      expect(written(list(type as PrimitiveType | 'text'), bytes)).toEqual(items.map((text) => asJava(type, text)))
    },
  )

  it('are told by their bytes: another length or form is a reason', () => {
    expect(written(primitive('long'), Uint8Array.of(0, 1))).toEqual({ reason: 'it is not 8 bytes long' })
    expect(written(primitive('boolean'), Uint8Array.of(2))).toEqual({ reason: 'it is no boolean' })
    expect(written(primitive('uuid'), bytesOfText('123e4567'))).toEqual({ reason: 'it is no uuid' })
    expect(written(primitive('void'), Uint8Array.of(0))).toEqual({ reason: 'void has no bytes' })
    expect(primitive('bytes').decode(Uint8Array.of(1), at)).toEqual({ form: 'bytes' })
  })

  it('a UUID may be its sixteen bytes', () => {
    expect(written(primitive('uuid'), bytesOfHex('123e4567e89b42d3a456426614174000')!)).toBe(
      '123e4567-e89b-42d3-a456-426614174000',
    )
  })

  it.each([
    ['empty', ''],
    ['of a layout that nobody knows', '02 00000000'],
    ['of longs and without a count', '00 00000000'],
    ['cut in an element', '00 00000000 00000001 00000000'],
    ['followed by more', '00 00000000 00000001 0000000000000001 07'],
    ['of two thousand million elements', '00 00000000 7fffffff 0000000000000001'],
    ['of two thousand million nulls', '00 7fffffff 00000001'],
    ['of fewer elements than nulls', '00 00000002 00000000 00000001 00000000'],
    ['of a negative count', '00 00000000 ffffffff'],
    ['of an element longer than it', '01 00000001 7fffffff 00'],
    ['of an element of a negative size', '01 00000001 fffffffe'],
  ])('a list of longs is none that is %s', (_, hex) => {
    expect(written(list('long'), bytesOfHex(hex)!)).toEqual({ reason: 'it is no list of long' })
  })

  it('a list shows as much of itself as a tree may hold', () => {
    const count = Buffer.from('00000000000000c350', 'hex')
    const found = written(list('short'), Buffer.concat([count, Buffer.alloc(100_000)])) as unknown[]
    expect(found).toHaveLength(20_001)
    expect(found.at(-1)).toBe('… 30,000 more items')
  })
})
