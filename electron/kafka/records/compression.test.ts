import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { snappyCompress } from '@platformatic/wasm-utils/bundled'
import { compress, decompress, isProblem } from './compression.ts'
import { CODECS, type Compression } from './batch-types.ts'

const PACKED: Compression[] = CODECS.filter((codec) => codec !== 'none')

function text(size: number): Buffer {
  let out = ''
  for (let i = 0; out.length < size; i++)
    out += `{"order":${i * 7919},"customer":"c-${i % 97}","amount":${(i * 31) % 1000}}`
  return Buffer.from(out.slice(0, size))
}

/** Bytes that do not compress, the same on every run. */
function noise(size: number): Buffer {
  const out = Buffer.alloc(size)
  let state = 0x12345678
  for (let i = 0; i < size; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    out[i] = state
  }
  return out
}

function inflated(codec: Compression, input: Uint8Array, max?: number): Uint8Array {
  const result = decompress(codec, input, max)
  if (isProblem(result)) throw new Error(`${result.reason}: ${result.detail}`)
  return result
}

function reason(codec: Compression, input: Uint8Array, max?: number): string {
  const result = decompress(codec, input, max)
  return isProblem(result) ? result.reason : `ok, ${result.length} bytes`
}

describe.each(PACKED)('%s', (codec) => {
  test('round trip: empty, one byte, text, noise, long runs', () => {
    const inputs = [
      Buffer.alloc(0),
      Buffer.from('x'),
      text(70_000),
      noise(200_000),
      Buffer.alloc(300_000, 'ab'),
      Buffer.alloc(99_999, 7),
    ]
    for (const input of inputs) {
      expect(Buffer.compare(inflated(codec, compress(codec, input)), input)).toBe(0)
    }
  })

  test('a 24 MB body', () => {
    const input = Buffer.concat([text(12 << 20), noise(12 << 20)])
    expect(Buffer.compare(inflated(codec, compress(codec, input)), input)).toBe(0)
  })

  test('the limit is exact', () => {
    const packed = compress(codec, text(100_000))
    expect(reason(codec, packed, 100_000)).toBe('ok, 100000 bytes')
    expect(reason(codec, packed, 99_999)).toBe('too-large')
  })

  test('cut off and damaged input is a problem or shorter, never a throw', () => {
    const packed = compress(codec, text(5_000))
    const size = (input: Uint8Array): number => {
      const result = decompress(codec, input, 1 << 20)
      return isProblem(result) ? -1 : result.length
    }
    const cuts = [1, 5, 12, 30, packed.length >> 1, packed.length - 1].map((cut) => size(packed.subarray(0, cut)))
    expect(Math.max(...cuts)).toBeLessThan(5_000)
    for (let at = 0; at < packed.length; at += 3) {
      const damaged = Uint8Array.from(packed)
      damaged[at]! ^= 0x55
      expect(size(damaged)).toBeLessThanOrEqual(1 << 20)
    }
  })
})

describe('lz4 frames of other writers', () => {
  // Written out by hand: `literals` sequences, then a match; the second block reaches back into the first.
  const header = (flags: number, ...more: number[]): number[] => [0x04, 0x22, 0x4d, 0x18, flags, 0x40, ...more, 0]
  const first = [0x40, 0x61, 0x62, 0x63, 0x64] // "abcd"
  const second = [0x04, 0x04, 0x00, 0x10, 0x21] // match: 8 from 4 back, then "!"
  const block = (bytes: number[], ...check: number[]): number[] => [bytes.length, 0, 0, 0, ...bytes, ...check]

  test('linked blocks', () => {
    const frame = Uint8Array.from([...header(0x40), ...block(first), ...block(second), 0, 0, 0, 0])
    expect(Buffer.from(inflated('lz4', frame)).toString()).toBe('abcdabcdabcd!')
  })

  test('independent blocks must not reach back', () => {
    expect(reason('lz4', Uint8Array.from([...header(0x60), ...block(first), ...block(second), 0, 0, 0, 0]))).toBe(
      'bad-compression',
    )
  })

  test('content size, block checksums, content checksum, a stored block, two frames', () => {
    const sized = header(0x40 | 0x10 | 8 | 4, 6, 0, 0, 0, 0, 0, 0, 0)
    const stored = [2, 0, 0, 0x80, 0x79, 0x7a, 9, 9, 9, 9]
    const frame = [...sized, ...block(first, 1, 2, 3, 4), ...stored, 0, 0, 0, 0, 5, 6, 7, 8]
    expect(Buffer.from(inflated('lz4', Uint8Array.from([...frame, ...frame]))).toString()).toBe('abcdyzabcdyz')
  })

  test('a false content size is a problem', () => {
    const frame = (size: number): Uint8Array =>
      Uint8Array.from([...header(0x48, size, 0, 0, 0, 0, 0, 0, 0), ...block(first), 0, 0, 0, 0])
    expect(reason('lz4', frame(4))).toBe('ok, 4 bytes')
    expect(reason('lz4', frame(5))).toBe('bad-compression')
    expect(reason('lz4', frame(3))).toBe('bad-compression')
  })

  test('small frames announce 64 KiB blocks, the size that Java allocates per batch', () => {
    expect([...compress('lz4', text(1_000)).subarray(0, 7)]).toEqual([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
  })
})

test('snappy: a raw block and concatenated xerial streams', () => {
  const input = text(50_000)
  expect(Buffer.compare(inflated('snappy', snappyCompress(input)), input)).toBe(0)
  const framed = compress('snappy', input)
  expect(Buffer.compare(inflated('snappy', Buffer.concat([framed, framed])), Buffer.concat([input, input]))).toBe(0)
})

test('snappy: a block that declares gigabytes allocates nothing', () => {
  expect(reason('snappy', Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x61]))).toBe('too-large')
  expect(reason('snappy', Uint8Array.from([0xff, 0xff, 0x3f, 0, 0x61]))).toBe('bad-compression')
})

test('gzip of several members, and a body without gzip header', () => {
  const parts = Buffer.concat([gzipSync('abc'), gzipSync('def')])
  expect(Buffer.from(inflated('gzip', parts)).toString()).toBe('abcdef')
  expect(reason('gzip', deflateRawSync('abc'))).toBe('bad-compression')
})

describe('bodies of several frames', () => {
  const skippable = (...content: number[]): Uint8Array =>
    Uint8Array.from([0x5a, 0x2a, 0x4d, 0x18, content.length, 0, 0, 0, ...content])
  const read = (codec: Compression, ...parts: Uint8Array[]): string =>
    Buffer.from(inflated(codec, Buffer.concat(parts))).toString()

  test.each(['zstd', 'lz4'] as const)('%s: frames one after another, and those to be stepped over', (codec) => {
    const [a, b] = [compress(codec, Buffer.from('abc')), compress(codec, Buffer.from('def'))]
    expect(read(codec, a, b)).toBe('abcdef')
    expect(read(codec, skippable(1, 2, 3), a)).toBe('abc')
    expect(read(codec, skippable(), skippable(9), a, skippable(4, 4), b, skippable())).toBe('abcdef')
    expect(read(codec, compress(codec, Buffer.alloc(0)), a)).toBe('abc')
    const large = [text(3 << 20), noise(1 << 20), text(100)]
    const parts = large.map((one) => compress(codec, one))
    expect(Buffer.compare(inflated(codec, Buffer.concat(parts)), Buffer.concat(large))).toBe(0)
  })

  test('zstd: frames with a checksum, and frames in blocks of one repeated byte', () => {
    const checked = zstdCompressSync('abc', { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
    expect(read('zstd', checked, checked)).toBe('abcabc')
    const runs = zstdCompressSync(Buffer.alloc(1 << 20, 'z'))
    expect(inflated('zstd', Buffer.concat([runs, checked])).length).toBe((1 << 20) + 3)
  })

  test('the limit counts for all frames together', () => {
    for (const codec of PACKED.filter((one) => one !== 'snappy')) {
      const twice = Buffer.concat([compress(codec, text(600)), compress(codec, text(600))])
      expect(reason(codec, twice, 1_200)).toBe('ok, 1200 bytes')
      expect(reason(codec, twice, 1_199)).toBe('too-large')
      expect(reason(codec, twice, 600)).toBe('too-large')
    }
  })

  test('a frame that is cut off, and one to be stepped over that claims more than there is', () => {
    for (const codec of ['zstd', 'lz4'] as const) {
      const frame = compress(codec, text(1_000))
      expect(reason(codec, Buffer.concat([frame, frame.subarray(0, 30)]))).toBe('bad-compression')
      const lying = Uint8Array.from([0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 1])
      expect(reason(codec, Buffer.concat([lying, frame]))).toBe('bad-compression')
    }
  })
})
