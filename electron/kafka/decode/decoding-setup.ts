import type { DecodeChoice, DecodeRule } from '#shared/model/decode-choice.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import type { WorkerSchemas } from './worker-schemas.ts'

/** The settings for decoding the records of a connection. */
export interface DecodingSetup {
  /** The kind of the profile's registry; null: there is none, so no schema is requested. */
  registry: RegistryKind | null
  rules: readonly DecodeRule[]
}

/** What the makers of chosen decoders may need. */
export interface ChoiceTools {
  part: DecodeContext['part']
  schemas: WorkerSchemas
  /** The decoder inside a wrapper. */
  inner(choice: DecodeChoice): Decoder
}

export type Choice<A extends DecodeChoice['as']> = Extract<DecodeChoice, { as: A }>
