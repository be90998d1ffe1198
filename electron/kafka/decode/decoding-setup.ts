import type { DecodeChoice, DecodeRule } from '#shared/model/decode-choice.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import type { WorkerSchemas } from './worker-schemas.ts'

/** How the records of a connection are to be decoded. */
export interface DecodingSetup {
  /** The kind of the profile's registry; null: it has none, so nobody is asked for a schema. */
  registry: RegistryKind | null
  rules: readonly DecodeRule[]
}

/** What the maker of a chosen decoder may need. */
export interface ChoiceTools {
  part: DecodeContext['part']
  schemas: WorkerSchemas
  /** Of what another is around. */
  inner(choice: DecodeChoice): Decoder
}

export type Choice<A extends DecodeChoice['as']> = Extract<DecodeChoice, { as: A }>
