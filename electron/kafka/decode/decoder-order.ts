import type { DecodeContext, Decoder } from './decoder.ts'
import { internalTopicNames } from './internal-topics/records.ts'
import { internalTopics } from './internal-topics.ts'
import { json } from './json.ts'
import type { WorkerSchemas } from './worker-schemas.ts'
import type { DecodingSetup } from './decoding-setup.ts'
import { utf8 } from './utf8.ts'
import { apicurioHeaders, apicurioPrefix } from './framing/apicurio.ts'
import { azure } from './framing/azure.ts'
import { confluentHeader, confluentPrefix } from './framing/confluent.ts'
import type { Family } from './framing/framed.ts'
import { glue } from './framing/glue.ts'
import { withSchema } from './schema-decoder.ts'

/** The decoders to try, in order, for a part without a user's choice. */
export function automatic(
  { topic, part }: Pick<DecodeContext, 'topic' | 'part'>,
  { registry }: DecodingSetup,
  schemas: WorkerSchemas,
): Decoder[] {
  // No schemas: a binary number in a header would look like a schema id, and the registry would be asked about each.
  if (part === 'header') return [json, utf8]
  const usual = [withSchema({ part, families: familiesOf(registry), schemas, isAsked: registry !== null }), json, utf8]
  return internalTopicNames.has(topic) ? [internalTopics, ...usual] : usual
}

/**
 * The families of wire formats, in order. A header says more than a first byte that may be there by chance. A first byte 0 may
 * belong to two families: the kind of registry decides.
 */
export function familiesOf(registry: DecodingSetup['registry']): Family[] {
  const headers = [confluentHeader, apicurioHeaders, azure]
  return registry === 'apicurio'
    ? [...headers, apicurioPrefix, confluentPrefix, glue]
    : [...headers, confluentPrefix, glue]
}
