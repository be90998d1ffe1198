import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { encodeBody } from '../protocol/api.ts'
import { findCoordinator } from '../protocol/find-coordinator.ts'
import { metadata } from '../protocol/metadata.ts'
import { asksForGroups, createGate, FrameGate, metadataCreatesNothing } from './read-only-gate.ts'

function frame(key: number, version = 0, body: Uint8Array = new Uint8Array(10)): Buffer {
  const client = Buffer.from('seekline-1')
  const head = Buffer.alloc(14)
  head.writeInt32BE(10 + client.length + body.length, 0)
  head.writeInt16BE(key, 4)
  head.writeInt16BE(version, 6)
  head.writeInt32BE(77, 8)
  head.writeInt16BE(client.length, 12)
  return Buffer.concat([head, client, body])
}

const reads = [1, 2, 9, 15, 16, 17, 18, 29, 32, 35, 36, 41, 46, 48, 50, 55, 60, 61, 65, 66, 69, 74, 75, 77, 89, 90]

describe('a read-only gate', () => {
  it('lets the reads through and nothing else, known or not', () => {
    for (let key = 0; key <= 120; key++) {
      if (key === 3 || key === 10) continue
      const gate = createGate('read-only')
      let passed = true
      try {
        new FrameGate(gate).push(frame(key))
      } catch {
        passed = false
      }
      expect([key, passed]).toEqual([key, reads.includes(key)])
    }
    expect(() => new FrameGate(createGate('read-only')).push(frame(-1))).toThrow('read-only')
    expect(() => new FrameGate(createGate('read-only')).push(frame(32_767))).toThrow('read-only')
  })

  it('lets a coordinator be asked for only where that creates no topic', () => {
    for (let version = findCoordinator.versions.min; version <= findCoordinator.versions.max; version++) {
      for (const kind of [0, 1, 2] as const) {
        const request = { kind: kind as 0, keys: ['a group'] }
        const asking = frame(10, version, encodeBody(findCoordinator, version, request))
        expect([version, kind, asksForGroups(asking)]).toEqual([version, kind, kind === 0])
        const gate = createGate('read-only')
        expect(() => new FrameGate(gate).push(asking)).toThrow('could create a topic')
        gate.groupsExist = true
        if (kind === 0) new FrameGate(gate).push(asking)
        expect(gate.sentApiKeys().get(10)).toBe(kind === 0 ? 1 : undefined)
      }
    }
    expect(asksForGroups(frame(10, 7))).toBe(false)
    expect(asksForGroups(frame(10, 4, new Uint8Array(0)))).toBe(false)
  })

  it('finds a write however the bytes are cut, and lets none of it out', () => {
    const stream = Buffer.concat([frame(18), frame(0, 9, Buffer.alloc(5_000)), frame(18)])
    for (const size of [1, 2, 3, 5, 7, 8, 13, 64, stream.length]) {
      const gate = createGate('read-only')
      const frames = new FrameGate(gate)
      const out: Buffer[] = []
      const run = (): void => {
        for (let at = 0; at < stream.length; at += size) out.push(...frames.push(stream.subarray(at, at + size)))
      }
      expect(run).toThrow(expect.objectContaining({ code: 'access.read-only' }))
      const passed = Buffer.concat(out)
      // Coalesced with the write, the read before it goes down with it; alone it has gone out already.
      expect([0, frame(18).length]).toContain(passed.length)
      expect(gate.sentApiKeys().get(0)).toBeUndefined()
      expect(gate.blockedApiKeys().get(0)).toBe(1)
    }
  })

  it('is dead after a stopped frame', () => {
    const frames = new FrameGate(createGate('read-only'))
    expect(() => frames.push(frame(8))).toThrow('read-only')
    expect(() => frames.push(frame(18))).toThrow(/closed/)
  })

  it('joins what comes in pieces and splits what comes joined', () => {
    const gate = createGate('read-only')
    const frames = new FrameGate(gate)
    const two = Buffer.concat([frame(1), frame(2)])
    expect(frames.push(two.subarray(0, 30))).toHaveLength(0)
    expect(Buffer.concat(frames.push(two.subarray(30)))).toEqual(two)
    expect([...gate.sentApiKeys()]).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  it('refuses what has no possible size', () => {
    expect(() => new FrameGate(createGate('read-write')).push(Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0]))).toThrow(
      'not a Kafka request',
    )
    expect(() => new FrameGate(createGate('read-write')).push(Buffer.from('GET / HTTP/1.1'))).toThrow(
      'not a Kafka request',
    )
  })
})

it('follows a change of mode on a live socket', () => {
  const gate = createGate('read-only')
  const frames = new FrameGate(gate)
  gate.mode = 'read-write'
  expect(frames.push(frame(0))).toHaveLength(1)
  gate.mode = 'read-only'
  expect(() => frames.push(frame(0))).toThrow('read-only')
})

describe('Metadata', () => {
  it('passes as we send it, in every version', () => {
    for (let version = 4; version <= 13; version++) {
      for (const topics of [null, [], ['orders', 'x'.repeat(249)]]) {
        const ours = frame(3, version, encodeBody(metadata, version, { topics }))
        expect(metadataCreatesNothing(ours)).toBe(true)
        expect(new FrameGate(createGate('read-only')).push(ours)).toHaveLength(1)
      }
    }
  })

  it('is stopped where it lets the broker create topics', () => {
    for (let version = 4; version <= 13; version++) {
      const body = Buffer.from(encodeBody(metadata, version, { topics: ['orders'] }))
      // The flag follows the one topic: after a tag byte from v9 on.
      const flag = version < 9 ? 12 : version === 9 ? 10 : 26
      expect(body[flag]).toBe(0)
      body[flag] = 1
      expect(metadataCreatesNothing(frame(3, version, body))).toBe(false)
    }
  })

  it('is stopped in versions without the flag when it names topics, in unknown ones, and when cut short', () => {
    const none = Buffer.from([0, 0, 0, 0])
    const all = Buffer.from([255, 255, 255, 255])
    const one = Buffer.from([0, 0, 0, 1, 0, 1, 97])
    expect(metadataCreatesNothing(frame(3, 0, none))).toBe(true)
    expect(metadataCreatesNothing(frame(3, 1, all))).toBe(true)
    expect(metadataCreatesNothing(frame(3, 1, one))).toBe(false)
    expect(metadataCreatesNothing(frame(3, 14, new Uint8Array(40)))).toBe(false)
    expect(metadataCreatesNothing(frame(3, 12, new Uint8Array([0, 9])))).toBe(false)
  })
})
