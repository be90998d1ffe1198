import { bytesOfText } from '#shared/bytes.ts'
import type { charsets } from '#shared/model/decode-choice.ts'
import type { Decoder } from './decoder.ts'
import { utf8 } from './utf8.ts'

/** The decoder for a user's choice: text in a charset, written out in UTF-8. */
export function text(charset: (typeof charsets)[number]): Decoder {
  if (charset === 'utf-8') return utf8
  const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true })
  return {
    encoding: `Text (${charset})`,
    isPlain: false,
    decode(bytes) {
      try {
        return { form: 'text', written: bytesOfText(decoder.decode(bytes)) }
      } catch {
        return { reason: `it is not ${charset}` }
      }
    },
  }
}
