import type { Form, UsedSchema } from '#shared/model/decoded.ts'
import type { ValuePath } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import type { RecordHeaders } from '../records/headers.ts'

/** Where the bytes were found. */
export interface DecodeContext {
  /** The open connection; empty outside of one. */
  connection: string
  topic: string
  partition: number
  part: 'key' | 'value' | 'header'
  /** Of the record that the bytes are of. In Kafka's own topics it says what the value is. */
  readonly key: Uint8Array | null
  /** Of the record that the bytes are of; walked only by those who ask. */
  headers: RecordHeaders
  /**
   * Paths into what is decoded that somebody looks at; left out: all of it. Who can writes nothing else out, so what is written
   * then is not the value. One object for all records.
   */
  readonly only?: readonly ValuePath[] | undefined
}

/** All of it that is the same for all records of a partition. */
export type DecodedAt = Pick<DecodeContext, 'connection' | 'topic' | 'partition'> & {
  /** Not what keys and values mean, but which schemas they name. */
  names?: 'schemas'
}

/** Something that is on its way: a schema that was asked for. */
export interface OnItsWay {
  /** In a sentence: "schema 41". */
  what: string
  /** When it was first asked for, by `performance.now()`: nobody waits for long, however many records lack it. */
  since: number
  /** Once it is here, or is known not to come. Never rejects. */
  settled: Promise<void>
}

export interface Success {
  form: Form
  /** The value in that form, where it is not the bytes themselves (of a tree: its JSON form). */
  written?: Uint8Array
  /** Makes the tree, for which only a record that is opened or a field that is looked at asks. */
  value?: () => Value
  /** By which schema. The same object for all records of it. */
  schema?: UsedSchema
  /** Where that says more than the decoder's own name: "Confluent Avro". */
  encoding?: string
}

export type DecoderAnswer =
  /** Nothing in the bytes speaks for it: not worth a word. */
  | null
  | Success
  /** Why it is none of these: a sentence fragment of few kinds, for lists keep each of them once. It quotes no contents. */
  | { reason: string; encoding?: string }
  /** To be asked again once that has settled. */
  | { missing: OnItsWay; encoding?: string }

/** One encoding. It is synchronous over what its worker holds, and generates no code from what strangers wrote. */
export interface Decoder {
  readonly encoding: string
  /**
   * Whether whatever it decodes is written out as it is stored, so that texts can be looked for in the stored bytes. A function
   * tells it of some bytes at a glance: all records of a scan are asked.
   */
  readonly isPlain: boolean | ((bytes: Uint8Array, headers: RecordHeaders) => boolean)
  /** It decodes nothing and says why, so that another one always has the last word. */
  readonly onlyExplains?: boolean
  /** It decodes what names its schema in front or in a header, and has no word for anything else. */
  readonly namesSchema?: boolean
  decode(bytes: Uint8Array, context: DecodeContext): DecoderAnswer
}
