import { bytesOfBase64, bytesOfHex, utf8Text } from '#shared/bytes.ts'
import type { Decoder } from './decoder.ts'

/**
 * The decoder for a user's choice: another decoder applied to bytes inside a wrapper. `unwrap` gives those bytes, or the reason
 * why there are none.
 */
export function around(name: string, unwrap: (bytes: Uint8Array) => Uint8Array | string, inner: Decoder): Decoder {
  return {
    encoding: `${name} of ${inner.encoding}`,
    isPlain: false,
    decode(bytes, context) {
      const inside = unwrap(bytes)
      if (typeof inside === 'string') return { reason: inside }
      const found = inner.decode(inside, context)
      if (found === null) return { reason: `inside it is no ${inner.encoding}` }
      const { encoding = inner.encoding } = found
      const named = { ...found, encoding: `${name} of ${encoding}` }
      if (!('form' in found)) return named
      return { ...named, written: found.written ?? inside }
    },
  }
}

/** Also within quotes, as a JSON serialiser writes bytes. */
export function base64(inner: Decoder): Decoder {
  return around('base64', (bytes) => spelt(bytes, bytesOfBase64) ?? 'it is not base64', inner)
}

export function hexDigits(inner: Decoder): Decoder {
  return around('hex', (bytes) => spelt(bytes, bytesOfHex) ?? 'it is not pairs of hex digits', inner)
}

function spelt(bytes: Uint8Array, read: (text: string) => Uint8Array | null): Uint8Array | null {
  const text = utf8Text(bytes)?.trim()
  if (text === undefined || text === '') return null
  return read(/^".*"$/s.test(text) ? text.slice(1, -1) : text)
}
