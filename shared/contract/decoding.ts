import { z } from 'zod'
import { DecodeChoice, DecodedPart, DecodeRule, DecodeRules, HeaderName } from '../model/decode-choice.ts'
import { Empty, OnConnection } from './common.ts'
import { route, stream } from './define.ts'

/**
 * The decoding rules of a profile. A change applies to its open connection at once, for all records read from then on.
 */
export const decoding = {
  'decoding.get': route({
    input: OnConnection,
    output: z.strictObject({ rules: DecodeRules }),
    effect: 'read',
  }),
  /** null: removes the rule, so that the built-in decoders apply. */
  'decoding.set': route({
    input: z.strictObject({
      ...OnConnection.shape,
      topic: DecodeRule.shape.topic,
      part: DecodedPart,
      /** For headers: the name of the header that the rule is for. */
      header: HeaderName.optional(),
      chain: z.array(DecodeChoice).min(1).max(8).nullable(),
    }),
    output: z.strictObject({ rules: DecodeRules }),
    effect: 'local',
  }),
  /** All rules with the texts of their schemas, as a file to share with a team. */
  'decoding.export': route({
    input: OnConnection,
    output: z.strictObject({ name: z.string(), text: z.string() }),
    effect: 'read',
  }),
  /** Reads the rules of such a file; they replace rules of the same topic and part, and the others stay. */
  'decoding.import': route({
    input: z.strictObject({
      ...OnConnection.shape,
      text: z.string().max(4 << 20),
      /** false: the rules apply to this connection until it closes or until other rules are set, and are not saved. */
      keep: z.boolean().default(true),
    }),
    output: z.strictObject({ rules: DecodeRules, added: z.number().int(), replaced: z.number().int() }),
    effect: 'local',
  }),
  /**
   * Tells when shown rows should be read again because they would now be decoded differently: the rules changed, or
   * schemas arrived that the rows were shown without (`waits` in their decoding). The first frame says that the watch
   * has started.
   */
  'decoding.watch': stream({
    input: OnConnection,
    batch: z.strictObject({ isChosenAnew: z.boolean(), schemas: z.number().int() }),
    progress: Empty,
    done: Empty,
    effect: 'read',
  }),
}
