import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import type { primitiveTypes } from '#shared/model/decode-choice.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import type { Decoder } from './decoder.ts'
import { bytesValue, textValue } from './tree-limits.ts'

export type PrimitiveType = (typeof primitiveTypes)[number]

/** One of Kafka's own serialisers, and how to read its bytes. */
interface Primitive {
  /** The size of its values; null: they differ. */
  size: number | null
  /** null: the bytes are not such a value. */
  read(bytes: Uint8Array): Value | null
}

/** The formats of `org.apache.kafka.common.serialization`: numbers big-endian, a UUID as text. */
export const primitives: Record<PrimitiveType | 'text', Primitive> = {
  short: sized('short', 2, (view) => BigInt(view.getInt16(0))),
  int: sized('int', 4, (view) => BigInt(view.getInt32(0))),
  long: sized('long', 8, (view) => view.getBigInt64(0)),
  float: sized('float', 4, (view) => view.getFloat32(0)),
  double: sized('double', 8, (view) => view.getFloat64(0)),
  boolean: {
    size: null,
    read: (bytes) => (bytes.length === 1 && bytes[0]! < 2 ? { kind: 'boolean', value: bytes[0] === 1 } : null), // its length is 1
  },
  uuid: { size: 36, read: uuid },
  bytes: { size: null, read: bytesValue },
  // This serialiser writes only null, and null is not decoded.
  void: { size: null, read: () => null },
  text: { size: null, read: text },
}

/** The decoder for a user's choice: the output of one of Kafka's own serialisers. */
export function primitive(type: PrimitiveType): Decoder {
  const { read, size } = primitives[type]
  const reason =
    type === 'void'
      ? 'void has no bytes'
      : size === null || type === 'uuid'
        ? `it is no ${type}`
        : `it is not ${size} bytes long`
  return {
    encoding: `Kafka ${type}`,
    isPlain: type === 'bytes',
    decode(bytes) {
      if (type === 'bytes') return { form: 'bytes' }
      const value = read(bytes)
      if (value === null) return { reason }
      return { form: 'json', written: bytesOfText(jsonOf(value)), value: () => value }
    },
  }
}

function sized(type: string, size: number, get: (view: DataView) => bigint | number): Primitive {
  return {
    size,
    read(bytes) {
      if (bytes.length !== size) return null
      const value = get(new DataView(bytes.buffer, bytes.byteOffset, size))
      return typeof value === 'bigint' ? { kind: 'integer', value, type } : { kind: 'float', value, type }
    },
  }
}

/** Also sixteen bytes, as other serialisers write it. */
function uuid(bytes: Uint8Array): Value | null {
  const written = bytes.length === 16 ? Buffer.from(bytes).toString('hex') : (utf8Text(bytes) ?? '')
  const parts = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i.exec(written)
  return parts === null ? null : { kind: 'text', value: parts.slice(1).join('-'), type: 'uuid' }
}

function text(bytes: Uint8Array): Value | null {
  const written = utf8Text(bytes)
  return written === null ? null : textValue(written)
}
