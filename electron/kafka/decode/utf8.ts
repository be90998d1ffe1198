import { isUtf8 } from 'node:buffer'
import type { Decoder } from './decoder.ts'

export const utf8: Decoder = {
  encoding: 'UTF-8',
  isPlain: true,
  decode(bytes) {
    if (!isUtf8(bytes)) return { reason: 'it is not UTF-8' }
    return { form: hasControls(bytes) ? 'control' : 'text' }
  },
}

/** Characters that no text has; tab, line feed and carriage return are of those that it has. */
function hasControls(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i]!
    if (byte < 0x20 ? byte !== 9 && byte !== 10 && byte !== 13 : byte === 0x7f) return true
  }
  return false
}
