import { describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { contextOf } from './fixtures/chains.ts'
import { internalTopics } from './internal-topics.ts'

const int = (bytes: number, n: number | bigint) => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(BigInt(n))
  return buffer.subarray(8 - bytes)
}
const string = (text: string) => Buffer.concat([int(2, Buffer.byteLength(text)), Buffer.from(text)])
const commitKey = Buffer.concat([int(2, 1), string('billing'), string('orders'), int(4, 7)])
/** Version 4, up to its tagged fields. */
const commit = Buffer.concat([int(2, 4), int(8, 42), int(4, -1), Buffer.from([1]), int(8, 1_700_000_000_000)])
const withTags = (...bytes: number[]) => Buffer.concat([commit, Buffer.from(bytes)])
const fields = '{"offset":42,"leaderEpoch":-1,"metadata":"","commitTimestamp":"2023-11-14T22:13:20.000Z"'

function decode(part: 'key' | 'value' | 'header', bytes: Uint8Array, key: Uint8Array | null = null, topic = '__consumer_offsets') {
  const answer = internalTopics.decode(bytes, { ...contextOf(part), topic, key })
  if (answer === null) return null
  if ('missing' in answer) throw new Error('nothing is missing')
  return 'reason' in answer ? answer.reason : utf8Text(answer.written!)
} // oxfmt-ignore
const value = (bytes: Uint8Array, key: Uint8Array | null = commitKey) => decode('value', bytes, key)

describe('a record of Kafka’s own topics', () => {
  it('is written as Kafka’s formatters do, with moments and states as they are meant', () => {
    expect(decode('key', commitKey)).toBe(
      '{"type":"OffsetCommit","data":{"group":"billing","topic":"orders","partition":7}}',
    )
    expect(value(withTags(0))).toBe(`{"version":4,"data":${fields}}}`)
    const key = Buffer.concat([int(2, 8), string('g'), string('m')])
    const member = Buffer.concat([int(2, 0), int(4, 5), int(4, 4), int(1, 1), Buffer.from([1, 1, 0])])
    expect(value(member, key)).toContain('"state":"UNREVOKED_PARTITIONS"')
    const streams = Buffer.concat([int(2, 22), string('g'), string('m')])
    const tasks = Buffer.concat([int(2, 0), int(4, 5), int(4, 4), int(1, 1), Buffer.from([1, 1, 1, 1, 1, 1, 0])])
    expect(value(tasks, streams)).toContain('"state":"STABLE"')
  })

  it('keeps what is newer than this code: tags, fields at the end, versions, types', () => {
    expect(value(withTags(1, 9, 2, 1, 2))).toBe(`{"version":4,"data":${fields},"tag 9":"AQI="}}`)
    expect(value(withTags(0, 3, 4))).toBe(`{"version":4,"data":${fields}},"trailing":"AwQ="}`)
    expect(value(Buffer.concat([int(2, 5), Buffer.from([1, 2])]))).toBe('{"version":5,"raw":"AQI="}')
    const newer = Buffer.concat([int(2, 99), Buffer.from([1, 2])])
    expect(decode('key', newer)).toBe('{"type":99,"raw":"AQI="}')
    expect(value(Buffer.from([0, 0, 7]), newer)).toBe('{"version":0,"raw":"Bw=="}')
  })

  it('says why it is none', () => {
    const reason = 'it does not follow Kafka’s own definition'
    for (let size = 0; size < commit.length; size += 1) expect(value(commit.subarray(0, size))).toBe(reason)
    for (let size = 0; size < commitKey.length; size += 1)
      expect(decode('key', commitKey.subarray(0, size))).toBe(reason)
    expect(value(withTags(0), commitKey.subarray(0, 1))).toBe(reason)
    expect(value(withTags(0), null)).toBe('its record has no key, which would say what the value is')
    // Metadata that may not be null.
    expect(value(Buffer.concat([int(2, 3), int(8, 42), int(4, -1), int(2, -1), int(8, 0)]))).toBe(reason)
  })

  it('is looked for in keys and values of those topics only', () => {
    expect(decode('header', commitKey)).toBeNull()
    expect(decode('key', commitKey, null, 'orders')).toBeNull()
  })

  it('is bounded whatever its counts say', () => {
    const key = Buffer.concat([int(2, 7), string('g'), string('m')])
    const topic = Buffer.alloc(16)
    const list = (count: number, ...numbers: number[]) => Buffer.concat([int(2, 0), Buffer.from([2]), topic, Buffer.from([0xff, 0xff, 0xff, 0xff, count]), ...numbers.map((n) => int(4, n))]) // oxfmt-ignore
    expect(value(list(0x0f, 1, 2), key)).toBe('it does not follow Kafka’s own definition')
    const many = Buffer.concat([int(2, 0), Buffer.from([2]), topic, Buffer.from([0xb1, 0xea, 0x01]), Buffer.alloc(30_000 * 4), Buffer.from([0, 0])]) // oxfmt-ignore
    const answer = internalTopics.decode(many, { ...contextOf('value'), topic: '__consumer_offsets', key })
    const tree = answer !== null && 'form' in answer ? answer.value!() : null
    expect(jsonOf(tree!).slice(-36)).toBe('0,0,0,0,0,"… 10,004 more items"]}]}}')
    const tags = Array.from({ length: 600_000 }, (_, i) => [0x80 | (i & 0x7f), 0x80 | ((i >> 7) & 0x7f), i >> 14, 0])
    expect(value(Buffer.concat([withTags(0xc0, 0xcf, 0x24), Buffer.from(tags.flat())]))).toBe('it does not follow Kafka’s own definition') // oxfmt-ignore
    expect(value(Buffer.alloc((16 << 20) + 3), key)).toBe('it does not follow Kafka’s own definition')
  })
})
