import type { Form } from '#shared/model/decoded.ts'
import type { Value } from '#shared/model/value.ts'

/** Where the bytes were found. */
export interface DecodeContext {
  topic: string
  partition: number
  part: 'key' | 'value' | 'header'
  /** Of a value: the key of its record. In Kafka's own topics it says what the value is. */
  key?: Uint8Array | null
}

export type DecoderAnswer =
  /** Nothing in the bytes speaks for it: not worth a word. */
  | null
  /**
   * `written`: the value in that form, where it is not the bytes themselves (of a tree: its JSON form). `value`: makes the
   * tree, for which only a record that is opened or a field that is looked at asks.
   */
  | { form: Form; written?: Uint8Array; value?: () => Value }
  /** Why it is none of these: a sentence fragment of few kinds, for lists keep each of them once. It quotes no contents. */
  | { reason: string }
  /** Something is missing that is on its way (a schema): to be asked again once this has settled. */
  | Promise<unknown>

/** One encoding. It is synchronous over what its worker holds, and generates no code from what strangers wrote. */
export interface Decoder {
  readonly encoding: string
  /** Whatever it decodes is written out as it is stored, so that texts can be looked for in the stored bytes. */
  readonly isPlain: boolean
  decode(bytes: Uint8Array, context: DecodeContext): DecoderAnswer
}
