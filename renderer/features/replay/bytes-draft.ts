/** As the wire has them: never a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>

export type BytesMode = 'text' | 'hex' | 'base64'

/** A key, a value or a header as it is edited: null, bytes kept as they came, or text in one of three spellings. */
export type BytesDraft =
  | { readonly kind: 'null' }
  /** Too large for a text box, or not to be touched; passed on byte for byte. */
  | { readonly kind: 'kept'; readonly bytes: Bytes }
  | { readonly kind: 'typed'; readonly mode: BytesMode; readonly text: string }

export type Encoded = { ok: true; bytes: Bytes | null } | { ok: false; message: string }

/** A text box of half a megabyte on one line is as much as a page edits without stalling. */
export const EDITABLE = 262_144

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** As text where the bytes are UTF-8, else as hex: what is not text must not be changed by showing it. */
export function bytesDraft(bytes: Bytes | null): BytesDraft {
  if (bytes === null) return { kind: 'null' }
  if (bytes.length > EDITABLE) return { kind: 'kept', bytes }
  const text = textOf(bytes)
  return text === undefined || text.includes('\r')
    ? { kind: 'typed', mode: 'hex', text: hexOf(bytes) }
    : { kind: 'typed', mode: 'text', text }
}

export function encodeBytes(draft: BytesDraft): Encoded {
  if (draft.kind === 'null') return { ok: true, bytes: null }
  if (draft.kind === 'kept') return { ok: true, bytes: draft.bytes }
  switch (draft.mode) {
    case 'text':
      return { ok: true, bytes: encoder.encode(draft.text) }
    case 'hex':
      return fromHex(draft.text)
    case 'base64':
      return fromBase64(draft.text)
  }
}

/** The same bytes in another spelling; a sentence where they have none. */
export function respell(draft: BytesDraft, mode: BytesMode): BytesDraft | string {
  const encoded = encodeBytes(draft)
  if (!encoded.ok) return encoded.message
  const bytes = encoded.bytes ?? new Uint8Array()
  switch (mode) {
    case 'hex':
      return { kind: 'typed', mode, text: hexOf(bytes) }
    case 'base64':
      return { kind: 'typed', mode, text: base64Of(bytes) }
    case 'text': {
      const text = textOf(bytes)
      if (text === undefined) return 'These bytes are not UTF-8 text.'
      // A text box turns every line end into \n, which would silently be other bytes.
      return text.includes('\r')
        ? 'The text has carriage returns, which a text box would lose.'
        : { kind: 'typed', mode, text }
    }
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

function hexOf(bytes: Uint8Array): string {
  const pairs: string[] = []
  for (const byte of bytes) pairs.push(byte.toString(16).padStart(2, '0'))
  return pairs.join(' ')
}

function fromHex(text: string): Encoded {
  const digits = text.replace(/\s+|0x/gi, '')
  if (/[^0-9a-f]/i.test(digits)) return { ok: false, message: 'Hex has the digits 0 to 9 and a to f only.' }
  if (digits.length % 2 === 1) return { ok: false, message: 'Hex digits come in pairs; one is missing.' }
  const bytes = new Uint8Array(digits.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16)
  return { ok: true, bytes }
}

function base64Of(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

function fromBase64(text: string): Encoded {
  try {
    const binary = atob(text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/'))
    return { ok: true, bytes: Uint8Array.from(binary, (char) => char.charCodeAt(0)) }
  } catch {
    return { ok: false, message: 'This is not base64.' }
  }
}
