import { z } from 'zod'
import { base64Text, hexText, utf8Text, wholeCharacters } from '../bytes.ts'
import { SchemaId } from './schema-id.ts'
import { Value } from './decoded-value.ts'

/**
 * How a decoded value is written out. `json` and `text` are UTF-8; `control` is UTF-8 too, but with characters that no text
 * has: numbers in binary are UTF-8 by chance while they are small. `bytes`: nobody knows more of it.
 */
export const Form = z.enum(['json', 'text', 'control', 'bytes'])
export type Form = z.infer<typeof Form>

/** The schema that something was decoded by: what opens it, and what it is called. */
export const UsedSchema = z.strictObject({
  id: SchemaId,
  /** Where the registry told one of them. */
  subject: z.string().nullable(),
  version: z.number().int().nullable(),
  /** Of the record or message, or of the whole: "com.acme.Order". */
  type: z.string(),
})
export type UsedSchema = z.infer<typeof UsedSchema>

/** How bytes were decoded: by which encoding, and why not by those that were tried before it. */
export const Decoding = z.strictObject({
  encoding: z.string(),
  form: Form,
  attempts: z.array(z.strictObject({ encoding: z.string(), reason: z.string() })),
  schema: UsedSchema.exactOptional(),
  /** One of the attempts waits for a schema: decoded again once `decoding.watch` tells of it, it may be more. */
  waits: z.literal(true).exactOptional(),
})
export type Decoding = z.infer<typeof Decoding>

/** With the value itself, written out in its form; null: that is the bytes as they came. */
export const Decoded = z.strictObject({
  ...Decoding.shape,
  written: z.instanceof(Uint8Array).nullable(),
  /** Only the beginning of it. */
  isCut: z.boolean(),
  /** The value as a tree; null: its encoding knows no more of it than what is written. */
  value: Value.nullable(),
})
export type Decoded = z.infer<typeof Decoded>

/** What a copy or an edit takes as text. */
export function isText(form: Form): boolean {
  return form !== 'bytes'
}

/** What a list shows as text; the rest it shows as hex. */
export function isReadable(form: Form): boolean {
  return form === 'json' || form === 'text'
}

/** A value as it is shown, written out in `form`; `isCut`: the bytes are its beginning. `most` bounds the bytes shown in hex. */
export function shownText(form: Form, written: Uint8Array, isCut = false, most = written.length): string {
  const text = isReadable(form) ? utf8Text(isCut ? wholeCharacters(written) : written) : null
  if (text !== null) return text
  return `${hexText(written.subarray(0, most))}${isCut || written.length > most ? ' …' : ''}`
}

/** A whole value as it is copied: text, or bytes in a spelling that says so. */
export function copiedText(form: Form, written: Uint8Array): string | { base64: string } {
  return (isText(form) ? utf8Text(written) : null) ?? { base64: base64Text(written) }
}

/** The attempts in one line each; empty where the first encoding was right. */
export function attemptLines({ attempts }: Decoding): string[] {
  return attempts.map(({ encoding, reason }) => `${encoding}: ${reason}`)
}
