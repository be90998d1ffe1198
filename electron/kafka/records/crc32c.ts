import { crc32c as wasmCrc32c } from '@platformatic/wasm-utils/bundled'

/**
 * CRC-32C (Castagnoli) of `bytes[start, end)`, as an unsigned 32-bit number: what the header of a v2 batch holds.
 *
 * Measured over 1 MiB: WebAssembly 1.37 GB/s including the copy into its memory, a slicing-by-8 table in JavaScript
 * 0.53 GB/s. The `bundled` entry carries the module as text, so a bundled worker has no .wasm file to find.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  // The library's input buffer may be detached after its memory grew, and then an empty write throws.
  if (end <= start) return 0
  return wasmCrc32c(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
}
