import { Packr, addExtension } from 'msgpackr/index-no-eval'
import { SeeklineError } from '../errors.ts'
import { misfit } from './wire-values.ts'
import { wireLimits } from './limits.ts'
import { checkPacked } from './check-packed.ts'

// The one codec of the WebSocket, for both sides. msgpackr's usual entry generates readers with `new Function`, which the
// page's CSP forbids, and its records keep state across messages; this entry with `useRecords: false` does neither. Its own
// extension for typed arrays throws on BigInt64Array, so the three that the contract uses are defined here.

/**
 * Packs a value of the contract's types; anything else (Map, Date, a cycle, a prototype key) is refused here, where it is sent.
 */
export function encodeWire(value: unknown): Uint8Array<ArrayBuffer> {
  const wrong = misfit(value)
  if (wrong !== null) throw new SeeklineError('internal', `The wire carries no ${wrong}.`)
  const packed = packr.pack(value)
  if (packed.byteLength > wireLimits.messageBytes) throw tooLarge(packed.byteLength)
  // msgpackr's result is a view into its own large buffer; this copy also survives the next call.
  return new Uint8Array(packed)
}

/**
 * Unpacks what a peer sent. The bytes are checked first, without recursion, so that hostile nesting cannot reach msgpackr.
 * `most`, for requests, limits the values in it before any is built.
 */
export function decodeWire(bytes: Uint8Array, most?: number): unknown {
  if (bytes.byteLength > wireLimits.messageBytes) throw tooLarge(bytes.byteLength)
  // Without this plain view of a Node Buffer, msgpackr would return Buffers where the contract says Uint8Array.
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
  // As with structuredClone, for a reader of optional fields: absent and undefined are the same.
  skipValues: [undefined],
})

type ArrayType = typeof Int32Array | typeof Float64Array | typeof BigInt64Array

/** Elements are sent as they are in memory: every platform that Electron and current browsers run on is little-endian. */
function addArrayType(type: number, Class: ArrayType): void {
  addExtension({
    Class,
    type,
    pack: (value) => {
      const array = value as Int32Array
      return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    },
    // A copy, because the bytes are unaligned in the message and would keep all of it in memory.
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
