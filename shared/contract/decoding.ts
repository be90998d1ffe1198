import { z } from 'zod'
import { DecodeChoice, DecodedPart, DecodeRule, DecodeRules, HeaderName } from '../model/decode-choice.ts'
import { Empty, OnConnection } from './common.ts'
import { route, stream } from './define.ts'

/** What a profile decodes by choice. It holds for its open connection at once: records that are read from then on. */
export const decoding = {
  'decoding.get': route({
    input: OnConnection,
    output: z.strictObject({ rules: DecodeRules }),
    effect: 'read',
  }),
  /** null: what is tried for all, which is what holds without a rule. */
  'decoding.set': route({
    input: z.strictObject({
      ...OnConnection.shape,
      topic: DecodeRule.shape.topic,
      part: DecodedPart,
      /** Of a choice for headers: for those of this name alone. */
      header: HeaderName.optional(),
      chain: z.array(DecodeChoice).min(1).max(8).nullable(),
    }),
    output: z.strictObject({ rules: DecodeRules }),
    effect: 'local',
  }),
  /** A file for a team: all rules with the texts of their schemas. */
  'decoding.export': route({
    input: OnConnection,
    output: z.strictObject({ name: z.string(), text: z.string() }),
    effect: 'read',
  }),
  /** Rules of such a file; those of the same topic and part are replaced, the others stay. */
  'decoding.import': route({
    input: z.strictObject({
      ...OnConnection.shape,
      text: z.string().max(4 << 20),
      /** false: they hold for this connection until it closes, or until something else is chosen, and are kept nowhere. */
      keep: z.boolean().default(true),
    }),
    output: z.strictObject({ rules: DecodeRules, added: z.number().int(), replaced: z.number().int() }),
    effect: 'local',
  }),
  /**
   * Tells that what is shown could be decoded otherwise by now: something else was chosen, or schemas came that rows were shown
   * without (`waits` in their decoding). Whoever shows such rows reads them again. The first frame says that the watch is on.
   */
  'decoding.watch': stream({
    input: OnConnection,
    batch: z.strictObject({ isChosenAnew: z.boolean(), schemas: z.number().int() }),
    progress: Empty,
    done: Empty,
    effect: 'read',
  }),
}
