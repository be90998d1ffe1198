import { describe, expect, it } from 'vitest'
import { bytesOfText } from '#shared/bytes.ts'
import { knownHeader } from '#shared/model/known-headers.ts'
import { deadLetterOrigin, traceFields } from './header-fields.ts'

const header = (name: string, of: string | Uint8Array) => {
  const value = typeof of === 'string' ? bytesOfText(of) : new Uint8Array(of)
  return { name: bytesOfText(name), value, known: knownHeader(name, value) ?? undefined }
}
const int = (value: number) => new Uint8Array(new Int32Array([value]).buffer).toReversed()
const long = (value: bigint) => new Uint8Array(new BigInt64Array([value]).buffer).toReversed()

describe('a traceparent', () => {
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

  it('is shown in its parts', () => {
    expect(traceFields(header('traceparent', parent))).toEqual([
      ['trace id', '4bf92f3577b34da6a3ce929d0e0e4736'],
      ['parent id', '00f067aa0ba902b7'],
      ['sampled', 'yes'],
      ['version', '00'],
    ])
    expect(traceFields(header('traceparent', `${parent.slice(0, -2)}02`))).toContainEqual(['sampled', 'no'])
  })

  it('has none where it is not valid, or another header', () => {
    for (const wrong of ['', 'abc', parent.toUpperCase(), `${parent}f`]) expect(traceFields(header('traceparent', wrong))).toEqual([]) // oxfmt-ignore
    expect(traceFields(header('other', parent))).toEqual([])
  })
})

describe('where a dead letter came from', () => {
  it('is told by the last headers of Spring, of Connect or of Streams', () => {
    const spring = (offset: bigint) => [
      header('kafka_dlt-original-topic', 'orders'),
      header('kafka_dlt-original-partition', int(3)),
      header('kafka_dlt-original-offset', long(offset)),
    ]
    expect(deadLetterOrigin([...spring(5n), ...spring(48_211_907n)])).toEqual({ topic: 'orders', partition: 3, offset: 48_211_907n }) // oxfmt-ignore
    for (const prefix of ['__connect.errors.', '__streams.errors.']) {
      const text = ['topic', 'partition', 'offset'].map((name, i) => header(`${prefix}${name}`, ['orders', '0', '12'][i]!)) // oxfmt-ignore
      expect(deadLetterOrigin(text)).toEqual({ topic: 'orders', partition: 0, offset: 12n })
    }
  })

  it('is nowhere without all three, or with one that is no place', () => {
    expect(deadLetterOrigin([header('kafka_dlt-original-topic', 'orders')])).toBeUndefined()
    const connect = (offset: string) => [header('__connect.errors.topic', 'orders'), header('__connect.errors.partition', '0'), header('__connect.errors.offset', offset)] // oxfmt-ignore
    for (const wrong of ['-1', 'x', '']) expect(deadLetterOrigin(connect(wrong))).toBeUndefined()
  })
})
