import type { Form, UsedSchema } from '#shared/model/decoded.ts'
import type { ValuePath } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import type { RecordHeaders } from '../records/headers.ts'

/** The record and the connection that the bytes belong to. */
export interface DecodeContext {
  /** The open connection; empty outside of one. */
  connection: string
  topic: string
  partition: number
  part: 'key' | 'value' | 'header'
  /** The record's key. In Kafka's own topics it says what the value is. */
  readonly key: Uint8Array | null
  /** The record's headers; parsed only by decoders that read them. */
  headers: RecordHeaders
  /**
   * Paths into the value that are needed; left out: all of it. A decoder that supports it writes only these, so its output is
   * then not the whole value. The same object for all records.
   */
  readonly only?: readonly ValuePath[] | undefined
}

/** The part of the context that is the same for all records of a partition. */
export type DecodedAt = Pick<DecodeContext, 'connection' | 'topic' | 'partition'> & {
  /** Find out which schemas keys and values name, instead of decoding them. */
  names?: 'schemas'
}

/** A schema that was requested and has not arrived. */
export interface OnItsWay {
  /** In a sentence: "schema 41". */
  what: string
  /** When it was first requested, by `performance.now()`: the wait is limited, however many records need it. */
  since: number
  /** Resolves once it is loaded, or known to be missing. Never rejects. */
  settled: Promise<void>
}

export interface Success {
  form: Form
  /** The value in that form, if it is not the bytes themselves (for a tree: its JSON form). */
  written?: Uint8Array
  /** Builds the tree, which only an opened record or a field column needs. */
  value?: () => Value
  /** The schema that was used. The same object for all its records. */
  schema?: UsedSchema
  /** Set where it is more specific than the decoder's name: "Confluent Avro". */
  encoding?: string
}

export type DecoderAnswer =
  /** Nothing suggests this encoding, so it is not reported as an attempt. */
  | null
  | Success
  /**
   * Why it is not a value of this encoding: a sentence fragment with few variants, because lists keep each of them once. It
   * quotes no contents.
   */
  | { reason: string; encoding?: string }
  /** Decode again once this has settled. */
  | { missing: OnItsWay; encoding?: string }

/** One encoding. Synchronous, using what its worker holds; no code is generated from schemas. */
export interface Decoder {
  readonly encoding: string
  /**
   * Whether everything it decodes is written out as it is stored, so that texts can be searched for in the stored bytes. A
   * function decides for given bytes quickly: it is called for all records of a scan.
   */
  readonly isPlain: boolean | ((bytes: Uint8Array, headers: RecordHeaders) => boolean)
  /** It never decodes, and only explains why, so another decoder always comes after it. */
  readonly onlyExplains?: boolean
  /** It decodes only values that name their schema in front or in a header, and does not report others as attempts. */
  readonly namesSchema?: boolean
  decode(bytes: Uint8Array, context: DecodeContext): DecoderAnswer
}
