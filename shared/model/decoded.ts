import { z } from 'zod'
import { base64Text, hexText, utf8Text, wholeCharacters } from '../bytes.ts'
import { SchemaId } from './schema-id.ts'
import { Value } from './decoded-value.ts'

/**
 * How a decoded value is written out. `json` and `text` are UTF-8; `control` is also valid UTF-8, but with control characters:
 * small binary numbers are often valid UTF-8 by chance. `bytes`: nothing more is known.
 */
export const Form = z.enum(['json', 'text', 'control', 'bytes'])
export type Form = z.infer<typeof Form>

/** The schema that something was decoded with: the id to open it, and its name. */
export const UsedSchema = z.strictObject({
  id: SchemaId,
  /** The subject, if the registry says one. */
  subject: z.string().nullable(),
  version: z.number().int().nullable(),
  /** The type of the record or message, or of the whole: "com.acme.Order". */
  type: z.string(),
})
export type UsedSchema = z.infer<typeof UsedSchema>

/** How bytes were decoded: with which encoding, and why the encodings tried before it failed. */
export const Decoding = z.strictObject({
  encoding: z.string(),
  form: Form,
  attempts: z.array(z.strictObject({ encoding: z.string(), reason: z.string() })),
  schema: UsedSchema.exactOptional(),
  /** One of the attempts waits for a schema: decode again once `decoding.watch` reports it. */
  waits: z.literal(true).exactOptional(),
})
export type Decoding = z.infer<typeof Decoding>

/** Also with the value itself, written out in its form; null: the bytes as they are stored. */
export const Decoded = z.strictObject({
  ...Decoding.shape,
  written: z.instanceof(Uint8Array).nullable(),
  /** Only the beginning is here. */
  isCut: z.boolean(),
  /** The value as a tree; null: its encoding has no structure beyond what is written. */
  value: Value.nullable(),
})
export type Decoded = z.infer<typeof Decoded>

/** The forms that a copy or an edit treats as text. */
export function isText(form: Form): boolean {
  return form !== 'bytes'
}

/** The forms that a list shows as text; it shows others in hex. */
export function isReadable(form: Form): boolean {
  return form === 'json' || form === 'text'
}

/** A value as displayed, written out in `form`; `isCut`: the bytes are its beginning. `most` limits the bytes shown in hex. */
export function shownText(form: Form, written: Uint8Array, isCut = false, most = written.length): string {
  const text = isReadable(form) ? utf8Text(isCut ? wholeCharacters(written) : written) : null
  if (text !== null) return text
  return `${hexText(written.subarray(0, most))}${isCut || written.length > most ? ' …' : ''}`
}

/** A whole value as it is copied: text, or bytes in a notation that says so. */
export function copiedText(form: Form, written: Uint8Array): string | { base64: string } {
  return (isText(form) ? utf8Text(written) : null) ?? { base64: base64Text(written) }
}

/** One line per failed attempt; empty if the first encoding was right. */
export function attemptLines({ attempts }: Decoding): string[] {
  return attempts.map(({ encoding, reason }) => `${encoding}: ${reason}`)
}
