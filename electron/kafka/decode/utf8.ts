import { isUtf8 } from 'node:buffer'
import type { Decoder } from './decoder.ts'

const text = { form: 'text' } as const
const control = { form: 'control' } as const
const none = { reason: 'it is not UTF-8' }

export const utf8: Decoder = {
  encoding: 'UTF-8',
  isPlain: true,
  decode(bytes) {
    let hasControls = false
    // Nearly all keys are short ASCII: testing each byte takes less time than a call.
    let isAscii = true
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i]! // i < length
      if (byte >= 0x7f) {
        if (byte === 0x7f) hasControls = true
        else isAscii = false
      } else if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) hasControls = true
    }
    if (!isAscii && !isUtf8(bytes)) return none
    // Control characters, except tab, line feed and carriage return, which texts may contain.
    return hasControls ? control : text
  },
}
