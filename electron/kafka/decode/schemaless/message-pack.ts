import { bytesValue } from '../tree-limits.ts'
import { SchemalessReader, schemalessDecoder } from './schemaless-reader.ts'
import type { Sink } from './sink.ts'
import { instantText } from '../date-time.ts'
import { Undecodable } from '../codec.ts'

/**
 * The decoder for a user's choice: MessagePack. Written by hand, because libraries turn maps into objects: these lose the order
 * of keys that look like numbers, keys that are not strings, and all but the last of duplicate keys.
 */
export const messagePack = schemalessDecoder('MessagePack', (bytes, sink) => {
  const reader = new SchemalessReader(bytes)
  while (reader.next(sink)) readOne(reader, sink)
})

function readOne(reader: SchemalessReader, sink: Sink): void {
  const head = reader.byte()
  if (head < 0x80) return sink.integer(head)
  if (head >= 0xe0) return sink.integer(head - 0x100)
  if (head < 0x90) return map(reader, sink, head & 0x0f)
  if (head < 0xa0) return list(reader, sink, head & 0x0f)
  if (head < 0xc0) return text(reader, sink, head & 0x1f)
  switch (head) {
    case 0xc0:
      return sink.nothing()
    case 0xc2:
    case 0xc3:
      return sink.boolean(head === 0xc3)
    case 0xc4:
      return binary(reader, sink, reader.byte())
    case 0xc5:
      return binary(reader, sink, reader.uint16())
    case 0xc6:
      return binary(reader, sink, reader.uint32())
    case 0xc7:
      return extension(reader, sink, reader.byte())
    case 0xc8:
      return extension(reader, sink, reader.uint16())
    case 0xc9:
      return extension(reader, sink, reader.uint32())
    case 0xca:
      return sink.float(reader.float())
    case 0xcb:
      return sink.float(reader.double())
    case 0xd9:
      return text(reader, sink, reader.byte())
    case 0xda:
      return text(reader, sink, reader.uint16())
    case 0xdb:
      return text(reader, sink, reader.uint32())
    case 0xdc:
      return list(reader, sink, reader.uint16())
    case 0xdd:
      return list(reader, sink, reader.uint32())
    case 0xde:
      return map(reader, sink, reader.uint16())
    case 0xdf:
      return map(reader, sink, reader.uint32())
    default:
      return readNumber(reader, sink, head)
  }
}

function readNumber(reader: SchemalessReader, sink: Sink, head: number): void {
  switch (head) {
    case 0xcc:
      return sink.integer(reader.byte())
    case 0xcd:
      return sink.integer(reader.uint16())
    case 0xce:
      return sink.integer(reader.uint32())
    case 0xcf: {
      const high = reader.uint32()
      return sink.long(reader.uint32(), high)
    }
    case 0xd0:
      return sink.integer(reader.int8())
    case 0xd1:
      return sink.integer(reader.int16())
    case 0xd2:
      return sink.integer(reader.int32())
    case 0xd3: {
      const high = reader.int32()
      return sink.long(reader.uint32(), high)
    }
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return extension(reader, sink, 1 << (head - 0xd4))
    default:
      throw new Undecodable('a byte that begins no value (0xc1)')
  }
}

function text(reader: SchemalessReader, sink: Sink, length: number): void {
  const start = reader.take(length)
  sink.text(reader.bytes, start, reader.at)
}

function binary(reader: SchemalessReader, sink: Sink, length: number): void {
  const start = reader.take(length)
  sink.bytes(reader.bytes, start, reader.at)
}

function list(reader: SchemalessReader, sink: Sink, count: number): void {
  sink.list()
  reader.open(count)
}

function map(reader: SchemalessReader, sink: Sink, count: number): void {
  sink.map()
  reader.open(2 * count)
}

/** Type -1 is a timestamp, in three lengths; other types are defined by applications. */
function extension(reader: SchemalessReader, sink: Sink, length: number): void {
  const type = reader.int8()
  const start = reader.take(length)
  const bytes = bytesValue(reader.bytes.subarray(start, reader.at))
  const meant = type === -1 ? timestampText(reader.bytes.subarray(start, reader.at)) : null
  if (meant === null) sink.leaf({ ...bytes, type: `extension ${type}`, branch: `ext ${type}` })
  else sink.leaf({ ...bytes, type: 'timestamp', meant })
}

function timestampText(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const nanos = (seconds: bigint, rest: bigint): string | null => (rest > 999_999_999n ? null : instantText(seconds * 1_000_000_000n + rest, 9, false)) // oxfmt-ignore
  switch (bytes.length) {
    case 4:
      return instantText(BigInt(view.getUint32(0)) * 1_000n, 3, false)
    case 8: {
      const all = view.getBigUint64(0)
      return nanos(all & 0x3_ffff_ffffn, all >> 34n)
    }
    case 12:
      return nanos(view.getBigInt64(4), BigInt(view.getUint32(0)))
    default:
      return null
  }
}
