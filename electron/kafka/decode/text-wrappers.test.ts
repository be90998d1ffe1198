import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { compressions, type DecodeChoice } from '#shared/model/decode-choice.ts'
import type { Decoder } from './decoder.ts'
import { contextOf, toolsFor } from './fixtures/chains.ts'
import { javaSerialized } from './fixtures/serializers.ts'

const text: DecodeChoice = { as: 'text', charset: 'utf-8' }
const decoder = (choice: DecodeChoice): Decoder => toolsFor('value').inner(choice)
const decode = (choice: DecodeChoice, bytes: Uint8Array) => {
  const found = decoder(choice).decode(bytes, contextOf('value'))
  if (found === null || !('form' in found)) return found
  return `${found.encoding ?? decoder(choice).encoding}: ${utf8Text(found.written ?? bytes)}`
}
const java = (name: string) => javaSerialized.find((one) => one.name === name)!

describe('a key of Kafka Streams', () => {
  it.each<[DecodeChoice, string, string]>([
    [
      { as: 'windowed', window: 'time', around: text },
      'time window of text',
      '{"key":"key-1","start":"2023-11-14T22:13:20.000Z"}',
    ],
    [
      { as: 'windowed', window: 'time', around: { as: 'primitive', type: 'long' } },
      'time window of long',
      '{"key":42,"start":"1970-01-01T00:00:00.000Z"}',
    ],
    [
      { as: 'windowed', window: 'stored-time', around: text },
      'stored time window of text',
      '{"key":"key-1","start":"2023-11-14T22:13:20.000Z","sequence":3}',
    ],
    [
      { as: 'windowed', window: 'session', around: text },
      'session window of text',
      '{"key":"key-1","end":"2023-11-14T22:13:20.005Z","start":"2023-11-14T22:13:20.000Z"}',
    ],
  ])('%j has its window, as Kafka Streams wrote it', (choice, name, json) => {
    const { bytes } = java(name)
    const found = decoder(choice).decode(bytes, contextOf('key'))
    expect(found).toMatchObject({ form: 'json' })
    expect(decode(choice, bytes)).toMatch(json)
  })

  it('says why it is none', () => {
    const choice = { as: 'windowed', window: 'session', around: { as: 'primitive', type: 'long' } } as const
    expect(decode(choice, new Uint8Array(15))).toEqual({ reason: 'it is too short to have a window' })
    expect(decode(choice, new Uint8Array(20))).toEqual({ reason: 'its key: it is not 8 bytes long' })
  })
})

describe('bytes inside of something else', () => {
  const plain = 'größer '.repeat(40)

  it.each(['raw snappy', 'xerial snappy', 'framed snappy', 'lz4 frame', 'zstd', 'gzip', 'zlib'])(
    'are found in %s',
    (name) => {
      const by = compressions.find((one) => name.includes(one))!
      expect(decode({ as: 'compressed', by, around: text }, java(name).bytes)).toBe(`${by} of UTF-8: ${plain}`)
    },
  )

  it.each([
    ['base64', 'SGk='],
    ['base64', '"SGk="'],
    ['base64', ' SGk\n'],
    ['hex-digits', '48 69'],
    ['hex-digits', '0x4869'],
  ] as const)('are found in %s %j', (as, written) => {
    expect(decode({ as, around: text }, bytesOfText(written))).toMatch(/of UTF-8: Hi$/)
  })

  it('may be wrapped several times, and around what is tried for all', () => {
    const bytes = bytesOfText(Buffer.from(gzipSync('{"a":1}')).toString('base64'))
    const choice = (around: DecodeChoice): DecodeChoice => ({
      as: 'base64',
      around: { as: 'compressed', by: 'gzip', around },
    })
    expect(decode(choice({ as: 'json' }), bytes)).toBe('base64 of gzip of JSON: {"a":1}')
    expect(decode(choice({ as: 'automatic' }), bytes)).toBe('base64 of gzip of JSON: {"a":1}')
    expect(decode(choice({ as: 'primitive', type: 'long' }), bytes)).toEqual({
      reason: 'it is not 8 bytes long',
      encoding: 'base64 of gzip of Kafka long',
    })
  })

  it.each(compressions)('are not made of what is no %s, is damaged or empty', (by) => {
    const choice = { as: 'compressed', by, around: text } as const
    const whole = java(javaSerialized.find(({ name }) => name.includes(by))!.name).bytes
    for (const bytes of [new Uint8Array(0), bytesOfText('no such thing at all'), whole.subarray(0, whole.length - 3)])
      expect(decode(choice, bytes)).toEqual({ reason: `it is not ${by}` })
  })

  it('are no more than 16 MiB, whatever they claim', () => {
    const bomb = gzipSync(Buffer.alloc(17 << 20))
    expect(decode({ as: 'compressed', by: 'gzip', around: text }, bomb)).toEqual({
      reason: 'it is more than 16 MiB inside',
    })
    // Framed snappy: 300 chunks of 64 KiB of zeros, each three bytes long or so.
    const chunk = java('framed snappy').bytes.subarray(10)
    const frames = Buffer.concat([
      java('framed snappy').bytes.subarray(0, 10),
      ...Array<Uint8Array>(60_000).fill(chunk),
    ])
    expect(decode({ as: 'compressed', by: 'snappy', around: text }, frames)).toEqual({
      reason: 'it is more than 16 MiB inside',
    })
  })

  it.each([
    ['base64', 'no base64!', 'it is not base64'],
    ['base64', '', 'it is not base64'],
    ['hex-digits', 'abc', 'it is not pairs of hex digits'],
  ] as const)('are not made of what is no %s: %j', (as, written, reason) => {
    expect(decode({ as, around: text }, bytesOfText(written))).toEqual({ reason })
  })
})

describe('text in another charset', () => {
  it.each(javaSerialized.filter(({ name }) => name.startsWith('text ')))(
    '$name is what Java wrote',
    ({ name, value, bytes }) => {
      const charset = name.slice(5).toLowerCase() as 'shift_jis'
      expect(decode({ as: 'text', charset }, bytes)).toBe(`Text (${charset}): ${value}`)
    },
  )
})
