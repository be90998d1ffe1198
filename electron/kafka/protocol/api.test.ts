import { describe, expect, it } from 'vitest'
import { type ApiRanges, chooseVersion, decodeBody, encodeBody } from './api.ts'
import { apiVersions } from './api-versions.ts'
import { decodeAssignment, decodeSubscription } from './consumer-protocol.ts'
import { fetch, type FetchRequest } from './fetch.ts'
import { findCoordinator } from './find-coordinator.ts'
import { listOffsetsApi } from './list-offsets.ts'
import { metadata } from './metadata.ts'
import { offsetFetch } from './offset-fetch.ts'
import { MalformedResponse } from './reader.ts'
import { Writer } from './writer.ts'

const ID = 'X21DP27GSZ2FT-niA9enLQ'
const ranges = (key: number, min: number, max: number): ApiRanges => new Map([[key, { min, max }]])

describe('the version of a request', () => {
  const request: FetchRequest = {
    isolationLevel: 0,
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1,
    topics: [{ topic: 't', topicId: ID, partitions: [] }],
  }
  it('is the highest that both speak', () => {
    expect(chooseVersion(fetch, ranges(1, 4, 18), request, 'b:1')).toBe(17)
    expect(chooseVersion(fetch, ranges(1, 0, 13), request, 'b:1')).toBe(13)
  })
  it('stays below topic ids when one is not known', () => {
    const byName = { ...request, topics: [{ topic: 't', topicId: null, partitions: [] }] }
    expect(chooseVersion(fetch, ranges(1, 4, 18), byName, 'b:1')).toBe(12)
  })
  it('is refused with both ranges named', () => {
    expect(() => chooseVersion(fetch, ranges(1, 99, 100), request, 'b:9092')).toThrow(
      'The broker b:9092 offers Fetch in versions 99 to 100; this needs 4 to 17.',
    )
    expect(() => chooseVersion(fetch, new Map(), request, 'b:9092')).toThrow('does not have the API Fetch')
  })
  it('follows what the request asks for', () => {
    const max = {
      isolationLevel: 0,
      timeoutMs: 1,
      topics: [{ topic: 't', partitions: [{ partition: 0, timestamp: -3n }] }],
    } as const
    expect(() => chooseVersion(listOffsetsApi, ranges(2, 0, 6), max, 'b:1')).toThrow(/needs 7/)
    const two = { groups: ['a', 'b'].map((group) => ({ group, topics: null })), requireStable: false }
    expect(() => chooseVersion(offsetFetch, ranges(9, 0, 7), two, 'b:1')).toThrow(/needs 8/)
    const stable = { groups: [{ group: 'a', topics: null }], requireStable: true }
    expect(() => chooseVersion(offsetFetch, ranges(9, 0, 6), stable, 'b:1')).toThrow(/needs 7/)
    expect(() => chooseVersion(findCoordinator, ranges(10, 0, 3), { kind: 0, keys: ['a', 'b'] }, 'b:1')).toThrow(
      /needs 4/,
    )
  })
})

describe('Metadata', () => {
  // From the schemas of org.apache.kafka.common.message.MetadataRequestData.
  it('asks without letting the broker create topics, in every version', () => {
    expect([...encodeBody(metadata, 4, { topics: ['ab'] })]).toEqual([0, 0, 0, 1, 0, 2, 97, 98, 0])
    expect([...encodeBody(metadata, 9, { topics: [] })]).toEqual([0, 1, 0, 0, 0, 0])
    expect([...encodeBody(metadata, 12, { topics: ['a'] })]).toEqual([
      0,
      2,
      ...Array<number>(16).fill(0),
      2,
      97,
      0,
      0,
      0,
      0,
    ])
    expect([...encodeBody(metadata, 12, { topics: null })]).toEqual([0, 0, 0, 0, 0])
  })
  it('keeps a topic with an error beside the others', () => {
    const w = new Writer(true).tags().int32(5)
    w.array([1], (id) => w.int32(id).string('h').int32(9092).nullableString(null).tags())
      .string('cid')
      .int32(1)
    w.array([0, 29], (code) => {
      w.int16(code)
        .nullableString(`t${code}`)
        .uuid(code === 0 ? ID : null)
        .boolean(false)
      w.array(code === 0 ? [0] : [], (p) => {
        w.int16(5).int32(p).int32(-1).int32(3).int32s([1, 2]).int32s([1]).int32s([2]).tags()
      })
      w.int32(-2147483648).tags()
    })
    w.tags()
    const answer = decodeBody(metadata, 12, { topics: null }, w.bytes())
    expect(answer).toMatchObject({ throttleTimeMs: 5, clusterId: 'cid', brokers: [{ nodeId: 1, host: 'h' }] })
    expect(answer.topics.map((t) => [t.name, t.errorCode, t.topicId, t.partitions.length])).toEqual([
      ['t0', 0, ID, 1],
      ['t29', 29, null, 0],
    ])
    expect(answer.topics[0]!.partitions[0]).toMatchObject({ leader: null, leaderEpoch: 3, offline: [2] })
  })
})

function fetchAnswer(version: number): Uint8Array {
  const w = new Writer(version >= 12).tags().int32(0).int16(0).int32(0)
  w.array([0], () => {
    if (version >= 13) w.uuid(ID)
    else w.string('orders')
    w.array([3], (partition) => {
      w.int32(partition)
        .int16(6)
        .int64(2n ** 40n)
        .int64(7n)
        .int64(1n)
      w.array([9n], (pid) => w.int64(pid).int64(4n).tags())
        .int32(-1)
        .bytesField(new Uint8Array([1, 2, 3]))
      if (version >= 12) w.uvarint(1).uvarint(1).uvarint(9).int32(2).int32(8).tags()
    })
    w.tags()
  })
  if (version >= 16) {
    const nodes = new Writer(true).array([2], (id, n) => n.int32(id).string('h2').int32(9).nullableString('r').tags())
    w.uvarint(1).uvarint(0).uvarint(nodes.bytes().length).raw(nodes.bytes())
  } else w.tags()
  return Uint8Array.from(w.bytes())
}

describe.each([11, 12, 13, 17])('Fetch v%i', (version) => {
  const request: FetchRequest = {
    isolationLevel: 1,
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1,
    topics: [{ topic: 'orders', topicId: ID, partitions: [{ partition: 3, fetchOffset: 1n, maxBytes: 1 }] }],
  }
  it('keeps errors per partition, aborted transactions and the raw records', () => {
    const body = fetchAnswer(version)
    const answer = decodeBody(fetch, version, request, body)
    expect(answer.topics[0]).toMatchObject({ topic: 'orders', topicId: ID })
    const partition = answer.topics[0]!.partitions[0]!
    expect(partition).toMatchObject({
      partition: 3,
      errorCode: 6,
      highWatermark: 2n ** 40n,
      lastStableOffset: 7n,
      logStartOffset: 1n,
      abortedTransactions: [{ producerId: 9n, firstOffset: 4n }],
      preferredReadReplica: -1,
      currentLeader: version >= 12 ? { leader: 2, leaderEpoch: 8 } : null,
    })
    expect([...partition.records]).toEqual([1, 2, 3])
    expect(partition.records.buffer).toBe(body.buffer)
    expect(answer.nodeEndpoints).toHaveLength(version >= 16 ? 1 : 0)
  })
  it('fails with a typed error wherever the answer is cut', () => {
    const body = fetchAnswer(version)
    for (let cut = 0; cut < body.length; cut++) {
      expect(() => decodeBody(fetch, version, request, body.subarray(0, cut))).toThrow(MalformedResponse)
    }
  })
})

it('takes UNSUPPORTED_VERSION of ApiVersions in v0 form, whatever was asked', () => {
  const old = new Writer(false)
    .int16(35)
    .array([18], (key, w) => w.int16(key).int16(0).int16(2))
    .bytes()
  const request = { softwareName: 's', softwareVersion: '1' }
  expect(decodeBody(apiVersions, 3, request, old).errorCode).toBe(35)
  const again = decodeBody(apiVersions, 0, request, old)
  expect(again.ranges.get(18)).toEqual({ min: 0, max: 2 })
})

it('reads what classic consumers said and were given, and takes foreign bytes for unreadable', () => {
  const said = new Writer(false)
    .int16(1)
    .array(['a', 'b'], (t, w) => w.string(t))
    .bytesField(null)
  said.array(['a'], (t, w) => w.string(t).int32s([0, 2]))
  expect(decodeSubscription(said.bytes())).toEqual({
    version: 1,
    topics: ['a', 'b'],
    owned: [{ topic: 'a', partitions: [0, 2] }],
    rackId: null,
  })
  const newest = new Writer(false)
    .int16(3)
    .array(['a'], (t, w) => w.string(t))
    .bytesField(null)
  newest
    .array([], () => undefined)
    .int32(7)
    .nullableString('rack-1')
  expect(decodeSubscription(newest.bytes())).toMatchObject({ topics: ['a'], rackId: 'rack-1' })
  const given = new Writer(false)
    .int16(0)
    .array(['a'], (t, w) => w.string(t).int32s([1]))
    .bytesField(null)
    .bytes()
  expect(decodeAssignment(given)).toEqual([{ topic: 'a', partitions: [1] }])
  expect(decodeAssignment(new Uint8Array([0, 1, 255, 255, 255]))).toBeNull()
  expect(decodeSubscription(new Uint8Array())).toBeNull()
})
