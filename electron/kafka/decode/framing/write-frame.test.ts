import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import type { WireFrame } from '#shared/model/produce.ts'
import { apicurioHeaders, apicurioLong, apicurioShort } from './apicurio.ts'
import { confluentHeader, confluentPrefix } from './confluent.ts'
import { messageOf } from './protobuf-message.ts'
import { framingOf, type FrameOptions, type WireMessage } from './write-frame.ts'

const guid = '00112233-4455-6677-8899-aabbccddeeff'
const ids = { id: 297, guid, globalId: 2n ** 40n }
const none = new Map<string, Uint8Array>()

function framed(frame: WireFrame, more: Partial<FrameOptions> = {}) {
  const made = framingOf({ frame, part: 'value', type: 'avro', ids, message: null, ...more })
  if ('reason' in made) throw new Error(made.reason)
  return { ...made, read: new Map(made.headers.map(({ name, value }) => [utf8Text(name)!, value!])) }
}

describe('what names a schema is read as it was written', () => {
  it('in front of the data', () => {
    expect(framed('confluent-id').prefix).toEqual(Uint8Array.of(0, 0, 0, 1, 41))
    expect(confluentPrefix(framed('confluent-id').prefix, 'value', none)).toMatchObject({ id: { id: 297 }, start: 5 })
    expect(confluentPrefix(framed('confluent-guid').prefix, 'value', none)).toMatchObject({ id: { guid }, start: 17 })
    expect(apicurioShort(framed('apicurio-4').prefix)).toMatchObject({ id: { id: 297 }, start: 5 })
    expect(apicurioLong(framed('apicurio-8').prefix)).toMatchObject({ id: { id: 2n ** 40n }, start: 9 })
    expect(framed('none')).toMatchObject({ prefix: new Uint8Array(), headers: [] })
  })

  it('in headers, of the part that it is of', () => {
    const { prefix, read } = framed('confluent-header', { part: 'key' })
    expect(prefix).toHaveLength(0)
    expect(confluentHeader(prefix, 'key', read)).toMatchObject({ id: { by: 'guid', guid }, start: 0 })
    expect(confluentHeader(prefix, 'value', read)).toBeNull()
    expect(apicurioHeaders(prefix, 'value', framed('apicurio-header').read)).toMatchObject({ id: { by: 'global-id', id: 2n ** 40n } }) // oxfmt-ignore
    const byContent = framed('apicurio-header', { ids: { ...ids, globalId: null } }).read
    expect(apicurioHeaders(prefix, 'value', byContent)).toMatchObject({ id: { by: 'content-id', id: 297n } })
  })

  it.each<[string, WireMessage, number[]]>([
    ['the first message by a zero alone', { name: 'a.First', indexes: [0] }, [0]],
    ['the second', { name: 'a.Second', indexes: [1] }, [2, 2]],
    ['one within another', { name: 'a.First.Inner', indexes: [0, 70] }, [4, 0, 0x8c, 1]],
  ])('%s', (_, message, written) => {
    const { prefix } = framed('confluent-id', { type: 'protobuf', message })
    expect([...prefix.subarray(5)]).toEqual(written)
    const read = messageOf('protobuf', prefix, confluentPrefix(prefix, 'value', none)!)
    expect(read).toEqual({ message: message.indexes, start: prefix.length })
  })

  it('Apicurio’s messages by their names', () => {
    const message = { name: 'com.acme.Order', indexes: [1] }
    const { prefix } = framed('apicurio-4', { type: 'protobuf', message })
    expect(messageOf('protobuf', prefix, apicurioShort(prefix)!)).toEqual({ message: 'Order', start: prefix.length })
    const { read } = framed('apicurio-header', { type: 'protobuf', message })
    expect(apicurioHeaders(new Uint8Array(), 'value', read)).toMatchObject({ message: 'Order' })
  })
})

it('what a registry does not tell cannot be written, and that is said', () => {
  const nothing = { id: null, guid: null, globalId: null }
  for (const frame of [
    'confluent-id',
    'confluent-guid',
    'confluent-header',
    'apicurio-4',
    'apicurio-8',
    'apicurio-header',
  ] as const) {
    // oxfmt-ignore
    expect(framingOf({ frame, part: 'value', type: 'avro', ids: nothing, message: null })).toHaveProperty('reason')
  }
})
