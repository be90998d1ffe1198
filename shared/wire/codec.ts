import { Packr, addExtension } from 'msgpackr/index-no-eval'
import { SeeklineError } from '../errors.ts'
import { misfit } from './wire-values.ts'
import { wireLimits } from './limits.ts'
import { checkPacked } from './check-packed.ts'

// The one codec of the WebSocket, for both sides. msgpackr's usual entry builds readers with `new Function`, which the
// page's CSP forbids, and its records are stateful across messages; this entry and `useRecords: false` are neither.
// Its own extension for typed arrays throws on BigInt64Array, so the three that the contract carries get ours.

/** Packs a value of the contract's types; anything else (Map, Date, a cycle, a prototype key) is refused here, at its source. */
export function encodeWire(value: unknown): Uint8Array<ArrayBuffer> {
  const wrong = misfit(value)
  if (wrong !== null) throw new SeeklineError('internal', `The wire carries no ${wrong}.`)
  const packed = packr.pack(value)
  if (packed.byteLength > wireLimits.messageBytes) throw tooLarge(packed.byteLength)
  // msgpackr's result is a view into its own large buffer; give a copy, which also outlives the next call.
  return new Uint8Array(packed)
}

/**
 * Unpacks what a peer sent. The bytes are walked first, without recursion, so that hostile nesting cannot reach msgpackr's.
 * `most`, for requests, bounds the values in it before any is made.
 */
export function decodeWire(bytes: Uint8Array, most?: number): unknown {
  if (bytes.byteLength > wireLimits.messageBytes) throw tooLarge(bytes.byteLength)
  // A plain view: of a Node Buffer, msgpackr would hand out Buffers where the contract says Uint8Array.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkPacked(plain, most)
  return packr.unpack(plain)
}

export const extensionTypes = { int32: 1, float64: 2, bigInt64: 3 } as const

addArrayType(extensionTypes.int32, Int32Array)
addArrayType(extensionTypes.float64, Float64Array)
addArrayType(extensionTypes.bigInt64, BigInt64Array)

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  int64AsType: 'bigint',
  useBigIntExtension: true,
  copyBuffers: true,
  useToJSON: false,
  // As in structuredClone's result for a reader of optional fields: absent and undefined are the same.
  skipValues: [undefined],
})

type ArrayType = typeof Int32Array | typeof Float64Array | typeof BigInt64Array

/** Elements are sent as they lie in memory: every platform that Electron and today's browsers run on is little-endian. */
function addArrayType(type: number, Class: ArrayType): void {
  addExtension({
    Class,
    type,
    pack: (value) => {
      const array = value as Int32Array
      return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    },
    // A copy, because the bytes lie unaligned in the message and would keep all of it alive.
    unpack: (bytes) => new Class(new Uint8Array(bytes).buffer),
  })
}

function tooLarge(bytes: number): SeeklineError {
  return new SeeklineError(
    'call.invalid',
    `A message of ${bytes} bytes is over the limit of ${wireLimits.messageBytes}.`,
    {
      hint: 'Ask for less at once.',
      details: { bytes, limit: wireLimits.messageBytes },
    },
  )
}
