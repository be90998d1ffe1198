import { z } from 'zod'
import { SchemaId } from './schema-id.ts'

/** Characters of all texts of one schema: what can be kept in a profile and shared in a file. */
export const MOST_SCHEMA_CHARACTERS = 1 << 20
/** How deep compressed values and other wrappers may be nested. */
const MOST_LEVELS = 4

const ProtoFile = z.strictObject({
  /** The name by which others import it: "acme/money.proto". */
  name: z.string().min(1).max(1_000),
  text: z.string().max(MOST_SCHEMA_CHARACTERS),
})

const textsFit = (files: readonly { text: string }[]): boolean =>
  files.reduce((sum, { text }) => sum + text.length, 0) <= MOST_SCHEMA_CHARACTERS

export const charsets = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'koi8-r',
  'gbk',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
] as const

/** The types of Kafka's own serialisers. */
export const primitiveTypes = ['short', 'int', 'long', 'float', 'double', 'boolean', 'uuid', 'bytes', 'void'] as const

const plain = [
  /** The built-in decoders: to return to them for a topic under a pattern that says otherwise. */
  z.strictObject({ as: z.literal('automatic') }),
  z.strictObject({ as: z.literal('json') }),
  z.strictObject({ as: z.literal('text'), charset: z.enum(charsets).default('utf-8') }),
  z.strictObject({ as: z.literal('hex') }),
  z.strictObject({
    as: z.literal('avro'),
    /** The text of an .avsc file. */
    schema: z.string().min(1).max(MOST_SCHEMA_CHARACTERS),
    /** `single-object`: Avro's prefix of two bytes and a fingerprint comes before the data. */
    framing: z.enum(['plain', 'single-object']).default('plain'),
  }),
  z.strictObject({
    as: z.literal('protobuf'),
    from: z.discriminatedUnion('kind', [
      /** The file with the message first, then the files it imports. */
      z.strictObject({
        kind: z.literal('files'),
        files: z.array(ProtoFile).min(1).max(200).refine(textsFit, 'These files are too large together.'),
      }),
      /** The output of `protoc --descriptor_set_out --include_imports`. */
      z.strictObject({ kind: z.literal('descriptor-set'), base64: z.base64().max(MOST_SCHEMA_CHARACTERS) }),
    ]),
    /** The message's full name. */
    message: z.string().min(1).max(1_000),
  }),
  /** Protobuf without a schema: a tree of field numbers. */
  z.strictObject({ as: z.literal('protobuf-raw') }),
  z.strictObject({ as: z.literal('msgpack') }),
  z.strictObject({ as: z.literal('cbor') }),
  z.strictObject({ as: z.literal('primitive'), type: z.enum(primitiveTypes) }),
  z.strictObject({ as: z.literal('list'), of: z.enum([...primitiveTypes, 'text']) }),
  /** A registry's wire format with ids of this many bytes, for bytes that could be read either way. */
  z.strictObject({ as: z.literal('schema-id'), bytes: z.literal([4, 8]) }),
  /**
   * A schema of the profile's registry, for data that does not name its schema. `skip`: the number of bytes before the data.
   */
  z.strictObject({
    as: z.literal('registry'),
    schema: SchemaId,
    message: z.string().max(1_000).nullable().default(null),
    skip: z.number().int().min(0).max(64).default(0),
  }),
] as const

type Plain = z.infer<(typeof plain)[number]>

/** How the bytes of one part are to be decoded. */
export type DecodeChoice =
  | Plain
  | { as: 'base64' | 'hex-digits'; around: DecodeChoice }
  /** Compressed by the application, not by Kafka. */
  | { as: 'compressed'; by: (typeof compressions)[number]; around: DecodeChoice }
  /** A key of Kafka Streams: a key and the start of its window; for a session its end and start. */
  | { as: 'windowed'; window: (typeof windows)[number]; around: DecodeChoice }

export const compressions = ['gzip', 'zlib', 'zstd', 'snappy', 'lz4'] as const
/** `stored-time`: as in a window store's changelog topic, with a sequence number after the window. */
export const windows = ['time', 'session', 'stored-time'] as const

const AnyDepth: z.ZodType<DecodeChoice> = z.lazy(() =>
  z.discriminatedUnion('as', [
    ...plain,
    z.strictObject({ as: z.literal(['base64', 'hex-digits']), around: AnyDepth }),
    z.strictObject({ as: z.literal('compressed'), by: z.enum(compressions), around: AnyDepth }),
    z.strictObject({ as: z.literal('windowed'), window: z.enum(windows), around: AnyDepth }),
  ]),
)

export const DecodeChoice = AnyDepth.refine((choice) => levels(choice) <= MOST_LEVELS, 'Too many in each other.')

function levels(choice: DecodeChoice): number {
  return 'around' in choice ? 1 + levels(choice.around) : 1
}

export const DecodedPart = z.enum(['key', 'value', 'header'])
export type DecodedPart = z.infer<typeof DecodedPart>

/** The name of a header. */
export const HeaderName = z.string().min(1).max(1_000)

/** A rule for topics that match a pattern: decoders to try, in order, before the built-in ones. */
export const DecodeRule = z
  .strictObject({
    /** A topic's name; `*` stands for any characters. */
    topic: z.string().min(1).max(249),
    part: DecodedPart,
    /** For a rule about headers: the name of the header; left out: all headers. */
    header: HeaderName.exactOptional(),
    chain: z.array(DecodeChoice).min(1).max(8),
  })
  .refine(({ part, header }) => header === undefined || part === 'header', 'Only a rule for headers can name one.')
export type DecodeRule = z.infer<typeof DecodeRule>

export const MOST_RULES = 500

/** One rule per pattern and part. */
export const DecodeRules = z
  .array(DecodeRule)
  .max(MOST_RULES)
  .refine((rules) => new Set(rules.map(ruleKey)).size === rules.length, 'A topic pattern is there twice.')
export type DecodeRules = z.infer<typeof DecodeRules>

export function ruleKey({ topic, part, header }: Pick<DecodeRule, 'topic' | 'part' | 'header'>): string {
  return header === undefined ? `${part} ${topic}` : `${part} ${topic}\0${header}`
}

/**
 * The rule for a topic: among those that match, one that names the header wins, then the one whose pattern has the most literal
 * characters.
 */
export function ruleFor(
  rules: readonly DecodeRule[],
  topic: string,
  part: DecodedPart,
  header?: string,
): DecodeRule | null {
  let best: DecodeRule | null = null
  for (const rule of rules) {
    if (rule.part !== part || (rule.header !== undefined && rule.header !== header) || !fits(rule.topic, topic))
      continue
    if (best === null || ruleWeight(rule) > ruleWeight(best)) best = rule
  }
  return best
}

const ruleWeight = ({ topic, header }: DecodeRule): number => weight(topic) + (header === undefined ? 0 : 2_000)

/** A topic's full name outweighs every pattern; patterns are weighed by their characters other than `*`. */
function weight(pattern: string): number {
  return pattern.includes('*') ? pattern.replaceAll('*', '').length : 1_000
}

/** Without a regular expression: the pattern may come from someone else's file, and matching must stay linear. */
function fits(pattern: string, topic: string): boolean {
  const pieces = pattern.split('*')
  if (pieces.length === 1) return pattern === topic
  const first = pieces[0]! // split always gives at least one piece
  const last = pieces.at(-1)! // split always gives at least one piece
  if (!topic.startsWith(first) || !topic.endsWith(last) || topic.length < first.length + last.length) return false
  let at = first.length
  const end = topic.length - last.length
  for (const piece of pieces.slice(1, -1)) {
    const found = topic.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
