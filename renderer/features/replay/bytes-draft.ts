import { base64Text, bytesOfBase64, bytesOfHex, bytesOfText, hexText, utf8Text } from '#shared/bytes.ts'
import { isText, type Decoding } from '#shared/model/decoded.ts'

/** As the wire has them: never a shared buffer. */
export type Bytes = Uint8Array<ArrayBuffer>

export type BytesMode = 'text' | 'hex' | 'base64'

/** A key, a value or a header as it is edited: null, bytes kept as they came, or text in one of three spellings. */
export type BytesDraft =
  | { readonly kind: 'null' }
  /** Too large for a text box, or not to be touched; passed on byte for byte. */
  | { readonly kind: 'kept'; readonly bytes: Bytes }
  | { readonly kind: 'typed'; readonly mode: BytesMode; readonly text: string }

export type DraftBytes = { ok: true; bytes: Bytes | null } | { ok: false; message: string }

/** A text box of half a megabyte on one line is as much as a page edits without stalling. */
export const EDITABLE = 262_144

/** As text where that is what the bytes are, else as hex: what is not text must not be changed by showing it. */
export function bytesDraft(bytes: Bytes | null, as: Decoding | null): BytesDraft {
  if (bytes === null) return { kind: 'null' }
  if (bytes.length > EDITABLE) return { kind: 'kept', bytes }
  const text = as !== null && isText(as.form) ? utf8Text(bytes) : null
  return text === null || text.includes('\r')
    ? { kind: 'typed', mode: 'hex', text: hexText(bytes) }
    : { kind: 'typed', mode: 'text', text }
}

export function encodeBytes(draft: BytesDraft): DraftBytes {
  if (draft.kind === 'null') return { ok: true, bytes: null }
  if (draft.kind === 'kept') return { ok: true, bytes: draft.bytes }
  switch (draft.mode) {
    case 'text':
      return { ok: true, bytes: bytesOfText(draft.text) }
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
      return { kind: 'typed', mode, text: hexText(bytes) }
    case 'base64':
      return { kind: 'typed', mode, text: base64Text(bytes) }
    case 'text': {
      const text = utf8Text(bytes)
      if (text === null) return 'These bytes are not UTF-8 text.'
      // A text box turns every line end into \n, which would silently be other bytes.
      return text.includes('\r')
        ? 'The text has carriage returns, which a text box would lose.'
        : { kind: 'typed', mode, text }
    }
  }
}

function fromHex(text: string): DraftBytes {
  const bytes = bytesOfHex(text)
  if (bytes !== null) return { ok: true, bytes }
  const isOther = /[^0-9a-f]/i.test(text.replace(/\s+|0x/gi, ''))
  return {
    ok: false,
    message: isOther ? 'Hex has the digits 0 to 9 and a to f only.' : 'Hex digits come in pairs; one is missing.',
  }
}

function fromBase64(text: string): DraftBytes {
  const bytes = bytesOfBase64(text)
  return bytes === null ? { ok: false, message: 'This is not base64.' } : { ok: true, bytes }
}
